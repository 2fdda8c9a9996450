"""Tries the doors of a running instance as a stranger does: many at once, under many borrowed names."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts import factors
from contest.accounts.actions import factors as actions
from contest.accounts.models import Authenticator, User
from contest.accounts.signin import hashed
from contest.app import create_app
from contest.core import clock
from contest.web.db import begin_writing, db
from tests import make
from tests.accounts.test_attempts import PASSWORD
from tests.accounts.test_attempts import SECRET as APP
from tests.conftest import settings
from tests.rush.instance import SECRET, Instance, migrated

DIRECT = {"CONTEST_PROXIES": "0", "CONTEST_ARRIVAL_HEADER": ""}  # nobody of ours stands in front
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
AT_ONCE = 8
_names = count(1)


class Guest:
    """A browser that says of each request that it comes from elsewhere."""

    def __init__(self, url: str) -> None:
        self.browser = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self.token = ""

    def see(self, path: str) -> int:
        answer = self.browser.get(path)
        found = TOKEN.search(answer.text)
        self.token = found[1] if found else ""
        return answer.status_code

    def send(self, path: str, **fields: str) -> int:
        number = next(_names)
        elsewhere = f"203.0.113.{number % 250}"
        headers = {
            "X-Forwarded-For": elsewhere,
            "X-Real-IP": elsewhere,
            "Forwarded": f"for={elsewhere}",
            "True-Client-IP": elsewhere,
        }
        data = {"csrf_token": self.token, **fields}
        return self.browser.post(path, data=data, headers=headers).status_code


@contextmanager
def site(*words: str, worker: bool = False) -> Iterator[tuple[Instance, Flask]]:
    """Serve an empty instance of its own, and give a way to look behind it."""
    with TemporaryDirectory(prefix="contest-doors-") as name:
        folder = Path(name)
        url = migrated(folder)
        app = create_app(settings(folder, url).model_copy(update={"SECRET_KEY": SECRET}))
        instance = Instance(folder, url, worker=worker)
        instance.env |= DIRECT
        try:
            instance.begin(*words)
            instance.wait()
            yield instance, app
        finally:
            instance.end()
            with app.app_context():
                db.engine.dispose()


def somebody(app: Flask, *, with_factor: bool = False) -> str:
    """Make a person with a password and return their address."""
    with app.app_context():
        begin_writing()
        session: Session = db.session()
        user = make.user(session)
        user.password = hashed(PASSWORD)
        if with_factor:
            at = clock.now()
            actions.added(session, user, "app", at=at - timedelta(days=1))
            sealed = factors.sealed(APP, [SECRET])
            row = Authenticator(user_id=user.id, secret=sealed, last_step=0, added_at=at)
            session.add(row)
        db.session.commit()
        return str(db.session.get_one(User, user.id).email)


def let_in(answers: list[int]) -> int:
    """Return how many tries were looked at, whatever became of them."""
    told = Counter(answers)
    if not told[429]:
        raise AssertionError(f"nobody was ever told to wait: {told}")
    return len(answers) - told[429]


def passwords(instance: Instance, email: str, tries: int = 40) -> int:
    """Return how many passwords somebody may try for one account from one place."""

    def try_one(_: int) -> int:
        guest = Guest(f"http://127.0.0.1:{instance.port}")
        guest.see("/sign-in")
        return guest.send("/sign-in", email=email, password="wrong password")

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return let_in(list(crowd.map(try_one, range(tries))))


def codes(instance: Instance, email: str, tries: int = 24) -> int:
    """Return how many codes somebody may try who has the password."""
    guest = Guest(f"http://127.0.0.1:{instance.port}")
    guest.see("/sign-in")
    guest.send("/sign-in", email=email, password=PASSWORD)
    guest.see("/sign-in/second-factor")
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        sent = crowd.map(
            lambda n: guest.send("/sign-in/second-factor", code=f"{n:06}"), range(tries)
        )
        return let_in(list(sent))


def resets(instance: Instance, email: str, tries: int = 24) -> int:
    """Return how many mails with a link to a new password somebody may have sent."""

    def try_one(_: int) -> int:
        guest = Guest(f"http://127.0.0.1:{instance.port}")
        guest.see("/forgot")
        return guest.send("/forgot", email=email)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return let_in(list(crowd.map(try_one, range(tries))))
