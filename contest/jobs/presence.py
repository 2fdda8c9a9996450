"""Whether a worker is there, as its machine or its database knows: a lock that ends with its process.

A clock cannot tell a dead worker from a slow one; whoever is stopped for a while and goes on would find its
jobs begun by somebody else. A lock is kept while the process is there, however slow, and is free the
moment it is not.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

FREE = "SELECT pg_try_advisory_lock(:key)"
# So long after a machine went silent, without its connections being closed, PostgreSQL gives it up.
PATIENCE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3"


class Presence(Protocol):
    """The names that workers carry, each of them at most one."""

    may_slip: bool  # the lock of somebody alive may be lost for a moment

    def take(self, name: str) -> bool:
        """Carry the name from now on; False if somebody does."""

    def is_kept(self) -> bool:
        """Say whether the name is still ours; a lock that slipped is taken again if it is free."""

    @contextmanager
    def vacancy(self, name: str) -> Iterator[bool]:
        """Tell whether nobody carries the name; if so nobody can take it within the block."""


def of(url: str) -> Presence:
    """Return how workers on this database know of each other."""
    where = sa.make_url(url)
    return OfFiles(str(where.database)) if where.drivername == "sqlite" else OfDatabase(url)


class OfFiles:
    """Workers on one machine, where an SQLite database always is: locks on files beside it."""

    may_slip = False

    def __init__(self, database: str) -> None:
        self._database = database
        self._held: int | None = None

    def take(self, name: str) -> bool:
        self._held = self._locked(name)
        return self._held is not None

    def is_kept(self) -> bool:
        return self._held is not None

    @contextmanager
    def vacancy(self, name: str) -> Iterator[bool]:
        held = self._locked(name)
        try:
            yield held is not None
        finally:
            if held is not None:
                os.close(held)

    def _locked(self, name: str) -> int | None:
        handle = os.open(f"{self._database}-{name}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle


class OfDatabase:
    """Workers on any machine: advisory locks of PostgreSQL, on a connection that is kept for them."""

    may_slip = True  # with its connection, when the database is started anew

    def __init__(self, url: str) -> None:
        given = {"connect_timeout": 5, "options": PATIENCE}
        self._database = sa.create_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=given
        )
        self._connection: sa.Connection | None = None
        self._name = ""

    def take(self, name: str) -> bool:
        self._name = name if self._locked(name) else ""
        return bool(self._name)

    def is_kept(self) -> bool:
        try:
            self._line().execute(sa.text("SELECT 1"))
        except SQLAlchemyError:
            self._hang_up()
            return self._locked(self._name)
        return True

    @contextmanager
    def vacancy(self, name: str) -> Iterator[bool]:
        is_free = self._locked(name)
        try:
            yield is_free
        finally:
            if is_free:
                freed = sa.text("SELECT pg_advisory_unlock(:key)")
                self._line().execute(freed, {"key": _key(name)})

    def _locked(self, name: str) -> bool:
        return bool(self._line().scalar(sa.text(FREE), {"key": _key(name)}))

    def _line(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._database.connect()
        return self._connection

    def _hang_up(self) -> None:
        broken, self._connection = self._connection, None
        if broken is not None:
            broken.invalidate()
            broken.close()


def _key(name: str) -> int:
    digest = hashlib.sha256(b"contest worker " + name.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
