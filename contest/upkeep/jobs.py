"""Signs the record every hour and writes that where an operator keeps it outside: a file per day.

A file only grows: what stands in it is evidence, also against a database that was put back.
"""

import logging
from datetime import UTC, datetime, timedelta

import obstore
from flask import current_app
from obstore.store import LocalStore, S3Store
from sqlalchemy.orm import Session

from contest.core import clock
from contest.events import checkpoints
from contest.events.checkpoints import Line
from contest.files import store as files
from contest.jobs.outbox import enqueue
from contest.jobs.registry import every, job
from contest.web import keys
from contest.web.db import db

log = logging.getLogger(__name__)


@every("upkeep.checkpoint", minutes=60)
def sign(at: datetime) -> None:
    """Sign how far each chain has come, and promise to write it outside."""
    checkpoints.take(db.session(), keys.signing_key(), at=clock.now())
    enqueue(db.session(), "upkeep.checkpoint_file", at=at, day=clock.now().date().isoformat())


@job("upkeep.checkpoint_file", writes=False)
def write_out(day: str) -> None:
    """Add to the day's file what was signed on that day and does not stand in it yet."""
    objects = files.objects(place(current_app.config))
    unknown = add(db.session(), objects, datetime.fromisoformat(day).replace(tzinfo=UTC))
    if unknown:
        log.error("%s checkpoints of %s are not in the database: was it put back?", unknown, day)


def add(session: Session, objects: LocalStore | S3Store, day: datetime) -> int:
    """Do so, and return how many lines stand there that the database does not know."""
    signed = [
        Line.of(row).text()
        for row in checkpoints.taken_between(session, day, day + timedelta(days=1))
    ]
    name = f"checkpoints-{day:%Y-%m-%d}.jsonl"
    try:
        stands = bytes(obstore.get(objects, name).bytes()).decode().splitlines()
    except FileNotFoundError:
        stands = []
    if new := [line for line in signed if line not in set(stands)]:
        obstore.put(objects, name, "".join(f"{line}\n" for line in stands + new).encode())
    return len(set(stands) - set(signed))


def place(config: dict[str, str]) -> str:
    """Return where the files go: where the setting says, else beside the files of the contests."""
    return config["CHECKPOINTS_URL"] or f"{config['FILES_URL'].rstrip('/')}-checkpoints"
