"""What is not yet heard is not scored."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Mode, RoundKind
from contest.core.errors import DomainError
from contest.judging.actions import scoring
from contest.judging.models import AssignmentState
from contest.judging.queries import comparing, work
from contest.pitchday import actions, queries
from contest.pitchday.models import SlotState
from tests import make
from tests.judging.test_actions import Room
from tests.judging.test_ballots import Booth
from tests.pages import Client


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DomainError, match="has not been on stage yet"):
        yield


def pitches(session: Session, room: Room | Booth) -> None:
    """Make the round one of pitches, with a running order."""
    room.round.kind = RoundKind.PITCH
    actions.draw(session, room.round, "1234", by=room.chair, at=make.NOON)


def goes_on(session: Session, room: Room | Booth, act: str, line: int = 0) -> SlotState:
    stage = queries.stage(session, room.round.id)
    slot = queries.slot(session, queries.running_order(session, room.round.id)[line].slot_id)
    assert stage is not None
    assert slot is not None
    actions.ACTS[act](session, stage, slot, by=room.chair, at=make.NOON)
    return slot.state


def test_scores_are_handed_in_from_when_the_team_is_on_stage(session: Session) -> None:
    room = Room(session)
    pitches(session, room)
    room.score(session, 0, 5)
    with refused():
        room.submit(session)
    goes_on(session, room, "skip")
    with refused():
        room.submit(session)
    assert room.state() is AssignmentState.IN_PROGRESS
    assert work.marks(session, room.round.id) == []

    goes_on(session, room, "start")
    room.submit(session)
    assert [m.value for m in work.marks(session, room.round.id)] == [40.0]


def test_a_pitch_that_is_held_again_keeps_its_scores_and_takes_new_ones_afterwards(
    session: Session,
) -> None:
    room = Room(session)
    pitches(session, room)
    goes_on(session, room, "start")
    room.score(session, 0, 5)
    room.submit(session)
    assert goes_on(session, room, "finish") is SlotState.DONE
    assert goes_on(session, room, "again") is SlotState.WAITING
    assert [m.value for m in work.marks(session, room.round.id)] == [40.0]
    room.score(session, 5, 5)
    with refused():
        room.submit(session)
    goes_on(session, room, "start")
    room.submit(session)
    assert [m.value for m in work.marks(session, room.round.id)] == [100.0]


def test_without_a_running_order_scores_are_taken_at_any_time(session: Session) -> None:
    room = Room(session)
    room.round.kind = RoundKind.PITCH
    room.score(session, 0, 5)
    room.submit(session)
    assert room.state() is AssignmentState.SCORED


def test_points_are_shared_out_when_everybody_was_on_stage(session: Session) -> None:
    booth = Booth(session)
    pitches(session, booth)
    booth.points(60, 30, 10)
    for line in range(3):
        with refused():
            booth.hand_in()
        goes_on(session, booth, "start", line)
        goes_on(session, booth, "finish", line)
    booth.hand_in()
    assert booth.states() == {AssignmentState.SCORED}


def test_nobody_is_sent_to_compare_a_pitch_that_is_yet_to_come(session: Session) -> None:
    booth = Booth(session)
    booth.round.mode = Mode.PAIRWISE
    pitches(session, booth)
    goes_on(session, booth, "start")
    heard = queries.running_order(session, booth.round.id)[0].entry_id
    hall = comparing.hall(session, booth.round, make.NOON)
    judge = booth.judges[0].id
    assert [e.id for e in hall.entries if (judge, e.id) not in hall.closed] == [heard]


def test_the_scorecard_says_that_the_team_is_yet_to_pitch(client: Client, session: Session) -> None:
    room = Room(session)
    make.declaration(session, room.judge, room.entry)
    pitches(session, room)
    client.sign_in(room.user)
    page = f"/assignments/{room.assignment.id}"
    assert scoring.UNHEARD in client.page(page).text
    goes_on(session, room, "start")
    assert scoring.UNHEARD not in client.page(page).text
