"""Sends stored bytes to a browser that was already allowed to have them."""

from flask import Flask, Response, current_app

from contest.core.decisions import ALLOW, Decision, deny, require
from contest.core.text import N_
from contest.files import store as stores
from contest.files.look import DOCUMENTS, INFECTED, PDF
from contest.files.models import PLAIN, File, Rendition, Scan
from contest.files.store import Store
from contest.web import limits
from contest.web.downloads import attachment

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}

UNSCANNED = N_("The virus scanner has not looked at this file yet. Try again in a few minutes.")


def init_app(app: Flask) -> None:
    app.extensions["files"] = stores.from_url(app.config["FILES_URL"])


def store() -> Store:
    """Return the running application's store."""
    found: Store = current_app.extensions["files"]
    return found


def send(thing: File | Rendition, *, cache_seconds: int = 0, name: str = "") -> Response:
    """Stream a file or its copy as an attachment, or the picture of a page into the page.

    `name` stands for the file's own where that would tell too much; a copy has no other.
    `cache_seconds` lets the reader's own browser keep a picture; files are never kept. Raises
    DomainError for a file that the virus scanner has not let pass.
    """
    if isinstance(thing, File):
        limits.count("documents", limits.asker(), rate="600 per hour")
        require(_passed(thing))
        kind, disposition = thing.type, attachment(_named(name or thing.name, thing.type))
    elif thing.kind == PLAIN:
        kind, disposition = PDF, attachment(name)
    else:
        kind, disposition = "image/webp", "inline"
    response = Response(store().chunks(thing.sha256), mimetype=kind)
    response.headers.update(HEADERS)
    response.headers["Content-Disposition"] = disposition
    keeps = disposition == "inline" and cache_seconds
    response.headers["Cache-Control"] = (
        f"private, max-age={cache_seconds}" if keeps else "private, no-store"
    )
    if isinstance(thing, File):
        response.content_length = thing.size_bytes
    return response


def _passed(file: File) -> Decision:
    if file.scan is Scan.CLEAN:
        return ALLOW
    return deny(INFECTED if file.scan is Scan.REFUSED else UNSCANNED)


def _named(name: str, kind: str) -> str:
    """Return the name with the ending of what the file is: no deck is saved as a program or a page."""
    ending = DOCUMENTS.get(kind, "")
    return name if name.lower().endswith(ending) else f"{name}{ending}"
