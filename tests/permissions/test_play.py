"""A policy is asked about everybody in every state, and what it says is told in short."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.contests import policy as contests
from contest.core.decisions import ALLOW, Decision
from contest.entries import policy as entries
from contest.judging import policy as judging
from contest.permissions import play
from contest.permissions.stage import PARTS
from contest.teams import policy as teams

NAMES = ("colour", "shape", "size")
VALUES: tuple[tuple[str, ...], ...] = tuple(
    itertools.product(("red", "blue"), ("round", "square", "flat"), ("big", "small"))
)


def _allowed(policy: Any) -> dict[str, str]:
    told = play.answers(policy)
    return {part: answer for part, answer in told.items() if answer != play.NEVER}


def test_what_depends_on_nothing_is_yes_or_no() -> None:
    assert _allowed(contests.may_manage) == {"organiser": "✓", "administrator": "✓"}
    assert _allowed(entries.may_see_draft) == {"member": "✓", "lead": "✓"}


def test_what_depends_on_a_state_names_it() -> None:
    assert _allowed(contests.may_view)["visitor"] == "contest: not draft"
    assert _allowed(contests.may_view)["judge"] == "✓"
    assert _allowed(teams.may_invite) == {
        "lead": "contest: announced, running; seat in the team: free"
    }


def test_nobody_who_is_not_signed_in_is_asked_as_a_person() -> None:
    assert _allowed(judging.may_score) == {
        "judge": "round: judging; appointment: accepted; promises and conflicts: done"
    }


def test_somebody_with_an_office_founds_no_team() -> None:
    assert set(_allowed(teams.may_found)) == {"signed in", "member", "lead", "administrator"}


def test_a_parameter_that_nobody_plays_is_an_error() -> None:
    def may_juggle(balls: int) -> Decision:  # noqa: ARG001
        return ALLOW

    with pytest.raises(LookupError, match="balls"):
        play.answers(may_juggle)


def test_every_part_is_told_of() -> None:
    assert list(play.answers(contests.may_oversee)) == [part.name for part in PARTS]


@given(st.lists(st.booleans(), min_size=len(VALUES), max_size=len(VALUES)))
def test_exactly_what_matters_is_named(outcomes: list[bool]) -> None:
    found = dict(zip(VALUES, outcomes, strict=True))
    text = play.said(found, NAMES)

    assert (text == play.ALWAYS) is all(outcomes)
    assert (text == play.NEVER) is not any(outcomes)
    for position, name in enumerate(NAMES):
        others = {(*values[:position], *values[position + 1 :]): set[bool]() for values in VALUES}
        for values, allowed in found.items():
            others[*values[:position], *values[position + 1 :]].add(allowed)
        assert (name in text) is any(len(answers) > 1 for answers in others.values())


def test_alternatives_are_told_the_shortest_way() -> None:
    found = {values: values[0] == "red" or values[2] == "big" for values in VALUES}
    assert play.said(found, NAMES) == "(size: big *or* size: small; colour: red)"
