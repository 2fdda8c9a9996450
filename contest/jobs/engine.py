"""DBOS as this project uses it: names, tables, and what stands in its queue."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, WorkflowSerializationFormat

APPLICATION = "contest"
VERSION = "1"  # pinned: by default it is a hash of the source, and a deploy would strand old jobs
QUEUE = "promised"
WORKFLOW = "contest.job"
FORMAT = WorkflowSerializationFormat.PORTABLE  # JSON that people can read
SCHEMA = "dbos"  # on PostgreSQL; SQLite has no schemas, there the tables are called as they are


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


def prepare(url: str) -> None:
    """Create the engine's tables in the database, or bring them up to date. For set-up and tests."""
    DBOS.migrate(url, schema=SCHEMA)


@dataclass(frozen=True, slots=True)
class Promise:
    """A job that nobody has begun."""

    number: str
    kind: str
    at: datetime
    ids: Mapping[str, str]


def promised(connection: sa.Connection) -> list[Promise]:
    """Return the jobs that nobody has begun, as this transaction sees them, oldest first."""
    status, inputs = _tables(connection)
    rows = connection.execute(
        sa.select(status.c.workflow_uuid, inputs.c.inputs)
        .join(inputs, inputs.c.workflow_uuid == status.c.workflow_uuid)
        .where(status.c.status.in_(["ENQUEUED", "DELAYED"]), status.c.name == WORKFLOW)
        .order_by(status.c.workflow_uuid)
    )
    made = []
    for number, text in rows:
        kind, at, ids, *_ = json.loads(text)["positionalArgs"]
        made.append(Promise(number, kind, datetime.fromisoformat(at), ids))
    return made


def mark_done(connection: sa.Connection, number: str) -> None:
    """Note that a job was done by the caller, in the caller's transaction."""
    status, _ = _tables(connection)
    connection.execute(
        sa.update(status).where(status.c.workflow_uuid == number).values(status="SUCCESS")
    )


def _tables(connection: sa.Connection) -> tuple[sa.TableClause, sa.TableClause]:
    schema = None if connection.dialect.name == "sqlite" else SCHEMA
    return (
        sa.table(
            "workflow_status", *map(sa.column, ("workflow_uuid", "status", "name")), schema=schema
        ),
        sa.table("workflow_input", *map(sa.column, ("workflow_uuid", "inputs")), schema=schema),
    )
