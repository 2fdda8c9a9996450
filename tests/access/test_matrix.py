"""The program answers as the table says, and the table keeps to what holds for everybody.

`matrix.csv` is reviewed like code. The suite plays it for those who come from elsewhere, at one
moment; `make attack` plays it for everybody at all of them.
"""

import csv

import pytest
from flask import Flask

from tests.access.playing import OPEN, PEOPLE, SIGN_IN, TABLE, expected, played, routes
from tests.journeys.demonstration import Demonstration

# What whoever organises any contest may do at every contest's side door: the directory, a new contest.
ORGANISING = ("/contests/new", "/organisations/")
OUTSIDERS = ("visitor", "organiser elsewhere")


def _rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_address_and_method_stands_in_the_table(app: Flask) -> None:
    told = {(row["method"], row["route"]) for row in _rows()}
    there = {row for row in routes(app) if not row[1].startswith("/-")}  # development only

    assert not (new := there - told), f"say in tests/access/matrix.csv who may do {sorted(new)}"
    assert not (gone := told - there), f"take {sorted(gone)} out of tests/access/matrix.csv"


def test_a_visitor_gets_in_only_where_the_program_declares_it_public(app: Flask) -> None:
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "is_public", False)
    }

    assert not [
        row["route"] for row in _rows() if row["visitor"] == OPEN and row["route"] not in public
    ]
    assert {row["visitor"] for row in _rows() if row["route"] not in public} == {SIGN_IN}


@pytest.mark.parametrize("who", ["organiser elsewhere", "judge elsewhere", "lead elsewhere"])
def test_who_has_a_part_in_another_contest_has_no_more_rights_here_than_anybody(who: str) -> None:
    assert not [
        row["route"]
        for row in _rows()
        if row[who] == OPEN != row["stranger"] and not row["route"].startswith(ORGANISING)
    ]


def test_who_judges_or_competes_elsewhere_does_not_even_found_contests() -> None:
    assert not [
        row["route"]
        for row in _rows()
        for who in ("judge elsewhere", "lead elsewhere")
        if row[who] != row["stranger"]
    ]


def test_an_observer_sees_the_stage_and_changes_nothing() -> None:
    more = {
        (row["method"], row["route"])
        for row in _rows()
        if row["observer"] == OPEN != row["stranger"] and row["at"] != "draft"
    }

    assert {method for method, _ in more} == {"GET"}
    assert {route.rpartition("/")[2] for _, route in more} == {
        "pitch-day", "pitches", "projector", "poll",
    }  # fmt: skip


def test_a_draft_is_seen_by_those_who_work_in_it_alone() -> None:
    rows = [row for row in _rows() if not row["at"] or "draft" in row["at"].split()]
    seen = [row for row in rows if "/contests/<slug:slug>" in row["route"]]

    assert seen
    for who in ("stranger", *OUTSIDERS, "judge elsewhere", "lead elsewhere"):
        assert not [row["route"] for row in seen if row[who] == OPEN], who


def test_a_member_gets_in_nowhere_that_is_closed_to_the_lead_but_to_leave() -> None:
    assert {row["route"] for row in _rows() if row["team member"] == OPEN != row["team lead"]} == {
        "/teams/<uuid:team_id>/leave"
    }


def test_an_outsider_is_received_as_the_table_says(demonstration: Demonstration) -> None:
    got, wanted = played(demonstration, "judging", list(OUTSIDERS)), expected("judging")

    wrong = {key: (answer, wanted[key]) for key, answer in got.items() if answer != wanted[key]}
    assert not wrong, "\n".join(
        f"{who}: {method} {route}: {answer}, not {told}"
        for ((method, route), who), (answer, told) in wrong.items()
    )
    assert len(got) > len(PEOPLE) * 25
