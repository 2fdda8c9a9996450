"""Draws pages and asks the scanner again."""

import uuid

from flask import current_app

from contest.files import actions, look, queries
from contest.files.models import Scan
from contest.files.sending import store
from contest.jobs.registry import job
from contest.web.db import db

MIB = 1024 * 1024


@job("files.render")
def render(file_id: str) -> None:
    """Draw each page as a picture and a thumbnail. Repeated, it adds what is missing."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is None:
        return
    drawn = []
    with store().local(file.sha256) as path, look.pictures(path) as pictures:
        for picture in pictures:
            with picture.path.open("rb") as image:
                kept = store().put(image, 32 * MIB)
            drawn.append((picture.page, picture.kind, kept.sha256, picture.width, picture.height))
    actions.add_pictures(db.session(), file, drawn)


@job("files.scan")
def scan(file_id: str) -> None:
    """Ask the scanner about a file it could not answer for; fail, and so be repeated, if it still cannot."""
    file = queries.file(db.session(), uuid.UUID(file_id))
    if file is None or file.scan is not Scan.PENDING:
        return
    with store().local(file.sha256) as path:
        found = look.scan(path, current_app.config["SCAN_COMMAND"])
    if found is Scan.PENDING:
        raise RuntimeError("the virus scanner does not answer")
    actions.judge(db.session(), file, found)
