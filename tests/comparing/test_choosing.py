"""What is believed of a room is kept in the process, and is what its votes alone say."""

import uuid

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from contest.comparing.choosing import ROOMS, Beliefs
from contest.judging.queries.comparing import Vote

ENTRIES = [uuid.UUID(int=i) for i in range(1, 9)]
JUDGES = [uuid.UUID(int=100 + i) for i in range(4)]


def said(seed: int, count: int = 30) -> list[Vote]:
    """Votes of four judges, of whom one or two vote for the weaker entry."""
    r = np.random.default_rng(seed)
    quality, against = r.normal(size=8), 1 + seed % 2
    votes = []
    for _ in range(count):
        a, b = r.permutation(8)[:2]
        judge = int(r.integers(4))
        better = float(r.random() < expit(2 * (quality[a] - quality[b])))
        won = 1 - better if judge < against else better
        votes.append(Vote(JUDGES[judge], ENTRIES[a], ENTRIES[b], won))
    return votes


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_what_was_kept_does_not_change_what_is_believed(seed: int) -> None:
    votes = said(seed)
    steps = [votes[:i] for i in range(0, 30, 3)]
    steps += [votes[:20], [*votes[:5], *votes[6:]], votes]  # taken back, corrected, all again
    here = Beliefs()
    kept = [here.of(v, ENTRIES, JUDGES) for v in steps]
    for one, known in zip(steps, kept, strict=True):
        fresh = Beliefs().of(one, ENTRIES, JUDGES)
        assert known.strength == pytest.approx(fresh.strength, abs=1e-8)
        assert known.joint == pytest.approx(fresh.joint, abs=1e-8)
        assert (known.seen == fresh.seen).all()


def test_the_same_votes_are_fitted_once_and_another_outcome_anew() -> None:
    here, votes = Beliefs(), said(1)
    first = here.of(votes, ENTRIES, JUDGES)
    assert here.of(said(1), list(ENTRIES), list(JUDGES)) is first
    last = votes[-1]
    turned = [*votes[:-1], Vote(last.judge, last.left, last.right, 1 - last.won)]
    assert abs(here.of(turned, ENTRIES, JUDGES).strength - first.strength).max() > 0.01


def test_a_room_with_other_entries_or_judges_is_another_room() -> None:
    here, votes = Beliefs(), said(2)
    everything = here.of(votes, ENTRIES, JUDGES)
    fewer = here.of(votes, ENTRIES[1:], JUDGES)
    more = here.of(votes, ENTRIES, [*JUDGES, uuid.UUID(int=200)])
    assert [len(b.strength) for b in (everything, fewer, more)] == [8, 7, 8]
    assert [len(b.reliability) for b in (everything, fewer, more)] == [4, 4, 5]


def test_only_a_few_rooms_are_kept() -> None:
    here = Beliefs()
    for number in range(3 * ROOMS):
        here.of([], ENTRIES, [uuid.UUID(int=300 + number)])
    assert len(here.rooms) == ROOMS
