"""A14: another site may say who somebody is, and nothing that it or a stranger says opens more than that."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts.actions import factors as actions
from contest.accounts.models import Identity, SignIn, User
from contest.contests.models import Role
from contest.core import clock
from contest.events.models import Event
from contest.messages.models import Message
from tests import make
from tests.accounts import provider as providers
from tests.accounts.provider import Provider
from tests.accounts.test_attempts import KEYS, SECRET, code
from tests.accounts.test_sessions import is_in
from tests.pages import Client

OWN = {"sub": "person-2", "email": "bob@example.org", "email_verified": True, "name": "Bob"}


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with providers.running() as provider:
        yield provider


@pytest.fixture
def provider(
    server: Provider, app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> Provider:
    """A provider that says the truth about Ada, and an instance that trusts it."""
    del client  # stops the clock
    fresh = Provider(server.issuer)
    for name in ("person", "lies", "signs_with", "algorithm", "tells", "codes", "refused"):
        setattr(server, name, getattr(fresh, name))
    monkeypatch.setitem(app.config, "SSO_ISSUER", server.issuer)
    monkeypatch.setitem(app.config, "SSO_CLIENT_ID", providers.CLIENT)
    monkeypatch.setitem(app.config, "SSO_CLIENT_SECRET", providers.SECRET)
    monkeypatch.setitem(app.config, "SSO_NAME", "Hitachi")
    monkeypatch.setattr("contest.accounts.sso._told", {})
    return server


def away(browser: Client, page: str = "/profile") -> str:
    """Return where the provider sends this browser back to."""
    start = browser.get(f"/sign-in/sso?next={page}")
    assert start.status_code == 303
    back = httpx.get(start.location, trust_env=False).headers["Location"]
    return back.removeprefix("http://127.0.0.1:8000")


def known(session: Session, provider: Provider, user: User) -> User:
    session.add(Identity(user_id=user.id, issuer=provider.issuer,
                         subject=provider.person["sub"], added_at=make.NOON))  # fmt: skip
    session.flush()
    return user


def test_there_is_a_button_where_a_provider_is_named_and_nothing_else_where_not(
    client: Client, provider: Provider, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    del provider
    assert "Sign in with Hitachi" in client.page("/sign-in").text
    monkeypatch.setitem(app.config, "SSO_ISSUER", "")
    assert "/sign-in/sso" not in client.page("/sign-in").text
    for url in ("/sign-in/sso", "/sign-in/sso/back?code=x&state=y", "/sign-in/sso/join"):
        assert client.get(url).status_code == 404


def test_who_is_known_is_signed_in_and_goes_on(
    client: Client, session: Session, provider: Provider
) -> None:
    ada = known(session, provider, make.user(session))

    answer = client.get(away(client, "/profile/security"))

    assert (answer.status_code, answer.location) == (303, "/profile/security")
    assert is_in(client)
    assert session.scalars(select(SignIn)).one().how == "sso"
    event = session.scalars(select(Event).where(Event.verb == "user.signed-in")).one()
    assert (event.actor_id, event.facts["how"]) == (ada.id, "sso")
    assert provider.refused == []


def test_who_is_unknown_makes_an_account_by_a_click(
    client: Client, session: Session, provider: Provider
) -> None:
    del provider
    answer = client.get(away(client))
    assert answer.location.startswith("/sign-in/sso/join")
    assert session.scalars(select(User)).all() == []
    assert "ada@example.org" in client.page(answer.location).text

    assert client.post(answer.location).location == "/profile"

    ada = session.scalars(select(User)).one()
    assert (ada.email, ada.name, ada.confirmed_at) == ("ada@example.org", "Ada", make.NOON)
    assert is_in(client)
    assert client.post(answer.location).location.startswith("/sign-in?")  # nothing is left to join


def test_who_is_not_signed_in_connects_nothing(
    client: Client, session: Session, provider: Provider
) -> None:
    """pretix CVE-2023-27891: an address that the provider claims takes over no account."""
    ada = make.user(session)
    ada.email = provider.person["email"]
    session.flush()
    answer = client.get(away(client))

    for refused in (client.get(answer.location), client.post(answer.location)):
        assert refused.status_code == 400
        assert "Sign in to it as you always do" in refused.text

    assert session.scalars(select(Identity)).all() == []
    assert not is_in(client)


def test_who_is_signed_in_connects_by_a_click_and_may_take_it_back(
    client: Client, session: Session, provider: Provider
) -> None:
    ada = make.user(session)
    ada.email = provider.person["email"]
    client.sign_in(ada)
    page = client.get(away(client, "/profile/security")).location
    assert session.scalars(select(Identity)).all() == []  # coming back alone consents to nothing
    assert "Connect your account with Hitachi" in client.page(page).text

    assert client.post(page).location == "/profile/security"

    identity = session.scalars(select(Identity)).one()
    assert (identity.user_id, identity.subject) == (ada.id, "person-1")
    assert "Connected" in client.page("/profile/security").text
    client.post(f"/profile/security/sso/{identity.id}/remove")
    assert session.scalars(select(Identity)).all() == []
    assert session.scalars(select(Message.kind)).all() == ["factor_changed"] * 2
    verbs = session.scalars(select(Event.verb).order_by(Event.sequence)).all()
    assert verbs[-2:] == ["user.identity-added", "user.identity-removed"]


def test_connecting_asks_first_whether_it_is_still_them(
    client: Client, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    del provider
    client.sign_in(make.user(session))
    monkeypatch.setattr(clock, "now", lambda: make.NOON + timedelta(minutes=11))

    assert client.get("/sign-in/sso").location.startswith("/sign-in/again")


def test_an_identity_of_somebody_else_opens_and_connects_nothing_here(
    client: Client, session: Session, provider: Provider
) -> None:
    known(session, provider, make.user(session))
    client.sign_in(make.user(session))

    assert client.get(away(client)).status_code == 400
    provider.person = OWN | {"email": session.scalars(select(User.email)).first()}
    page = client.get(away(client)).location
    assert client.post(page).status_code == 422
    assert session.scalar(select(func.count()).select_from(Identity)) == 1


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_nobody_vouches_for_is_none(
    client: Client, session: Session, provider: Provider, verified: object
) -> None:
    provider.lies = {"email_verified": verified}
    page = client.get(away(client)).location

    assert client.post(page).status_code == 422

    assert session.scalars(select(User)).all() == []


def test_nobody_who_was_put_away_comes_in(
    client: Client, session: Session, provider: Provider
) -> None:
    known(session, provider, make.user(session)).active = False
    session.flush()

    assert client.get(away(client)).status_code == 400
    assert not is_in(client)


LIES: list[tuple[str, dict[str, Any]]] = [
    ("nonce", {"lies": {"nonce": "another"}}),
    ("no-nonce", {"lies": {"nonce": None}}),
    ("audience", {"lies": {"aud": "another"}}),
    ("audience-of-two", {"lies": {"aud": ["contest", "another"], "azp": "another"}}),
    ("issuer", {"lies": {"iss": "https://evil.example"}}),
    ("expired", {"lies": {"exp": int(make.NOON.timestamp()) - 3600}}),
    ("for-ever", {"lies": {"exp": None}}),
    ("from-tomorrow", {"lies": {"iat": int(make.NOON.timestamp()) + 86400}}),
    ("nobody", {"lies": {"sub": None}}),
    ("empty", {"lies": {"sub": ""}}),
    ("long", {"lies": {"sub": "x" * 256}}),
    ("strange-key", {"signs_with": providers.STRANGE}),
    ("no-signature", {"algorithm": "none"}),
    ("public-key-as-secret", {"algorithm": "HS256"}),
    ("another-name", {"tells": {"issuer": "https://evil.example"}}),
    ("unsafe-endpoint", {"tells": {"token_endpoint": "ftp://evil.example/token"}}),
]


@pytest.mark.parametrize(("told", "attack"), LIES, ids=[f"A14-{name}" for name, _ in LIES])
def test_a_token_that_proves_nothing_opens_nothing(
    client: Client, session: Session, provider: Provider, told: str, attack: dict[str, Any]
) -> None:
    known(session, provider, make.user(session))
    for name, value in attack.items():
        setattr(provider, name, value)

    start = client.get("/sign-in/sso")
    if start.status_code == 303:
        back = httpx.get(start.location, trust_env=False).headers["Location"]
        start = client.get(back.removeprefix("http://127.0.0.1:8000"))

    assert start.status_code == 400, told
    assert not is_in(client)


def tampered(name: str, value: str) -> Callable[[str], str]:
    def change(back: str) -> str:
        query = {n: v[0] for n, v in parse_qs(urlsplit(back).query).items()} | {name: value}
        return "/sign-in/sso/back?" + "&".join(f"{n}={v}" for n, v in query.items())

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(tampered("state", "another"), id="A14-state"),
        pytest.param(tampered("state", ""), id="A14-no-state"),
        pytest.param(tampered("code", "another"), id="A14-code"),
        pytest.param(tampered("iss", "https://evil.example"), id="A14-mixed-up"),
        pytest.param(tampered("error", "access_denied"), id="A14-denied"),
    ],
)
def test_a_changed_answer_opens_nothing(
    client: Client, session: Session, provider: Provider, change: Callable[[str], str]
) -> None:
    known(session, provider, make.user(session))

    assert client.get(change(away(client))).status_code == 400
    assert not is_in(client)


def test_an_answer_counts_in_the_browser_that_asked_and_once(
    client: Client, session: Session, provider: Provider, app: Flask
) -> None:
    """Flaw 71, login CSRF: nobody is signed in as an attacker who sends them an answer of their own."""
    known(session, provider, make.user(session))
    victim = app.test_client()
    back = away(client)

    assert victim.get(back).status_code == 400
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400


def test_an_answer_that_comes_late_opens_nothing(
    client: Client, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(session, provider, make.user(session))
    back = away(client)
    monkeypatch.setattr(clock, "now", lambda: make.NOON + timedelta(minutes=11))

    assert client.get(back).status_code == 400


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(
    client: Client, session: Session, provider: Provider, page: str
) -> None:
    """Flaw 72, W6."""
    known(session, provider, make.user(session))

    assert client.get(away(client, page)).location == "/"


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ({}, True),
        ({"amr": ["pwd"]}, True),
        ({"amr": ["pwd", "mfa"]}, False),
        ({"acr": "phr"}, False),
    ],
)
def test_an_own_factor_is_asked_for_unless_the_other_site_asked_for_two(
    client: Client, session: Session, provider: Provider, said: dict[str, Any], waits: bool
) -> None:
    ada = known(session, provider, make.user(session))
    actions.add_app(session, ada, SECRET, code(), keys=KEYS, at=make.NOON)
    provider.lies = said

    answer = client.get(away(client))

    assert answer.location.startswith("/sign-in/second-factor") is waits
    assert is_in(client) is not waits
    if waits:
        assert client.post(answer.location, data={"code": code(1)}).location == "/profile"
        assert is_in(client)


@pytest.mark.parametrize(("said", "asked"), [({}, True), ({"amr": ["mfa"]}, False)])
def test_a_role_that_asks_for_a_factor_takes_that_of_the_other_site(
    client: Client, session: Session, provider: Provider, said: dict[str, Any], asked: bool
) -> None:
    contest = make.contest(session)
    contest.second_factor_roles = [Role.ORGANISER.value]
    mia = known(session, provider, make.user(session))
    make.appointment(session, contest, mia, Role.ORGANISER)
    provider.lies = said
    client.get(away(client))

    answer = client.get(f"/contests/{contest.slug}/manage")

    assert (answer.status_code == 303) is asked
    if asked:
        assert answer.location.startswith("/profile/security/app")


def test_a_provider_that_cannot_be_asked_keeps_nobody_from_the_other_ways(
    client: Client, app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    del provider
    monkeypatch.setitem(app.config, "SSO_ISSUER", "http://127.0.0.1:9/none")

    assert client.get("/sign-in/sso").status_code == 400
    client.page("/sign-in")
