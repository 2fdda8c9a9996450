"""From ballots to an order: by Plackett and Luce, and by what a judge gives inside a slate."""

import itertools
import math
import random
import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from contest.contests.models import Aggregation, Mode, Round
from contest.judging.queries.ballots import Cast
from contest.ranking import balloted, luce, slates
from contest.ranking.model.order import chances

ORDERS: list[luce.Order] = [[[0], [1], [2], [3]], [[1], [0], [3]], [[2], [0], [1]], [[4], [3], [0]]]
N = 5


def plain(orders: list[luce.Order], strength: Any, spread: float) -> float:
    """The log posterior, pick by pick, as it stands in Plackett (1975)."""
    value = -sum(s * s for s in strength) / (2 * spread**2)
    for order in orders:
        left = [e for group in order for e in group]
        for entry in list(left):
            value += strength[entry] - math.log(sum(math.exp(strength[e]) for e in left))
            left.remove(entry)
    return float(value)


# --- Plackett and Luce


def test_the_strengths_are_those_that_an_independent_maximiser_finds() -> None:
    found = luce.fit(ORDERS, N, spread=1.5)
    best = minimize(lambda s: -plain(ORDERS, s, 1.5), np.zeros(N), method="BFGS", tol=1e-10)
    assert found.strength == pytest.approx(best.x, abs=1e-5)


def test_the_covariance_is_the_inverse_of_the_curvature_there() -> None:
    found = luce.fit(ORDERS, N, spread=1.5)
    step = 1e-4
    curve = np.zeros((N, N))
    for i, j in itertools.product(range(N), repeat=2):
        for a, b in itertools.product((1, -1), repeat=2):
            moved = found.strength + step * (a * np.eye(N)[i] + b * np.eye(N)[j])
            curve[i, j] -= a * b * plain(ORDERS, moved, 1.5) / (4 * step**2)
    assert found.covariance == pytest.approx(np.linalg.inv(curve), rel=1e-3, abs=1e-4)


def test_two_that_share_a_place_pull_one_another_together() -> None:
    tied = luce.fit([[[0, 1], [2]]] * 3, 3, spread=1.5).strength
    assert tied[0] == pytest.approx(tied[1])
    assert tied[0] > tied[2]


def test_a_place_before_strong_entries_counts_for_more() -> None:
    strong, weak = [[0], [1], [2]], [[3], [4], [5]]
    link = [[1], [2], [4], [5]]
    found = luce.posterior([strong, weak, link, link], 6).value
    assert found[0] > found[3]


def test_orders_that_nothing_links_are_groups_of_their_own() -> None:
    found = luce.posterior([[[0], [1]], [[2], [3]]], 5)
    assert found.group[0] == found.group[1] != found.group[2] == found.group[3]
    assert found.value[4] == 0
    assert np.isfinite(found.draws).all()


def dealt(seed: int, n: int = 12, m: int = 7) -> list[luce.Order]:
    """Orders of different length, with ties, of judges who agree in part."""
    r = np.random.default_rng(seed)
    quality, orders = r.normal(size=n), list[luce.Order]()
    for _ in range(m):
        slate = r.permutation(n)[: r.integers(2, n)]
        slate = slate[np.argsort(-quality[slate] - r.gumbel(size=len(slate)))]
        cuts = np.flatnonzero(r.random(len(slate) - 1) < 0.7) + 1
        orders.append([group.tolist() for group in np.split(slate, cuts)])
    return orders


@pytest.mark.parametrize("seed", range(4))
def test_without_one_order_the_same_is_found_as_by_a_fit_of_its_own(seed: int) -> None:
    orders = dealt(seed)
    whole = luce.fits(orders, 12)
    leaving = luce.Leaving(orders, 12, whole)
    for j in range(len(orders)):
        alone = luce.middle(luce.fits(orders[:j] + orders[j + 1 :], 12))
        assert leaving.middle(j) == pytest.approx(alone, abs=1e-8)
        assert np.abs(alone - luce.middle(whole)).max() > 0.01


def test_without_the_only_order_nothing_is_known() -> None:
    orders = [[[0], [1, 2]]]
    assert luce.Leaving(orders, 3, luce.fits(orders, 3)).middle(0) == pytest.approx(np.zeros(3))


@pytest.mark.parametrize(
    ("orders", "sentence"),
    [([[[0], [7]]], "order 0: there is no entry 7"), ([[[0], [1]], [[1, 1]]], "order 1: an entry")],
)
def test_bad_orders_are_refused_by_their_number(orders: list[luce.Order], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        luce.posterior(orders, 3)


# --- inside slates


def test_the_likelihood_of_a_variance_ratio_is_that_of_the_differences_inside_slates() -> None:
    r = np.random.default_rng(3)
    entry, judge = np.array([0, 1, 2, 1, 2, 3, 0, 3]), np.array([0, 0, 0, 1, 1, 1, 2, 2])
    y = r.normal(size=8)
    z, x = np.eye(4)[entry], np.eye(3)[judge]
    basis = np.linalg.svd(x.T)[2][3:]  # differences that no judge's level reaches

    def dense(ratio: float) -> float:
        whole = basis @ (np.eye(8) + ratio * z @ z.T) @ basis.T
        return float(multivariate_normal(np.zeros(5), whole).logpdf(basis @ y))

    d, axes = np.linalg.eigh(slates.links(entry, judge, 4, 3))
    projected = basis.T @ basis @ y
    b = axes.T @ (z.T @ projected)

    def reduced(ratio: float) -> float:
        rest = projected @ projected - (b**2 / (d + 1 / ratio)).sum()
        return float(-0.5 * (np.log1p(ratio * d).sum() + rest))

    gaps = [dense(ratio) - reduced(ratio) for ratio in (0.01, 0.3, 5.0, 40.0)]
    assert gaps == pytest.approx([gaps[0]] * 4, abs=1e-9)


ROWS = [(0, 0, 60.0), (1, 0, 40.0), (1, 1, 70.0), (2, 1, 30.0), (0, 2, 55.0), (2, 2, 45.0)]


def valued(rows: list[tuple[int, int, float]]) -> list[float]:
    entry, judge, value = zip(*rows, strict=True)
    return list(slates.posterior(entry, judge, value, 3, 3, span=100).value)


def test_the_same_values_in_another_order_or_by_other_names_give_the_same() -> None:
    assert valued(ROWS[::-1]) == pytest.approx(valued(ROWS), abs=1e-9)
    renamed = [(2 - e, (j + 1) % 3, v) for e, j, v in ROWS]
    assert valued(renamed)[::-1] == pytest.approx(valued(ROWS), abs=1e-9)


def test_what_a_judge_adds_to_all_their_entries_changes_nothing() -> None:
    lifted = [(e, j, v + 9 * (j == 1)) for e, j, v in ROWS]
    assert valued(lifted) == pytest.approx(valued(ROWS), abs=1e-9)


def test_intervals_hold_the_true_rank_nine_times_in_ten() -> None:
    held = []
    for seed in range(40):
        r = np.random.default_rng(seed)
        quality = r.normal(size=12)
        seen = [r.choice(12, 7, replace=False) for _ in range(6)]
        heard = [quality[s] + 0.7 * r.normal(size=7) for s in seen]
        places = np.concatenate([100 * h.argsort().argsort() / 6 for h in heard])
        found = slates.posterior(np.concatenate(seen), np.repeat(np.arange(6), 7), places, 12, 6,
                                 span=100, draws=400)  # fmt: skip
        told = chances(found.draws, found.value, np.arange(12), 3)
        rank = (-quality).argsort().argsort() + 1
        held.append(((told.low <= rank) & (rank <= told.high)).mean())
    assert 0.86 <= np.mean(held) <= 0.96


def test_one_judge_and_equal_values_leave_everything_open_and_break_nothing() -> None:
    one = slates.posterior([0, 1, 2], [0, 0, 0], [50.0, 30.0, 20.0], 3, 1, span=100)
    assert chances(one.draws, one.value, np.arange(3), 1).top.max() < 0.95
    same = slates.posterior([0, 1, 0, 1], [0, 0, 1, 1], [50.0] * 4, 2, 2, span=100)
    assert same.value == pytest.approx([0, 0])
    assert (same.draws.std(axis=1) > 0).all()
    none = slates.posterior([], [], [], 2, 0, span=100)
    assert none.value == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("entry", "value", "sentence"),
    [([0, 9], [1.0, 2.0], "names entry 9"), ([0, 0], [1.0, 2.0], "repeats"),
     ([0, 1], [1.0, math.nan], "not a finite number")],
)  # fmt: skip
def test_bad_values_are_refused_by_their_row(
    entry: list[int], value: list[float], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        slates.posterior(entry, [0, 0], value, 3, 1, span=100)


# --- what must change nothing

SLATES = st.lists(
    st.dictionaries(st.integers(0, 5), st.integers(1, 9), min_size=2, max_size=6),
    min_size=1,
    max_size=5,
)
ORDERINGS = st.permutations(range(6))


def within(slates_: list[dict[int, int]], shift: float = 0.0) -> slates.Posterior:
    rows = [(e, j, v + shift * j) for j, slate in enumerate(slates_) for e, v in slate.items()]
    entry, judge, value = zip(*rows, strict=True)
    return slates.posterior(entry, judge, value, 6, len(slates_), span=9, draws=1)


def by_places(slates_: list[dict[int, int]]) -> slates.Posterior:
    orders = [
        [[e for e in slate if slate[e] == v] for v in sorted(set(slate.values()), reverse=True)]
        for slate in slates_
    ]
    return luce.posterior(orders, 6, draws=1)


@settings(max_examples=20, deadline=None)
@given(SLATES, ORDERINGS, st.randoms(use_true_random=False))
@pytest.mark.parametrize("believed", [within, by_places])
def test_neither_the_order_of_judges_nor_labels_of_entries_change_anything(
    believed: Any, given_: list[dict[int, int]], label: list[int], chance: random.Random
) -> None:
    before = believed(given_)
    mixed = [{label[e]: v for e, v in slate.items()} for slate in given_]
    chance.shuffle(mixed)
    after = believed(mixed)
    assert after.value[label] == pytest.approx(before.value, abs=1e-6)
    assert after.noise == pytest.approx(before.noise)


@settings(max_examples=20, deadline=None)
@given(SLATES, st.floats(-50, 50))
def test_a_judge_who_gives_everything_more_changes_nothing(
    given_: list[dict[int, int]], more: float
) -> None:
    assert within(given_, more).value == pytest.approx(within(given_).value, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(SLATES)
def test_a_judge_s_double_never_turns_the_judge_s_own_order_round(
    given_: list[dict[int, int]],
) -> None:
    alone = given_[:1]
    for believed in (within, by_places):
        both = (believed(judges).value[list(alone[0])] for judges in (alone, alone * 2))
        gaps = [np.subtract.outer(v, v) for v in both]
        assert (gaps[0] * gaps[1] >= -1e-9).all()


# --- in the words of a round

IDS = [uuid.UUID(int=i) for i in range(1, 7)]
JUDGES = [uuid.UUID(int=100 + j) for j in range(4)]


def computed(
    *slates_: dict[int, int], mode: Mode = Mode.POINTS, rule: Aggregation | None = None
) -> dict[str, Any]:
    cast = [
        Cast(judge, tuple((IDS[i], value) for i, value in given.items()))
        for judge, given in zip(JUDGES, slates_, strict=False)
    ]
    round_ = Round(mode=mode, aggregation=rule)
    return balloted.ranking(IDS, cast, round_, top=2)


def raw(found: dict[str, Any]) -> dict[int, float]:
    return {uuid.UUID(s["entry_id"]).int - 1: s["raw"] for s in found["standings"]}


def test_points_are_shares_of_a_slate_of_the_usual_size() -> None:
    found = computed({0: 50, 1: 50}, {0: 25, 1: 25, 2: 25, 3: 25})
    assert raw(found) == pytest.approx({0: 100 / 3, 1: 100 / 3, 2: 100 / 3, 3: 100 / 3})


def test_nought_is_a_choice_and_an_entry_that_left_takes_its_points_with_it() -> None:
    assert raw(computed({0: 40, 1: 0}, {0: 30, 1: 30})) == pytest.approx({0: 75.0, 1: 25.0})


def test_places_are_a_hundred_for_the_first_nought_for_the_last_and_ties_share() -> None:
    found = computed({0: 1, 1: 2, 2: 2, 3: 3}, mode=Mode.RANKING, rule=Aggregation.BORDA)
    assert raw(found) == pytest.approx({0: 100.0, 1: 50.0, 2: 50.0, 3: 0.0})


def test_a_share_among_strong_entries_is_worth_more_than_the_same_among_weak_ones() -> None:
    found = computed({0: 60, 1: 40}, {0: 60, 1: 40}, {1: 60, 2: 40}, {2: 60, 3: 40})
    value = {s["entry_id"]: s["adjusted"] for s in found["standings"]}
    assert value[str(IDS[0])] > value[str(IDS[1])] > value[str(IDS[2])] > value[str(IDS[3])]


@pytest.mark.parametrize("rule", [Aggregation.BORDA, Aggregation.PLACKETT_LUCE])
def test_what_cannot_be_known_is_said(rule: Aggregation) -> None:
    found = computed({0: 1, 1: 2}, {2: 1, 3: 2}, {4: 1}, mode=Mode.RANKING, rule=rule)
    notes = {note["code"]: note["facts"] for note in found["notes"]}
    assert notes["disconnected"] == {"components": 2}
    assert notes["unreviewed"] == {"entries": [str(IDS[4]), str(IDS[5])]}
    assert [s["rank"] for s in found["standings"]] == [1, 2, 1, 2]
    assert "one_ballot" in {n["code"] for n in computed({0: 60, 1: 40})["notes"]}
    assert computed()["standings"] == []


def test_the_same_ballots_give_the_same_numbers_and_another_rule_another_fingerprint() -> None:
    given = ({0: 1, 1: 2, 2: 3}, {2: 1, 0: 2})
    borda, luces = (
        computed(*given, mode=Mode.RANKING, rule=rule)
        for rule in (Aggregation.BORDA, Aggregation.PLACKETT_LUCE)
    )
    assert computed(*given, mode=Mode.RANKING, rule=Aggregation.BORDA) == borda
    assert borda["input_sha256"] != luces["input_sha256"]
    assert borda["method"] == "borda"
