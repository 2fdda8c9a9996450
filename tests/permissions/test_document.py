"""The document of who may do what is made from the program, and up to date."""

from pathlib import Path

import pytest
from flask import Flask

from contest.permissions import document


@pytest.fixture(scope="module")
def text(app: Flask) -> str:
    return document.describe(app)


def _rows(text: str, start: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(start)
    ]


def test_a_row_names_the_addresses_of_an_action_and_what_refuses_it(text: str) -> None:
    assert (
        "| draw | GET, POST `/rounds/<uuid:round_id>/draw`"
        " | Only the chair and the organisers run the stage.<br>"
        "This round has no stage: it is judged from documents. |"
    ) in text.splitlines()


def test_a_policy_that_only_hides_a_button_is_not_named(text: str) -> None:
    [row] = _rows(text, "| download, show | followup.")
    assert row[1] == "followup.may_view"


def test_public_and_personal_pages_say_so(text: str) -> None:
    [setup] = [row for row in _rows(text, "| ") if "setup" in row[0].split(", ") and len(row) > 3]
    assert setup[1:] == ["*anybody*"] + ["✓"] * 12
    [profile] = [
        row for row in _rows(text, "| ") if "profile" in row[0].split(", ") and len(row) > 3
    ]
    assert profile[1:] == ["*signed in*", "–"] + ["✓"] * 11


def test_the_document_is_up_to_date(text: str) -> None:
    """If not, run `make docs`."""
    assert text == Path("docs/permissions.md").read_text()
