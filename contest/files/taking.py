"""Takes what a form uploads, and notes what is refused."""

import os

from flask import current_app
from werkzeug.datastructures import FileStorage

from contest.core.errors import DomainError
from contest.files import look
from contest.files.arrival import Arrived, arrive
from contest.files.sending import store
from contest.web import refusals
from contest.web.models import RefusalKind


def size_of(sent: FileStorage) -> int:
    """Return how many bytes came."""
    end = sent.stream.seek(0, os.SEEK_END)
    sent.stream.seek(0)
    return end


def take(
    sent: FileStorage,
    *,
    types: frozenset[str] = frozenset({look.PDF}),
    most_pages: int | None = None,
) -> Arrived:
    """Store an upload as the settings say. Raises DomainError with the reason when it is refused."""
    try:
        return arrive(
            store(),
            sent.stream,
            sent.filename or "",
            limit_bytes=current_app.config["MAX_UPLOAD_BYTES"],
            most_pages=most_pages,
            types=types,
            scanner=current_app.config["SCAN_COMMAND"],
        )
    except DomainError:
        refusals.note(RefusalKind.BAD_FILE)
        raise
