from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Duty
from contest.core.errors import DomainError
from contest.core.words import Words
from contest.events.models import Event
from contest.followup.actions import cases as actions
from contest.followup.actions import work
from contest.followup.models import (
    Case,
    CloseReason,
    Gate,
    GateDecision,
    Obligation,
    Stage,
    StageEntry,
)
from contest.followup.queries import cases as queries
from contest.messages.models import Message
from tests import make
from tests.followup.story import carried, figure, measured
from tests.jobs import run_promised
from tests.results.story import published, story

pytestmark = pytest.mark.usefixtures("noon")
WEEK = timedelta(days=7)


def test_publication_opens_one_case_per_awarded_entry_with_the_promises_dated(
    session: Session,
) -> None:
    told = story(session)
    make.added(
        session,
        Duty(
            contest_id=told.contest.id, organisation=told.sponsor, title=Words(en="Pay the prize"),
            due_days=30,
        ),
    )  # fmt: skip
    published(session, told)
    run_promised(session)
    run_promised(session)

    cases = session.scalars(select(Case)).all()
    assert {(c.entry_id, c.stage, c.organisation_id) for c in cases} == {
        (e.id, Stage.AWARDED, told.sponsor.id) for e in told.entries[:2]
    }
    dates = session.scalars(select(Obligation.due_on)).all()
    assert dates == [date(2030, 7, 1), date(2030, 7, 1)]
    letters = session.scalars(select(Message).where(Message.kind == "case_opened")).all()
    assert {m.recipient_id for m in letters} == {told.organiser.id, told.officer.id}
    assert len(letters) == 4


def test_promises_count_from_the_day_of_publication_in_the_contest_s_zone(
    session: Session,
) -> None:
    told = story(session)
    make.added(
        session,
        Duty(
            contest_id=told.contest.id, organisation=told.sponsor, title=Words(en="Meet"),
            due_days=1,
        ),
    )  # fmt: skip
    late = make.NOON + timedelta(hours=5)  # 01:00 of the next day in Shanghai
    won = [actions.Won(told.entries[0].id, "Reed filter")]

    actions.open_cases(session, told.contest, won, published_at=late, at=late)

    assert session.scalars(select(Obligation.due_on)).all() == [date(2030, 6, 3)]


def test_owners_come_from_their_own_side_and_hear_of_it(session: Session) -> None:
    told = carried(session, owned=False)
    case = queries.case(session, told.case.id)
    assert case is not None
    with pytest.raises(DomainError, match="not in the team"):
        actions.name_owners(
            session, case, at_sponsor=None, in_team=told.owner, by=told.organiser, at=make.NOON
        )
    with pytest.raises(DomainError, match="no appointment at the sponsor"):
        actions.name_owners(
            session, case, at_sponsor=told.member, in_team=None, by=told.organiser, at=make.NOON
        )

    actions.name_owners(
        session, case, at_sponsor=told.owner, in_team=told.member, by=told.organiser, at=make.NOON
    )

    assert (case.sponsor_owner_id, case.team_owner_id) == (told.owner.id, told.member.id)
    letters = session.scalars(select(Message)).all()
    assert {(m.kind, m.recipient_id) for m in letters} == {
        ("case_owner", told.owner.id),
        ("case_owner", told.member.id),
    }


def test_a_case_walks_to_service_through_two_gates(session: Session) -> None:
    told = carried(session)
    case, by, at = told.case, told.owner, make.NOON
    measured(session, told)
    for _ in range(3):
        actions.step(session, case, by=by, at=at)
    actions.decide_gate(session, case, GateDecision.PIVOT, reason="Other users", by=by, at=at)
    actions.step(session, case, by=by, at=at)
    actions.decide_gate(session, case, GateDecision.GO, reason="It works", by=by, at=at)
    actions.step(session, case, by=by, at=at)
    actions.decide_gate(session, case, GateDecision.GO, reason="It sells", by=by, at=at)
    actions.close(session, case, CloseReason.SUCCESS, note="In the shop", by=by, at=at + WEEK)

    walked = session.scalars(select(StageEntry).where(StageEntry.case_id == case.id)).all()
    assert {(s.stage, s.left_at is None) for s in walked} == {
        (Stage.AWARDED, False), (Stage.CONTRACTING, False), (Stage.POC, False),
        (Stage.POC_GATE, False), (Stage.PILOT, False), (Stage.PILOT_GATE, False),
        (Stage.SERVICE, False), (Stage.CLOSED, True),
    }  # fmt: skip
    decisions = session.scalars(select(Gate.decision)).all()
    assert sorted(decisions) == [GateDecision.GO, GateDecision.GO, GateDecision.PIVOT]


def test_a_gate_lists_what_is_missing_and_is_not_decided_until_it_is_there(
    session: Session,
) -> None:
    told = carried(session, stage=Stage.POC_GATE, owned=False)
    assert [b.place for b in queries.gate_blockers(session, told.case)] == [
        "followup.owners", "followup.owners", "followup.add_kpi",
    ]  # fmt: skip
    with pytest.raises(DomainError, match="Nobody at the sponsor owns this case"):
        actions.decide_gate(
            session, told.case, GateDecision.GO, reason="Go", by=told.organiser, at=make.NOON
        )
    told.case.sponsor_owner_id, told.case.team_owner_id = told.owner.id, told.member.id
    kpi = figure(session, told)
    assert [b.where for b in queries.gate_blockers(session, told.case)] == [{"kpi_id": kpi.id}]

    work.waive(session, told.case, kpi, reason="No users yet", by=told.owner, at=make.NOON)
    assert queries.gate_blockers(session, told.case) == []


def test_a_stop_at_a_gate_closes_the_case_with_its_reason(session: Session) -> None:
    told = carried(session, stage=Stage.PILOT_GATE)
    measured(session, told)
    actions.decide_gate(
        session, told.case, GateDecision.STOP, reason="Too dear", by=told.owner, at=make.NOON
    )
    assert (told.case.stage, told.case.close_reason, told.case.close_note) == (
        Stage.CLOSED, CloseReason.STOPPED, "Too dear",
    )  # fmt: skip


def test_a_case_on_hold_goes_nowhere_until_it_is_resumed(session: Session) -> None:
    told = carried(session)
    actions.hold(session, told.case, reason="New year", by=told.owner, at=make.NOON)
    with pytest.raises(DomainError, match="on hold"):
        actions.step(session, told.case, by=told.owner, at=make.NOON)

    actions.resume(session, told.case, by=told.owner, at=make.NOON)
    actions.step(session, told.case, by=told.owner, at=make.NOON)
    assert told.case.stage is Stage.CONTRACTING


def test_only_a_case_in_service_is_a_success(session: Session) -> None:
    told = carried(session, stage=Stage.PILOT)
    with pytest.raises(DomainError, match="Only a case in service"):
        actions.close(session, told.case, CloseReason.SUCCESS, note="", by=told.owner, at=make.NOON)
    actions.close(session, told.case, CloseReason.LAPSED, note="Gone", by=told.owner, at=make.NOON)
    assert told.case.stage is Stage.CLOSED
    with pytest.raises(DomainError, match="closed"):
        actions.close(session, told.case, CloseReason.LAPSED, note="", by=told.owner, at=make.NOON)


def test_the_history_of_a_case_names_each_step(session: Session) -> None:
    told = carried(session)
    actions.step(session, told.case, by=told.owner, at=make.NOON)
    actions.hold(session, told.case, reason="New year", by=told.owner, at=make.NOON)

    told_events = session.scalars(
        select(Event).where(Event.subject_id == told.case.id).order_by(Event.sequence)
    ).all()
    assert [(e.verb, e.facts.get("after")) for e in told_events] == [
        ("case.moved", "contracting"), ("case.held", None),
    ]  # fmt: skip
    assert "New year" not in str([e.facts for e in told_events])
