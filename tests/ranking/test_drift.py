"""The drift of judges on anchors: its formula, its doubt, and what cannot be known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from contest.ranking.drift import Drift, change, drifts

STEP = 1.0
NAN = float("nan")
Table = NDArray[np.float64]


def tables(fewest: int = 2) -> st.SearchStrategy[Table]:
    """Whole points of two to four anchors by some judges, without gaps."""
    return st.tuples(st.integers(2, 4), st.integers(fewest, 6), st.integers(0, 2**32 - 1)).map(
        lambda s: np.random.default_rng(s[2]).integers(0, 11, s[:2]).astype(np.float64)
    )


def known(found: tuple[Drift | None, ...]) -> list[Drift]:
    return [d for d in found if d is not None]


@settings(max_examples=25)
@given(tables())
def test_without_gaps_the_drift_is_own_minus_the_mean_of_the_others(table: Table) -> None:
    anchors, judges = table.shape
    others = (table.sum(axis=1, keepdims=True) - table) / (judges - 1)

    found = known(drifts(table, STEP))

    np.testing.assert_allclose([d.value for d in found], (table - others).mean(axis=0), atol=1e-9)
    assert {d.df for d in found} == {(anchors - 1) * (judges - 1)}
    assert {d.anchors for d in found} == {anchors}


@settings(max_examples=25)
@given(tables())
def test_the_order_of_judges_and_anchors_changes_nothing(table: Table) -> None:
    shuffle = np.random.default_rng(int(table.sum()))
    rows, columns = shuffle.permutation(len(table)), shuffle.permutation(table.shape[1])

    plain, moved = known(drifts(table, STEP)), known(drifts(table[rows][:, columns], STEP))

    np.testing.assert_allclose(
        [plain[j].value for j in columns], [d.value for d in moved], atol=1e-9
    )
    assert [plain[j].se for j in columns] == pytest.approx([d.se for d in moved], abs=1e-9)


@settings(max_examples=25)
@given(tables(), st.integers(-5, 5))
def test_a_judge_who_gives_everybody_more_drifts_by_as_much(table: Table, more: int) -> None:
    shifted = table.copy()
    shifted[:, 0] += more

    before, after = known(drifts(table, STEP)), known(drifts(shifted, STEP))

    assert after[0].value - before[0].value == pytest.approx(more, abs=1e-9)
    assert after[0].se == pytest.approx(before[0].se, abs=1e-9)
    for one, other in zip(before[1:], after[1:], strict=True):
        assert other.value - one.value == pytest.approx(-more / (table.shape[1] - 1), abs=1e-9)


@settings(max_examples=25)
@given(tables(), st.floats(0.1, 50))
def test_another_unit_of_the_scale_scales_everything(table: Table, unit: float) -> None:
    for plain, scaled in zip(
        known(drifts(table, STEP)), known(drifts(unit * table, unit * STEP)), strict=True
    ):
        assert scaled.value == pytest.approx(unit * plain.value, abs=1e-9 * unit)
        assert scaled.se == pytest.approx(unit * (plain.se or 0), rel=1e-6)
        assert scaled.is_clear == plain.is_clear


def test_a_panel_that_agrees_exactly_keeps_the_doubt_of_its_rounding() -> None:
    found = known(drifts([[3, 3, 3], [7, 7, 7]], STEP))
    assert [d.value for d in found] == pytest.approx([0, 0, 0])
    assert all(d.se and d.margin and not d.is_clear for d in found)


def test_two_judges_on_one_anchor_leave_nothing_to_see_chance_in() -> None:
    found = known(drifts([[4, 8]], STEP))
    assert [d.value for d in found] == pytest.approx([-4, 4])
    assert {(d.se, d.margin, d.is_clear) for d in found} == {(None, None, False)}


def test_who_shares_no_anchor_with_anybody_has_no_drift() -> None:
    found = drifts([[4, 5, NAN], [6, 8, NAN], [NAN, NAN, 9]], STEP)
    assert [d is None for d in found] == [False, False, True]
    assert drifts([[4], [5]], STEP) == (None,)
    assert drifts(np.full((2, 3), NAN), STEP) == (None, None, None)


def test_one_strict_judge_stands_out_and_nobody_else() -> None:
    table = np.array([[2.0, 8, 6, 5, 8], [4, 5, 9, 8, 6], [1, 6, 4, 7, 5]])
    found = known(drifts(table, STEP))
    assert [d.is_clear for d in found] == [True, False, False, False, False]
    assert found[0].value < -4


def test_nine_of_ten_intervals_hold_the_truth() -> None:
    draw, held, trials = np.random.default_rng(20190301), 0, 1500
    for _ in range(trials):
        truth = draw.normal(0, 1, 6)
        table = draw.normal(5, 2, (3, 1)) + truth + draw.normal(0, 1, (3, 6))
        first = known(drifts(table, 1e-6))[0]
        assert first.margin is not None
        held += abs(first.value - (truth[0] - truth[1:].mean())) <= first.margin
    assert 0.88 <= held / trials <= 0.92


def test_a_change_over_time_carries_the_doubt_of_both_times() -> None:
    before = Drift(0, 3, -4.0, 1.0, 8, 1.86)
    after = Drift(0, 3, -0.5, 1.0, 8, 1.86)
    found = change(before, after)
    assert found.value == 3.5
    assert found.margin == pytest.approx(1.7459 * np.sqrt(2), rel=1e-3)  # Student's t of 16
    assert found.is_clear
    assert not change(before, before).is_clear
    assert change(before, Drift(0, 1, 2.0, None, 0, None)).margin is None


@pytest.mark.parametrize(
    ("scores", "step", "said"),
    [
        ([1, 2], 1, "a row per anchor and a column per judge"),
        ([[1, 2], [3, float("inf")]], 1, "the score of anchor 1 by judge 1 is infinite"),
        ([[1, 2]], 0, "step is 0, not a positive number"),
        ([[1, 2]], NAN, "step is nan, not a positive number"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_row(
    scores: ArrayLike, step: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        drifts(scores, step)
