"""Databases that have every table: made once per run, then copied."""

import os
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from contest.jobs import engine
from contest.schema import Base
from contest.web.db import listen
from tests import servers


def in_files() -> bool:
    """Tell whether this run is about SQLite; each process has a PostgreSQL server of its own."""
    return os.environ.get("CONTEST_TEST_DATABASE") != "postgresql"


def new(folder: Path) -> str:
    """Return the address of a database with empty tables, on the kind of server this run is about."""
    return copy_of(_empty(), folder)


def copy_of(url: str, folder: Path) -> str:
    """Return the address of a new database like the one at `url`, which nobody may be using."""
    if url.startswith("sqlite"):
        copy = f"sqlite:///{folder}/{uuid4().hex}.db"
        source = create_engine(url, poolclass=NullPool)
        with source.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (make_url(copy).database,))
        return copy
    return servers.new_postgres_database(like=str(make_url(url).database))


@cache
def _empty() -> str:
    if in_files():
        url = f"sqlite:///{tempfile.mkdtemp(prefix='contest-tests-')}/empty.db"
    else:
        url = servers.new_postgres_database()
    database = create_engine(url)
    listen(database)
    Base.metadata.create_all(database)
    engine.prepare(url)
    database.dispose()
    return url
