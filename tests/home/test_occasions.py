"""What stands in somebody's calendar."""

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Role, RoundKind, RoundPhase
from contest.entries.models import State
from contest.home import occasions
from tests import make


def test_a_calendar_holds_the_dates_of_ones_own_part_in_a_contest(
    app: Flask, session: Session
) -> None:
    contest = make.contest(session, title="Rivers")
    desk = make.round_(session, contest, phase=RoundPhase.COLLECTING)
    pitch = make.round_(session, contest, number=2, kind=RoundKind.PITCH)
    organiser, judge, finalist, starter, stranger = (make.user(session) for _ in range(5))
    make.appointment(session, contest, organiser, Role.ORGANISER)
    make.appointment(session, contest, judge, Role.JUDGE)
    make.entry(session, finalist, contest=contest, state=State.ADVANCED)
    make.entry(session, starter, contest=contest)

    def kinds(user: User) -> set[str]:
        with app.test_request_context():
            found = occasions.of_contests(session, user, make.NOON)
            return {o.uid.partition("-")[0] for o in found}

    assert kinds(organiser) == {"closes", "judging", "pitch"}
    assert kinds(judge) == {"judging", "pitch"}
    assert kinds(finalist) == {"closes", "pitch"}
    assert kinds(starter) == {"closes"}
    assert kinds(stranger) == set()
    assert desk.closes_at == make.NOON + timedelta(days=1)
    assert pitch.judging_opens_at is not None
