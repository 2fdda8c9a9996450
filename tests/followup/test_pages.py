from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Role
from contest.events.models import Event
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


def test_milestones_and_figures_are_changed_with_what_stood_before_in_the_record(
    client: Client, session: Session
) -> None:
    told = carried(session)
    kpi = figure(session, told)
    made = work.add_milestone(
        session, told.case, title="Demo", due_on=make.NOON.date(), by=told.owner, at=make.NOON
    )
    client.sign_in(told.member)
    client.page(f"/milestones/{made.id}")
    client.page(f"/figures/{kpi.id}")

    moved = {"title": "Demo", "due_on": "2030-07-01", "version": "1"}
    assert client.post(f"/milestones/{made.id}", data=moved).status_code == 303
    higher = {"name": kpi.name, "unit": kpi.unit, "target": "200", "baseline": "10"}
    assert client.post(f"/figures/{kpi.id}", data=higher | {"version": "1"}).status_code == 303

    facts = {
        event.verb: event.facts
        for event in session.scalars(select(Event))
        if event.verb.endswith("-edited")
    }
    assert facts["case.milestone-edited"] == {
        "milestone_id": str(made.id), "fields": ["due_on"], "due_on": ["2030-06-01", "2030-07-01"],
    }  # fmt: skip
    assert facts["case.kpi-edited"]["target"] == [100.0, 200.0]


def test_the_sponsor_moves_a_promise_and_the_team_reads_why(
    client: Client, session: Session
) -> None:
    told = carried(session)
    promise = make.obligation(session, told.case)
    page, day = f"/obligations/{promise.id}/move", {"due_on": "2030-07-01"}
    client.sign_in(told.member)
    assert client.get(page).status_code == 403

    client.sign_in(told.owner)
    client.page(page)
    assert client.post(page, data=day).status_code == 422
    assert client.post(page, data=day | {"reason": "The bank is closed."}).status_code == 303

    client.sign_in(told.member)
    assert "The bank is closed." in client.page(f"/cases/{told.case.id}").text


def test_a_stale_change_of_a_milestone_is_refused_and_shows_both(
    client: Client, session: Session
) -> None:
    told = carried(session)
    made = work.add_milestone(
        session, told.case, title="Demo", due_on=make.NOON.date(), by=told.owner, at=make.NOON
    )
    work.edit_milestone(
        session, told.case, made, title="Public demo", due_on=make.NOON.date(), seen=1,
        by=told.owner, at=make.NOON,
    )  # fmt: skip
    client.sign_in(told.member)
    mine = {"title": "Closed demo", "due_on": "2030-06-01", "version": "1"}

    clash = client.post(f"/milestones/{made.id}", data=mine)

    assert clash.status_code == 422
    assert "Public demo" in clash.text
    assert 'value="Closed demo"' in clash.text
    assert 'name="version" type="hidden" value="2"' in clash.text
    assert client.post(f"/milestones/{made.id}", data=mine | {"version": "2"}).status_code == 303
    session.refresh(made)
    assert made.title == "Closed demo"


def test_what_is_done_or_measured_cannot_be_rewritten(client: Client, session: Session) -> None:
    told = carried(session)
    kpi = measured(session, told)
    made = work.add_milestone(
        session, told.case, title="Demo", due_on=make.NOON.date(), by=told.owner, at=make.NOON
    )
    work.finish_milestone(session, told.case, made, evidence="Log", by=told.owner, at=make.NOON)
    client.sign_in(told.member)

    assert client.get(f"/milestones/{made.id}").status_code == 403
    other = {"name": kpi.name, "unit": "euros", "target": "100", "baseline": "10", "version": "1"}
    answer = client.post(f"/figures/{kpi.id}", data=other)
    assert "What is measured already keeps its unit." in answer.text


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

    client.post(
        f"/cases/{told.case.id}/documents/new",
        data={"title": "Photo", "file": (picture(), "../lab.html")},
    )
    photo = client.get(f"/case-documents/{_newest(session).id}")
    assert photo.mimetype == "image/png"
    assert photo.headers["Content-Disposition"].startswith("attachment;")
    assert photo.headers["X-Content-Type-Options"] == "nosniff"

    refused = client.post(
        f"/cases/{told.case.id}/documents/new",
        data={"title": "Trick", "file": (BytesIO(b"<script>"), "contract.pdf")},
    )
    assert refused.status_code == 422
    client.sign_in(make.user(session))
    assert client.get(f"/case-documents/{kept.id}").status_code == 404


def picture() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (10, 10)).save(made, "PNG")
    made.seek(0)
    return made


def _newest(session: Session) -> CaseDocument:
    return session.scalars(select(CaseDocument).where(CaseDocument.title == "Photo")).one()


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
