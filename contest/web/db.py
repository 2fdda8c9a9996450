"""The session of the running request, job or command, and how SQLite is spoken to."""

import fcntl
import os
import sys
import threading
from typing import Any

import pysqlite3
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event

from contest.web import switches

OLDEST_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL database under concurrent checkpoints
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
)

db = SQLAlchemy(session_options={"expire_on_commit": False})


def use_one_sqlite() -> None:
    """Make every `import sqlite3` of this process the one library that we checked.

    Two SQLite libraries on one file break each other's locks, so this runs before any other import.
    """
    if pysqlite3.dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {pysqlite3.dbapi2.sqlite_version} is too old")
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        listen(db.engine)


def listen(engine: Engine) -> None:
    """Hang our listeners on this engine only: on the class they would break the job engine's."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _leave_queue)
    event.listen(engine, "rollback", _leave_queue)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that SAVEPOINT works
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        _enter_queue(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


# SQLite's own waiting sleeps and lets latecomers overtake. Writers of all processes on this machine
# therefore queue on a file lock beside the database before they say BEGIN IMMEDIATE.
_turn = threading.local()


def _enter_queue(connection: Connection) -> None:
    database = connection.engine.url.database
    if not database or database == ":memory:" or getattr(_turn, "file", None) is not None:
        return
    handle = os.open(f"{database}-queue", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    _turn.file = handle


def _leave_queue(_connection: Connection) -> None:
    handle = getattr(_turn, "file", None)
    if handle is not None:
        _turn.file = None
        os.close(handle)


def begin_writing() -> None:
    """Start the session's transaction as a writer.

    A reader with an old snapshot cannot become a writer on SQLite; on PostgreSQL this changes nothing.
    """
    db.session.connection(execution_options={"writes": True})


def write_now() -> None:
    """End the reading so far and start as a writer; what was read must be read again.

    Raises ReadOnly while nothing may be written.
    """
    db.session.rollback()
    begin_writing()
    switches.require_writing(db.session())


def is_sqlite() -> bool:
    with current_app.app_context():
        return db.engine.dialect.name == "sqlite"
