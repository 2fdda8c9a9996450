import uuid
from datetime import datetime, timedelta

import pytest

from contest.contests.models import Contest, Phase, Round
from contest.entries.models import Entry, Lateness, Leave, State, can_edit, lateness
from tests import make

CLOSES = make.NOON
US = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def round_(*, grace: int = 0, phase: Phase = Phase.RUNNING) -> Round:
    contest = Contest(phase=phase, announced_at=CLOSES - 20 * make.DAY)
    return Round(contest=contest, opens_at=CLOSES - make.DAY, closes_at=CLOSES, grace_seconds=grace)


@pytest.mark.parametrize(
    ("at", "grace", "leave", "right"),
    [
        (CLOSES - US, 0, Leave(), Lateness.ON_TIME),
        (CLOSES, 0, Leave(), None),
        (CLOSES, 60, Leave(), Lateness.GRACE),
        (CLOSES + MINUTE - US, 60, Leave(), Lateness.GRACE),
        (CLOSES + MINUTE, 60, Leave(), None),
        (CLOSES + MINUTE, 60, Leave(extended_until=CLOSES + HOUR), Lateness.EXTENSION),
        (CLOSES + HOUR - US, 0, Leave(extended_until=CLOSES + HOUR), Lateness.EXTENSION),
        (CLOSES + HOUR, 0, Leave(extended_until=CLOSES + HOUR), None),
        (CLOSES - make.DAY - US, 0, Leave(), None),
        (CLOSES - make.DAY, 0, Leave(), Lateness.ON_TIME),
    ],
)
def test_the_deadline_holds_to_the_microsecond(
    at: datetime, grace: int, leave: Leave, right: Lateness | None
) -> None:
    of = round_(grace=grace)
    assert bool(can_edit(Entry(state=State.DRAFT), at, of, leave)) is (right is not None)
    if right is not None:
        assert lateness(of, at, leave) is right


def test_what_was_asked_for_is_open_until_its_date_and_nothing_else_is() -> None:
    entry, leave = (
        Entry(state=State.INFO_REQUESTED),
        Leave(requested_until=CLOSES + HOUR, question_ids=frozenset({str(uuid.UUID(int=1))})),
    )
    assert can_edit(entry, CLOSES + HOUR - US, round_(), leave)
    assert not can_edit(entry, CLOSES + HOUR, round_(), leave)
    assert not can_edit(entry, CLOSES, round_(phase=Phase.SUSPENDED), leave)
    assert lateness(round_(), CLOSES, leave) is Lateness.REQUESTED
    assert leave.opens(uuid.UUID(int=1))
    assert not leave.opens(uuid.UUID(int=2))


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (State.DRAFT, True),
        (State.SUBMITTED, True),
        (State.WITHDRAWN, True),
        (State.ADVANCED, True),
        (State.ELIGIBLE, False),
        (State.INELIGIBLE, False),
        (State.NOT_ADVANCED, False),
        (State.DISQUALIFIED, False),
    ],
)
def test_a_decided_entry_cannot_be_changed(state: State, *, possible: bool) -> None:
    assert bool(can_edit(Entry(state=state), CLOSES - US, round_())) is possible
