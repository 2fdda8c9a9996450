"""A11: what decides who gets into an account asks first whether it is still its owner who sits there."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts import factors, links, proofs
from contest.accounts.actions import factors as actions
from contest.accounts.models import Authenticator, SignIn, User
from contest.accounts.signin import hashed
from contest.contests.models import Role
from contest.core import clock
from contest.messages.models import Message
from contest.web import access
from tests import make
from tests.accounts.test_attempts import KEYS, PASSWORD, SECRET, code, limited, with_password
from tests.jobs import run_promised
from tests.pages import Client, check

PAGES = (
    "/profile/security/app",
    "/profile/security/app/remove",
    "/profile/security/codes",
    "/profile/security/passkey",
    "/profile/password",
)
BUTTONS = ("/profile/feed", "/profile/passkeys/00000000-0000-4000-8000-000000000000/remove")
LATER = timedelta(minutes=11)


@pytest.fixture
def ada(client: Client, session: Session, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody who signed in eleven minutes ago."""
    user = make.user(session)
    client.sign_in(user)
    monkeypatch.setattr(clock, "now", lambda: make.NOON + LATER)
    return user


@pytest.mark.parametrize("url", PAGES)
def test_a_page_that_decides_it_asks_first(client: Client, ada: User, url: str) -> None:
    del ada
    for answer in (client.get(url), client.post(url, data={"password": "four unrelated words"})):
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in/again")


@pytest.mark.parametrize("url", BUTTONS)
def test_a_button_that_decides_it_does_nothing_before(
    client: Client, session: Session, ada: User, url: str
) -> None:
    kept = ada.feed_token

    assert client.post(url).location.startswith("/sign-in/again")

    session.refresh(ada)
    assert ada.feed_token == kept
    assert "Nothing has changed yet" in client.page("/sign-in/again").text


def test_whatever_is_declared_to_need_a_proof_asks_for_one(
    client: Client, ada: User, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A11: the declaration is the only place; what stands there exists, and asks before it looks."""
    del ada
    monkeypatch.setitem(app.config, "PROOF_MINUTES", 5)
    declared = {
        row: name
        for row, name in access.declared(app).items()
        if name in proofs.ACCOUNT | proofs.CONTEST or (name in proofs.CHANGES and row[1] == "POST")
    }
    assert set(declared.values()) == proofs.ACCOUNT | proofs.CONTEST | proofs.CHANGES

    for route, method in declared:
        url = re.sub("<slug[^>]*>", "a", re.sub("<int[^>]*>", "1", route))
        url = re.sub("<uuid[^>]*>", "00000000-0000-4000-8000-000000000000", url)
        answer = client.open(url, method=method)
        assert (answer.location or "").startswith("/sign-in/again"), (method, route)


def test_in_a_contest_a_proof_counts_as_long_as_the_setting_says(
    client: Client, session: Session, ada: User, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = make.contest(session)
    make.appointment(session, contest=contest, user=ada, role=Role.ORGANISER)
    url = f"/contests/{contest.slug}/people"

    monkeypatch.setitem(app.config, "PROOF_MINUTES", 30)
    assert client.post(url).status_code == 422
    monkeypatch.setitem(app.config, "PROOF_MINUTES", 10)
    assert client.post(url).location.startswith("/sign-in/again")
    client.page(url)  # reading asks for nothing


def test_what_was_typed_is_kept_over_the_proof(
    client: Client, session: Session, ada: User, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        ada.password = hashed(PASSWORD)
    contest = make.contest(session)
    make.appointment(session, contest=contest, user=ada, role=Role.ORGANISER)
    monkeypatch.setitem(app.config, "PROOF_MINUTES", 10)
    url = f"/contests/{contest.slug}/people"

    asked = client.post(url, data={"email": "eve@example.org", "role": "judge"})
    assert asked.status_code == 401
    check(asked.text)
    resume = html.unescape(re.findall(r'name="resume"[^>]*value="([^"]*)"', asked.text)[0])
    proved = client.post(
        f"/sign-in/again?next={url}", data={"password": PASSWORD, "resume": resume}
    )

    assert "Send what you typed?" in proved.text
    assert f'action="{url}"' in proved.text
    assert "eve@example.org" in proved.text


def test_everything_else_goes_on_as_before(client: Client, ada: User) -> None:
    del ada
    client.page("/profile")
    client.page("/profile/security")


def test_the_password_proves_it_and_gives_the_session_a_new_number(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    """A4."""
    with app.app_context():
        ada.password = hashed(PASSWORD)
    session.flush()
    asked = client.get("/profile/security/app").location
    before = client.get_cookie("session")
    client.page(asked)

    wrong = client.post(asked, data={"password": "not the password"})
    right = client.post(asked, data={"password": PASSWORD})

    assert "This is not your password." in wrong.text
    assert (right.status_code, right.location) == (303, "/profile/security/app")
    client.page("/profile/security/app")
    assert before is not None
    client.set_cookie("session", before.value)
    assert client.get("/profile").status_code == 303


def test_who_has_a_factor_proves_it_by_that_and_not_by_the_password(
    client: Client, session: Session, ada: User
) -> None:
    step = factors.step_of(make.NOON)
    actions.add_app(session, ada, SECRET, code(), keys=KEYS, at=make.NOON)
    session.flush()
    client.sign_in(ada)
    asked = client.get("/profile/password").location
    client.page(asked)

    assert client.post(asked, data={"password": PASSWORD}).status_code == 422
    shown = factors.code(SECRET, step + 22)  # eleven minutes later
    assert client.post(asked, data={"code": shown}).location == "/profile/password"
    client.page("/profile/password")


def test_who_has_neither_gets_a_link_and_opens_it_in_this_browser(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    asked = client.get("/profile/security/app").location
    assert "We mail a link to" in client.page(asked).text
    assert client.post(asked).location == "/look-in-your-mail"
    run_promised(session, at=make.NOON + LATER)
    assert session.scalars(select(Message.kind)).all() == ["mail_link"]
    with app.app_context():
        token = links.sign(
            "enter", {"user": str(ada.id), "number": "n1", "next": "/profile/security/app"}
        )

    assert client.post(f"/enter/{token}").location == "/profile/security/app"
    client.page("/profile/security/app")
    assert (
        client.post(f"/enter/{token}").location == "/profile/security/app"
    )  # used: proves nothing more
    assert session.scalar(select(func.count()).select_from(SignIn)) == 2


def test_a_mailed_link_proves_too_little_where_there_is_a_factor(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    actions.add_app(session, ada, SECRET, code(), keys=KEYS, at=make.NOON)
    session.flush()
    client.sign_in(ada)
    with app.app_context():
        token = links.sign(
            "enter", {"user": str(ada.id), "number": "n1", "next": "/profile/password"}
        )

    assert client.post(f"/enter/{token}").status_code == 303

    assert client.get("/profile/password").location.startswith("/sign-in/again")


def test_signing_out_everywhere_else_is_no_proof(
    client: Client, session: Session, ada: User
) -> None:
    del ada
    assert client.post("/profile/sign-out-everywhere").status_code == 303

    assert client.get("/profile/security/app").location.startswith("/sign-in/again")
    assert session.scalars(select(Authenticator)).all() == []


def test_the_eleventh_password_has_to_wait(
    session: Session, app: Flask, tmp_path: Path, noon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1."""
    del noon
    browser = cast(Client, limited(tmp_path, session, app).test_client())
    browser.sign_in(with_password(session, app))
    monkeypatch.setattr(clock, "now", lambda: make.NOON + LATER)

    tried = [
        browser.post("/sign-in/again", data={"password": "not the password"}).status_code
        for _ in range(11)
    ]

    assert tried == [422] * 10 + [429]
