"""Draws pages, makes copies that say not whose they are, and asks the scanner again.

Each first works without a transaction, then notes the result.
"""

import uuid

from flask import current_app

from contest.core import clock
from contest.files import actions, look, queries
from contest.files.models import Scan
from contest.files.sending import store
from contest.jobs.registry import failed, job
from contest.web.db import db

MOST_BYTES = 32 * 1024 * 1024
MOST_BYTES_OF_COPY = 128 * 1024 * 1024


@job("files.render", writes=False)
def draw(file_id: str) -> dict[str, object]:
    """Draw each page as a picture and a thumbnail into the store."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    drawn = []
    if file is not None:
        with store().local(file.sha256) as path, look.pictures(path) as pictures:
            for picture in pictures:
                with picture.path.open("rb") as image:
                    kept = store().put(image, MOST_BYTES)
                drawn.append(
                    [picture.page, picture.kind, kept.sha256, picture.width, picture.height]
                )
        if not drawn:
            raise RuntimeError("no page can be drawn")
    return {"drawn": drawn}


@job("files.render")
def note_pictures(file_id: str, drawn: list[tuple[int, str, str, int, int]]) -> None:
    """Add the rows of the pictures that are not there yet."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is not None:
        actions.add_pictures(db.session(), file, drawn)


@failed("files.render")
def give_up(*, error: str, final: bool, file_id: str) -> None:  # noqa: ARG001 -- the log has it
    """Note that there will be no pictures, so that readers are told and offered the file itself."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is not None and final:
        actions.give_up_drawing(db.session(), file, at=clock.now())


@job("files.plain", writes=False)
def copy(file_id: str) -> dict[str, object]:
    """Make the copy that judges read who must not know whose it is."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is None:
        return {"sha256": None}
    with store().local(file.sha256) as path, look.plain(path) as made:
        if made is None:
            raise RuntimeError("no copy can be made")
        with made.open("rb") as content:
            return {"sha256": store().put(content, MOST_BYTES_OF_COPY).sha256}


@job("files.plain")
def note_copy(file_id: str, sha256: str | None) -> None:
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is not None and sha256 is not None:
        actions.add_plain(db.session(), file, sha256)


@job("files.scan", writes=False)
def scan(file_id: str) -> dict[str, object]:
    """Ask the scanner about a file it had no answer for; fail, and so be repeated, if it has none still."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is None or file.scan is not Scan.PENDING:
        return {"found": None}
    with store().local(file.sha256) as path:
        found = look.scan(path, current_app.config["SCAN_COMMAND"])
    if found is Scan.PENDING:
        raise RuntimeError("the virus scanner does not answer")
    return {"found": found.value}


@job("files.scan")
def note_scan(file_id: str, found: str | None) -> None:
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is not None and found is not None:
        actions.judge(db.session(), file, Scan(found))
