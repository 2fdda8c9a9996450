"""Codes of an app and on paper: what counts, how often, and what stays closed without them."""

import base64
import re
from datetime import datetime, timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import factors, links
from contest.accounts.actions import factors as actions
from contest.accounts.models import Authenticator, RecoveryCode, User
from contest.accounts.signin import hashed
from contest.core import clock
from contest.core.errors import DomainError
from contest.events.models import Event
from contest.messages.models import Message
from tests import make
from tests.pages import Client

RFC = b"12345678901234567890"  # the key of the vectors in RFC 6238
PASSWORD = "correct horse battery"
KEYS = ["a secret for the tests"]


@pytest.mark.parametrize(
    ("second", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(second: int, digits: str) -> None:
    assert factors.code(RFC, second // 30) == digits


def test_a_code_counts_one_step_early_and_late_and_never_again() -> None:
    now = factors.step_of(make.NOON)

    def found(step: int, after: int = 0) -> int | None:
        return factors.matching(RFC, factors.code(RFC, step), after=after, at=make.NOON)

    assert [found(now + d) for d in (-2, -1, 0, 1, 2)] == [None, now - 1, now, now + 1, None]
    assert found(now, after=now) is None
    assert found(now, after=now + 1) is None


@pytest.mark.parametrize("shape", ["{a}{b}", "{a} {b}", " {a}-{b} ", "{a}\u3000{b}", "wide"])
def test_a_used_code_counts_in_no_other_spelling(session: Session, shape: str) -> None:
    ada = enrolled(session)
    digits = shown(make.NOON + timedelta(seconds=30))
    actions.prove(session, ada, digits, keys=KEYS, at=make.NOON)
    again = (
        "".join(chr(ord(d) + 0xFEE0) for d in digits)
        if shape == "wide"
        else shape.format(a=digits[:3], b=digits[3:])
    )
    assert factors.plain(again) == digits

    with pytest.raises(DomainError):
        actions.prove(session, ada, again, keys=KEYS, at=make.NOON)


def test_a_recovery_code_counts_once_however_it_is_typed_and_is_kept_as_a_hash(
    session: Session,
) -> None:
    ada = make.user(session)
    codes = actions.add_app(session, ada, RFC, shown(make.NOON), keys=KEYS, at=make.NOON)
    kept = session.scalars(select(RecoveryCode.hash)).all()
    assert len(set(codes)) == len(set(kept)) == 10
    assert not any(factors.plain(code).lower() in "".join(kept) for code in codes)

    typed = codes[3].lower().replace("-", " ")
    assert actions.prove(session, ada, typed, keys=KEYS, at=make.NOON) == "recovery"
    with pytest.raises(DomainError):
        actions.prove(session, ada, codes[3], keys=KEYS, at=make.NOON)


def test_codes_of_one_person_are_no_codes_of_another(session: Session) -> None:
    codes = actions.add_app(
        session, make.user(session), RFC, shown(make.NOON), keys=KEYS, at=make.NOON
    )
    bob = make.user(session)
    actions.add_app(session, bob, b"x" * 20, code_of(b"x" * 20), keys=KEYS, at=make.NOON)

    for typed in (codes[0], shown(make.NOON + timedelta(seconds=30))):
        with pytest.raises(DomainError):
            actions.prove(session, bob, typed, keys=KEYS, at=make.NOON)


def test_the_secret_is_stored_sealed(session: Session) -> None:
    enrolled(session)
    kept = session.scalars(select(Authenticator.secret)).one()

    assert factors.opened(kept, KEYS) == RFC
    assert factors.opened(kept, ["another secret"]) is None
    assert factors.opened("", KEYS) is None


def test_setting_up_an_app_shows_recovery_codes_once_and_ends_the_other_sessions(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    other = cast(Client, app.test_client())
    other.sign_in(ada)
    text = client.page("/profile/security/app?next=/").text
    letters = re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", text)[0]
    assert letters in client.page("/profile/security/app").text
    secret = base32(letters)

    assert client.post("/profile/security/app", data={"code": "000000"}).status_code == 422
    answer = client.post("/profile/security/app?next=/", data={"code": code_of(secret)})

    assert len(set(re.findall(r"<li>(\w{4}(?:-\w{4}){6})</li>", answer.text))) == 10
    assert (is_in(client), is_in(other)) == (True, False)
    assert session.scalars(select(Message.kind)).all() == ["factor_changed"]
    assert "10 recovery codes are left" in client.page("/profile/security").text


@pytest.mark.parametrize("way", ["password", "link", "reset"])
def test_no_way_in_leads_past_the_second_factor(
    client: Client, session: Session, app: Flask, way: str
) -> None:
    ada = enrolled(session, app)
    with app.app_context():
        token = links.sign(
            "reset" if way == "reset" else "enter", {"user": str(ada.id), "number": "n1"}
        )
    if way == "password":
        answer = client.post("/sign-in?next=/profile", data=credentials(ada))
    elif way == "link":
        answer = client.post(f"/enter/{token}")
    else:
        answer = client.post(f"/reset/{token}", data={"password": "four unrelated words"})

    assert (answer.status_code, answer.location.partition("?")[0]) == (
        303,
        "/sign-in/second-factor",
    )
    assert client.get("/profile").location.startswith("/sign-in/second-factor")
    assert client.post("/profile/feed").status_code == 303
    client.page("/sign-in/second-factor")
    assert "user.signed-in" not in session.scalars(select(Event.verb)).all()
    later = {"code": shown(make.NOON + timedelta(seconds=30))}
    assert client.post("/sign-in/second-factor", data=later).status_code == 303
    assert is_in(client)


def test_a_wrong_code_keeps_the_door_shut_and_a_sign_in_waits_ten_minutes(
    client: Client, session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = enrolled(session, app)
    client.post("/sign-in", data=credentials(ada))

    assert client.post("/sign-in/second-factor", data={"code": "000000"}).status_code == 422
    later = make.NOON + timedelta(minutes=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.post("/sign-in/second-factor", data={"code": shown(later)})

    assert answer.location.startswith("/sign-in?")
    assert not is_in(client)


def test_what_was_typed_waits_through_both_steps(
    client: Client, session: Session, app: Flask
) -> None:
    ada = enrolled(session, app)
    resume = '{"path": "/profile", "fields": [["name", "Ada <King>"]], "files": false}'

    asked = client.post("/sign-in", data=credentials(ada) | {"resume": resume})
    assert "What you typed is kept" in asked.text
    code = {"code": shown(make.NOON + timedelta(seconds=30)), "resume": resume}

    assert "Ada &lt;King&gt;" in client.post("/sign-in/second-factor", data=code).text


def test_taking_the_app_off_needs_a_code_and_is_told_by_mail(
    client: Client, session: Session
) -> None:
    ada = enrolled(session)
    client.sign_in(ada)
    client.page("/profile/security/app/remove")
    client.page("/profile/security/codes")
    url = "/profile/security/app/remove"

    assert client.post(url, data={"code": "000000"}).status_code == 422
    client.post(url, data={"code": shown(make.NOON + timedelta(seconds=30))})

    session.refresh(ada)
    assert ada.second_factor_at is None
    assert session.scalars(select(RecoveryCode)).all() == []
    assert session.scalars(select(Message.kind)).all() == ["factor_changed"] * 2
    assert is_in(client)


def test_without_an_app_the_page_of_new_codes_asks_for_none(
    client: Client, session: Session
) -> None:
    client.sign_in(make.user(session))
    assert 'name="code"' not in client.page("/profile/security/codes").text


def test_new_recovery_codes_replace_the_old_ones(client: Client, session: Session) -> None:
    ada = enrolled(session)
    old = set(session.scalars(select(RecoveryCode.hash)))
    client.sign_in(ada)

    code = {"code": shown(make.NOON + timedelta(seconds=30))}
    answer = client.post("/profile/security/codes", data=code)

    assert "not shown again" in answer.text
    assert old.isdisjoint(session.scalars(select(RecoveryCode.hash)))


def enrolled(session: Session, app: Flask | None = None) -> User:
    """Return somebody with an app, and with a password when there is an app to hash it."""
    ada = make.user(session)
    if app is not None:
        with app.app_context():
            ada.password = hashed(PASSWORD)
    actions.add_app(session, ada, RFC, shown(make.NOON), keys=KEYS, at=make.NOON)
    return ada


def credentials(user: User) -> dict[str, str]:
    return {"email": user.email, "password": PASSWORD}


def shown(at: datetime) -> str:
    return factors.code(RFC, factors.step_of(at))


def code_of(secret: bytes) -> str:
    return factors.code(secret, factors.step_of(make.NOON))


def base32(letters: str) -> bytes:
    return base64.b32decode(letters)


def is_in(browser: Client) -> bool:
    return browser.get("/profile").status_code == 200


def test_whoever_lost_everything_is_helped_from_the_machine(
    client: Client, session: Session, app: Flask
) -> None:
    ada = enrolled(session)
    client.sign_in(ada)

    actions.remove_all(session, ada, at=make.NOON)

    assert (ada.second_factor_at, is_in(client)) == (None, False)
    assert session.scalars(select(RecoveryCode)).all() == []
    refused = app.test_cli_runner().invoke(args=["people", "disarm", "nobody@example.org"])
    assert (refused.exit_code, refused.stderr) == (
        1,
        "nobody@example.org: nobody with a second factor\n",
    )
