import hashlib
import math
from datetime import timedelta
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask_wtf.csrf import generate_csrf
from itsdangerous import TimestampSigner
from itsdangerous.encoding import base64_decode as b64decode
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import devices, factors, links, queries, signin
from contest.accounts.actions import factors as factors_actions
from contest.accounts.models import SignIn, User
from contest.app import create_app
from contest.core import clock
from contest.events.models import Event
from contest.messages.models import Message
from contest.results.actions import certificates
from contest.web import keys
from contest.web.db import db
from tests import make
from tests.accounts.test_attempts import SECRET as RFC
from tests.accounts.test_attempts import code
from tests.conftest import settings
from tests.pages import Client

OLD = "a secret for the tests"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)


def enters(app: Flask, user: User, number: str, agent: str = FIREFOX, **kept: str) -> Client:
    """Sign in by a mailed link in a browser of its own, which may be one known before."""
    browser = app.test_client()
    for name, value in kept.items():
        browser.set_cookie(name, value)
    with app.app_context():
        token = links.sign("enter", {"user": str(user.id), "number": number})
    response = browser.post(f"/enter/{token}", headers={"User-Agent": agent})
    assert response.status_code == 303
    assert isinstance(browser, Client)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/profile").status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox · Windows"), (PHONE, "Safari · iPhone"), ("curl/8", ""), ("", "")],
)
def test_a_browser_is_called_by_two_words(agent: str, name: str) -> None:
    assert devices.named(agent) == name


def test_the_list_of_sessions_names_the_device_and_marks_this_one(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    here = enters(app, ada, "n1")
    enters(app, ada, "n2", PHONE)

    text = here.page("/profile/security").text

    assert text.index("Safari · iPhone") != text.index("Firefox · Windows")
    assert text.count("This one") == 1
    assert client.get("/profile/security").status_code == 303


def test_a_session_ended_from_another_device_ends_with_its_next_request(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    here, phone = enters(app, ada, "n1"), enters(app, ada, "n2", PHONE)
    lost = session.scalars(select(SignIn).where(SignIn.agent == "Safari · iPhone")).one()

    assert here.post(f"/profile/sessions/{lost.id}/end").status_code == 303

    assert (is_in(here), is_in(phone)) == (True, False)
    assert phone.post("/profile/feed").status_code == 401
    assert "Safari · iPhone" not in here.page("/profile/security").text
    assert "user.session-ended" in session.scalars(select(Event.verb)).all()
    assert client.post(f"/profile/sessions/{lost.id}/end").status_code == 401


def test_nobody_ends_a_session_of_somebody_else(
    client: Client, session: Session, app: Flask
) -> None:
    bob = enters(app, make.user(session), "n1")
    theirs = session.scalars(select(SignIn)).one()
    client.sign_in(make.user(session))

    assert client.post(f"/profile/sessions/{theirs.id}/end").status_code == 404
    assert is_in(bob)


def test_a_cookie_kept_from_before_signing_out_opens_nothing(
    client: Client, session: Session, app: Flask
) -> None:
    browser = enters(app, make.user(session), "n1")
    kept = browser.get_cookie("session")
    assert kept is not None
    browser.post("/sign-out")

    client.set_cookie("session", kept.value)

    assert not is_in(client)


def test_signing_in_begins_a_session_of_its_own_and_ends_the_one_before(
    client: Client, session: Session, app: Flask
) -> None:
    eve, ada = make.user(session), make.user(session)
    client.sign_in(eve)
    planted = client.get_cookie("session")
    assert planted is not None
    with app.app_context():
        token = links.sign("enter", {"user": str(ada.id), "number": "n1"})

    client.post(f"/enter/{token}")

    assert is_in(client)
    client.set_cookie("session", planted.value)
    assert not is_in(client)


def test_a_new_password_ends_all_sessions_but_this_and_is_told_by_mail(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    ada.password = "an old one"
    session.flush()
    other = enters(app, ada, "n1")
    with app.app_context():
        token = links.sign("reset", {"user": str(ada.id), "number": "n2"})

    assert (
        client.post(f"/reset/{token}", data={"password": "four unrelated words"}).status_code == 303
    )

    assert (is_in(client), is_in(other)) == (True, False)
    assert "password_changed" in session.scalars(select(Message.kind)).all()


def test_a_strange_device_is_told_by_mail_and_a_known_one_is_not(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    first = enters(app, ada, "n1")
    known = first.get_cookie("device")
    assert known is not None
    enters(app, ada, "n2", device=known.value)
    assert session.scalars(select(Message.kind)).all() == []

    enters(app, ada, "n3", PHONE)

    assert session.scalars(select(Message.kind)).all() == ["new_device"]
    assert known.http_only
    assert client.get("/").headers.getlist("Set-Cookie") == []


def test_reading_notes_that_a_session_is_used_every_quarter_of_an_hour(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(make.user(session))
    one = session.scalars(select(SignIn)).one()
    for minutes, noted in ((14, 0), (16, 16), (20, 16)):
        moment = make.NOON + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        client.get("/profile")
        session.refresh(one)
        assert one.seen_at == make.NOON + timedelta(minutes=noted)


@pytest.mark.parametrize(
    ("setting", "value", "is_admin", "later", "stays"),
    [
        ("SESSION_IDLE_MINUTES", 60, False, 59, True),
        ("SESSION_IDLE_MINUTES", 60, False, 61, False),
        ("SESSION_HOURS", 2, False, 121, False),
        ("ADMIN_SESSION_IDLE_MINUTES", 60, True, 61, False),
        ("ADMIN_SESSION_IDLE_MINUTES", 60, False, 61, True),
        ("ADMIN_SESSION_HOURS", 2, True, 121, False),
    ],
)
def test_a_session_ends_that_lay_unused_or_is_too_old(
    client: Client,
    session: Session,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: int,
    is_admin: bool,
    later: int,
    stays: bool,
) -> None:
    """A12."""
    monkeypatch.setitem(app.config, setting, value)
    ada = make.user(session)
    ada.is_admin = is_admin
    client.sign_in(ada)

    monkeypatch.setattr(clock, "now", lambda: make.NOON + timedelta(minutes=later))

    assert is_in(client) is stays


def test_cookies_belong_to_this_very_host_and_go_over_tls_only(
    session: Session, app: Flask, tmp_path: Path
) -> None:
    """A12: `__Host-`, Secure, HttpOnly, SameSite=Lax, Path=/."""
    secure = create_app(
        settings(tmp_path, app.config["DATABASE_URL"], BASE_URL="https://contest.example.org")
    )
    with secure.app_context():
        cast(dict[str | None, Any], db.engines)[None] = session.get_bind()
        token = links.sign("enter", {"user": str(make.user(session).id), "number": "n1"})

    answer = secure.test_client().post(f"/enter/{token}", base_url="https://contest.example.org")

    sent = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in sent} == {"__Host-session", "__Host-device"}
    for cookie in sent:
        words = {word.strip() for word in cookie.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= words
        assert "Domain" not in cookie


def test_a_new_secret_signs_nobody_out_while_the_old_one_is_named(
    client: Client, session: Session, app: Flask, tmp_path: Path
) -> None:
    """O5: sessions, mailed links, open forms and apps outlive a rotation; without overlap none does."""
    ada = make.user(session)
    factors_actions.add_app(session, ada, RFC, code(0), keys=[OLD], at=make.NOON)
    client.sign_in(ada)
    cookie = client.get_cookie("session")
    assert cookie is not None
    with app.app_context():
        token = links.sign("enter", {"user": str(ada.id), "number": "n1", "next": "/profile"})

    def after(**more: str) -> tuple[bool, int, bool]:
        rotated = create_app(
            settings(tmp_path, app.config["DATABASE_URL"]).model_copy(
                update={"SECRET_KEY": "an altogether new one", **more}
            )
        )
        rotated.test_client_class = Client
        with rotated.app_context():
            cast(dict[str | None, Any], db.engines)[None] = session.get_bind()
            opened = queries.app(session, ada)
            assert opened is not None
            opens = factors.opened(opened.secret, keys.secrets()) is not None
        browser = rotated.test_client()
        browser.set_cookie("session", cookie.value)
        return is_in(cast(Client, browser)), browser.get(f"/enter/{token}").status_code, opens

    assert after() == (False, 410, False)
    assert after(OLD_SECRET_KEYS=OLD) == (True, 200, True)
    assert factors_actions.reseal(session, ["an altogether new one", OLD]) == (1, 0)
    assert after()[2] is True


def test_a_session_has_a_number_of_128_random_bits() -> None:
    seen = [signin.new_number().int for _ in range(64)]
    always, ever = reduce(and_, seen), reduce(or_, seen)

    assert (always, ever) == (0, 2**128 - 1)  # no bit stands still; in a random UUID six do


def test_codes_that_nobody_may_guess_have_128_bits() -> None:
    for length, letters in (
        (certificates.CODE_LENGTH, certificates.ALPHABET),
        (factors.LENGTH, factors.ALPHABET),
    ):
        assert length * math.log2(len(letters)) >= 128
    assert len(certificates.new_code()) == certificates.CODE_LENGTH


def test_cookies_and_tokens_are_signed_by_hmac_sha256_and_others_are_none(
    app: Flask, client: Client, session: Session
) -> None:
    client.sign_in(make.user(session))
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(b64decode(cookie.value.rpartition(".")[2])) == 32
    assert client.get("/profile").status_code == 200

    of_before = TimestampSigner(
        app.secret_key or "", salt="cookie-session", key_derivation="hmac",
        digest_method=hashlib.sha1,
    )  # fmt: skip
    payload = cookie.value.rsplit(".", 2)[0]
    client.set_cookie("session", of_before.sign(payload).decode())
    assert client.get("/profile").status_code == 303
    with app.test_request_context():
        assert len(b64decode(generate_csrf().rpartition(".")[2])) == 32
