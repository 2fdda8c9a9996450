"""The session of the running request, job or command, and how the databases are spoken to."""

import errno
import fcntl
import os
import sys
import threading
import time
from http import HTTPStatus
from typing import Any

import pysqlite3
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web import switches

OLDEST_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL database under concurrent checkpoints
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
)
STATEMENTS = 2000  # that are kept compiled; the program has some 1,500, three times the usual limit
POSTGRESQL: dict[str, Any] = {
    "pool_pre_ping": True,  # a server that was restarted is noticed before it is relied on
    "pool_timeout": 5,
    "connect_args": {"connect_timeout": 5, "options": "-c lock_timeout=5000"},
}

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
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        # What a refused statement was given may be what somebody typed: it stands in no error or log.
        "hide_parameters": True,
        "query_cache_size": STATEMENTS,
    }
    if app.config["DATABASE_URL"].startswith("postgresql"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] |= POSTGRESQL
    db.init_app(app)
    with app.app_context():
        listen(db.engine)


def listen(engine: Engine) -> None:
    """Hang our listeners on this engine only: on the class they would break the job engine's."""
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin)
    event.listen(engine, "commit", _leave)
    event.listen(engine, "rollback", _leave)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that SAVEPOINT works
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes"):
        _enter(options.get("patience", PATIENCE))


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    patience = options.get("patience", PATIENCE)
    database = connection.engine.url.database
    _enter(patience, f"{database}-queue" if database and database != ":memory:" else None)
    try:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(1000 * patience)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _leave(connection)
        raise


# Some places of a process are left to those who only read, so that reading goes on while nobody can
# write. SQLite's own waiting sleeps and lets latecomers overtake: writers of all processes on this
# machine therefore queue on a file lock beside the database before they say BEGIN IMMEDIATE.
WRITERS = 3  # of a process at once, of the five at work
PATIENCE = 5.0  # seconds in the queue, and as many for the database itself
ENTRANCE = 1.0  # seconds before it
_turn = threading.local()
_places = threading.BoundedSemaphore(WRITERS)


class Busy(DomainError):
    """The database did not take a writer in time."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self) -> None:
        super().__init__(
            N_("Nothing could be stored just now; nothing is lost. Send it again in a few seconds.")
        )


def _enter(patience: float, queue: str | None = None) -> None:
    """Take a place among the writers and a turn in the queue, unless this thread has them."""
    if getattr(_turn, "taken", False):
        return
    if not _places.acquire(timeout=min(ENTRANCE, patience)):
        raise Busy
    try:
        _turn.file = _locked(queue, patience) if queue else None
    except BaseException:
        _places.release()
        raise
    _turn.taken = True


def _locked(path: str, patience: float) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(handle)
                raise Busy from None
            time.sleep(0.002)
        else:
            return handle


def _leave(_connection: Connection) -> None:
    if getattr(_turn, "taken", False):
        _turn.taken = False
        if _turn.file is not None:
            os.close(_turn.file)
        _places.release()


# A disk that has failed to write once may say yes the next time and have lost what came before.
_broken: list[str] = []
IOERR = 10  # of SQLite, in the lowest byte of its extended codes


def doubt(error: BaseException) -> None:
    """Let this process write nothing more if `error` says that the disk does not keep what it is given."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    if code == IOERR or (isinstance(origin, OSError) and origin.errno == errno.EIO):
        _broken.append(str(origin))


def is_in_doubt() -> bool:
    return bool(_broken)


def begin_writing(patience: float = PATIENCE) -> None:
    """Start the session's transaction as a writer. Raises Busy when its turn does not come in time.

    A reader with an old snapshot cannot become a writer on SQLite; on PostgreSQL this changes nothing.
    """
    if _broken:
        raise Busy
    db.session.connection(execution_options={"writes": True, "patience": patience})


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
