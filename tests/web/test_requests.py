"""The boundary of every request."""

import subprocess
import sys
import uuid
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from contest.app import create_app
from contest.web.db import db
from tests import make
from tests.conftest import settings
from tests.pages import Client


def test_a_character_that_no_database_stores_is_refused_with_a_sentence(
    client: Client, session: Session
) -> None:
    make.user(session)
    answer = client.post("/language", data={"lang": "d\0e"})
    assert answer.status_code == 422
    assert "cannot be stored" in answer.text


def test_headers_stand_on_errors_too(client: Client, session: Session) -> None:
    make.user(session)
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_who_asks_for_json_gets_a_problem_with_its_incident(
    client: Client, session: Session
) -> None:
    make.user(session)
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json(force=True)
    assert (problem["status"], len(problem["incident"])) == (404, 12)


def test_the_answer_of_a_form_is_repeated_only_to_a_page_of_ours(
    app: Flask, session: Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("strict")
    strict = create_app(settings(folder, app.config["DATABASE_URL"], WTF_CSRF_ENABLED=True))
    with strict.app_context():
        cast(dict[str | None, Any], db.engines)[None] = session.get_bind()
    make.user(session)
    client = strict.test_client()
    token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"lang": "de", "next": "/sign-up", "_key": str(uuid.uuid4())}

    first = client.post("/language", data={**form, "csrf_token": token})
    again = client.post("/language", data={**form, "csrf_token": token})
    forged = client.post("/language", data=form)

    assert (first.status_code, first.location) == (303, "/sign-up")
    assert (again.status_code, again.location) == (303, "/sign-up")
    assert "Set-Cookie" not in again.headers  # repeated, not done
    assert forged.status_code == 400
    assert forged.location is None


HEAVY = (
    "numpy",
    "scipy",
    "lets_plot",
    "typst",
    "pypdfium2",
    "PIL.Image",
    "alembic.command",
    "rich",
)


def test_a_web_process_loads_nothing_heavy() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import contest.app, sys; print(*sys.modules)"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "contest.ranking.jobs" in told.stdout
    assert set(told.stdout.split()) & set(HEAVY) == set()


DEEP = "[" * 200_000
LARGE = "9" * 40


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("GET", "/organisations?q=a%00b", {}, 400),
        ("GET", "/receipts/a%00b", {}, 400),
        ("GET", f"/contests/x/gallery?skip={LARGE}", {}, 404),
        ("GET", "/?" + "&".join(f"a{n}=1" for n in range(5000)), {}, 200),
        ("POST", "/sign-in", {"resume": DEEP, "email": "a@b.example", "password": "x"}, 422),
        ("POST", "/sign-in", {"a\0": "x"}, 422),
        ("POST", "/sign-in", {"email": "x" * 2_000_000}, 413),
        ("POST", "/language", {f"field{n}": "x" for n in range(5000)}, 303),
    ],
    ids=["null", "null in a path", "number", "parameters", "nesting", "null in a name", "size", "fields"],
)  # fmt: skip
def test_whatever_is_sent_is_answered_and_breaks_nothing(
    client: Client, session: Session, method: str, path: str, form: dict[str, str], status: int
) -> None:
    """W12, W21: too much, too deep, too large, unstorable."""
    make.user(session)
    assert client.open(path, method=method, data=form).status_code == status


def test_a_number_in_an_address_is_none_that_a_table_cannot_hold(
    client: Client, session: Session, app: Flask
) -> None:
    contest = make.contest(session)
    for skip in (LARGE, "-1", "1e5", "٣", ""):
        assert client.get(f"/contests/{contest.slug}/gallery?skip={skip}").status_code < 500
    adapter = app.url_map.bind("localhost")
    with pytest.raises(NotFound):
        adapter.match(f"/contests/x/results/{LARGE}/proof.json")


def test_wildcards_in_a_search_are_letters(client: Client, session: Session) -> None:
    """W22, flaw-118: they neither match everything nor cost more than other letters."""
    organiser = make.user(session)
    make.contest(session, organiser=organiser)
    client.sign_in(organiser)
    organisation = make.organisation(session)
    assert organisation.name.pick(["en"])[0] in client.get("/organisations").text
    for search in ("%", "_", "%_%" * 1000, "\\"):
        found = client.get("/organisations", query_string={"q": search}).text
        assert organisation.name.pick(["en"])[0] not in found


def test_of_a_field_that_is_sent_twice_the_first_counts_and_an_address_is_no_form(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    twice = "name=Ada&name=Eve&locale=de&locale=ja&zone=UTC"

    sent = {"data": twice, "content_type": "application/x-www-form-urlencoded"}
    assert client.post("/profile?name=Mallory&zone=Asia/Tokyo", **sent).status_code == 303

    session.refresh(ada)
    assert (ada.name, ada.locale, ada.zone) == ("Ada", "de", "UTC")
    asked = client.get("/sign-in/link?next=/contests/new&next=/profile")
    assert "%2Fprofile" not in asked.text
