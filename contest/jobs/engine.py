"""DBOS as this project uses it: names, tables, and what stands in its queue."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
import uuid_utils
from dbos import DBOS, DBOSClient, EnqueueOptions, WorkflowSerializationFormat

APPLICATION = "contest"
VERSION = "1"  # pinned: by default it is a hash of the source, and a deploy would strand old jobs
QUEUE = "promised"
WORKFLOW = "contest.job"
FORMAT = WorkflowSerializationFormat.PORTABLE  # JSON that people can read
SCHEMA = "dbos"  # on PostgreSQL; SQLite has no schemas, there the tables are called as they are
WAITING = ("ENQUEUED", "DELAYED")
UNDONE = (*WAITING, "PENDING")
MANY = 10_000  # deleted at one go
FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@dataclass(frozen=True, slots=True)
class Promise:
    """A job. `number` grows, so that jobs have an order; `done` handlers of its kind are behind it."""

    number: str
    kind: str
    at: datetime
    ids: Mapping[str, Any]
    attempt: int = 1
    done: int = 0

    def arguments(self) -> tuple[Any, ...]:
        """Return what the workflow is called with."""
        return self.kind, self.at.isoformat(), dict(self.ids), self.attempt, self.done

    @classmethod
    def read(cls, number: str, arguments: Sequence[Any]) -> "Promise":
        """Undo `arguments`."""
        kind, at, ids, attempt, done = arguments
        return cls(number, kind, datetime.fromisoformat(at), ids, attempt, done)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the engine's page shows it."""

    promise: Promise
    state: str
    error: str = ""


def prepare(url: str) -> None:
    """Create the engine's tables in the database, or bring them up to date. For set-up and tests."""
    DBOS.migrate(url, schema=SCHEMA)


@lru_cache(maxsize=2)
def promiser(dialect: str) -> DBOSClient:
    """Return a client that only writes through transactions of ours; it never connects itself."""
    url = "sqlite://" if dialect == "sqlite" else "postgresql+psycopg://"
    return DBOSClient(
        system_database_engine=sa.create_engine(url),
        dbos_system_schema=SCHEMA,
        application_name=APPLICATION,
        lazy=True,
    )


@lru_cache(maxsize=2)
def observer(url: str) -> DBOSClient:
    """Return a client that looks at the queue and cancels, on connections of its own."""
    return DBOSClient(
        system_database_url=url,
        dbos_system_schema=SCHEMA,
        application_name=APPLICATION,
        system_database_pool_size=1,
        lazy=True,
    )


def jobs(url: str, states: Sequence[str] = FAILED, *, limit: int = 100) -> list[Job]:
    """Return the newest jobs in one of the engine's `states`; those that failed for good by default."""
    found = observer(url).list_workflows(
        status=list(states), name=WORKFLOW, limit=limit, sort_desc=True
    )
    return [
        Job(
            Promise.read(known.workflow_id, known.input["args"]),
            known.status,
            str(known.error or ""),
        )
        for known in found
        if known.input is not None
    ]


def cancel(url: str, number: str) -> None:
    """Take back a promise that nobody has begun, or stop a job between two of its handlers."""
    observer(url).cancel_workflow(number)


def again(url: str, number: str) -> None:
    """Promise anew what failed for good, from the handler that failed, with all its attempts."""
    client = observer(url)
    [known] = client.list_workflows(workflow_ids=[number], status=list(FAILED), name=WORKFLOW)
    assert known.input is not None  # noqa: S101 -- it was listed with its input
    failed = Promise.read(number, known.input["args"])
    anew = Promise(str(uuid_utils.uuid7()), failed.kind, failed.at, failed.ids, done=failed.done)
    client.enqueue(options(anew), *anew.arguments())
    client.delete_workflow(number)


def forget(url: str, before: datetime) -> None:
    """Delete what was done or cancelled and promised before an instant; what failed stays."""
    client = observer(url)
    old = client.list_workflows(
        status=["SUCCESS", "CANCELLED"], name=WORKFLOW, end_time=before.isoformat(), limit=MANY,
        load_input=False, load_output=False,
    )  # fmt: skip
    client.delete_workflows([known.workflow_id for known in old])


def options(promise: Promise) -> EnqueueOptions:
    """Return what the engine is told about every job."""
    return {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": promise.number,
        "app_version": VERSION,
        "serialization_type": FORMAT,
    }


def promised(connection: sa.Connection, states: Sequence[str] = WAITING) -> list[Promise]:
    """Return the jobs that nobody has begun, as this transaction sees them, oldest first.

    UNDONE asks for those, too, that somebody has begun and not ended.
    """
    status, inputs = _tables(connection)
    rows = connection.execute(
        sa.select(status.c.workflow_uuid, inputs.c.inputs)
        .join(inputs, inputs.c.workflow_uuid == status.c.workflow_uuid)
        .where(status.c.status.in_(states), status.c.name == WORKFLOW)
        .order_by(status.c.workflow_uuid)
    )
    return [Promise.read(number, json.loads(text)["positionalArgs"]) for number, text in rows]


def begun_by(connection: sa.Connection) -> frozenset[str]:
    """Return the names of the workers that have begun a job and not ended it."""
    status, _ = _tables(connection)
    begun = sa.select(status.c.executor_id).where(status.c.status == "PENDING").distinct()
    return frozenset(filter(None, connection.scalars(begun)))


def mark_done(connection: sa.Connection, number: str) -> None:
    """Note that a job was done by the caller, in the caller's transaction."""
    status, _ = _tables(connection)
    connection.execute(
        sa.update(status).where(status.c.workflow_uuid == number).values(status="SUCCESS")
    )


def forget_mentions(connection: sa.Connection, text: str) -> None:
    """Delete the jobs, but those that wait, whose arguments, results or errors hold `text`."""
    schema = None if connection.dialect.name == "sqlite" else SCHEMA
    told = [
        sa.table(name, *(sa.column(c, sa.Text) for c in ("workflow_uuid", *columns)), schema=schema)
        for name, columns in KEPT_TEXTS.items()
    ]
    found: set[str] = set()
    for table in told:
        columns = [c for c in table.columns if c.name not in {"workflow_uuid", "status"}]
        mentions = sa.or_(*(c.contains(text, autoescape=True) for c in columns))
        found |= set(connection.scalars(sa.select(table.c.workflow_uuid).where(mentions)))
    status = told[0]
    waiting = sa.select(status.c.workflow_uuid).where(status.c.status.in_(UNDONE))
    found -= set(connection.scalars(waiting))
    for table in reversed(told):
        connection.execute(sa.delete(table).where(table.c.workflow_uuid.in_(found)))


KEPT_TEXTS = {  # where the engine keeps what it was told; the first refers to none of the others
    "workflow_status": ("status", "inputs", "output", "error"),
    "workflow_input": ("inputs",),
    "workflow_output": ("output", "error"),
    "operation_outputs": ("output", "error"),
}


def _tables(connection: sa.Connection) -> tuple[sa.TableClause, sa.TableClause]:
    schema = None if connection.dialect.name == "sqlite" else SCHEMA
    number, state, name, executor, inputs = (
        sa.column(name, sa.Text)
        for name in ("workflow_uuid", "status", "name", "executor_id", "inputs")
    )
    return (
        sa.table("workflow_status", number, state, name, executor, schema=schema),
        sa.table("workflow_input", sa.column("workflow_uuid", sa.Text), inputs, schema=schema),
    )
