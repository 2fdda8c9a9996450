"""One request, one instant, one transaction: kept only for unsafe methods, if authorized and successful."""

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import flask
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, LengthRequired

from contest.core import clock
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web import idempotency, switches
from contest.web.access import SAFE_METHODS, is_decided, is_public, takes_files
from contest.web.db import Busy, begin_writing, db

STAMP = re.compile(r"(?:t=)?(\d{10}(?:\.\d{1,6})?|\d{13}|\d{16})")
LONGEST_WAIT = timedelta(minutes=5)


class Request(flask.Request):
    """A request whose form holds nothing that no database stores, whoever reads it and when."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if _has_null(self.form):
            raise DomainError(N_("The text holds a character that cannot be stored. Type it anew."))


def _has_null(fields: MultiDict[str, str]) -> bool:
    return any("\0" in text for name, text in fields.items(multi=True) for text in (name, text))


def init_app(app: Flask) -> None:
    app.request_class = Request
    app.before_request(_begin)
    app.after_request(_finish)


def now() -> datetime:
    """Return the instant of the running request, read once when it arrived."""
    instant: datetime = g.at
    return instant


def number(name: str) -> int | None:
    """Return the whole number of that name in the address, if it is one that a table could hold."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def incident() -> str:
    """Return the number under which the log knows this request."""
    number: str = g.incident
    return number


def also(write: Callable[[], object]) -> None:
    """Let `write` be kept with this request if it succeeds, also when it only reads.

    A reader becomes a writer afterwards, for this alone: nothing that the view did is kept with it.
    """
    g.setdefault("also", []).append(write)


def _begin() -> None:
    g.at = arrival(request.headers.get(current_app.config["ARRIVAL_HEADER"], ""), clock.now())
    g.incident = uuid.uuid4().hex[:12]
    if "\0" in request.path or _has_null(request.args):
        raise BadRequest
    _insist_on_its_end()
    if request.method in SAFE_METHODS or takes_files(request.endpoint):
        return
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    # A slow sender is waited for before others are kept waiting.
    request.get_data(parse_form_data=True)


def _insist_on_its_end() -> None:
    """Let nothing that broke off on its way pass for whole: half a text would be kept for all of it.

    The server says that it knows where a request ends, and hands on what it has when a sender is cut off.
    """
    if request.content_length is not None:
        request.environ.pop("wsgi.input_terminated", None)  # so its length is checked as it is read
    elif "Transfer-Encoding" in request.headers:
        raise LengthRequired


def arrival(stamp: str, now: datetime) -> datetime:
    """Return the instant that our own proxy stamped on the request, else `now`.

    However long it then waited for its turn, it came when it came. Seconds since 1970 with a point, or
    whole milli- or microseconds, perhaps after "t="; what is not of the last minutes is not believed.
    """
    match = STAMP.fullmatch(stamp)
    if match is None:
        return now
    digits = len(match[1].partition(".")[0])
    came = clock.at(float(match[1]) / 1000 ** max(0, (digits - 10) // 3))
    return min(came, now) if came > now - LONGEST_WAIT else now


def _finish(response: Response) -> Response:
    succeeded = response.status_code < 400
    if succeeded and not is_decided() and not is_public(request.endpoint):
        db.session.rollback()
        raise RuntimeError(f"{request.endpoint} answered without a call of authorize()")
    writes = g.get("also", ()) if succeeded else ()
    if succeeded and request.method not in SAFE_METHODS:
        idempotency.remember(response)
        for write in writes:
            write()
        db.session.commit()
        return response
    db.session.rollback()
    if writes:
        write_aside(writes)
    return response


def write_aside(writes: Iterable[Callable[[], object]]) -> None:
    """Keep what goes with a page that was read or refused; a busy or full database keeps nobody from it."""
    try:
        begin_writing(patience=0.1)
        switches.require_writing(db.session())
        for write in writes:
            write()
        db.session.commit()
    except (Busy, switches.ReadOnly, OperationalError, PoolIsEmpty):
        db.session.rollback()
