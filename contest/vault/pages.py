"""Opening a document and sending its pages, for every feature that decides who may.

An opening is noted before anything is sent: pages and files go only to people whose opening stands in
the ledger. Pages themselves are asked for by GET, which can write nothing, so the note is a POST before.
"""

import uuid
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue

from contest.accounts.models import User
from contest.accounts.signin import safe_next
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries.models import Version
from contest.files import queries as files
from contest.files.models import File
from contest.files.sending import send
from contest.vault import actions, queries
from contest.web.access import found
from contest.web.db import db
from contest.web.errors import wants_json
from contest.web.requests import now

PAGES_SECONDS = 3600
NO_COPY = N_(
    "The copy of this document that does not say whose it is is still being made. Try again in a few"
    " minutes; if that does not help, tell the organisers."
)


def attached(version: Version, file_id: uuid.UUID) -> File:
    """Return the file if it belongs to the version, whose attachments are loaded; else stop with 404."""
    return found(next((a.file for a in version.attachments if a.file_id == file_id), None))


def note(version: Version, file_id: uuid.UUID, user: User, capacity: str) -> ResponseReturnValue:
    """Note the opening; answer JSON to a script and, to a button, the page it stood on."""
    actions.opened(
        db.session(), version, attached(version, file_id), capacity=capacity, by=user, at=now()
    )
    if wants_json():
        return jsonify(opened=True)
    back = urlsplit(safe_next(request.form.get("next")))
    query = [(k, v) for k, v in parse_qsl(back.query) if k != "opened"] + [("opened", str(file_id))]
    return redirect(urlunsplit(("", "", back.path, urlencode(query), "")), 303)


def picture(
    version: Version, file_id: uuid.UUID, page: int, kind: str, user: User, *, noted: bool = True
) -> ResponseReturnValue:
    """Send the picture of a page; `noted` is false for a team, whose reading is nobody's business."""
    file = attached(version, file_id)
    if noted:
        _require_open(version, file, user)
    return send(
        found(files.rendition(db.session(), file.id, page, kind)), cache_seconds=PAGES_SECONDS
    )


def original(
    version: Version, file_id: uuid.UUID, user: User, *, noted: bool = True, name: str = ""
) -> ResponseReturnValue:
    """Send the file itself, under another `name` if its own would tell too much."""
    file = attached(version, file_id)
    if noted:
        _require_open(version, file, user)
    return send(file, name=name)


def copy(version: Version, file_id: uuid.UUID, user: User, *, name: str) -> ResponseReturnValue:
    """Send the copy that says not whose it is; who reads that way never gets the file itself."""
    file = attached(version, file_id)
    _require_open(version, file, user)
    made = files.plain(db.session(), file.id)
    if made is None:
        raise DomainError(NO_COPY)
    return send(made, name=name)


def _require_open(version: Version, file: File, user: User) -> None:
    found(queries.is_open(db.session(), user.id, version.id, file.id, now()) or None)
