"""Reminders before a deadline."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Phase, Round, RoundPhase
from contest.entries.actions import reminding
from contest.entries.models import Entry, State
from contest.messages import rendering
from contest.messages.models import Message
from tests import make
from tests.make import DAY, NOON

HOUR = timedelta(hours=1)


def told(session: Session, kind: str = "deadline_reminder") -> list[Message]:
    return list(
        session.scalars(select(Message).where(Message.kind == kind).order_by(Message.written_at))
    )


def test_teams_without_a_version_are_reminded_three_days_and_one_day_before_and_once_each(
    session: Session,
) -> None:
    ada, done = make.user(session), make.user(session, name="Done")
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=make.NOON + timedelta(days=4))
    make.team(session, ada, contest=contest)
    make.version(session, make.entry(session, done, contest=contest), make.form(session, round_))

    counts = [
        reminding.remind(session, at=make.NOON + timedelta(hours=hours))
        for hours in (0, 25, 26, 73, 97)
    ]

    assert counts == [0, 1, 1, 1, 0]
    assert [m.recipient_id for m in told(session)] == [ada.id, ada.id]


def second_round(session: Session) -> tuple[Round, dict[str, User]]:
    """Two rounds, of which the second collects until tomorrow, and a lead in every state."""
    contest = make.contest(session)
    desk = make.round_(session, contest, closes_at=NOON - 20 * DAY, phase=RoundPhase.DELIBERATION)
    finals = make.round_(session, contest, number=2, closes_at=NOON + DAY)
    form, leads = make.form(session, desk), {}
    for state in State:
        leads[state.value] = make.user(session, name=state.value)
        entry = make.entry(session, leads[state.value], contest=contest)
        if state is not State.DRAFT:
            make.version(session, entry, form)
        entry.state = state
    leads["no entry"] = make.user(session, name="no entry")
    make.team(session, leads["no entry"], contest=contest)
    session.flush()
    return finals, leads


def test_of_a_second_round_only_teams_that_advanced_to_it_are_reminded(session: Session) -> None:
    finals, leads = second_round(session)

    reminding.remind(session, at=NOON)

    assert [m.recipient_id for m in told(session)] == [leads["advanced"].id]
    assert told(session)[0].facts["closes_at"] == {"instant": (NOON + DAY).isoformat()}
    assert finals.closes_at == NOON + DAY


def test_who_handed_in_to_the_second_round_is_not_reminded_of_it(session: Session) -> None:
    finals, leads = second_round(session)
    entry = session.scalars(select(Entry).where(Entry.state == State.ADVANCED)).one()
    make.version(session, entry, make.form(session, finals))
    entry.state = State.ADVANCED
    session.flush()
    assert leads

    assert reminding.remind(session, at=NOON) == 0


def test_a_team_with_more_time_is_reminded_before_its_own_deadline_and_not_before_the_others(
    app: Flask, session: Session
) -> None:
    ada, ben = make.user(session, name="Ada"), make.user(session, name="Ben")
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON + DAY)
    late = make.team(session, ada, contest=contest, name="Late")
    make.team(session, ben, contest=contest, name="Usual")
    until = NOON + 6 * DAY
    make.extension(session, late, round_, until)

    reminding.remind(session, at=NOON + HOUR)
    assert [m.recipient_id for m in told(session)] == [ben.id]

    for hours in (HOUR, 2 * HOUR, 2 * DAY + HOUR):
        reminding.remind(session, at=until - 3 * DAY + hours)
    _, first, second = told(session)
    assert [m.recipient_id for m in (first, second)] == [ada.id, ada.id]
    assert first.facts["closes_at"] == {"instant": until.isoformat()}
    with app.test_request_context():
        assert "was given more time" in rendering.render(first).body


def test_more_time_counts_after_screening_has_begun(session: Session) -> None:
    ada = make.user(session)
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON - DAY, phase=RoundPhase.SCREENING)
    make.extension(session, make.team(session, ada, contest=contest), round_, NOON + 2 * DAY,
             given_at=NOON - 2 * DAY)  # fmt: skip

    assert reminding.remind(session, at=NOON) == 1


def test_nobody_is_reminded_of_a_date_they_were_told_of_after_the_step(session: Session) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON - DAY)
    team = make.team(session, make.user(session), contest=contest)
    make.extension(session, team, round_, NOON + 30 * HOUR, given_at=NOON)

    assert reminding.remind(session, at=NOON + HOUR) == 0
    assert reminding.remind(session, at=NOON + 7 * HOUR) == 1


def test_who_was_asked_for_something_is_reminded_to_answer_in_time(
    app: Flask, session: Session
) -> None:
    ada = make.user(session, name="Ada")
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON - DAY, phase=RoundPhase.SCREENING)
    entry = make.entry(session, ada, contest=contest, title="Reed filter")
    make.version(session, entry, make.form(session, round_))
    request = make.info_request(session, entry, round_, NOON + 5 * DAY)

    counts = [reminding.remind(session, at=NOON + n * DAY + HOUR) for n in (0, 2, 2, 4)]

    assert counts == [0, 1, 1, 1]
    (first, _) = told(session, "answer_reminder")
    assert first.facts["until"] == {"instant": request.until.isoformat()}
    assert told(session) == []
    with app.test_request_context():
        letter = rendering.render(first)
    assert "Reed filter" in letter.body
    assert f"/teams/{entry.team_id}/entry" in letter.body


def test_nobody_is_asked_again_for_what_they_have_answered(session: Session) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON - DAY)
    entry = make.entry(session, make.user(session), contest=contest)
    make.version(session, entry, make.form(session, round_))
    make.info_request(session, entry, round_, NOON + DAY, at=NOON - 4 * DAY).answered_at = (
        NOON - DAY
    )
    session.flush()

    assert reminding.remind(session, at=NOON) == 0


@pytest.mark.parametrize("phase", [Phase.SUSPENDED, Phase.CANCELLED, Phase.DRAFT])
def test_nobody_is_reminded_while_nothing_is_taken(session: Session, phase: Phase) -> None:
    contest = make.contest(session)
    make.round_(session, contest)
    make.team(session, make.user(session), contest=contest)
    contest.phase = phase
    session.flush()

    assert reminding.remind(session, at=NOON) == 0


def test_a_deadline_that_was_moved_is_announced_anew(session: Session) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON + DAY)
    make.team(session, make.user(session), contest=contest)
    reminding.remind(session, at=NOON)
    round_.closes_at = NOON + 3 * DAY
    session.flush()

    reminding.remind(session, at=NOON + 2 * DAY)

    assert [m.facts["closes_at"] for m in told(session)] == [
        {"instant": (NOON + days * DAY).isoformat()} for days in (1, 3)
    ]
