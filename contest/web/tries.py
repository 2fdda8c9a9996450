"""Counts tries in a small SQLite file that all processes of a machine share.

Counts in the memory of each process would let somebody try once more per process. The file may be
thrown away at any time: it holds no more than the tries of the last day.
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pysqlite3
from limits.storage import MovingWindowSupport, Storage

INSTANCE = Path(__file__).parents[2] / "instance"
DAY = 24 * 3600
TABLE = "CREATE TABLE IF NOT EXISTS tries (key TEXT NOT NULL, at REAL NOT NULL)"
INDEX = "CREATE INDEX IF NOT EXISTS tries_of_key ON tries (key, at)"
PRAGMAS = ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=5000")


class FileStorage(Storage, MovingWindowSupport):
    """What the library asks of a place for counts, for moving windows only."""

    STORAGE_SCHEME = ["file"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self.path = urlsplit(uri).path
        self._own = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        return pysqlite3.dbapi2.OperationalError  # type: ignore[no-any-return]

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a try, unless there were as many within `expiry` seconds."""
        now = time.time()
        with self._writing() as held:
            held.execute("DELETE FROM tries WHERE key = ? AND at <= ?", (key, now - expiry))
            [(count,)] = held.execute("SELECT count(*) FROM tries WHERE key = ?", (key,))
            if count + amount > limit:
                return False
            held.executemany("INSERT INTO tries VALUES (?, ?)", [(key, now)] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return since when tries count, and how many there were."""
        now = time.time()
        wanted = "SELECT min(at), count(*) FROM tries WHERE key = ? AND at > ?"
        [(first, count)] = self._connection().execute(wanted, (key, now - expiry))
        return first or now, count

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("fixed windows are not used")

    def get(self, key: str) -> int:
        return self.get_moving_window(key, 0, DAY)[1]

    def get_expiry(self, key: str) -> float:
        return self.get_moving_window(key, 0, DAY)[0] + DAY

    def check(self) -> bool:
        return bool(self._connection().execute("SELECT 1").fetchone())

    def reset(self) -> int | None:
        with self._writing() as held:
            return int(held.execute("DELETE FROM tries").rowcount)

    def clear(self, key: str) -> None:
        with self._writing() as held:
            held.execute("DELETE FROM tries WHERE key = ?", (key,))

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        held = self._connection()
        held.execute("BEGIN IMMEDIATE")
        try:
            yield held
        finally:
            held.execute("COMMIT")

    def _connection(self) -> Any:
        if not hasattr(self._own, "held"):
            Path(self.path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = pysqlite3.connect(self.path, isolation_level=None)
            for pragma in PRAGMAS:
                held.execute(f"PRAGMA {pragma}")
            held.execute(TABLE)
            held.execute(INDEX)
            held.execute("DELETE FROM tries WHERE at <= ?", (time.time() - DAY,))
            self._own.held = held
        return self._own.held


def beside(database_url: str) -> str:
    """Return where tries are counted when no setting says it: in a file of this machine.

    It stands beside an SQLite database, and in the instance's folder for one that is a server's.
    """
    path = database_url.partition("sqlite:///")[2]
    if path.startswith("/"):
        return f"file://{path}-tries"
    return f"file://{INSTANCE}/tries-{hashlib.sha256(database_url.encode()).hexdigest()[:16]}"
