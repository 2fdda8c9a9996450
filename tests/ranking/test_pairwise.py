import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit

from contest.bench import pairwise as bench
from contest.ranking.pairwise import (
    DOUBT,
    SPREAD,
    TRUST,
    Belief,
    fit,
    lessons,
    next_entry,
    standings,
)

QUICK = settings(max_examples=20, deadline=None)
Columns = tuple[Any, Any, Any, Any]


def some_votes(seed: int, n: int = 7, m: int = 3, votes: int = 40) -> Columns:
    r = np.random.default_rng(seed)
    left = r.integers(0, n, votes)
    right = (left + r.integers(1, n, votes)) % n
    quality = r.normal(size=n)
    won = np.where(
        r.random(votes) < 0.1, 0.5, r.random(votes) < expit(quality[left] - quality[right])
    )
    return left, right, r.integers(0, m, votes), won


def log_posterior(x: Any, votes: Columns, n: int) -> float:
    """Written from the formula, with nothing of ours."""
    total = (
        -0.5 * (x[:n] ** 2).sum() / SPREAD**2
        + (TRUST * np.log(x[n:]) + DOUBT * np.log(1 - x[n:])).sum()
    )
    for a, b, j, won in zip(*votes, strict=True):
        s = 1 / (1 + np.exp(x[b] - x[a]))
        p = x[n + j] * s + (1 - x[n + j]) * (1 - s)
        total += won * np.log(p) + (1 - won) * np.log(1 - p)
    return float(total)


@pytest.mark.parametrize("seed", range(6))
def test_a_plain_maximiser_of_the_posterior_finds_the_same(seed: int) -> None:
    votes, n, m = some_votes(seed), 7, 3
    belief = fit(*votes, n, m)
    plain = minimize(
        lambda x: -log_posterior(x, votes, n),
        np.concatenate([np.zeros(n), np.full(m, 0.9)]),
        method="L-BFGS-B",
        bounds=[(None, None)] * n + [(1e-6, 1 - 1e-9)] * m,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 5000, "maxfun": 100000},
    )
    ours = np.concatenate([belief.strength, belief.reliability])
    assert log_posterior(ours, votes, n) >= -plain.fun - 1e-7
    assert belief.strength == pytest.approx(plain.x[:n], abs=2e-3)
    assert belief.reliability == pytest.approx(plain.x[n:], abs=2e-3)


def test_the_covariance_is_the_inverse_curvature_of_the_posterior() -> None:
    votes, n = some_votes(3, votes=60), 7
    won = votes[3].copy()
    won[votes[2] == 0] = 1 - won[votes[2] == 0]
    votes = (*votes[:3], won)
    belief = fit(*votes, n, 3)
    at = np.concatenate([belief.strength, belief.reliability])
    free = range(n + 3)
    step = 1e-4

    def moved(*changes: tuple[int, float]) -> float:
        x = at.copy()
        for place, by in changes:
            x[place] += by
        return log_posterior(x, votes, n)

    curvature = np.array(
        [
            [
                (moved((i, step), (j, step)) - moved((i, step), (j, -step))
                 - moved((i, -step), (j, step)) + moved((i, -step), (j, -step)))
                / (4 * step**2)
                for j in free
            ]
            for i in free
        ]
    )  # fmt: skip
    assert belief.covariance == pytest.approx(np.linalg.inv(-curvature)[:n, :n], abs=1e-4)


@QUICK
@given(st.integers(0, 10**6))
def test_neither_order_nor_sides_nor_names_of_judges_change_anything(seed: int) -> None:
    left, right, judge, won = some_votes(seed)
    one = fit(left, right, judge, won, 7, 3)
    turn = np.random.default_rng(seed).permutation(len(won))
    other = fit(left[turn], right[turn], judge[turn], won[turn], 7, 3)
    assert np.abs(one.strength - other.strength).max() < 1e-6
    sides = fit(right, left, judge, 1 - won, 7, 3)
    assert np.abs(one.strength - sides.strength).max() < 1e-6
    names = fit(left, right, (judge + 1) % 3, won, 7, 3)
    assert np.abs(one.strength - names.strength).max() < 1e-6
    assert one.reliability == pytest.approx(names.reliability[[1, 2, 0]], abs=1e-6)


@QUICK
@given(st.integers(0, 10**6))
def test_relabelling_the_entries_relabels_the_answer(seed: int) -> None:
    left, right, judge, won = some_votes(seed)
    names = np.random.default_rng(seed).permutation(7)
    one, other = (
        fit(left, right, judge, won, 7, 3),
        fit(names[left], names[right], judge, won, 7, 3),
    )
    assert other.strength[names] == pytest.approx(one.strength, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_a_judge_and_his_double_are_held_equally_reliable(seed: int) -> None:
    left, right, judge, won = (np.asarray(column) for column in some_votes(seed))
    mine = judge == 1
    belief = fit(
        np.append(left, left[mine]), np.append(right, right[mine]),
        np.append(judge, np.full(mine.sum(), 3)), np.append(won, won[mine]), 7, 4,
    )  # fmt: skip
    assert belief.reliability[3] == pytest.approx(belief.reliability[1], abs=1e-6)


def test_without_votes_nothing_is_known() -> None:
    belief = fit([], [], [], [], 3, 2)
    assert belief.strength.tolist() == [0, 0, 0]
    assert belief.sd == pytest.approx([SPREAD] * 3)
    assert belief.beats(0, 1) == 0.5
    assert belief.opposite == ()
    assert belief.separation == 0.0
    assert fit([], [], [], [], 0, 0).separation == 0.0  # nobody is in the round yet
    assert {s.rank for s in standings(belief, top=1)} == {1}
    assert standings(fit([], [], [], [], 0, 0), top=1) == []


def test_a_judge_who_votes_against_everybody_is_named_and_does_not_turn_the_order() -> None:
    pairs = [(a, b) for a, b in itertools.combinations(range(6), 2)]
    votes = [(a, b, j, 1.0) for a, b in pairs for j in range(4)]
    votes += [(a, b, 4, 0.0) for a, b in pairs]
    left, right, judge, won = zip(*votes, strict=True)
    belief = fit(left, right, judge, won, 6, 5)
    assert belief.opposite == (4,)
    assert [s.entry for s in standings(belief, top=1)] == [0, 1, 2, 3, 4, 5]
    assert belief.beats(0, 5) > 0.99


def test_a_tie_is_half_of_each() -> None:
    belief = fit([0], [1], [0], [0.5], 2, 1)
    assert belief.strength == pytest.approx([0, 0], abs=1e-9)
    assert belief.sd.max() < SPREAD
    assert {s.rank for s in standings(belief, top=1)} == {1}


def test_ranks_have_intervals_that_hold_them_and_are_never_of_width_zero_without_cause() -> None:
    belief = fit(*some_votes(1), 7, 3)
    found = standings(belief, top=2)
    assert [s.strength for s in found] == sorted((s.strength for s in found), reverse=True)
    assert all(s.low <= s.rank <= s.high for s in found)
    assert all(s.low < s.high for s in found)
    assert sum(s.top for s in found) == pytest.approx(2)


def test_the_next_entry_is_unseen_and_not_far_ahead_of_the_others() -> None:
    belief, draw = fit(*some_votes(2), 7, 3), np.random.default_rng(0)
    allowed = np.array([True, True, False, True, True, True, True])
    views = np.array([5, 1, 0, 1, 9, 2, 3])
    worth = lessons(belief, 0, 2, np.array([1, 3, 5]))
    assert next_entry(belief, 0, 2, allowed, views, draw) == [1, 3, 5][worth.argmax()]
    assert next_entry(belief, None, 2, allowed, views, draw) in {1, 3}
    assert next_entry(belief, 0, 2, np.eye(7, dtype=bool)[0], views, draw) is None


def test_before_any_vote_the_lot_decides() -> None:
    belief, draw = fit([], [], [], [], 4, 1), np.random.default_rng(0)
    chosen = {next_entry(belief, 0, 0, [True] * 4, [0] * 4, draw) for _ in range(60)}
    assert chosen == {1, 2, 3}


def test_what_a_vote_teaches_is_what_the_variances_lose() -> None:
    belief, at, judge = fit(*some_votes(5), 7, 3), 2, 1
    others = np.array([0, 1, 3, 4, 5, 6])
    for other, taught in zip(others, lessons(belief, at, judge, others), strict=True):

        def chance(x: Any, other: int = other) -> float:
            s, trust = expit(x[at] - x[other]), expit(x[7 + judge])
            return float(trust * s + (1 - trust) * (1 - s))

        x = np.concatenate([belief.strength, logit(belief.reliability)])
        slope = np.array([(chance(x + 1e-5 * e) - chance(x - 1e-5 * e)) / 2e-5 for e in np.eye(10)])
        p = chance(x)
        after = np.linalg.inv(np.linalg.inv(belief.joint) + np.outer(slope, slope) / (p * (1 - p)))
        lost = np.trace(belief.covariance) - np.trace(after[:7, :7])
        assert taught == pytest.approx(lost, rel=1e-6)


def test_where_the_search_begins_does_not_matter() -> None:
    left, right, judge, won = some_votes(4, votes=60)
    early = fit(left[:40], right[:40], judge[:40], won[:40], 7, 3)
    one, other = fit(left, right, judge, won, 7, 3), fit(left, right, judge, won, 7, 3, start=early)
    assert other.strength == pytest.approx(one.strength, abs=1e-8)
    assert other.joint == pytest.approx(one.joint, abs=1e-8)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"left": [0, 3]}, "vote 1: there is no left 3"),
        ({"right": [1, float("nan")]}, "vote 1: there is no right nan"),
        ({"judge": [0, -1]}, "vote 1: there is no judge -1"),
        ({"judge": [0]}, "judge has"),
        ({"outcome": [1, 0.7]}, "vote 1: outcome 0.7 is neither"),
        ({"outcome": [float("inf"), 1]}, "vote 0: outcome inf"),
        ({"left": [0, 2]}, "vote 1 compares entry 2 with itself"),
        ({"spread": 0.0}, "spread"),
        ({"entries": -1}, "entries and judges must not be below 0"),
        ({"start": fit([], [], [], [], 4, 1)}, "start is about 4 entries and 1 judges"),
    ],
)
def test_bad_votes_are_refused_by_their_number(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"left": [0, 1], "right": [1, 2], "judge": [0, 0], "outcome": [1, 0]}
    with pytest.raises(ValueError, match=says):
        fit(**{"entries": 3, "judges": 1} | good | change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"at": -1}, "there is no entry -1, there are 3"),
        ({"at": 3}, "there is no entry 3"),
        ({"judge": 2}, "there is no judge 2, there are 2"),
        ({"judge": -1}, "there is no judge -1"),
        ({"allowed": [True, True]}, r"allowed has shape \(2,\), there are 3 entries"),
        ({"allowed": [True, float("nan"), True]}, "allowed of entry 1 is neither true nor false"),
        ({"views": [0, 1]}, r"views has shape \(2,\)"),
        ({"views": [0, 1, float("nan")]}, "views of entry 2 is nan, not a count"),
        ({"views": [0, -1, 0]}, "views of entry 1 is -1, not a count"),
    ],
)
def test_who_and_what_is_not_there_is_not_sent_anywhere(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"at": 0, "judge": 0, "allowed": [True] * 3, "views": [0] * 3}
    belief = fit([0], [1], [0], [1], 3, 2)
    with pytest.raises(ValueError, match=says):
        next_entry(belief, draw=np.random.default_rng(0), **good | change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"at": 5}, "there is no entry 5"),
        ({"judge": 4}, "there is no judge 4"),
        ({"others": np.array([1, 3])}, "there is no entry 3"),
    ],
)
def test_nothing_is_taught_about_the_unknown(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"at": 0, "judge": 0, "others": np.array([1, 2])}
    with pytest.raises(ValueError, match=says):
        lessons(fit([0], [1], [0], [1], 3, 2), **good | change)


@pytest.mark.parametrize("bad", [{"top": -3}, {"top": 0}, {"draws": 0}, {"seed": -1}])
def test_standings_ask_for_a_first_place_and_for_draws(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(bad))} must be at least"):
        standings(fit([0], [1], [0], [1], 3, 2), **{"top": 1} | bad)


def test_the_world_of_comparisons_is_the_one_that_was_agreed() -> None:
    given = bench.world(0)
    assert round(float(given.quality.sum()), 6) == 6.956629
    assert np.flatnonzero(given.reliability == 0.5).tolist() == [2, 9]
    assert np.flatnonzero(given.reliability == 0.85).tolist() == [13]


def test_who_tells_nobody_apart_has_no_merit() -> None:
    truth = np.array([1.0, 2.0, 3.0])
    assert bench.tau(truth, truth) == 1
    assert bench.tau(-truth, truth) == -1
    assert bench.tau(np.zeros(3), truth) == 0
    assert bench.tau(np.array([1.0, 1.0, 2.0]), truth) == pytest.approx(2 / 3)


def test_every_quick_bar_is_met() -> None:
    missed = [bar for bar in bench.bars(quick=True) if not bar.met and not bar.timed]
    assert missed == []


def test_belief_of_one_entry_is_the_prior() -> None:
    belief = fit([], [], [], [], 1, 1)
    assert isinstance(belief, Belief)
    assert next_entry(belief, 0, 0, [True], [0], np.random.default_rng(0)) is None
