"""What strangers try: who has an account, many tries, borrowed addresses."""

import re
from typing import Any, cast

import argon2
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.accounts import factors
from contest.accounts.actions import factors as actions
from contest.accounts.models import User
from contest.accounts.signin import hashed
from contest.app import create_app
from contest.messages import rendering
from contest.messages.models import Message
from contest.web.db import db
from tests import make
from tests.conftest import settings
from tests.jobs import run_promised
from tests.pages import Client
from tests.statements import counted

PASSWORD = "correct horse battery"
SECRET = b"12345678901234567890"
FRESH = re.compile(
    r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|csrf.?token" (content|value)="[^"]+"'
)
KEYS = ["a secret for the tests"]


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("/sign-in", {"password": "wrong password"}),
        ("/sign-up", {"name": "Ada"}),
        ("/sign-in/link", {}),
        ("/forgot", {}),
    ],
)
def test_known_unknown_frozen_and_powerful_people_get_one_answer_by_the_same_work(
    app: Flask, session: Session, noon: None, url: str, more: dict[str, str]
) -> None:
    del noon
    people = {
        "known": with_password(session, app),
        "frozen": with_password(session, app),
        "root": with_password(session, app),
        "guarded": with_password(session, app),
        "invited": make.user(session),
    }
    people["frozen"].active = False
    people["root"].is_admin = True
    people["invited"].confirmed_at = None
    actions.add_app(session, people["guarded"], SECRET, code(), keys=KEYS, at=make.NOON)
    session.flush()
    addresses = [*(user.email for user in people.values()), "nobody@example.org", "no@example.com"]

    for _ in range(4):  # what is counted is not written down each time, and for all at the same
        seen = {answered(app, session, url, address, more) for address in addresses}
        assert len(seen) == 1


def answered(
    app: Flask, session: Session, url: str, email: str, more: dict[str, str]
) -> tuple[object, ...]:
    """Return status, headers, body and number of statements, without the address that was typed."""
    with counted(session) as statements:
        answer = app.test_client().post(url, data={"email": email, **more})
    headers = tuple(h for h in answer.headers if h[0] not in {"Content-Length", "Set-Cookie"})
    body = FRESH.sub("", answer.text.replace(email, ""))
    return (answer.status_code, headers, body, len(statements))


def test_what_was_asked_for_waits_sealed_and_is_mailed_once(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    client.post("/forgot", data={"email": ada.email})
    client.post("/forgot", data={"email": "nobody@example.org"})
    assert session.scalars(select(Message)).all() == []

    run_promised(session)
    run_promised(session)

    assert session.scalars(select(Message.kind)).all() == ["password_reset"]


def limited(tmp: Any, session: Session, app: Flask, proxies: int = 0) -> Flask:
    """Return an application that counts tries, behind so many proxies."""
    made = create_app(settings(tmp, app.config["DATABASE_URL"], RATELIMIT_ENABLED=True,
                               PROXIES=proxies))  # fmt: skip
    made.test_client_class = Client
    with made.app_context():
        cast(dict[str | None, Any], db.engines)[None] = session.get_bind()
    return made


@pytest.mark.parametrize(
    ("proxies", "header"),
    [
        pytest.param(0, "9.9.9.{n}", id="A1-flaw-70-no-proxy"),
        pytest.param(1, "9.9.9.{n}, 192.0.2.7", id="A1-flaw-70-one-proxy"),
    ],
)
def test_no_forwarded_header_moves_the_limit_of_signing_in(
    tmp_path: Any, session: Session, app: Flask, noon: None, proxies: int, header: str
) -> None:
    del noon
    client = limited(tmp_path, session, app, proxies).test_client()
    form = {"email": "ada@example.org", "password": "wrong password"}

    def tries(n: int) -> int:
        forwarded = header.format(n=n)
        headers = {"X-Forwarded-For": forwarded, "X-Real-IP": forwarded, "Forwarded": f"for={n}"}
        return client.post("/sign-in", data=form, headers=headers).status_code

    assert [tries(n) for n in range(11)] == [422] * 10 + [429]


def test_a_known_device_is_let_in_while_others_try_their_luck(
    tmp_path: Any, session: Session, app: Flask, noon: None
) -> None:
    del noon
    site = limited(tmp_path, session, app)
    ada = with_password(session, app)
    own, strange = site.test_client(), site.test_client()
    right = {"email": ada.email, "password": PASSWORD}
    assert own.post("/sign-in", data=right).status_code == 303
    own.post("/sign-out")
    for _ in range(11):
        refused = strange.post("/sign-in", data=right | {"password": "wrong password"})

    assert refused.status_code == 429
    assert own.post("/sign-in", data=right).status_code == 303


def test_many_addresses_together_get_sixty_passwords_an_hour_and_keep_nobody_out(
    tmp_path: Any, session: Session, app: Flask, noon: None
) -> None:
    """A1: a limit for the account alone, which who was there before does not meet."""
    del noon
    site = limited(tmp_path, session, app)
    ada = with_password(session, app)
    right = {"email": ada.email, "password": PASSWORD}
    own, strange = site.test_client(), site.test_client()
    assert own.post("/sign-in", data=right).status_code == 303
    own.post("/sign-out")

    def tries(n: int) -> int:
        wrong, place = right | {"password": "wrong password"}, {"REMOTE_ADDR": f"10.0.0.{n}"}
        return strange.post("/sign-in", data=wrong, environ_overrides=place).status_code

    assert [tries(n) for n in range(60)] == [422] * 59 + [429]
    assert own.post("/sign-in", data=right).status_code == 303


@pytest.mark.parametrize(
    ("url", "allowed"), [("/sign-in", 120), ("/sign-in/link", 60), ("/sign-up", 60)]
)
def test_one_address_gets_so_many_tries_for_all_accounts_together(
    tmp_path: Any, session: Session, app: Flask, noon: None, url: str, allowed: int
) -> None:
    """A1: a limit for the address alone, wide enough for many behind one."""
    del noon
    client = limited(tmp_path, session, app).test_client()

    def tries(n: int) -> int:
        form = {"email": f"a{n}@example.org", "password": "wrong password", "name": "Ada"}
        return client.post(url, data=form).status_code

    answers = [tries(n) for n in range(allowed + 1)]
    assert 429 not in answers[:-1]
    assert answers[-1] == 429
    elsewhere = {"REMOTE_ADDR": "10.0.0.1"}
    form = {"email": "b@example.org", "password": "wrong password", "name": "Bob"}
    assert client.post(url, data=form, environ_overrides=elsewhere).status_code != 429


def test_many_addresses_together_get_twenty_links_a_day_for_one_account(
    tmp_path: Any, session: Session, app: Flask, noon: None
) -> None:
    del noon
    client = limited(tmp_path, session, app).test_client()

    def tries(n: int) -> int:
        place = {"REMOTE_ADDR": f"10.0.0.{n}"}
        form = {"email": "ada@example.org"}
        return client.post("/sign-in/link", data=form, environ_overrides=place).status_code

    assert [tries(n) for n in range(21)] == [303] * 20 + [429]


def test_the_sixth_code_has_to_wait_even_if_it_is_right(
    tmp_path: Any, session: Session, app: Flask, noon: None
) -> None:
    del noon
    site = limited(tmp_path, session, app)
    ada = with_password(session, app)
    actions.add_app(session, ada, SECRET, code(), keys=KEYS, at=make.NOON)
    answers = []
    for typed in ["000000"] * 5 + [code(1)]:
        browser = site.test_client()  # each time from the beginning, in another browser
        browser.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
        answers.append(browser.post("/sign-in/second-factor", data={"code": typed}).status_code)

    assert answers == [422] * 5 + [429]


def test_the_sixth_reset_of_a_day_has_to_wait(
    tmp_path: Any, session: Session, app: Flask, noon: None
) -> None:
    del noon
    client = limited(tmp_path, session, app).test_client()

    asked = [client.post("/forgot", data={"email": "a@example.org"}).status_code for _ in range(6)]

    assert asked == [303] * 5 + [429]


@pytest.mark.parametrize("url", ["/forgot", "/sign-in/link", "/sign-up"])
def test_a_new_password_ends_the_links_that_were_mailed_before(
    client: Client, session: Session, app: Flask, url: str
) -> None:
    ada = make.user(session)
    client.post(url, data={"email": ada.email, "name": "Ada"})
    run_promised(session)
    message = session.scalars(select(Message)).one()
    with app.app_context():
        text = rendering.filled(message.body, message.links)
    mailed = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", text)[0]
    client.page(mailed)

    accounts.set_password(session, ada, "a hash", by=ada, at=make.NOON)

    assert client.get(mailed).status_code == 410


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=f"flaw-66-{name}")
        for name in ("X-Forwarded-Host", "X-Original-Host", "Forwarded")
    ],
)
def test_no_header_leads_a_mailed_link_elsewhere(
    client: Client, session: Session, name: str
) -> None:
    ada = make.user(session)
    evil = "host=evil.example" if name == "Forwarded" else "evil.example"

    client.post("/forgot", data={"email": ada.email}, headers={name: evil})
    run_promised(session)

    message = session.scalars(select(Message)).one()
    assert "http://127.0.0.1:8000/reset/" in message.body
    assert "evil" not in message.body


def test_passwords_are_kept_by_argon2id_with_what_owasp_recommends(app: Flask) -> None:
    with app.app_context():
        stored = hashed(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    with app.app_context():
        assert hashed(PASSWORD) != stored


def with_password(session: Session, app: Flask) -> User:
    user = make.user(session)
    with app.app_context():
        user.password = hashed(PASSWORD)
    session.flush()
    return user


def code(later: int = 0) -> str:
    return factors.code(SECRET, factors.step_of(make.NOON) + later)


def test_a_password_that_was_kept_by_older_means_is_kept_anew_when_it_is_used(
    client: Client, session: Session
) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    ada = make.user(session)
    ada.password = weak
    session.flush()

    assert (
        client.post("/sign-in", data={"email": ada.email, "password": PASSWORD}).status_code == 303
    )

    session.refresh(ada)
    assert "m=1024" in weak
    assert "m=19456,t=2,p=1" in str(ada.password)
    assert (
        client.post("/sign-in", data={"email": ada.email, "password": PASSWORD}).status_code == 303
    )
