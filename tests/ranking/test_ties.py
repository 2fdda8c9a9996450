"""What goes first of two entries with equal results: the steps that the rules declare, in their order."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from contest.contests.models import Mode, Round, TieBreak
from contest.pitchday import drawing
from contest.ranking.queries import Rungs
from contest.ranking.ties import settled
from tests.make import NOON

A, B, C = IDS = tuple(uuid.UUID(int=i) for i in (1, 2, 3))
RUNGS = Rungs(
    criteria=("money", "team"),
    means={A: (3.0, 1.0), B: (3.0, 2.0), C: (3.0, 2.0)},
    codes={A: "AAA", B: "BBB", C: "CCC"},
    submitted={A: NOON, B: NOON - timedelta(hours=1), C: NOON},
)


def round_(*steps: TieBreak, mode: Mode = Mode.RUBRIC, seed: str = "5eed") -> Round:
    return Round(id=uuid.UUID(int=9), mode=mode, ladder=list(steps), lot_seed=seed)


def computed(*ranks: int, groups: tuple[int, ...] = (0, 0, 0)) -> dict[str, Any]:
    """A ranking of A, B, C with nothing but their ranks to tell them apart."""
    return {
        "input_sha256": "",
        "parameters": {"top_k": 1},
        "standings": [
            {"entry_id": str(IDS[i]), "rank": rank, "raw": 50.0, "median": 50.0, "adjusted": 50.0,
             "details": {"component": groups[i]}}
            for i, rank in enumerate(ranks)
        ],
    }  # fmt: skip


def told(ranking: dict[str, Any]) -> list[tuple[int, str | None]]:
    return [(s["details"]["position"], s["details"]["rung"]) for s in ranking["standings"]]


def test_the_first_step_on_which_they_differ_decides() -> None:
    found = settled(computed(1, 1, 1), round_(TieBreak.CRITERIA, TieBreak.SUBMISSION), RUNGS)
    assert told(found) == [(3, "team"), (1, "submission"), (2, "submission")]


def test_who_shares_a_place_with_nobody_needs_no_step() -> None:
    found = settled(computed(1, 2, 3), round_(TieBreak.LOT), RUNGS)
    assert told(found) == [(1, ""), (2, ""), (3, "")]


def test_what_no_step_settles_still_shares_its_place() -> None:
    assert told(settled(computed(1, 1, 3), round_(), RUNGS)) == [(1, None), (1, None), (3, "")]


def test_the_lot_is_drawn_from_the_recorded_seed_and_anybody_can_draw_it_again() -> None:
    found = settled(computed(1, 1, 1), round_(TieBreak.LOT), RUNGS)
    drawn = drawing.order("5eed", ["AAA", "BBB", "CCC"])
    assert [p for p, _ in told(found)] == [drawn.index(c) + 1 for c in ("AAA", "BBB", "CCC")]
    assert found["parameters"] == {"top_k": 1, "ladder": ["lot"], "lot_seed": "5eed"}


@pytest.mark.parametrize("step", [TieBreak.RAW, TieBreak.MEDIAN, TieBreak.ADJUSTED])
def test_the_larger_of_two_values_goes_first(step: TieBreak) -> None:
    tied = computed(1, 1, 1)
    for standing, value in zip(tied["standings"], (1.0, 3.0, 2.0), strict=True):
        standing[step.value] = value
    found = settled(tied, round_(step), RUNGS)
    assert [p for p, _ in told(found)] == [3, 1, 2]


def test_an_entry_that_handed_in_nothing_comes_last() -> None:
    late = Rungs((), {}, RUNGS.codes, {C: NOON})
    found = settled(computed(1, 1, 1), round_(TieBreak.SUBMISSION, TieBreak.LOT), late)
    assert told(found)[2] == (1, "submission")


def test_entries_of_groups_without_a_common_judge_are_never_put_before_one_another() -> None:
    found = settled(computed(1, 1, 1, groups=(0, 1, 1)), round_(TieBreak.SUBMISSION), RUNGS)
    assert told(found) == [(1, ""), (1, "submission"), (2, "submission")]


def test_a_step_that_the_mode_does_not_know_is_passed_over() -> None:
    declared = round_(TieBreak.CRITERIA, TieBreak.SUBMISSION, mode=Mode.PAIRWISE)
    assert declared.tie_breaks() == (TieBreak.SUBMISSION,)


def test_another_ladder_is_another_ranking() -> None:
    one, other = (
        settled(computed(1, 1, 1), round_(step), RUNGS)["input_sha256"]
        for step in (TieBreak.SUBMISSION, TieBreak.CRITERIA)
    )
    assert one != other
