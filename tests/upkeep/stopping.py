"""Stops a running instance in good order, and replaces its secret, while people are at work."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import SignIn
from contest.core import clock
from contest.web.db import begin_writing, db
from tests import make
from tests.accounts.doors import Guest, site
from tests.rush.instance import SECRET, Instance

SENDERS, MAILS, SESSIONS = 6, 20, 20
NEXT_SECRET = "another secret for the tests"
PATIENCE = 60  # seconds for what was promised


class Stopped(NamedTuple):
    """What a stop did."""

    broken_off: int
    code: int
    seconds: float
    undone: int


def stopped() -> Stopped:
    """Stop an instance while requests are on their way and work is promised, and begin it again."""
    with site(worker=True) as (instance, _app):
        url = f"http://127.0.0.1:{instance.port}"
        asked = [_promise(url, number) for number in range(MAILS)]
        senders = [Slow(url, instance.port, number) for number in range(SENDERS)]
        time.sleep(0.5)  # all of them are being read now
        began = time.monotonic()
        process = instance.leave()
        time.sleep(1)
        with ThreadPoolExecutor(SENDERS) as crowd:
            answers = list(crowd.map(Slow.finish, senders))
        code = process.wait(60)
        seconds = time.monotonic() - began
        instance.begin()
        wanted = sum(asked) + answers.count(303)
        return Stopped(
            SENDERS - answers.count(303), code, seconds, wanted - _mailed(instance, wanted)
        )


def _promise(url: str, number: int) -> bool:
    guest = Guest(url)
    guest.see("/sign-up")
    return guest.send("/sign-up", name="Ada", email=f"new{number}@example.org") == 303


class Slow:
    """Somebody whose form takes a while to arrive."""

    def __init__(self, url: str, port: int, number: int) -> None:
        guest = Guest(url)
        guest.see("/sign-up")
        fields = {"csrf_token": guest.token, "name": "Slow", "email": f"slow{number}@example.org"}
        body = urlencode(fields).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in guest.browser.cookies.items())
        head = (
            f"POST /sign-up HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.rest = body[len(body) // 2 :]
        self.line = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.line.sendall(head.encode() + body[: len(body) // 2])

    def finish(self) -> int:
        """Send the rest; return the status of the answer, 0 if there is none."""
        try:
            self.line.sendall(self.rest)
            answer = self.line.recv(4096)
        except OSError:
            return 0
        finally:
            self.line.close()
        return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def _mailed(instance: Instance, wanted: int) -> int:
    """Return how many mails came out within the time there is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = {path.name for path in (instance.folder / "mail").glob("*.eml")}
        if len(found) >= wanted:
            return len(found)
        time.sleep(0.5)
    return len(found)


class Rotated(NamedTuple):
    """Of how many sessions were lost or kept against the rule."""

    lost: int
    outlived: int


def rotated() -> Rotated:
    """Replace the secret of an instance, with the old one named and then without."""
    with site() as (instance, app):
        cookies = _signed_in(app)
        before = _let_in(instance, cookies)
        signing_key = instance.command("receipt", "seed").stdout.strip()
        told = {"CONTEST_SECRET_KEY": NEXT_SECRET, "CONTEST_SIGNING_KEY": signing_key}
        _anew(instance, told | {"CONTEST_OLD_SECRET_KEYS": SECRET})
        during = _let_in(instance, cookies)
        _anew(instance, told | {"CONTEST_OLD_SECRET_KEYS": ""})
        return Rotated(SESSIONS - min(before, during), _let_in(instance, cookies))


def _anew(instance: Instance, told: dict[str, str]) -> None:
    instance.end()
    instance.env |= told
    instance.begin()
    instance.wait()


def _signed_in(app: Flask) -> list[str]:
    """Return the cookies of so many people."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.app_context():
        begin_writing()
        session: Session = db.session()
        rows = [make.signed_in(session, make.user(session)) for _ in range(SESSIONS)]
        session.flush()
        for row in session.scalars(select(SignIn)):
            row.began_at = row.passed_at = row.seen_at = clock.now()
        db.session.commit()
    return [str(signer.dumps(row)) for row in rows]


def _let_in(instance: Instance, cookies: list[str]) -> int:
    url = f"http://127.0.0.1:{instance.port}/profile"
    headers = ({"Cookie": f"session={cookie}"} for cookie in cookies)
    return sum(httpx.get(url, headers=each, trust_env=False).status_code == 200 for each in headers)
