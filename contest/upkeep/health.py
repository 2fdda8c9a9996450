"""Whether this instance can do its work now: cheap, and without a secret in the answer."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from contest.files import jail
from contest.files.store import Store
from contest.jobs import engine
from contest.jobs.models import Worker
from contest.web import switches
from contest.web.db import is_in_doubt

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations" / "versions"
LEAST_BYTES = 256 * 1024 * 1024  # free on the disk of the files
SILENT = timedelta(minutes=1)
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must work, what is wrong with it, and otherwise how it is."""

    name: str
    fault: str = ""
    state: str = "ok"


def parts(session: Session, store: Store, at: datetime) -> list[Part]:
    """Return how each part of the instance is."""
    try:
        found = [Part("database"), Part("schema", _schema(session)), Part("worker", _worker(session, at)),
                 Part("jobs", _jobs(session, at)), Part("switches", _switches(session))]  # fmt: skip
        if is_in_doubt():
            found[0] = Part("database", "a disk has failed; this process writes nothing any more")
    except SQLAlchemyError:
        found = [Part("database", "cannot be reached")]
    return [*found, Part("files", _files(store)), Part("jail", state=jail.kind())]


@cache
def newest_schema() -> str:
    """Return the number of the newest migration of this release."""
    found = (
        re.search(r'^revision = "(\w+)"', f.read_text(), re.MULTILINE)
        for f in MIGRATIONS.glob("*.py")
    )
    return max(match[1] for match in found if match)


def _schema(session: Session) -> str:
    stands = session.scalar(text("SELECT version_num FROM alembic_version"))
    wanted = newest_schema()
    return "" if stands == wanted else f"is {stands}, this release needs {wanted}: run migrate"


def _worker(session: Session, at: datetime) -> str:
    seen = session.scalar(select(func.max(Worker.seen_at)))
    return "" if seen is not None and seen > at - SILENT else "none is alive"


def _jobs(session: Session, at: datetime) -> str:
    due = [p.at for p in engine.promised(session.connection()) if p.at < at - LATE]
    return f"{len(due)} wait for more than ten minutes" if due else ""


def _switches(session: Session) -> str:
    return ", ".join(sorted(switches.are_on(session)))


def _files(store: Store) -> str:
    if store.root is None:
        return ""
    if not os.access(store.root, os.W_OK):
        return "the folder cannot be written to"
    return "" if shutil.disk_usage(store.root).free > LEAST_BYTES else "the disk is nearly full"
