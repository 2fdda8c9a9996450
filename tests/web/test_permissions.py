from pathlib import Path

from flask import Flask

from contest.web import permissions


def test_a_row_names_the_gates_of_an_action_and_what_they_say(app: Flask) -> None:
    assert (
        "| draw | GET, POST `/rounds/<uuid:round_id>/draw` | pitchday.may_run"
        " | Only the chair and the organisers run the stage.<br>"
        "This round has no stage: it is judged from documents. |"
    ) in permissions.describe(app).splitlines()


def test_a_policy_that_only_hides_a_button_is_not_named(app: Flask) -> None:
    [row] = [
        line
        for line in permissions.describe(app).splitlines()
        if "GET `/cases/<uuid:case_id>`" in line
    ]
    assert "followup.may_view" in row
    assert "followup.may_decide" not in row


def test_public_and_personal_pages_say_so(app: Flask) -> None:
    text = permissions.describe(app)
    assert "| setup | GET, POST `/setup` | *anybody* |  |" in text
    assert "| profile | GET, POST `/profile` | *signed in* |  |" in text


def test_the_document_is_up_to_date(app: Flask) -> None:
    """If not, run `make docs`."""
    assert permissions.describe(app) == Path("docs/permissions.md").read_text()
