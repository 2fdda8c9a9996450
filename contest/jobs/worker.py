"""Keeps the promises. At-least-once: a handler that runs twice must do no harm."""

import logging
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from dbos import DBOS, DBOSConfig
from flask import Flask, current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from contest.core import clock
from contest.jobs import engine
from contest.jobs.models import Worker
from contest.jobs.outbox import promise
from contest.jobs.presence import Presence, of
from contest.jobs.registry import FAILURES, HANDLERS, PERIODS, every
from contest.web import switches
from contest.web.db import Busy, begin_writing, db

MAX_ATTEMPTS = 8
AT_ONCE = 6  # jobs that one worker does side by side
KEPT = timedelta(days=30)  # so long it can be looked up what was done
POLL = 0.4  # seconds between two looks at the queue: nearly all that an idle worker costs
FAREWELL = 15  # seconds to finish what is being done when stopped
FIRST_PAUSE = timedelta(
    seconds=10
)  # before the second attempt; four times as long before each next

log = logging.getLogger(__name__)


def run(app: Flask, *, beat: float = 5.0, look: float = 1.0) -> None:
    """Do promised work until SIGTERM or SIGINT; what is being done then is finished first.

    Every `look` seconds the worker takes over what was begun by workers that are gone, and every `beat`
    seconds it says that it lives and promises the periodic work whose turn it is.
    """
    stop, parent = threading.Event(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    token, presence = str(uuid.uuid4()), of(app.config["DATABASE_URL"])
    try:
        name = claim_name(app, token, presence, look)
        _launch(app, name, look)
    except OperationalError as error:
        log.warning("a worker could not begin: the database cannot be reached")
        raise SystemExit(os.EX_TEMPFAIL) from error
    log.info("worker %s is ready", name)
    turns: dict[str, datetime] = {}
    absent: set[str] = set()
    due = time.monotonic()
    while not stop.wait(look):
        try:
            if not presence.is_kept() or os.getppid() != parent:
                _give_up(name)
            if time.monotonic() >= due:
                due = time.monotonic() + beat
                if not _live(app, token, turns):
                    _give_up(name)
            absent = _take_over(app, name, presence, absent)
        except SQLAlchemyError:
            log.exception("worker %s could not reach the database; it tries again", name)
            absent, due = set(), time.monotonic()
    DBOS.destroy(workflow_completion_timeout_sec=FAREWELL)
    with _transaction(app):
        db.session.execute(delete(Worker).where(Worker.token == token))


def _give_up(name: str) -> None:
    """End at once: another does what was begun here, and nothing may be done twice at a time."""
    log.error("worker %s ends: its name was taken, or nobody is there any more who began it", name)
    os.kill(os.getpid(), signal.SIGKILL)


@every("jobs.forget", minutes=24 * 60, writes=False)
def forget(at: datetime) -> None:
    """Keep the engine's tables small. It deletes on a connection of its own."""
    engine.forget(current_app.config["DATABASE_URL"], at - KEPT)


def _launch(app: Flask, name: str, look: float) -> None:
    config: DBOSConfig = {
        "name": engine.APPLICATION,
        "system_database_url": app.config["DATABASE_URL"],
        "dbos_system_schema": engine.SCHEMA,
        "application_version": engine.VERSION,
        "executor_id": name,
        "enable_otlp": False,
        "log_level": "WARNING",
        "sys_db_pool_size": AT_ONCE + 4,
        "max_executor_threads": 2 * AT_ONCE + 4,
    }
    DBOS(config=config)

    @DBOS.workflow(
        name=engine.WORKFLOW, serialization_type=engine.FORMAT, max_recovery_attempts=MAX_ATTEMPTS
    )
    def keep(kind: str, at: str, ids: dict[str, Any], attempt: int, done: int) -> str:
        number = str(DBOS.workflow_id)
        return _keep(app, engine.Promise.read(number, (kind, at, ids, attempt, done)))

    DBOS.launch()
    DBOS.register_queue(
        engine.QUEUE,
        worker_concurrency=AT_ONCE,
        polling_interval_sec=min(POLL, look),
        on_conflict="always_update",
    )


def _keep(app: Flask, promised: engine.Promise) -> str:
    """Run the handlers that are still to do, each as one recorded step of the workflow."""
    _wait_until(promised.at)
    _wait_for_release(app)
    ids, done = dict(promised.ids), promised.done
    try:
        for handler in range(done, len(HANDLERS.get(promised.kind, ["unknown"]))):
            name = f"{promised.kind} {handler + 1}"
            ids |= DBOS.run_step({"name": name}, _do, app, promised.kind, handler, ids)
            done += 1
    except Exception as error:
        reason = str(error)[:500]
        log.warning("%s failed at attempt %s", promised.kind, promised.attempt)
        DBOS.run_step({"name": "put off"}, _put_off, app, promised, ids, done, reason)
        if promised.attempt >= MAX_ATTEMPTS:
            raise
        return f"put off: {reason}"
    return "done"


def _wait_until(at: datetime) -> None:
    """Wait out what this machine's clock, or a rounded pause, is ahead of the promised instant."""
    early = (at - clock.now()).total_seconds()
    if early > 0:
        time.sleep(min(early, 60))


def _wait_for_release(app: Flask) -> None:
    """Wait while an operator holds the work back, or wants nothing written."""
    while is_held(app):
        time.sleep(5)


def is_held(app: Flask) -> bool:
    with app.app_context():
        return bool(switches.are_on(db.session()))


class JobFailed(Exception):
    """What a handler raised, in words: the engine keeps it, and some exceptions cannot be kept."""


def _do(app: Flask, kind: str, number: int, ids: dict[str, Any]) -> dict[str, Any]:
    try:
        # KeyError: a newer version promised it; put off until this worker is of that version.
        handler = HANDLERS[kind][number]
        with _transaction(app) if handler.writes else app.app_context():
            return handler.do(**ids) or {}
    except Exception as error:
        log.exception("%s failed", kind)
        raise JobFailed(f"{type(error).__name__}: {error}"[:500]) from None


def _put_off(
    app: Flask, promised: engine.Promise, ids: dict[str, Any], done: int, reason: str
) -> None:
    """Promise the next attempt, if there is to be one, and tell the feature that this one failed."""
    final = promised.attempt >= MAX_ATTEMPTS
    with _transaction(app):
        if promised.kind in FAILURES:
            FAILURES[promised.kind](error=reason, final=final, **promised.ids)
        if not final:
            first, attempt = promised.number.partition("/")[0], promised.attempt + 1
            at = clock.now() + FIRST_PAUSE * 4 ** (promised.attempt - 1)
            again = engine.Promise(f"{first}/{attempt}", promised.kind, at, ids, attempt, done)
            promise(db.session(), again)


def claim_name(app: Flask, token: str, presence: Presence, look: float) -> str:
    """Take the first of this machine's names that no worker carries."""
    for number in count(1):
        name = f"{socket.gethostname()[:100]}-{number}"
        if presence.take(name):
            break
    with _transaction(app):
        began = clock.now()
        known = db.session.scalars(select(Worker).where(Worker.name == name)).one_or_none()
        if known is None:
            db.session.add(Worker(name=name, token=token, seen_at=began))
        else:
            known.token, known.seen_at = token, began
    if known is not None and presence.may_slip:
        time.sleep(1.2 * look)  # whoever carried it and lives finds out until then, and gives up
    return name


def _live(app: Flask, token: str, turns: dict[str, datetime]) -> bool:
    """Say that we live and promise the periodic work that is due; False if the name is not ours now."""
    with _transaction(app):
        at = clock.now()
        for kind, period in PERIODS.items():
            turn = at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % period
            if turns.get(kind) != turn:
                ids = {"at": turn.isoformat()}
                number = f"{kind} {turn.isoformat()}"  # the same in every worker: promised once
                promise(db.session(), engine.Promise(number, kind, at, ids))
                turns[kind] = turn
        seen = update(Worker).where(Worker.token == token).values(seen_at=at)
        return bool(db.session.execute(seen).rowcount)  # type: ignore[attr-defined]


def _take_over(app: Flask, own: str, presence: Presence, absent: set[str]) -> set[str]:
    """Hand the jobs of workers that are gone back to the queue; return who was not there just now.

    Only who was `absent` at the last look, too, is gone: a lock may slip while a database is started anew.
    """
    with app.app_context():
        begun = engine.begun_by(db.session.connection()) - {own}
    missed = set()
    for name in sorted(begun):
        with presence.vacancy(name) as is_vacant:
            if is_vacant and (name in absent or not presence.may_slip):
                log.warning("taking over the jobs of %s", name)
                with _transaction(app):  # should it live after all, it finds no row of its own
                    db.session.execute(delete(Worker).where(Worker.name == name))
                # Unlike `resume_workflow` it moves only jobs that still belong to the dead: two workers
                # that sweep at once cannot take one from each other.
                DBOS._recover_pending_workflows([name])  # noqa: SLF001
            elif is_vacant:
                missed.add(name)
    return missed


@contextmanager
def _transaction(app: Flask) -> Iterator[None]:
    with app.app_context():
        while True:  # nobody is kept waiting by it, and a busy database is no failure of the job
            try:
                begin_writing()
                break
            except Busy:
                db.session.rollback()
                time.sleep(0.5)
        yield
        db.session.commit()
