"""Makes copies, carries out erasures whose day has come, lets contests forget, and cleans up behind."""

import tempfile
import time
import uuid
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from contest.contests.models import Contest
from contest.core import clock
from contest.files.sending import store
from contest.jobs.aside import aside
from contest.jobs.outbox import enqueue
from contest.jobs.registry import every, failed, job
from contest.messages.models import Message
from contest.privacy import collecting, files, queries, retention, scrubbing
from contest.privacy.actions import copying, erasing, retaining
from contest.web.db import db

LARGEST = 2**31
LONG = 2.0  # seconds after which the page is told how far it is


@job("privacy.copy", writes=False)
def collect(export_id: str) -> dict[str, object]:
    """Write the copy into the store."""
    number = uuid.UUID(export_id)
    found = queries.promised_export(db.session(), number)
    if found is None:
        return {"sha256": None, "size_bytes": 0}
    _, user = found
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told > LONG:
            _tell(number, done)
            told = time.monotonic()

    with tempfile.TemporaryFile() as target:
        collecting.write(db.session(), store(), user, target, tell)
        target.seek(0)
        kept = store().put(target, LARGEST)
    return {"sha256": kept.sha256, "size_bytes": kept.size_bytes}


def _tell(export_id: uuid.UUID, done: int) -> None:
    with aside():
        found = queries.promised_export(db.session(), export_id)
        if found is not None:
            found[0].done = done


@job("privacy.copy")
def note_copy(export_id: str, sha256: str | None, size_bytes: int) -> None:
    """Note that the copy is there."""
    found = queries.promised_export(db.session(), uuid.UUID(export_id))
    if found is not None and sha256 is not None:
        copying.keep(db.session(), found[0], sha256=sha256, size_bytes=size_bytes, at=clock.now())


@failed("privacy.copy")
def give_up(*, error: str, final: bool, export_id: str) -> None:  # noqa: ARG001 -- the log has it
    """Tell the person that there will be no copy."""
    if final:
        copying.give_up(db.session(), uuid.UUID(export_id))


@every("privacy.keep", minutes=60)
def keep(at: datetime) -> None:
    """Erase whose day has come, and remove what was kept for long enough."""
    session, removed = db.session(), 0
    for erasure, user in queries.due_erasures(session, at):
        erasing.carry_out(session, erasure, user, at=at)
    for contest in session.scalars(select(Contest).where(Contest.phase.in_(retention.OVER))):
        removed += len(retaining.keep_to(session, contest, at=at))
    removed += copying.throw_away(session, at)
    if removed:
        enqueue(session, "privacy.scrub", at=at, letters="")


@job("privacy.scrub", writes=False)
def scrub(letters: str) -> None:
    """Overwrite what deleted rows left behind, and delete copies of mail that are not to be read now."""
    named = {uuid.UUID(number) for number in letters.split(",") if number}
    where = urlsplit(current_app.config["MAIL_URL"])
    if where.scheme == "file":
        known = set(db.session.scalars(select(Message.id)))
        scrubbing.clear_folder(Path(unquote(where.path)), known - named)
    db.session.rollback()
    scrubbing.overwrite(db.engine)


@every("privacy.sweep", minutes=24 * 60, writes=False)
def sweep(at: datetime) -> None:  # noqa: ARG001 -- bytes have their own times
    """Delete bytes that nothing refers to."""
    files.sweep(db.session(), store())
