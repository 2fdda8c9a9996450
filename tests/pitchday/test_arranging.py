"""Where and when the pitches are: who is told, and where it stands."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Phase, Role, RoundKind, RoundPhase
from contest.entries.models import State
from contest.messages import rendering
from contest.messages.actions import release
from contest.messages.models import Message
from contest.messages.models import State as MessageState
from contest.pitchday import actions
from contest.results.actions import decisions
from tests import make
from tests.make import DAY, NOON
from tests.pages import Client
from tests.results.story import choices, story

pytestmark = pytest.mark.usefixtures("noon")
DAY_ITSELF = NOON + 20 * DAY


class Day:
    """A finalist with two members, a team that is out, a chair and a judge."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.contest = make.contest(session, title="Rivers")
        self.round = make.round_(
            session, self.contest, number=2, kind=RoundKind.PITCH, phase=RoundPhase.PLANNED
        )
        self.chair, self.judge, self.lead, self.member, self.out = (
            make.user(session, name=name) for name in ("Chair", "Judge", "Lead", "Member", "Out")
        )
        make.appointment(session, self.contest, self.chair, Role.CHAIR)
        make.appointment(session, self.contest, self.judge)
        self.entry = make.entry(
            session, self.lead, self.member, contest=self.contest, state=State.ADVANCED
        )
        self.gone = make.entry(session, self.out, contest=self.contest, state=State.NOT_ADVANCED)

    def arrange(self, place: str = "Hall 3", starts_at: datetime | None = DAY_ITSELF) -> None:
        actions.arrange(self.session, self.round, place, starts_at, by=self.chair, at=NOON)

    def told(self, user: User) -> list[Message]:
        return list(
            self.session.scalars(
                select(Message)
                .where(Message.kind == "pitch_arranged", Message.recipient_id == user.id)
                .order_by(Message.written_at, Message.dedupe_key)
            )
        )


def test_those_who_pitch_and_the_judges_are_told_where_and_when(
    app: Flask, session: Session
) -> None:
    day = Day(session)

    day.arrange()

    assert [len(day.told(p)) for p in (day.lead, day.member, day.judge)] == [1, 1, 1]
    assert day.told(day.out) == []
    with app.test_request_context():
        team, judge = (rendering.render(day.told(p)[0]) for p in (day.lead, day.judge))
    for letter in (team, judge):
        assert letter.subject == "Pitch day: Rivers"
        assert "21 Jun 2030" in letter.body
        assert "Venue: Hall 3" in letter.body
    assert f"/entries/{day.entry.id}" in team.body
    assert f"/rounds/{day.round.id}/pitches" in judge.body


def test_each_change_is_told_once_and_saving_the_same_again_is_none(
    app: Flask, session: Session
) -> None:
    day = Day(session)
    day.arrange("")
    day.arrange("")
    day.arrange(" Hall 4 ")
    day.arrange("Hall 4")

    _, second = day.told(day.lead)
    with app.test_request_context():
        letter = rendering.render(second)
    assert letter.subject == "Pitch day has changed: Rivers"
    assert "Venue: Hall 4" in letter.body
    assert len(day.told(day.judge)) == 2


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.CANCELLED, Phase.ARCHIVED])
def test_nobody_is_told_of_a_contest_that_does_not_take_place(
    session: Session, phase: Phase
) -> None:
    day = Day(session)
    day.contest.phase = phase

    day.arrange()

    assert day.told(day.judge) == []


def test_nobody_is_told_of_a_day_that_has_passed(session: Session) -> None:
    day = Day(session)

    day.arrange(starts_at=NOON)

    assert day.told(day.judge) == []


def test_the_letter_that_a_team_goes_on_says_where_and_when_also_if_that_changes_before_it_goes(
    app: Flask, session: Session
) -> None:
    told = story(session)
    told.round.advance_count = 1
    pitch = make.round_(
        session, told.contest, number=2, kind=RoundKind.PITCH, phase=RoundPhase.PLANNED
    )
    actions.arrange(session, pitch, "Hall 3", DAY_ITSELF, by=told.chair, at=NOON)
    decisions.propose(session, told.round, choices(session, told.round), by=told.chair, at=NOON)
    decisions.apply(session, told.round, by=told.chair, at=NOON)
    [letter] = session.scalars(select(Message).where(Message.kind == "advanced"))

    def body() -> str:
        with app.test_request_context():
            return rendering.render(letter).body

    assert "Venue: Hall 3" in body()
    assert "21 Jun 2030" in body()

    def arranged() -> int:
        return len(
            session.scalars(
                select(Message).where(
                    Message.kind == "pitch_arranged",
                    Message.recipient_id == letter.recipient_id,
                )
            ).all()
        )

    actions.arrange(session, pitch, "Hall 4", DAY_ITSELF + DAY, by=told.chair, at=NOON)
    assert letter.state is MessageState.DRAFT
    assert "Venue: Hall 4" in body()
    assert "22 Jun 2030" in body()
    assert arranged() == 0

    release(session, letter, by=told.chair, at=NOON)
    actions.arrange(session, pitch, "Hall 5", DAY_ITSELF + DAY, by=told.chair, at=NOON)
    assert "Venue: Hall 4" in body()
    assert arranged() == 1


def test_the_pages_of_a_team_that_pitches_say_where_and_when_and_not_those_of_others(
    client: Client, session: Session
) -> None:
    day = Day(session)
    client.sign_in(day.lead)
    pages = f"/teams/{day.entry.team_id}", f"/entries/{day.entry.id}"
    for page in pages:
        assert "Pitch day" not in client.page(page).text

    day.arrange()

    for page in pages:
        text = client.page(page).text
        assert "Hall 3" in text
        assert DAY_ITSELF.isoformat() in text
    client.sign_in(day.out)
    for page in (f"/teams/{day.gone.team_id}", f"/entries/{day.gone.id}"):
        assert "Hall 3" not in client.page(page).text


def test_place_and_time_are_set_on_a_page_that_says_who_will_hear_of_it(
    client: Client, session: Session
) -> None:
    day = Day(session)
    client.sign_in(day.chair)
    address = f"/rounds/{day.round.id}/stage/arrange"
    assert "goes by mail" in client.page(address).text

    form = {"place": "Hall 3", "starts_at": "2030-06-21T20:00"}
    assert client.post(address, data=form).status_code == 303

    [message] = day.told(day.lead)
    assert message.facts["starts_at"] == {"instant": DAY_ITSELF.isoformat()}
