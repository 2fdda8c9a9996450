"""The boundary of every request."""

import subprocess
import sys
import uuid
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session

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
