"""Pages that every visitor sees alike, kept as finished bytes in front of the application.

Such a page is made for nobody in particular: of a request only the path and the language reach the
view, so nothing else can get into it. It is good while the version under which it was made stands, a
number that grows inside the transaction of each change that visitors can see, and until the instant
at which it would change by itself. Whoever is signed in, or has a session, passes by.
"""

import gzip
import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, urlsplit

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Accept, Headers, LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header, parse_cookie
from werkzeug.wrappers import Response

from contest.core import clock
from contest.web import requests, text
from contest.web.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

F = TypeVar("F", bound=Callable[..., object])
Key = tuple[str, str, str]  # scheme, path, language

EXTENSION = "contest.finished"
CHANGES = "contest.finished.changes"  # stands in the request for which a page for many is made
# What is handed on of the request for which a page is made. `Accept` tells how a refusal is worded.
CARRIED = ("SCRIPT_NAME", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_ACCEPT",
           "wsgi.version", "wsgi.url_scheme", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess",
           "wsgi.run_once")  # fmt: skip
OWN_HEADERS = ("Cache-Control", "Content-Encoding", "Content-Length", "ETag", "Vary")
CACHE_CONTROL = "public, max-age=0, must-revalidate"
VARY = "Accept-Encoding, Accept-Language, Cookie"
OVERHEAD_BYTES = 4096  # of a kept page, besides its two texts
LARGEST_SHARE = 8  # no page takes more than this part of the room for all


def shared(*, query: Iterable[str] = ()) -> Callable[[F], F]:
    """Declare that all visitors see the same page; with one of these in the query it is made anew.

    What else stands in the query never reaches the view. The view tells `good_until`.
    """

    def declare(view: F) -> F:
        view.shared = frozenset(query)  # type: ignore[attr-defined]
        return view

    return declare


def good_until(*instants: datetime | None) -> None:
    """Note when the page that is being made changes by itself; instants gone by do not matter."""
    changes = request.environ.get(CHANGES, [])
    changes += [instant for instant in instants if instant is not None and instant > requests.now()]


def init_app(app: Flask) -> None:
    @app.context_processor
    def _tell() -> dict[str, object]:
        # A page for many carries neither a token nor the instant at which it was made.
        return {"cached": bool(request) and CHANGES in request.environ}


@dataclass(frozen=True, slots=True)
class Page:
    """A finished answer."""

    version: int
    until: datetime | None
    query: frozenset[str]
    headers: tuple[tuple[str, str], ...]
    tag: str
    plain: bytes
    packed: bytes

    def is_good(self, version: int, at: datetime) -> bool:
        return self.version == version and (self.until is None or at < self.until)


class Shelf:
    """Keeps the pages that were asked for last, up to a number of bytes."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes, self.taken_bytes = room_bytes, 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.taken_bytes = 0

    def get(self, key: Key) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: Page) -> None:
        if _size(page) > self.room_bytes // LARGEST_SHARE:
            return
        with self._lock:
            self._drop(self._pages.pop(key, None))
            self._pages[key] = page
            self.taken_bytes += _size(page)
            while self.taken_bytes > self.room_bytes:
                self._drop(self._pages.popitem(last=False)[1])

    def _drop(self, page: Page | None) -> None:
        self.taken_bytes -= _size(page) if page is not None else 0


def _size(page: Page) -> int:
    return len(page.plain) + len(page.packed) + OVERHEAD_BYTES


class Layer:
    """The WSGI application in front of ours. `version` is the statement that reads the number."""

    def __init__(self, app: Flask, version: str) -> None:
        self._inner: WSGIApplication = app.wsgi_app
        self._views, self._statement = app.view_functions, version
        self._host = urlsplit(app.config["BASE_URL"]).netloc
        self._urls = app.url_map.bind(self._host)
        self._personal = {app.session_interface.get_cookie_name(app),
                          app.config.get("REMEMBER_COOKIE_NAME", "remember_token")}  # fmt: skip
        self.shelf = Shelf(app.config["KEPT_PAGES_BYTES"])
        self._locks = [threading.Lock() for _ in range(64)]
        app.extensions[EXTENSION] = self
        with app.app_context():
            self._engine = db.engine

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        answer = self._answer(environ) if environ["REQUEST_METHOD"] in {"GET", "HEAD"} else None
        if isinstance(answer, Page):
            return _send(answer, environ, start_response)
        return (answer or self._inner)(environ, start_response)

    def _answer(self, environ: "WSGIEnvironment") -> Page | Response | None:
        """Return what answers this request instead of the application, if anything does."""
        cookies = parse_cookie(environ) if "HTTP_COOKIE" in environ else {}
        if "HTTP_AUTHORIZATION" in environ or not self._personal.isdisjoint(cookies):
            return None
        asked = parse_qs(environ.get("QUERY_STRING", ""))
        language = text.chosen(
            asked.get("lang", [""])[0], cookies.get("lang"),
            _languages(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        )  # fmt: skip
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        key = (environ["wsgi.url_scheme"], path, language)
        kept = self.shelf.get(key)
        query = kept.query if kept is not None else self._declared(environ)
        if query is None or not query.isdisjoint(asked):
            return None
        try:
            return self._good(key, kept) or self._made(key, query, environ)
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
            return None  # the application knows how to say it

    def _declared(self, environ: "WSGIEnvironment") -> frozenset[str] | None:
        """Return which parameters the view of this path reads; None if its page is not shared."""
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        try:
            endpoint, _ = self._urls.match(path, method="GET")
        except HTTPException:
            return None
        return getattr(self._views[endpoint], "shared", None)

    def _good(self, key: Key, page: Page | None) -> Page | None:
        return page if page and page.is_good(self._version(), clock.now()) else None

    def _version(self) -> int:
        # A plain cursor: this one statement is most of what a kept page costs.
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._statement)
            (version,) = cursor.fetchone() or (0,)
            cursor.close()
        finally:
            connection.close()
        return int(version)

    def _made(self, key: Key, query: frozenset[str], environ: "WSGIEnvironment") -> Page | Response:
        """Make the page, once for all who wait for it. What is not a page is not kept."""
        with self._locks[hash(key) % len(self._locks)]:
            if page := self._good(key, self.shelf.get(key)):
                return page
            version = self._version()  # read before the page: at worst it is made once too often
            changes: list[datetime] = []
            bare = {name: environ[name] for name in CARRIED if name in environ}
            bare |= {"REQUEST_METHOD": "GET", "HTTP_HOST": self._host, "HTTP_ACCEPT_LANGUAGE": key[2],
                     "QUERY_STRING": "", "wsgi.input": io.BytesIO(), CHANGES: changes}  # fmt: skip
            made = Response.from_app(self._inner, bare, buffered=True)
            if made.status_code != 200 or "Set-Cookie" in made.headers:
                return made
            page = _finished(made, version, min(changes, default=None), query)
            self.shelf.put(key, page)
            return page


def _finished(made: Response, version: int, until: datetime | None, query: frozenset[str]) -> Page:
    headers = Headers(made.headers)
    for name in OWN_HEADERS:
        headers.remove(name)
    headers["Cache-Control"], headers["Vary"] = CACHE_CONTROL, VARY
    plain = made.get_data()
    return Page(
        version, until, query, tuple(headers.to_wsgi_list()),
        tag=hashlib.sha256(plain).hexdigest()[:24],
        plain=plain, packed=gzip.compress(plain, 9, mtime=0),
    )  # fmt: skip


def _send(
    page: Page, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Send the page, or say that the reader has it already."""
    packs = _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f'"{page.tag}-gzip"' if packs else f'"{page.tag}"'
    timing = f'now;desc="{clock.now().isoformat()}"'  # a kept page shows no old clock
    headers = [*page.headers, ("ETag", tag), ("Server-Timing", timing)]
    if _names(environ.get("HTTP_IF_NONE_MATCH", ""), page.tag):
        start_response("304 NOT MODIFIED", [h for h in headers if h[0] != "Content-Type"])
        return []
    body = page.packed if packs else page.plain
    if packs:
        headers.append(("Content-Encoding", "gzip"))
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _names(tags: str, tag: str) -> bool:
    """Say whether a list of tags names the page in either packing."""
    given = {
        part.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for part in tags.split(",")
    }
    return not given.isdisjoint({tag, "*"})


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted, Accept)["gzip"] > 0


@lru_cache(maxsize=256)
def _languages(accepted: str) -> tuple[str, ...]:
    return tuple(parse_accept_header(accepted, LanguageAccept).values())
