"""Rights end with their reason: whoever has lost it gets in nowhere with the next request."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Contest, Phase
from contest.core import clock
from contest.teams.models import Member
from tests.access.playing import OPEN, PEOPLE, Row, Stage, expected, stage
from tests.journeys.demonstration import Demonstration
from tests.worlds.pairs import SCRIPT

pytestmark = pytest.mark.database
MOMENT = "judging"
OWN_INVITATION = "/appointments/<uuid:appointment_id>/answer"  # tells what became of it


@pytest.fixture(scope="module")
def judging(demonstration: Demonstration) -> Iterator[Stage]:
    with stage(demonstration, MOMENT) as made:
        yield made


def _number(session: Session, who: str) -> object:
    person = PEOPLE[who]
    assert person is not None
    return session.scalars(select(User.id).where(User.email == person.email)).one()


def _end_appointments(session: Session, who: str) -> None:
    session.execute(
        update(Appointment)
        .where(Appointment.user_id == _number(session, who))
        .values(ended_at=clock.now())
    )


def _leave(session: Session, who: str) -> None:
    session.execute(
        update(Member).where(Member.user_id == _number(session, who)).values(left_at=clock.now())
    )


def _more_than_a_stranger(who: str) -> list[Row]:
    told = expected(MOMENT)
    return [
        row
        for (row, asked), answer in told.items()
        if asked == who and answer == OPEN != told[row, "stranger"]
    ]


@pytest.mark.parametrize(
    ("who", "end"),
    [
        ("organiser", _end_appointments),
        ("screener", _end_appointments),
        ("chair", _end_appointments),
        ("judge", _end_appointments),
        ("sponsor", _end_appointments),
        ("observer", _end_appointments),
        ("team member", _leave),
    ],
)
def test_whoever_has_lost_a_right_gets_in_nowhere_by_it(
    judging: Stage, who: str, end: Callable[[Session, str], None]
) -> None:
    rows = _more_than_a_stranger(who)
    assert rows

    with judging.changed(lambda session: end(session, who)):
        let_in = [row for row in rows if judging.ask(who, row) == OPEN]

    assert {route for _, route in let_in} <= {OWN_INVITATION}


def test_when_a_contest_is_archived_its_judges_no_longer_open_what_they_read(
    judging: Stage,
) -> None:
    rows = [row for row in _more_than_a_stranger("judge") if row[1].startswith("/assignments/")]
    assert rows

    def archive(session: Session) -> None:
        session.execute(
            update(Contest).where(Contest.slug == SCRIPT.slug).values(phase=Phase.ARCHIVED)
        )

    with judging.changed(archive):
        assert {judging.ask("judge", row) for row in rows} == {"404"}
