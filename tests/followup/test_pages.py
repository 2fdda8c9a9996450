from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Role
from contest.followup.actions import work
from contest.followup.models import (
    CaseDocument,
    CheckIn,
    Gate,
    GateDecision,
    Kpi,
    Milestone,
    Mood,
    Stage,
)
from tests import make
from tests.followup.story import Carried, carried, figure, measured
from tests.pages import Client


def _full(session: Session) -> Carried:
    told = carried(session, stage=Stage.POC_GATE)
    measured(session, told)
    figure(session, told, name="Cost per transfer")
    work.add_milestone(
        session, told.case, title="First users", due_on=make.NOON.date() - timedelta(days=2),
        by=told.owner, at=make.NOON,
    )  # fmt: skip
    work.check_in(
        session, told.case, mood=Mood.SLOW, text="Contracts take time.", by=told.member,
        at=make.NOON,
    )  # fmt: skip
    return told


def test_the_case_shows_everything_to_its_people(client: Client, session: Session) -> None:
    told = _full(session)
    for person in (told.organiser, told.owner, told.member):
        client.sign_in(person)
        page = client.page(f"/cases/{told.case.id}").text
        for words in ("First users", "Overdue", "Contracts take time.", "55 of 100 transfers"):
            assert words in page


def test_a_case_is_nobody_else_s_to_see(client: Client, session: Session) -> None:
    told = _full(session)
    stranger, judge = make.user(session), make.user(session)
    make.appointment(session, told.contest, judge, Role.JUDGE)
    elsewhere = carried(session)
    for person in (stranger, judge, elsewhere.owner, elsewhere.organiser):
        client.sign_in(person)
        assert client.get(f"/cases/{told.case.id}").status_code == 404
        assert client.get(f"/cases/{told.case.id}/check-in").status_code == 404
        assert client.post(f"/cases/{told.case.id}/step").status_code == 404


def test_the_team_works_on_the_case_and_does_not_decide_it(
    client: Client, session: Session
) -> None:
    told = _full(session)
    client.sign_in(told.member)
    assert client.post(f"/cases/{told.case.id}/step").status_code == 403
    assert client.get(f"/cases/{told.case.id}/gate").status_code == 403
    assert client.get(f"/cases/{told.case.id}/owners").status_code == 403

    answer = client.post(
        f"/cases/{told.case.id}/check-in", data={"mood": "good", "text": "Signed at last."}
    )
    assert answer.status_code == 303
    assert "Signed at last." in session.scalars(select(CheckIn.text)).all()


@pytest.mark.parametrize(
    "path",
    ["owners", "gate", "hold", "close", "check-in", "milestones/new", "figures/new",
     "documents/new", "agreements/new"],
)  # fmt: skip
def test_each_form_of_a_case_is_a_whole_page(client: Client, session: Session, path: str) -> None:
    told = _full(session)
    client.sign_in(told.organiser)
    client.page(f"/cases/{told.case.id}/{path}")
    answer = client.post(f"/cases/{told.case.id}/{path}", data={"sponsor": "nobody"})
    assert answer.status_code == 422


def test_the_gate_is_decided_on_its_page(client: Client, session: Session) -> None:
    told = carried(session, stage=Stage.POC_GATE)
    kpi = figure(session, told)
    client.sign_in(told.owner)
    assert "is neither measured nor waived" in client.page(f"/cases/{told.case.id}/gate").text
    refused = client.post(
        f"/cases/{told.case.id}/gate", data={"decision": "go", "reason": "It works."}
    )
    assert refused.status_code == 422

    client.post(
        f"/figures/{kpi.id}/measure",
        data={"value": "120", "as_of": "2030-05-30", "source": "Pilot log"},
    )
    client.post(f"/cases/{told.case.id}/gate", data={"decision": "go", "reason": "It works."})

    session.refresh(told.case)
    assert told.case.stage is Stage.PILOT
    gate = session.scalars(select(Gate)).one()
    assert (gate.decision, gate.reason, gate.decided_by) == (
        GateDecision.GO, "It works.", told.owner.id,
    )  # fmt: skip


def test_milestones_and_figures_are_added_on_pages(client: Client, session: Session) -> None:
    told = carried(session)
    client.sign_in(told.member)
    client.post(
        f"/cases/{told.case.id}/milestones/new", data={"title": "Demo", "due_on": "2030-07-01"}
    )
    client.post(
        f"/cases/{told.case.id}/figures/new",
        data={"name": "Users", "unit": "people", "target": "0", "baseline": "5"},
    )
    made = session.scalars(select(Milestone)).one()
    assert (made.title, made.due_on.isoformat()) == ("Demo", "2030-07-01")
    assert [(k.name, k.target, k.baseline) for k in session.scalars(select(Kpi))] == [
        ("Users", 0.0, 5.0)
    ]
    client.page(f"/milestones/{made.id}/done")
    client.post(f"/milestones/{made.id}/done", data={"evidence": "The log"})
    session.refresh(made)
    assert made.evidence == "The log"


def test_a_document_is_kept_and_handed_to_the_case_s_people_only(
    client: Client, session: Session
) -> None:
    told = carried(session)
    client.sign_in(told.member)
    answer = client.post(
        f"/cases/{told.case.id}/documents/new",
        data={"title": "Contract", "file": (BytesIO(make.pdf()), "contract.pdf")},
    )
    assert answer.status_code == 303
    kept = session.scalars(select(CaseDocument)).one()
    assert client.get(f"/case-documents/{kept.id}").data.startswith(b"%PDF")

    refused = client.post(
        f"/cases/{told.case.id}/documents/new",
        data={"title": "Trick", "file": (BytesIO(b"<script>"), "contract.pdf")},
    )
    assert refused.status_code == 422
    client.sign_in(make.user(session))
    assert client.get(f"/case-documents/{kept.id}").status_code == 404


def test_the_board_shows_the_sponsor_all_and_an_owner_only_their_cases(
    client: Client, session: Session
) -> None:
    told = carried(session, stage=Stage.PILOT)
    other = make.entry(session, make.user(session), contest=told.contest, title="Other idea")
    make.case(session, other, told.sponsor)
    sponsor = make.user(session)
    make.appointment(session, told.contest, sponsor, Role.SPONSOR)
    board = f"/contests/{told.contest.slug}/follow-up"

    client.sign_in(sponsor)
    page = client.page(board).text
    assert "Reed filter" in page
    assert "Other idea" in page
    assert "Reed filter" not in client.page(board + "?show=troubled").text
    client.sign_in(told.owner)
    page = client.page(board).text
    assert "Reed filter" in page
    assert "Other idea" not in page
    client.sign_in(told.member)
    assert client.get(board).status_code == 404


def test_an_empty_board_says_how_cases_come(client: Client, session: Session) -> None:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    client.sign_in(organiser)
    assert (
        "Each awarded entry gets a case" in client.page(f"/contests/{contest.slug}/follow-up").text
    )
