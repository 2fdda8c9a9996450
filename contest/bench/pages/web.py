"""Measures the pages: the program and bare references take turns on two servers alike."""

import hashlib
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from contest.bench.bars import Bar, at_most
from contest.bench.pages.client import Measured, Request, measure
from contest.bench.pages.filling import SLUG, Filled, fill
from contest.jobs import engine
from contest.schema import Base
from contest.web.db import db

GRANIAN = ("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--log-level", "error",
           "--workers", "2", "--blocking-threads", "1")  # fmt: skip
OURS, REFERENCE = "wsgi:app", "contest.bench.pages.reference:app"
JUDGES = 8  # who score at the same time
ROWS = 50  # of the results page
GALLERY, SHOW, RESULTS = (f"/contests/{SLUG}{end}" for end in ("/gallery", "", "/results/public"))


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the process at its head."""

    port: int
    pid: int


class Bench:
    """A filled database, ways to serve it, and ways to come as a judge."""

    def __init__(self, app: Flask, at: datetime) -> None:
        self.app, self.secret = app, str(app.config["SECRET_KEY"])
        url = str(app.config["DATABASE_URL"])
        with app.app_context():
            self.engine = db.engine
        Base.metadata.create_all(self.engine)
        engine.prepare(url)
        with Session(self.engine) as session, session.begin():
            self.filled: Filled = fill(session, at)

    @contextmanager
    def served(self, target: str, path: str) -> Iterator[Server]:
        """Serve a WSGI application as in production until the block ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, *GRANIAN, "--port", str(port), target]
        )
        try:
            _wait(f"http://127.0.0.1:{port}{path}")
            yield Server(port, server.pid)
        finally:
            server.terminate()
            server.wait(30)

    def headers(self, judge: int) -> dict[str, str]:
        """Return the headers with which a judge comes who is signed in."""
        who = self.filled.judges[judge]  # by which the filling numbered their session, too
        held = {"_user_id": who, "sign_in": who, "_fresh": True, "csrf_token": _sha1(judge)}
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return {"Cookie": f"session={signer.dumps(held)}",
                "Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}  # fmt: skip

    def token(self, judge: int) -> str:
        """Return the CSRF token that goes with these headers."""
        return str(URLSafeTimedSerializer(self.secret, "wtf-csrf-token").dumps(_sha1(judge)))

    def renew(self) -> None:
        """Let every kept page be old, as after a change."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE chain_heads SET public = public + 1")

    def statements(self, wanted: Request) -> int:
        """Return how many statements one making of the page takes; a first one fills memories."""
        seen: list[str] = []
        client = self.app.test_client(use_cookies=False)
        client.get(wanted.path, headers=wanted.headers)
        self.renew()

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        client.get(wanted.path, headers=wanted.headers)
        event.remove(self.engine, "before_cursor_execute", note)
        return sum(statement.lstrip().startswith("SELECT") for statement in seen)


def _sha1(judge: int) -> str:
    return hashlib.sha1(str(judge).encode(), usedforsecurity=False).hexdigest()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).read()  # noqa: S310 -- our own server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def bars(app: Flask, at: datetime, *, quick: bool) -> Iterator[Bar]:
    """Yield the bars of the pages, each against its reference in the same run.

    `app` has an empty database, and what is started finds the same settings in the environment.
    """
    began = time.monotonic()
    bench = Bench(app, at)
    filled = f"{time.monotonic() - began:.1f} s"
    yield Bar("200 entries, 20 judges, 600 assignments are filled in", "", filled, met=True)
    with bench.served(OURS, "/sign-in") as ours, bench.served(REFERENCE, "/hello") as theirs:
        yield from _Run(bench, ours, theirs, quick=quick).bars()


class _Run:
    def __init__(self, bench: Bench, ours: Server, theirs: Server, *, quick: bool) -> None:
        self.bench, self.ours, self.theirs = bench, ours, theirs
        self.rounds, self.many, self.few = (3, 800, 20) if quick else (6, 6000, 300)

    def bars(self) -> Iterator[Bar]:
        gallery, show, results = (Request(path, {}) for path in (GALLERY, SHOW, RESULTS))
        judge = Request("/judging", self.bench.headers(0))
        yield from self.kept("1 gallery", gallery, 0.67)
        tag = self._tag(GALLERY)
        yield from self.kept(
            "2 gallery, unchanged (304)", Request(GALLERY, {"If-None-Match": tag}, status=304), 0.25
        )
        yield from self.made("3 gallery", gallery, "list", 60, 1.4, 3)
        yield from self.kept("4 contest", show, 0.67)
        yield from self.made("4 contest", show, "list", 1, 1.5)
        yield from self.made("5 judge's queue of 30", judge, "dash", 30, 1.5, 4)
        yield from self.scored()
        yield from self.kept("9 results of 50", results, 0.67)
        yield from self.made("9 results of 50", results, "list", ROWS, 1.5)

    def kept(self, name: str, wanted: Request, bar: float) -> Iterator[Bar]:
        """A page out of memory against a bare hello."""
        pairs = self._pairs([wanted] * self.many, [Request("/hello", {})] * self.many)
        yield self._ratio(f"{name}, kept: CPU ÷ hello", pairs, bar)

    def made(
        self, name: str, wanted: Request, like: str, rows: int, bar: float, most: int = 0
    ) -> Iterator[Bar]:
        """A page that is made each time against a reference of as many rows and bytes."""
        size = measure(self.ours.port, self.ours.pid, [wanted]).bytes
        reference = Request(f"/{like}?rows={rows}&bytes={size}", wanted.headers)
        pairs = self._pairs([wanted] * self.few, [reference] * self.few, before=self.bench.renew)
        yield self._ratio(f"{name}, made ({size / 1000:.0f} KB): CPU ÷ {like}", pairs, bar)
        count = self.bench.statements(wanted)
        yield Bar(
            f"{name}, made: statements",
            f"≤ {most}" if most else "",
            str(count),
            not most or count <= most,
        )

    def scored(self) -> Iterator[Bar]:
        """Fields of scorecards that save themselves, eight judges at a time, against a bare POST."""
        filled, bench = self.bench.filled, self.bench

        def points(number: int) -> Request:
            judge = number % JUDGES
            one = filled.assignments[judge][number // JUDGES % len(filled.assignments[judge])]
            name = f"points_{filled.criterion}"
            fields = {"_field": name, name: str(number % 5 + 1), "csrf_token": bench.token(judge)}
            return Request(f"/assignments/{one}/save", bench.headers(judge), urlencode(fields))

        def bare(number: int) -> Request:
            fields = {"points": "3", "csrf_token": _sha1(number % JUDGES)}
            return Request("/post", bench.headers(number % JUDGES), urlencode(fields))

        each = self.few * 4
        pairs = self._pairs(
            [points(n) for n in range(each)], [bare(n) for n in range(each)], clients=JUDGES
        )
        yield self._ratio("6 a score is saved: CPU ÷ bare POST", pairs, 2.2)
        slow = statistics.median(ours.p99_ms / ours.p50_ms for ours, _ in pairs)
        p99 = statistics.median(ours.p99_ms for ours, _ in pairs)
        yield Bar(
            "6 a score is saved: slowest of a hundred",
            "≤ 15 ms or 4 × middle",
            f"{p99:.0f} ms",
            p99 <= 15 or slow <= 4,
        )
        yield at_most(
            "6 a score is saved: wrong answers", sum(ours.wrong for ours, _ in pairs), 0, ".0f"
        )

    def _pairs(
        self, ours: Sequence[Request], theirs: Sequence[Request], *, clients: int = 2,
        before: Callable[[], None] = lambda: None,
    ) -> list[tuple[Measured, Measured]]:  # fmt: skip
        """Let the two take turns, after a first time that does not count."""
        pairs = []
        for number in range(self.rounds + 1):
            part = slice(None) if number else slice(0, 20)
            pair = (
                measure(self.ours.port, self.ours.pid, ours[part], clients=clients, before=before),
                measure(self.theirs.port, self.theirs.pid, theirs[part], clients=clients, before=before),
            )  # fmt: skip
            pairs += [pair] if number else []
        return pairs

    @staticmethod
    def _ratio(name: str, pairs: Sequence[tuple[Measured, Measured]], bar: float) -> Bar:
        """Return the median of the rounds' quotients; a wrong answer misses any bar."""
        ratio = statistics.median(a.cpu_ms / max(b.cpu_ms, 0.001) for a, b in pairs)
        ms = statistics.median(a.cpu_ms for a, _ in pairs)
        wrong = sum(a.wrong + b.wrong for a, b in pairs)
        said = f"{ratio:.2f} ({ms:.2f} ms)" + (f", {wrong} wrong" if wrong else "")
        return Bar(name, f"≤ {bar:.2f}", said, ratio <= bar and not wrong)

    def _tag(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ours.port}{path}") as answer:
            return str(answer.headers["ETag"])
