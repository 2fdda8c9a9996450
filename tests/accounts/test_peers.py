"""Flaws that systems like ours had in accounts, tokens and sessions, by their number in our list.

Others stand with what they are about: 65 in test_crossing, 66 in tests/web/test_hosts and
test_attempts, 70 in test_attempts, 71 and 72 also in test_sso, 75 in tests/upkeep/test_settings. No
webhook comes in here, so 77 has nothing to fail.
"""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.accounts import address, factors, links
from contest.accounts.actions import factors as actions
from contest.accounts.models import User
from contest.contests.actions import people
from contest.core import clock
from contest.core.errors import DomainError
from contest.upkeep import settings as checks
from tests import make
from tests.accounts.test_attempts import KEYS, SECRET, code
from tests.accounts.test_sessions import is_in
from tests.contests.test_invitations import invite, mailed
from tests.pages import Client

ADA = "ada.love@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        " ada.love@example.org",
        "ada.love@example.org ",
        "ada.love@example.org\n",
        "ADA.Love@EXAMPLE.org",
        "ada.love@example.org\u200b",
        "ａda.love@example.org",
        "ada．love@example.org",
        "ada.love＠example.org",
        "аda.love@example.org",  # the first letter is Cyrillic
        "ada.lοve@example.org",  # an omicron
        "ada.love@ехample.org",
        "ada.love\u0000@example.org",
    ],
    ids=lambda typed: f"flaw-64-{typed!a}",
)
def test_no_other_spelling_of_an_address_makes_a_second_account(
    session: Session, typed: str
) -> None:
    """A10: what is typed is the same person, or nobody, or an address that visibly is another."""
    ada = make.user(session, email=ADA)
    try:
        person = accounts.invite(session, email=typed, by=None, at=make.NOON)
    except DomainError:
        assert session.scalar(select(func.count()).select_from(User)) == 1
    else:
        assert person is ada or person.email.isascii()


@pytest.mark.usefixtures("client")
def test_flaw_64_a_link_names_a_person_by_a_number_and_not_by_what_they_are_called(
    session: Session, app: Flask
) -> None:
    ada, eve = make.user(session, name="Ada"), make.user(session, name="Ada ")
    with app.app_context():
        token = links.sign("reset", {"user": str(eve.id), "number": "n1"})
    browser = app.test_client()

    browser.post(f"/reset/{token}", data={"password": "four unrelated words"})

    session.expire_all()
    assert (ada.password, eve.password is None) == (None, False)


def test_flaw_67_an_expired_invitation_is_accepted_on_no_way(
    app: Flask, client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A9: not by its link, not after a new password, not by the page for those who are signed in."""
    contest = make.contest(session, organiser=make.user(session))
    appointment = invite(session, contest)
    by_mail = mailed(app, session)
    late = make.NOON + people.ANSWER_WITHIN
    monkeypatch.setattr(clock, "now", lambda: late)
    answer = {"answer": "accept", "name": "Misaki"}

    client.post(by_mail, data=answer)
    assert not appointment.is_active()
    with app.app_context():
        token = links.sign("reset", {"user": str(appointment.user_id), "number": "n1"})
    password = {"name": "Misaki", "password": "four unrelated words"}
    assert client.post(f"/reset/{token}", data=password).status_code == 303
    assert is_in(client)
    for url in (by_mail, f"/appointments/{appointment.id}/answer"):
        client.post(url, data=answer)

    session.refresh(appointment)
    assert not appointment.is_active()


@pytest.mark.parametrize(
    "again",
    ["{} ", " {}", "{:.3} {:.3}", "\u00a0{}", "{}\u2003", "wide", "{}\t"],
    ids=lambda again: f"flaw-68-{again!a}",
)
def test_a_code_is_used_up_in_every_spelling(session: Session, again: str) -> None:
    ada = make.user(session)
    actions.add_app(session, ada, SECRET, code(), keys=KEYS, at=make.NOON)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code())

    with pytest.raises(DomainError):
        actions.prove(
            session, ada, wide if again == "wide" else again.format(code(), code()[3:]),
            keys=KEYS, at=make.NOON,
        )  # fmt: skip


def test_flaw_69_a_code_stays_used_for_as_long_as_it_would_count(session: Session) -> None:
    """The step is kept with the person, not in a cache that forgets before the code ends."""
    ada = make.user(session)
    actions.add_app(session, ada, SECRET, code(), keys=KEYS, at=make.NOON)
    ahead = code(1)
    assert actions.prove(session, ada, ahead, keys=KEYS, at=make.NOON) == "app"

    for seconds in range(0, 120, 5):
        with pytest.raises(DomainError):
            actions.prove(session, ada, ahead, keys=KEYS, at=make.NOON + timedelta(seconds=seconds))
    assert factors.DRIFT * factors.STEP < 60


NEXTS = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    " //evil.example",
    "data:text/html,x",
    "\\\\evil.example",
)
LEADS = re.compile(r'(?:href|action|formaction|content)="([^"]*)"')
KEEP_NEXT = ("/sign-in", "/sign-up", "/sign-in/link", "/sign-in/passkey")


@pytest.mark.parametrize("evil", NEXTS, ids=lambda evil: f"flaw-72-{evil!a}")
def test_no_page_keeps_an_address_elsewhere_to_go_on_to(
    client: Client, session: Session, app: Flask, evil: str
) -> None:
    """W6, on every way that leads on."""
    for url in KEEP_NEXT:
        for lead in LEADS.findall(client.get(url, query_string={"next": evil}).text):
            assert not lead.strip().startswith(
                ("//", "/\\", "\\", "http", "javascript:", "data:text")
            )
            onward = parse_qs(urlsplit(lead).query).get("next", ["/"])[0]
            assert onward.startswith("/"), (url, lead)
            assert not onward.startswith(("//", "/\\", "/\t")), (url, lead)
    ada = make.user(session)
    with app.app_context():
        token = links.sign("enter", {"user": str(ada.id), "number": "n1", "next": evil})
    assert client.post(f"/enter/{token}").location == "/"
    for url in ("/sign-in", "/sign-in/second-factor", "/sign-in/again"):
        location = client.get(url, query_string={"next": evil}).headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize("url", ["/sign-in", "/sign-up", "/sign-in/link", "/forgot"])
def test_flaw_73_a_million_letters_are_no_address_and_cost_nothing(
    client: Client, url: str
) -> None:
    """W11, W12: also without the field's own limit; taking the square of it would outlast the test."""
    for typed in ("a" * 500_000, "a@" + "b." * 250_000, "@" * 500_000, '"' * 500_000):
        with pytest.raises(DomainError):
            address.normalised(typed)
        answer = client.post(url, data={"email": typed, "name": "A", "password": "x" * 500})
        assert answer.status_code in {413, 422}


def test_flaw_74_no_template_reaches_for_the_settings() -> None:
    """Secrets are set from the machine and shown nowhere; what pages need of settings is handed to them."""
    spoken = [
        str(path)
        for path in Path("templates").rglob("*.*")
        if re.search(r"{[{%][^}]*\b(config|current_app)[.\[]", path.read_text())
    ]
    assert spoken == []


def test_flaw_74_what_is_wrong_with_settings_is_said_without_their_values() -> None:
    source = Path(checks.__file__).read_text()

    assert not re.search(r"\{values\[", source)


def test_flaw_76_nothing_secret_is_compared_by_its_letters_in_turn() -> None:
    """Signatures are verified by their libraries, codes by `bytes_eq`, tokens found by an index."""
    kept = r"\w*(?:token|secret|signature|challenge|password|csrf|nonce)"
    compared = re.compile(rf"\b{kept}\s*[!=]=|[!=]=\s*(?:\w+\.)*{kept}(?![\w.])")
    in_memory = [
        (str(path), line.strip())
        for path in Path("contest").rglob("*.py")
        for line in path.read_text().splitlines()
        if compared.search(line) and not re.search(r"[!=]= *\"|\b[A-Z]\w+\.\w+ [!=]=", line)
    ]
    assert in_memory == []
