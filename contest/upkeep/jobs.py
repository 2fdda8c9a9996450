"""Signs the record every hour and writes that where an operator keeps it outside: a file per day.

A file only grows: what stands in it is evidence, also against a database that was put back.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

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
from contest.messages.post import post
from contest.web import keys
from contest.web.db import db

log = logging.getLogger(__name__)


@every("upkeep.checkpoint", minutes=60)
def sign(at: datetime) -> None:
    """Sign how far each chain has come, and promise to write it outside."""
    now = clock.now()
    made = checkpoints.take(db.session(), keys.signing_key(), at=now)
    enqueue(db.session(), "upkeep.checkpoint_file", at=at, day=now.date().isoformat())
    if made:
        for number, _ in enumerate(addressees()):
            enqueue(db.session(), "upkeep.checkpoint_mail", at=at, hour=now.isoformat(),
                    number=str(number))  # fmt: skip


@job("upkeep.checkpoint_file", writes=False)
def write_out(day: str) -> None:
    """Add to the day's file what was signed on that day and does not stand in it yet."""
    objects = files.objects(place(current_app.config))
    unknown = add(db.session(), objects, datetime.fromisoformat(day).replace(tzinfo=UTC))
    if unknown:
        log.error("%s checkpoints of %s are not in the database: was it put back?", unknown, day)


@job("upkeep.checkpoint_mail", writes=False)
def mail_out(hour: str, number: str) -> None:
    """Mail what was signed in that turn to one of those whom the setting names."""
    at, to = datetime.fromisoformat(hour), addressees()
    if int(number) < len(to):
        taken = checkpoints.taken_between(db.session(), at, at + timedelta(microseconds=1))
        lines = [Line.of(row).text() for row in taken]
        given, mail = current_app.config, letter(to[int(number)], lines, at)
        post(given["MAIL_URL"], mail, plain_hosts=given["PLAIN_HOSTS"])


def addressees() -> list[str]:
    """Return to whom the setting has checkpoints mailed."""
    return [to for to in current_app.config["CHECKPOINTS_MAIL"].split(",") if to]


def letter(to: str, lines: Sequence[str], at: datetime) -> EmailMessage:
    """Return one mail with the lines as a file; the same number however often it is made."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname
    number = hashlib.sha256(f"{to} {at.isoformat()}".encode()).hexdigest()[:32]
    made = EmailMessage(policy=SMTP)
    made["Message-ID"] = f"<{number}@{host}>"
    made["Date"] = format_datetime(at)
    made["From"] = current_app.config["MAIL_FROM"]
    made["To"] = to
    made["Subject"] = f"Checkpoints of {host}, {at:%Y-%m-%d %H:%M} UTC"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(
        "How far the record of this instance has come, signed by its key.\n\n"
        "Keep this mail. Whoever doubts the record saves the file and runs\n\n"
        "    python -m contest audit verify --since FILE_OR_FOLDER\n"
    )
    text = "".join(f"{line}\n" for line in lines)
    made.add_attachment(
        text.encode(), "application", "jsonl", filename=f"checkpoints-{at:%Y-%m-%dT%H%M}.jsonl"
    )
    return made


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
