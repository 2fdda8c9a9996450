"""Overwrites what deletion leaves behind: free pages and the log of the database, copies of mail."""

import uuid
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text


def overwrite(engine: Engine, *, patience: float = 10) -> None:
    """Write the database anew without what was deleted from it.

    SQLite: also its write-ahead log; raises RuntimeError while a reader keeps an old page in use, so that
    the job tries again. PostgreSQL gives the places of dead rows free, and overwrites them in time.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
        return
    with closing(engine.raw_connection()) as held, closing(held.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={int(1000 * patience)}")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(busy, _, _)] = cursor.fetchall()
        if busy:
            raise RuntimeError("the log of the database is still being read")


def clear_folder(folder: Path, known: Collection[uuid.UUID]) -> int:
    """Delete copies of mail that are none of the `known` messages; return how many."""
    gone = 0
    for copy in folder.glob("*.eml"):
        if _number(copy) not in known:
            copy.unlink(missing_ok=True)
            gone += 1
    return gone


def _number(copy: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(copy.stem)
    except ValueError:
        return None
