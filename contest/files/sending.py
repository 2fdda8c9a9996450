"""Sends stored bytes to a browser that was already allowed to have them."""

from urllib.parse import quote

from flask import Flask, Response, current_app

from contest.files import store as stores
from contest.files.models import File, Rendition
from contest.files.store import Store

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    app.extensions["files"] = stores.from_url(app.config["FILES_URL"])


def store() -> Store:
    """Return the running application's store."""
    found: Store = current_app.extensions["files"]
    return found


def send(thing: File | Rendition, *, cache_seconds: int = 0, name: str = "") -> Response:
    """Stream a file as an attachment, or the picture of a page into the page.

    `name` stands for the file's own where that would tell too much. `cache_seconds` lets the
    reader's own browser keep a picture; files are never kept.
    """
    if isinstance(thing, Rendition):
        kind, disposition = "image/webp", "inline"
    else:
        kind, disposition = thing.type, attachment(name or thing.name)
    response = Response(store().chunks(thing.sha256), mimetype=kind)
    response.headers.update(HEADERS)
    response.headers["Content-Disposition"] = disposition
    keeps = isinstance(thing, Rendition) and cache_seconds
    response.headers["Cache-Control"] = (
        f"private, max-age={cache_seconds}" if keeps else "private, no-store"
    )
    if isinstance(thing, File):
        response.content_length = thing.size_bytes
    return response


def attachment(name: str) -> str:
    """Return the header that names a download, in the two spellings of RFC 6266."""
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
