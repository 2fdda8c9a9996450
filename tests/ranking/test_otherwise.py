"""What would be otherwise: without a judge, with capped weights, with more reviews, by the ladder."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.bench.worlds import SCENARIOS, world
from contest.ranking.model import Options, Variance, places, rank
from contest.ranking.model.ladder import Step, settle
from contest.ranking.model.power import power
from contest.ranking.model.sensitivity import capped, without_each_judge
from contest.ranking.model.wanted import gain, more_reviews
from tests.ranking.panels import FEW, QUICK, contest

# --- without one judge


def test_leaving_a_judge_out_is_estimating_without_him() -> None:
    (entry, judge, score), _, _ = contest(3)
    estimate = rank(entry, judge, score, 15, 6, FEW)
    found = without_each_judge(estimate)
    assert [w.judge for w in found] == list(range(6))
    for w in found:
        kept = judge != w.judge
        again = rank(entry[kept], judge[kept], score[kept], 15, 6, FEW)
        assert set(w.lost) == estimate.first - again.first
        assert set(w.gained) == again.first - estimate.first
        moved = [
            abs(s.adjusted - t.adjusted)
            for s in estimate.standings
            if (t := again.standing(s.entry))
        ]
        assert w.influence == pytest.approx(max(moved), abs=1e-6)


def test_an_entry_that_only_one_judge_read_is_named() -> None:
    (entry, judge, score), _, _ = contest(3)
    estimate = rank(np.append(entry, 15), np.append(judge, 2), np.append(score, 9.0), 16, 6, FEW)
    found = without_each_judge(estimate)
    assert [w.unreviewed for w in found] == [(), (), (15,), (), (), ()]


def test_leaving_judges_out_can_be_stopped() -> None:
    estimate = rank(*contest(3)[0], 15, 6, FEW)
    seen = []

    def tick(done: int, of: int) -> None:
        seen.append((done, of))
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        without_each_judge(estimate, tick=tick)
    assert seen == [(0, 6), (1, 6), (2, 6)]


@pytest.mark.parametrize("reviews", [[], [(0, 0, 5.0)], [(0, 0, 5.0), (1, 0, 5.0), (1, 1, 5.0)]])
def test_thin_panels_have_something_to_leave_out_too(
    reviews: list[tuple[int, int, float]],
) -> None:
    entry, judge, score = zip(*reviews, strict=True) if reviews else ((), (), ())
    found = without_each_judge(rank(entry, judge, score, 2, 2, FEW))
    assert len(found) == len({r[1] for r in reviews})


# --- capped weights


def test_careless_judges_weigh_less_and_nobody_weighs_more_than_one() -> None:
    w = world(SCENARIOS["S5 a fifth careless"], 1000)
    found = capped(rank(w.entry, w.judge, w.score, w.entries, w.judges, FEW))
    assert found is not None
    assert found.weights.max() <= 1
    trust = found.weights * found.slopes
    assert np.median(trust[w.careless]) < 0.6 * np.median(trust[~w.careless])


def test_capping_brings_the_order_nearer_to_the_truth_where_judges_are_careless() -> None:
    gain_ = []
    for seed in range(1000, 1008):
        w = world(SCENARIOS["S5 a fifth careless"], seed)
        estimate = rank(w.entry, w.judge, w.score, w.entries, w.judges, FEW)
        found = capped(estimate)
        assert found is not None
        adjusted = [s.adjusted for s in estimate.standings]
        truth = np.argsort(np.argsort(w.quality))
        gain_.append(
            np.corrcoef(np.argsort(np.argsort(found.values)), truth)[0, 1]
            - np.corrcoef(np.argsort(np.argsort(adjusted)), truth)[0, 1]
        )
    assert np.mean(gain_) > 0.01


def test_groups_without_a_common_judge_have_their_own_first_with_capped_weights_too() -> None:
    entry, judge = np.divmod(np.arange(72), 6)
    inside = (entry < 6) == (judge < 3)
    r = np.random.default_rng(3)
    score = 50 + 10 * (entry >= 6) + 8 * r.normal(size=12)[entry] + 2 * r.normal(size=72)
    estimate = rank(entry[inside], judge[inside], score[inside], 12, 6, FEW)
    found = capped(estimate)
    assert found is not None
    assert len(estimate.first) == 6  # three of each group
    assert len(found.lost) == len(found.gained) <= 1


def test_where_nothing_can_be_learnt_there_is_no_capped_order() -> None:
    assert capped(rank([], [], [], 3, 2)) is None
    assert capped(rank([0, 1, 2], [0, 0, 1], [1.0, 2.0, 3.0], 3, 2)) is None
    entry, judge = np.divmod(np.arange(60), 6)
    assert capped(rank(entry, judge, np.full(60, 5.0), 10, 6)) is None


# --- more reviews


def test_more_reviews_go_where_the_prize_is_in_doubt() -> None:
    estimate = rank(*contest(2, n=40, m=10)[0], 40, 10, Options(draws=400, top_k=5))
    found = more_reviews(estimate, 12)
    assert sum(w.reviews for w in found) == 12
    doubt = {s.entry: abs(s.p_top - 0.5) for s in estimate.standings}
    assert max(doubt[w.entry] for w in found) < np.median(list(doubt.values()))
    assert [w.gain for w in found] == sorted((w.gain for w in found), reverse=True)


def test_no_entry_gets_more_reviews_than_there_are_judges() -> None:
    estimate = rank(*contest(2)[0], 15, 6, FEW)
    found = more_reviews(estimate, 500, most=6)
    reviews = {s.entry: s.reviews for s in estimate.standings}
    assert all(w.reviews + reviews[w.entry] <= 6 for w in found)
    assert more_reviews(estimate, 0) == ()
    with pytest.raises(ValueError, match="negative"):
        more_reviews(estimate, -1)


def test_what_is_settled_gains_nothing() -> None:
    assert gain(0.0, 1, 1) == gain(1.0, 1, 1) == gain(0.5, 0, 1) == 0
    assert gain(0.5, 1, 1) == 0.125
    assert more_reviews(rank([0], [0], [7.0], 1, 1), 3) == ()


# --- the power of a design


def deal(n: int, m: int, k: int) -> tuple[list[int], list[int]]:
    pairs = [(i, (i * 7 + j * 3 + i // m) % m) for i in range(n) for j in range(k)]
    return [i for i, _ in pairs], [j for _, j in pairs]


def test_more_reviews_mean_more_power() -> None:
    found = [power(*deal(60, 13, k), 60, 13, top_k=3) for k in (1, 3, 6, 12)]
    for less, more in itertools.pairwise(found):
        assert more.recall > less.recall
        assert more.sd < less.sd
    assert found[-1].recall > 0.8
    assert all(0 <= p.hit <= p.recall <= 1 for p in found)


def test_without_noise_every_design_finds_the_best() -> None:
    found = power(*deal(30, 7, 3), 30, 7, variance=Variance(1.0, 0.0, 1e-12))
    assert found.hit == found.recall == found.best == found.plain == 1.0
    assert found.sd < 0.01


def test_components_and_empty_designs_are_told() -> None:
    assert power([0, 1], [0, 1], 2, 2).components == 2
    empty = power([], [], 3, 2)
    assert empty.components == 0
    assert empty.sd == pytest.approx(1.41, abs=0.1)
    with pytest.raises(ValueError, match="review 1 names judge 7"):
        power([0, 1], [0, 7], 2, 2)
    with pytest.raises(ValueError, match="positive"):
        power([0], [0], 1, 1, variance=Variance(0.0, 1.0, 1.0))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"variance": Variance(float("nan"), 1.0, 1.0)}, "the variance of entries is nan"),
        ({"variance": Variance(1.0, float("nan"), 1.0)}, "the variance of judges is nan"),
        ({"variance": Variance(1.0, -0.1, 1.0)}, "the variance of judges is -0.1"),
        ({"variance": Variance(1.0, 1.0, float("inf"))}, "the variance of noise is inf"),
        ({"top_k": 0}, "top_k must be at least 1, not 0"),
        ({"runs": 0}, "runs must be at least 1, not 0"),
        ({"seed": -1}, "seed must be at least 0, not -1"),
        ({"entry_index": 0}, "entry_index has shape"),
    ],
)
def test_what_no_design_can_be_tried_with_is_refused(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"entry_index": [0, 1], "judge_index": [0, 0], "n": 2, "m": 1}
    with pytest.raises(ValueError, match=says):
        power(**good | change)


# --- the tie-break ladder


def test_the_ladder_settles_what_it_can_and_says_by_which_rung() -> None:
    steps = settle([1, 2, 2, 2, 5], [[0, 7, 8, 7, 0], [0, 1, 1, 2, 0]])
    assert [s.position for s in steps] == [1, 4, 2, 3, 5]
    assert [s.rung for s in steps] == [-1, 1, 0, 1, -1]


def test_what_the_ladder_cannot_settle_shares_its_position() -> None:
    assert settle([1, 1, 3], [[5, 5, 9]]) == (Step(1, None), Step(1, None), Step(3, -1))
    assert settle([], []) == ()
    with pytest.raises(ValueError, match="rung 0"):
        settle([1, 1], [[1.0]])


def test_what_is_no_number_has_no_place() -> None:
    assert places([1.004, 1.0, 2.0], 2).tolist() == [2, 2, 1]
    with pytest.raises(ValueError, match="value 1 is not a finite number"):
        places([1.0, float("nan")], 2)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_the_ladder_never_lifts_anybody_over_a_better_rank(keys: list[tuple[int, int]]) -> None:
    ranks = [1 + sum(o > k for o, _ in keys) for k, _ in keys]
    steps = settle(ranks, [[rung for _, rung in keys]])
    for a, b in itertools.combinations(range(len(keys)), 2):
        if ranks[a] < ranks[b]:
            assert steps[a].position < steps[b].position
