"""The boundary of every request."""

from sqlalchemy.orm import Session

from tests import make
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
