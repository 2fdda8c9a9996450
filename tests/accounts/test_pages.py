import json
from datetime import timedelta
from html import unescape
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contest.accounts import links
from contest.accounts.models import UsedLink, User
from contest.accounts.signin import hashed
from contest.app import create_app
from contest.core import clock
from contest.messages.models import Message
from contest.web.db import db
from tests import make
from tests.conftest import settings
from tests.jobs import run_promised
from tests.pages import Client

PASSWORD = "correct horse battery"


def person(session: Session, app: Flask, *, email: str = "") -> User:
    user = make.user(session, email=email)
    with app.app_context():
        user.password = hashed(PASSWORD)
    session.flush()
    return user


def token(app: Flask, purpose: str, user: User, **payload: object) -> str:
    with app.app_context():
        return links.sign(purpose, {"user": str(user.id), "number": "n1", **payload})


def is_signed_in(client: Client) -> bool:
    return client.get("/profile").status_code == 200


@pytest.mark.parametrize("url", ["/sign-in", "/sign-up", "/sign-in/link", "/forgot", "/setup"])
def test_a_visitor_finds_the_way_in(client: Client, url: str) -> None:
    client.page(url)


def test_sign_in_by_password_goes_where_the_person_was_going(
    client: Client, session: Session, app: Flask
) -> None:
    person(session, app, email="ada@example.org")

    form = {"email": " Ada@Example.org", "password": PASSWORD}
    response = client.post("/sign-in?next=/profile", data=form)

    assert (response.status_code, response.location) == (303, "/profile")
    assert is_signed_in(client)


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org", "no address"])
def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: Client, session: Session, app: Flask, email: str
) -> None:
    person(session, app, email="ada@example.org")

    response = client.post("/sign-in", data={"email": email, "password": "wrong password"})

    assert response.status_code == 422
    assert "Address and password do not belong together." in response.text
    assert not is_signed_in(client)


def test_a_person_without_password_cannot_sign_in_by_one(client: Client, session: Session) -> None:
    make.user(session, email="ada@example.org")

    for password in ("nobody's password", "x"):
        form = {"email": "ada@example.org", "password": password}
        assert client.post("/sign-in", data=form).status_code == 422


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ],
)
def test_signing_in_never_leads_off_this_site(
    client: Client, session: Session, app: Flask, evil: str
) -> None:
    person(session, app, email="ada@example.org")

    response = client.post("/sign-in", query_string={"next": evil},
                           data={"email": "ada@example.org", "password": PASSWORD})  # fmt: skip

    assert response.location == "/"


def test_sign_up_answers_the_same_for_a_known_and_an_unknown_address(
    client: Client, session: Session
) -> None:
    make.user(session, email="ada@example.org")

    answers = [
        client.post("/sign-up", data={"name": "A", "email": email})
        for email in ("ada@example.org", "new@example.org")
    ]

    assert {(a.status_code, a.location) for a in answers} == {(303, "/look-in-your-mail")}
    run_promised(session)
    assert sorted(session.scalars(select(Message.kind))) == [
        "already_registered",
        "sign_up_confirm",
    ]
    client.page("/look-in-your-mail")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "required"),
        ("name", "x" * 121, "longer than 120"),
        ("email", "", "required"),
        ("email", "nonsense", "This is not a mail address."),
        ("email", "a" * 255 + "@example.org", "longer than 254"),
    ],
)
def test_sign_up_says_what_is_wrong(
    client: Client, session: Session, field: str, value: str, sentence: str
) -> None:
    response = client.post(
        "/sign-up", data={"name": "Ada", "email": "a@example.org"} | {field: value}
    )

    assert response.status_code == 422
    assert sentence in response.text
    assert session.scalars(select(User)).all() == []


def test_opening_the_mailed_link_uses_nothing_and_pressing_its_button_signs_in_once(
    client: Client, session: Session, app: Flask
) -> None:
    url = "/enter/" + token(app, "enter", make.user(session), next="/profile")

    client.page(url)
    assert session.scalars(select(UsedLink)).all() == []
    response = client.post(url)
    assert (response.status_code, response.location) == (303, "/profile")
    assert is_signed_in(client)

    elsewhere = app.test_client()
    assert "already used" in elsewhere.get(url).text
    assert elsewhere.post(url).status_code == 410


def test_an_expired_and_a_forged_link_are_explained_and_a_new_one_offered(
    client: Client, session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "/enter/" + token(app, "enter", make.user(session))
    monkeypatch.setattr(clock, "now", lambda: make.NOON + timedelta(minutes=10))

    for address, sentence in ((url, "This link has expired"), (url + "x", "not complete")):
        response = client.get(address)
        assert response.status_code == 410
        assert sentence in response.text
        assert 'href="/sign-in/link' in response.text


def test_a_link_for_one_purpose_is_no_link_for_another(
    client: Client, session: Session, app: Flask
) -> None:
    enter = token(app, "enter", make.user(session))

    assert client.get("/reset/" + enter).status_code == 410
    assert client.get("/sign-up/" + enter).status_code == 410


def test_a_link_of_the_demonstration_signs_in_again_and_again_in_development_only(
    client: Client, session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        url = "/enter/" + links.entrance(make.user(session).id)

    assert [client.get(url).status_code for _ in range(2)] == [303, 303]
    assert is_signed_in(client)

    monkeypatch.setitem(app.config, "DEVELOPMENT", False)
    assert app.test_client().get(url).status_code == 410


def test_the_link_of_a_sign_up_opens_the_account_with_a_password(
    client: Client, session: Session, app: Flask
) -> None:
    user = make.user(session, name="Li", email="li@example.org")
    session.execute(update(User).values(confirmed_at=None))
    url = "/sign-up/" + token(app, "confirm", user)
    client.page(url)

    refused = client.post(url, data={"name": "Li Wei", "password": "short"})
    assert "these are 5." in refused.text
    response = client.post(url, data={"name": "Li Wei", "password": PASSWORD})

    assert response.status_code == 303
    session.refresh(user)
    assert (user.name, user.confirmed_at) == ("Li Wei", make.NOON)
    client.post("/sign-out")
    client.post("/sign-in", data={"email": "li@example.org", "password": PASSWORD})
    assert is_signed_in(client)


def test_a_reset_sets_the_password_and_signs_out_everywhere_else(
    client: Client, session: Session, app: Flask
) -> None:
    ada = person(session, app, email="ada@example.org")
    client.sign_in(ada)
    other = app.test_client()
    url = "/reset/" + token(app, "reset", ada)

    response = other.post(url, data={"password": "another long phrase"})

    assert response.status_code == 303
    assert not is_signed_in(client)
    assert other.get("/profile").status_code == 200
    assert client.post(url, data={"password": "a third long phrase"}).status_code == 410


def test_setup_makes_the_first_administrator_and_is_gone_afterwards(
    client: Client, session: Session
) -> None:
    form = {"name": "Root", "email": "root@example.org", "password": PASSWORD}

    assert client.post("/setup", data=form).status_code == 303

    assert session.scalars(select(User.is_admin)).all() == [True]
    assert is_signed_in(client)
    assert client.get("/setup").status_code == 404


def test_the_profile_changes_name_language_and_zone(client: Client, session: Session) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    client.page("/profile")

    client.post("/profile", data={"name": "Ada K", "locale": "de", "zone": "Asia/Shanghai"})

    session.refresh(ada)
    assert (ada.name, ada.locale, ada.zone) == ("Ada K", "de", "Asia/Shanghai")
    assert (
        "Ihr Konto" in client.page("/profile").text or 'lang="de"' in client.page("/profile").text
    )


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Mars/Base"), ("locale", "xx"), ("name", "")]
)
def test_the_profile_refuses_what_there_is_not(
    client: Client, session: Session, field: str, value: str
) -> None:
    client.sign_in(make.user(session))
    form = {"name": "Ada", "locale": "en", "zone": "UTC"} | {field: value}

    assert client.post("/profile", data=form).status_code == 422


def test_changing_the_password_asks_for_the_current_one(
    client: Client, session: Session, app: Flask
) -> None:
    client.sign_in(person(session, app))
    client.page("/profile/password")
    new = {"password": "another long phrase"}

    wrong = client.post("/profile/password", data=new | {"current": "x"})
    assert "This is not your password." in wrong.text
    assert client.post("/profile/password", data=new | {"current": PASSWORD}).status_code == 303
    assert is_signed_in(client)


def test_signing_out_everywhere_ends_the_other_sessions(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    other = app.test_client()
    other.sign_in(ada)  # type: ignore[attr-defined]
    client.page("/profile/sign-out-everywhere")

    client.post("/profile/sign-out-everywhere")

    assert is_signed_in(client)
    assert other.get("/profile").status_code == 303


def test_reading_sends_no_session_back(client: Client, session: Session) -> None:
    client.sign_in(make.user(session))
    with client.session_transaction() as cookie:
        cookie.permanent = True
    assert "Set-Cookie" in client.get("/profile").headers  # its form's token is new

    assert "Set-Cookie" not in client.get("/profile").headers


def test_the_calendar_gets_a_new_address(client: Client, session: Session) -> None:
    ada = make.user(session)
    before = ada.feed_token
    client.sign_in(ada)

    client.post("/profile/feed")

    session.refresh(ada)
    assert ada.feed_token != before


def test_somebody_who_is_deactivated_is_signed_out(client: Client, session: Session) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    ada.active = False
    session.flush()

    assert not is_signed_in(client)


def test_a_form_sent_after_the_session_ended_is_kept_and_sent_again_after_signing_in(
    client: Client, session: Session, app: Flask
) -> None:
    ada = person(session, app, email="ada@example.org")
    typed = {"name": "Ada <King>", "locale": "de", "zone": "UTC", "password": "secret words"}

    asked = client.post("/profile", data=typed)
    assert asked.status_code == 401
    assert "secret words" not in asked.text
    resume = unescape(asked.text.split('name="resume"')[1].split('value="')[1].split('"')[0])
    answer = client.post(
        "/sign-in", data={"email": "ada@example.org", "password": PASSWORD, "resume": resume}
    )

    assert "Ada &lt;King&gt;" in answer.text
    assert 'action="/profile"' in answer.text
    client.post("/profile", data=dict(json.loads(resume)["fields"]))
    session.refresh(ada)
    assert ada.name == "Ada <King>"


def test_nothing_is_carried_over_from_another_site(client: Client) -> None:
    response = client.post(
        "/profile", data={"name": "Eve was here"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 400
    assert "Eve was here" not in response.text


def test_what_is_carried_over_goes_to_this_site_only(
    client: Client, session: Session, app: Flask
) -> None:
    person(session, app, email="ada@example.org")
    resume = json.dumps({"path": "//evil.example/", "fields": [["a", "b"]], "files": False})

    response = client.post(
        "/sign-in", data={"email": "ada@example.org", "password": PASSWORD, "resume": resume}
    )

    assert (response.status_code, response.location) == (303, "/")


def test_a_script_is_told_that_the_session_ended(client: Client) -> None:
    response = client.post("/profile", data={}, headers={"Accept": "application/json"})

    assert (response.status_code, response.mimetype) == (401, "application/problem+json")


@pytest.fixture
def strict(tmp_path_factory: pytest.TempPathFactory, session: Session, app: Flask) -> Flask:
    """An application with the protections that the other tests leave out."""
    made = create_app(
        settings(tmp_path_factory.mktemp("strict"), app.config["DATABASE_URL"],
                 WTF_CSRF_ENABLED=True, RATELIMIT_ENABLED=True)
    )  # fmt: skip
    made.test_client_class = Client
    with made.app_context():
        cast(dict[str | None, Any], db.engines)[None] = session.get_bind()
    return made


def test_a_request_without_our_token_is_refused(strict: Flask) -> None:
    client = strict.test_client()

    response = client.post("/sign-in", data={"email": "a@example.org", "password": "x"})

    assert response.status_code == 400
    assert "stood open for too long" in response.text


def test_a_form_of_ours_is_taken_with_its_token_and_a_script_with_the_header(
    strict: Flask, session: Session, app: Flask
) -> None:
    person(session, app, email="ada@example.org")
    client = strict.test_client()
    csrf = ours(client, "/sign-in")

    form = {"email": "ada@example.org", "password": PASSWORD, "csrf_token": csrf}
    assert client.post("/sign-in", data=form).status_code == 303
    header = {"X-CSRFToken": ours(client, "/profile")}
    assert client.post("/profile/feed", headers=header).status_code == 303
    assert client.post("/profile/feed", headers={"X-CSRFToken": csrf}).status_code == 403


def test_a_form_that_outlived_a_new_sign_in_is_kept_and_asked_for_again(
    strict: Flask, session: Session
) -> None:
    client = strict.test_client()
    client.sign_in(make.user(session))  # type: ignore[attr-defined]
    typed = {"name": "Long text", "csrf_token": "of the session before"}

    kept = client.post("/profile", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    forged = client.post("/profile", data=typed, headers={"Sec-Fetch-Site": "cross-site"})

    assert (kept.status_code, forged.status_code) == (400, 400)
    assert "Send what you typed?" in kept.text
    assert "Long text" not in forged.text


def test_the_eleventh_try_to_sign_in_has_to_wait_and_other_people_do_not(strict: Flask) -> None:
    client = strict.test_client()

    assert [tried(client, "/sign-in", "ada@example.org") for _ in range(11)] == [422] * 10 + [429]
    assert tried(client, "/sign-in", "bob@example.org") == 422
    assert tried(client, "/sign-in", " ADA@example.org") == 429


def test_the_sixth_link_has_to_wait(strict: Flask) -> None:
    client = strict.test_client()

    urls = ["/sign-in/link", "/forgot", "/sign-up"] * 2
    assert [tried(client, url, "ada@example.org") for url in urls] == [303] * 5 + [429]


def ours(client: FlaskClient, url: str) -> str:
    return client.get(url).text.split('name="csrf_token" value="')[1].split('"')[0]


def tried(client: FlaskClient, url: str, email: str) -> int:
    form = {
        "email": email,
        "name": "A",
        "password": "wrong password",
        "csrf_token": ours(client, url),
    }
    return client.post(url, data=form).status_code


@pytest.mark.parametrize(("way", "form"), [("enter", {}), ("reset", {"password": PASSWORD})])
def test_somebody_known_by_an_address_alone_gives_a_name_on_the_way_in(
    client: Client, session: Session, app: Flask, way: str, form: dict[str, str]
) -> None:
    invited = make.user(session, name="", email="invited@example.org")
    url = f"/{way}/" + token(app, way, invited)
    assert "Your name" in client.page(url).text

    assert client.post(url, data=form).status_code == 422
    assert not is_signed_in(client)
    client.post(url, data={**form, "name": "  Wang   Min "})

    session.refresh(invited)
    assert invited.name == "Wang Min"
    assert is_signed_in(client)


def test_whoever_signs_in_lands_on_the_start_page(
    client: Client, session: Session, app: Flask
) -> None:
    person(session, app, email="ada@example.org")

    response = client.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD})

    assert (response.status_code, response.location) == (303, "/")
    assert "What awaits you" in client.page("/").text
