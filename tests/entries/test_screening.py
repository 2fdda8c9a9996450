from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Phase, Round, RoundPhase
from contest.core.errors import DomainError
from contest.entries import actions, queries, receipt
from contest.entries.models import Entry, Extension, Lateness, State
from contest.events.log import Verb
from contest.events.models import Event
from contest.jobs.registry import HANDLERS, PERIODS
from contest.messages.models import Message
from contest.messages.models import State as Mail
from contest.web.db import db
from tests import make
from tests.make import DAY, NOON

KEY = receipt.signing_key("", "a secret of the tests")
HOUR = timedelta(hours=1)


def submitted(session: Session, closes_at: object = NOON) -> Entry:
    contest = make.contest(session)
    ada = make.user(session)
    round_ = make.round_(session, contest, closes_at=closes_at)  # type: ignore[arg-type]
    form = make.form(session, round_)
    made = make.entry(session, ada, contest=contest)
    make.draft(session, made, form)
    entry = queries.entry(session, made.id)
    assert entry is not None
    actions.submit(session, entry, round_, by=ada, at=NOON - HOUR, key=KEY)
    return entry


def test_screening_begins_when_the_window_has_closed_and_judging_when_all_is_decided(
    session: Session,
) -> None:
    entry, mia = submitted(session), make.user(session, name="Mia")
    round_ = queries.versions(session, entry.id)[0].round
    with pytest.raises(DomainError, match="still takes entries"):
        actions.begin_screening(session, round_, by=mia, at=NOON - HOUR)

    actions.begin_screening(session, round_, by=mia, at=NOON)
    assert [b.place for b in actions.screening_blockers(session, round_)] == ["entries.screen"]
    with pytest.raises(DomainError, match="neither eligible nor ineligible"):
        actions.start_judging(session, round_, by=mia, at=NOON)

    actions.find_eligible(session, entry, round_, by=mia, at=NOON)
    assert actions.screening_blockers(session, round_) == []
    actions.start_judging(session, round_, by=mia, at=NOON)
    assert round_.phase is RoundPhase.JUDGING
    assert [v.entry_id for v in queries.versions_for_judging(session, round_)] == [entry.id]


def collecting(session: Session, **more: Any) -> Round:
    return make.round_(session, make.contest(session), closes_at=NOON, **more)


def extended(session: Session, round_: Round, until: datetime) -> None:
    team = make.team(session, make.user(session), contest=round_.contest)
    make.added(
        session,
        Extension(round_id=round_.id, team=team, until=until, reason="Power cut.",
                  given_by=team.members[0].user_id, given_at=NOON - HOUR),
    )  # fmt: skip


def test_screening_begins_by_itself_after_the_window_its_grace_and_the_longest_extension(
    session: Session,
) -> None:
    plain = collecting(session)
    graceful = collecting(session, grace_seconds=600)
    longer = collecting(session, grace_seconds=600)
    extended(session, longer, NOON + HOUR)
    extended(session, longer, NOON + 2 * HOUR)

    def begun(at: datetime) -> list[Round]:
        actions.begin_all_due(session, at=at)
        return [r for r in (plain, graceful, longer) if r.phase is RoundPhase.SCREENING]

    minute = timedelta(minutes=1)
    assert begun(NOON - minute) == []
    assert begun(NOON) == [plain]
    assert begun(NOON + 9 * minute) == [plain]
    assert begun(NOON + 10 * minute) == [plain, graceful]
    assert begun(NOON + 119 * minute) == [plain, graceful]
    assert begun(NOON + 120 * minute) == [plain, graceful, longer]
    assert actions.begin_all_due(session, at=NOON + DAY) == 0

    (event,) = session.scalars(select(Event).where(Event.subject_id == longer.id))
    assert (event.verb, event.actor_id, event.at) == (
        Verb.ROUND_SCREENING_BEGUN, None, NOON + 2 * HOUR,
    )  # fmt: skip


def test_a_contest_that_stands_still_waits_with_its_screening(session: Session) -> None:
    round_ = collecting(session)
    round_.contest.phase = Phase.SUSPENDED
    session.flush()

    assert actions.begin_all_due(session, at=NOON + DAY) == 0


def test_a_round_whose_end_was_moved_goes_on_collecting(session: Session) -> None:
    round_ = collecting(session)
    round_.closes_at = NOON + DAY
    session.flush()

    assert actions.begin_all_due(session, at=NOON + HOUR) == 0
    assert round_.phase is RoundPhase.COLLECTING


def test_the_clock_looks_every_few_minutes(app: Flask, session: Session) -> None:
    round_ = collecting(session)
    assert PERIODS["entries.begin_screening"] <= timedelta(minutes=5)
    with app.app_context():
        for handler in HANDLERS["entries.begin_screening"]:
            handler.do(at=(NOON + HOUR).isoformat())
        db.session.commit()  # as the worker does

    session.refresh(round_)
    assert round_.phase is RoundPhase.SCREENING


def test_the_mail_about_ineligibility_waits_for_an_organiser(session: Session) -> None:
    entry, mia = submitted(session), make.user(session, name="Mia")
    round_ = queries.versions(session, entry.id)[0].round

    actions.find_ineligible(
        session, entry, round_, rule="3.2 Residence", reason="Based abroad.", by=mia, at=NOON
    )

    mail = session.scalars(select(Message).where(Message.kind == "ineligible")).one()
    assert (entry.state, mail.state) == (State.INELIGIBLE, Mail.DRAFT)
    assert [b.place for b in actions.screening_blockers(session, round_)] == ["entries.index"]

    actions.reconsider(session, entry, round_, reason="They moved.", by=mia, at=NOON)
    assert entry.state is State.SUBMITTED
    assert [s.outcome.value for s in queries.findings(session, entry.id)][:1] != []


def test_requested_information_reopens_only_the_named_questions_until_its_date(
    session: Session,
) -> None:
    entry, mia = submitted(session), make.user(session, name="Mia")
    ada = entry.team.members[0].user
    round_ = queries.versions(session, entry.id)[0].round
    form = queries.form(session, round_.id)
    assert form is not None
    pitch, deck = form.questions
    request = actions.request_info(
        session, entry, round_, [pitch.id], message="Where?", until=NOON + DAY, by=mia, at=NOON
    )
    leave = queries.leave(session, entry.team_id, entry, round_)
    assert [leave.opens(q.id) for q in (pitch, deck)] == [True, False]
    with pytest.raises(DomainError, match="Only the questions that were asked about"):
        actions.save(session, entry.team, round_, deck, "", base=0, by=ada, at=NOON)

    actions.save(session, entry.team, round_, pitch, "In Shanghai.", base=1, by=ada, at=NOON + HOUR)
    made = actions.submit(session, entry, round_, by=ada, at=NOON + HOUR, key=KEY)

    assert made.version.lateness is Lateness.REQUESTED
    assert (entry.state, request.answered_at) == (State.SUBMITTED, NOON + HOUR)
    assert session.scalars(select(Event.verb).order_by(Event.sequence)).all() == [
        "entry.submitted",
        "entry.info-requested",
        "entry.submitted",
    ]


def test_a_request_names_questions_and_a_date_to_come(session: Session) -> None:
    entry, mia = submitted(session), make.user(session)
    version = queries.versions(session, entry.id)[0]
    for question_ids, until, sentence in (
        ([], NOON + DAY, "Choose at least one question"),
        ([version.id], NOON, "still to come"),
    ):
        with pytest.raises(DomainError, match=sentence):
            actions.request_info(session, entry, version.round, question_ids,
                                 message="?", until=until, by=mia, at=NOON)  # fmt: skip
    assert entry.state is State.SUBMITTED
