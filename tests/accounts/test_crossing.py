"""A13, A5, flaw 65: what was signed for one thing counts for no other."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts import links
from contest.app import create_app
from contest.contests.views import people
from tests import make
from tests.accounts import crossing
from tests.conftest import settings
from tests.pages import Client

DOORS = {
    links.ENTER: "/enter/{}",
    links.CONFIRM: "/sign-up/{}",
    links.RESET: "/reset/{}",
    links.TEAM_INVITATION: "/join/{}",
    people.PURPOSE: "/invitations/{}",
}


@pytest.fixture(scope="module")
def strict(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    url = app.config["DATABASE_URL"]
    return create_app(settings(tmp_path_factory.mktemp("strict"), url, WTF_CSRF_ENABLED=True))


def test_no_signed_value_passes_for_another(strict: Flask) -> None:
    strange, lost, tries = crossing.crossed(strict)

    assert strange == []
    assert lost == []
    assert tries == 196


def test_every_purpose_is_among_those_that_are_crossed() -> None:
    """Whoever signs for something new says so here."""
    said = set()
    for path in Path("contest").rglob("*.py"):
        source = path.read_text()
        said |= set(re.findall(r"links\.(?:sign|look|read)\(\s*([\w.]+)", source))
        said |= set(
            re.findall(r"(?:sealed|opened)\([^)]*keys\.secrets\(\)(?:, ([\w.]+))?\)", source)
        )
    mailed = {
        line.partition('", "')[2].partition('"')[0]
        for path in Path("templates/mail").glob("*.txt")
        for line in path.read_text().splitlines()
        if "signed_link(" in line
    }

    assert said == {
        *("links.TEAM_INVITATION", "PURPOSE", "purpose", "wanted"),  # the last two are handed on
        *("factors.ASKED", "factors.SETTING_UP", "factors.PROVIDED"),
    }
    assert mailed == set(crossing.PURPOSES)


@pytest.mark.parametrize("door", DOORS, ids=[f"A5-{door}" for door in DOORS])
def test_a_link_opens_its_own_door_only_and_what_works_once_does_so_once(
    client: Client, session: Session, app: Flask, door: str
) -> None:
    ada = make.user(session)
    ada.confirmed_at = None
    session.flush()
    payload: dict[str, Any] = {"user": str(ada.id), "number": "n1", "next": "/profile"}
    with app.app_context():
        token = links.sign(door, payload, expires_in=links.LIFETIMES[links.ENTER])
    others = [url.format(token) for kind, url in DOORS.items() if kind != door]

    for _ in range(2):
        for url in others:
            assert client.get(url).status_code in {404, 410}
            assert client.post(url, data={"password": "four unrelated words"}).status_code in {
                404,
                410,
            }
    assert client.get("/profile").status_code == 303

    if door in {links.ENTER, links.CONFIRM, links.RESET}:
        data = {"name": "Ada", "password": "four unrelated words"}
        assert client.post(DOORS[door].format(token), data=data).status_code == 303
        fresh = cast(Client, app.test_client())
        assert fresh.post(DOORS[door].format(token), data=data).status_code in {303, 410}
        assert fresh.get("/profile").status_code == 303


def test_the_databases_of_two_instances_share_no_key(app: Flask, tmp_path: Path) -> None:
    other = create_app(
        settings(tmp_path, app.config["DATABASE_URL"]).model_copy(
            update={"SECRET_KEY": "an altogether new one"}
        )
    )
    with app.test_request_context():
        made = crossing.values(app)
    with other.test_request_context():
        read = crossing.readers(other)
        assert [kind for kind, value in made.items() if kind != "csrf" and read[kind](value)] == []
