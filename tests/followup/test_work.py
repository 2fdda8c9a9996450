from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.errors import DomainError
from contest.followup.actions import cases, work
from contest.followup.models import AgreementKind, Mood, Stage
from contest.followup.queries import board
from contest.followup.queries import cases as queries
from contest.messages.models import Message
from tests import make
from tests.followup.story import Carried, carried, figure, measured
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("noon")
TODAY = make.NOON.date()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _milestone(session: Session, told: Carried, days: int) -> None:
    work.add_milestone(
        session, told.case, title="First users", due_on=TODAY + days * DAY, by=told.owner,
        at=make.NOON,
    )  # fmt: skip


def _card(session: Session, told: Carried, *, days: int = 0) -> board.Card:
    (card,) = board.board(session, told.contest, at=make.NOON + days * DAY)
    return card


def test_the_board_counts_days_overdue_things_and_targets(session: Session) -> None:
    told = carried(session, stage=Stage.POC)
    _milestone(session, told, -1)
    _milestone(session, told, 3)
    measured(session, told, value=120.0)
    figure(session, told, name="Cost")

    card = _card(session, told)

    assert (card.days_in_stage, card.overdue, card.next_due) == (10, 1, TODAY + 3 * DAY)
    assert (card.kpis, card.measured, card.met) == (2, 1, 1)
    assert (card.sponsor_owner, card.team_owner) == ("Sato Misaki", "李小龙")


def test_a_case_without_a_word_for_over_thirty_days_is_silent(session: Session) -> None:
    told = carried(session)  # opened ten days ago
    assert not _card(session, told, days=20).is_silent
    assert _card(session, told, days=21).is_silent

    work.check_in(session, told.case, mood=Mood.GOOD, text="Fine", by=told.member, at=make.NOON)
    assert not _card(session, told, days=30).is_silent
    assert _card(session, told, days=31).is_silent
    cases.hold(session, told.case, reason="Holiday", by=told.owner, at=make.NOON)
    assert not _card(session, told, days=31).is_silent


def test_the_board_costs_the_same_for_one_and_three_cases(session: Session) -> None:
    counts = []
    contest = make.contest(session)
    first = carried(session, contest=contest)
    measured(session, first)
    for _ in range(2):
        with counted(session) as statements:
            board.board(session, contest, at=make.NOON)
        counts.append(len(statements))
        for _ in range(2):
            told = make.entry(session, make.user(session), contest=contest)
            made = make.case(session, told, first.sponsor)
            work.check_in(
                session, made, mood=Mood.SLOW, text="Hm", by=first.organiser, at=make.NOON
            )
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("baseline", "target", "value", "share", "reached"),
    [
        (10.0, 110.0, 60.0, 0.5, False),
        (None, 100.0, 100.0, 1.0, True),
        (10.0, 100.0, 5.0, 0.0, False),
        (20.0, 5.0, 12.5, 0.5, False),  # a cost that is to fall
        (20.0, 5.0, 4.0, 1.0, True),
        (None, 0.0, 0.0, 1.0, True),
    ],
)
def test_progress_to_a_target_up_or_down(
    baseline: float | None, target: float, value: float, share: float, *, reached: bool
) -> None:
    assert board.share(baseline, target, value) == share
    assert board.reached(baseline, target, value) is reached


def test_a_milestone_is_done_once_with_what_shows_it(session: Session) -> None:
    told = carried(session)
    made = work.add_milestone(
        session, told.case, title="Users", due_on=TODAY, by=told.owner, at=make.NOON
    )
    work.finish_milestone(session, told.case, made, evidence="Log", by=told.member, at=make.NOON)
    work.finish_milestone(
        session, told.case, made, evidence="Again", by=told.owner, at=make.NOON + DAY
    )
    assert (made.done_at, made.done_by, made.evidence) == (make.NOON, told.member.id, "Log")


def test_a_value_of_tomorrow_is_refused(session: Session) -> None:
    told = carried(session)
    kpi = figure(session, told)
    with pytest.raises(DomainError, match="has not come yet"):
        work.measure(
            session, told.case, kpi, value=1.0, as_of=TODAY + DAY, source="", by=told.owner,
            at=make.NOON,
        )  # fmt: skip


def test_an_agreement_does_not_expire_before_it_is_signed(session: Session) -> None:
    told = carried(session)
    with pytest.raises(DomainError, match="cannot expire before"):
        work.add_agreement(
            session, told.case, AgreementKind.POC, signed_on=TODAY, expires_on=TODAY - DAY,
            by=told.owner, at=make.NOON,
        )  # fmt: skip


def test_a_closed_case_takes_nothing_more(session: Session) -> None:
    told = carried(session, stage=Stage.CLOSED)
    with pytest.raises(DomainError, match="closed"):
        _milestone(session, told, 1)


def test_stuck_is_heard_by_the_others(session: Session) -> None:
    told = carried(session)
    work.check_in(session, told.case, mood=Mood.STUCK, text="Help", by=told.member, at=make.NOON)
    letters = session.scalars(select(Message)).all()
    assert {(m.kind, m.recipient_id) for m in letters} == {
        ("case_stuck", told.owner.id),
        ("case_stuck", told.organiser.id),
    }


def _kinds(session: Session) -> list[tuple[str, bool]]:
    letters = session.scalars(select(Message).where(Message.kind == "case_due")).all()
    return sorted((m.facts["thing_kind"], m.facts["is_overdue"]) for m in letters)


def test_reminders_come_a_week_before_and_once_more_when_overdue(session: Session) -> None:
    told = carried(session)
    _milestone(session, told, 8)

    work.remind(session, at=make.NOON)
    assert _kinds(session) == []
    for _ in range(2):
        work.remind(session, at=make.NOON + DAY)
    assert _kinds(session) == [("milestone", False)] * 2  # both owners, once
    for _ in range(2):
        work.remind(session, at=make.NOON + 9 * DAY)
    assert _kinds(session) == [("milestone", False)] * 2 + [("milestone", True)] * 2


def test_promises_are_brought_to_the_sponsor_and_the_organiser(session: Session) -> None:
    told = carried(session)
    make.obligation(session, told.case)

    work.remind(session, at=make.NOON)

    letters = session.scalars(select(Message)).all()
    assert {m.recipient_id for m in letters} == {told.owner.id, told.organiser.id}


def test_a_promise_moves_to_another_day_with_its_reason(session: Session) -> None:
    told = carried(session)
    promise = make.obligation(session, told.case)
    for days, reason in ((7, "The bank is closed."), (9, "The invoice is late. ")):
        work.move_obligation(
            session, told.case, promise, due_on=TODAY + days * DAY, reason=reason,
            by=told.owner, at=make.NOON + days * HOUR,
        )  # fmt: skip

    (kept,) = queries.work(session, told.case.id).obligations
    assert kept.due_on == TODAY + 9 * DAY
    assert [(m.before - TODAY, m.after - TODAY, m.reason) for m in kept.moves] == [
        (0 * DAY, 7 * DAY, "The bank is closed."),
        (7 * DAY, 9 * DAY, "The invoice is late."),
    ]


def test_a_promise_that_is_kept_or_due_that_day_already_moves_no_more(session: Session) -> None:
    told = carried(session)
    promise = make.obligation(session, told.case)

    def move(due_on: date) -> None:
        work.move_obligation(
            session, told.case, promise, due_on=due_on, reason="Late", by=told.owner, at=make.NOON
        )

    with pytest.raises(DomainError, match="that day already"):
        move(TODAY)
    work.keep_obligation(session, told.case, promise, note="", by=told.member, at=make.NOON)
    with pytest.raises(DomainError, match="kept already"):
        move(TODAY + DAY)


def test_nothing_is_reminded_of_on_hold(session: Session) -> None:
    told = carried(session)
    _milestone(session, told, -3)
    cases.hold(session, told.case, reason="Holiday", by=told.owner, at=make.NOON)
    assert work.remind(session, at=make.NOON) == 0


def test_the_board_lists_what_is_due_of_the_cases_that_its_reader_sees(session: Session) -> None:
    told = carried(session, stage=Stage.POC)
    other = carried(session, contest=told.contest, stage=Stage.POC)
    for each, days in ((told, -1), (told, 8), (other, 3)):
        _milestone(session, each, days)

    (mine,) = board.due(session, at=make.NOON, case_ids=[told.case.id])
    assert (mine.due_on, mine.is_overdue) == (TODAY - DAY, True)
    assert len(board.due(session, at=make.NOON)) == 2
