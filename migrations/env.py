"""Alembic's entry point; the database is the one it is handed, or the one the settings name."""

from typing import Any

from alembic import context
from sqlalchemy import NullPool, create_engine

from contest.web.db import use_one_sqlite

use_one_sqlite()

from contest.core.orm import UTCDateTime  # noqa: E402
from contest.core.words import WordsType  # noqa: E402
from contest.schema import Base  # noqa: E402


def render(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write plain SQLAlchemy types, so that old migrations outlive our own."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, WordsType):
        return "sa.JSON()"
    return False


def ours(_thing: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leave alone what the job engine keeps in the same file."""
    return not (kind == "table" and reflected and name not in Base.metadata.tables)


def run(connection: Any) -> None:
    context.configure(
        connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        include_object=ours,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        from config import Settings

        url = Settings().DATABASE_URL
    with create_engine(url, poolclass=NullPool).connect() as connection:
        run(connection)
        connection.commit()
