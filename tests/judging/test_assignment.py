import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

from contest.bench import assignment as bench
from contest.judging.assignment import (
    Component,
    Missing,
    Overfull,
    Shortage,
    Underused,
    assign,
    components,
    connection,
    evened,
    precision,
    repair,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("size", "total", "edges", "bounds", "optimum"),
    [
        ((15, 6, 3), 54.4575, 78, (3, 10), 30.7692),
        ((500, 60, 3), 16399.8648, 6590, (12, 32), 1185.8303),
    ],
)
def test_the_known_worlds_are_solved_to_their_optimum_and_it_is_proved(
    size: tuple[int, int, int],
    total: float,
    edges: int,
    bounds: tuple[int, int],
    optimum: float,
) -> None:
    given = bench.world(*size)
    assert round(float(given.affinity.sum()), 4) == total
    assert int(given.eligible.sum()) == edges
    assert (given.lower[0], given.upper[0]) == bounds
    plan = assign(*given.problem(), track=given.track)
    assert round(plan.objective, 4) == optimum
    assert plan.bound == pytest.approx(plan.objective, abs=1e-7)
    assert (plan.chosen.sum(axis=1) == given.reviews).all()
    assert not (plan.chosen & ~given.eligible).any()
    assert ((plan.loads >= given.lower) & (plan.loads <= given.upper)).all()
    assert plan.complete
    assert plan.connected
    assert len(plan.connection.apart) == 1


def test_the_largest_world_keeps_its_fingerprints() -> None:
    given = bench.world(*bench.LARGE)
    assert round(float(given.affinity.sum()), 4) == 1329737.7102
    assert int(given.eligible.sum()) == 294888
    assert (set(given.lower), set(given.upper)) == ({15}, {38})


def test_every_bar_of_the_bench_is_met() -> None:
    missed = [bar for bar in bench.bars(quick=True) if not bar.met and not bar.timed]
    assert missed == []


def best_of_all(
    affinity: Floats, eligible: Bools, k: int, low: int, high: int, whole: bool
) -> float | None:
    """Try every plan there is."""
    m = affinity.shape[1]
    rows = [
        [c for c in itertools.combinations(range(m), k) if eligible[i, list(c)].all()]
        for i in range(len(affinity))
    ]
    best = None
    for choice in itertools.product(*rows):
        chosen = np.zeros_like(eligible)
        for i, judges in enumerate(choice):
            chosen[i, list(judges)] = True
        loads = chosen.sum(axis=0)
        if loads.min() < low or loads.max() > high or (whole and len(components(chosen)) > 1):
            continue
        worth = float(affinity[chosen].sum())
        best = worth if best is None else max(best, worth)
    return best


@QUICK
@given(st.integers(0, 10**6))
def test_no_other_plan_is_better(seed: int) -> None:
    r = np.random.default_rng(seed)
    affinity, eligible = r.random((4, 4)), r.random((4, 4)) < 0.85
    k, low, high = 2, int(r.integers(0, 2)), int(r.integers(2, 4))
    best = best_of_all(affinity, eligible, k, low, high, whole=False)
    plan = assign(affinity, eligible, k, low, high, connect=False)
    if best is None:
        assert plan.unfilled or plan.underused
    else:
        assert plan.objective == pytest.approx(best, abs=1e-9)
        assert plan.bound == pytest.approx(best, abs=1e-7)
        assert plan.complete


@settings(QUICK, max_examples=10)
@given(st.integers(0, 10**6))
def test_no_other_connected_plan_is_better(seed: int) -> None:
    r = np.random.default_rng(seed)
    affinity = r.random((4, 4))
    affinity[:2, :2] += 2
    affinity[2:, 2:] += 2
    eligible = r.random((4, 4)) < 0.9
    best = best_of_all(affinity, eligible, 2, 1, 4, whole=True)
    plan = assign(affinity, eligible, 2, 1, 4)
    if plan.complete and not plan.underused:
        if best is None:
            assert not plan.connected
        else:
            assert plan.connected
            assert plan.objective == pytest.approx(best, abs=1e-9)
            assert plan.connection.cost == pytest.approx(plan.bound - best, abs=1e-7)


@QUICK
@given(st.integers(0, 10**6))
def test_an_integer_program_finds_the_same_worth_and_the_same_gaps(seed: int) -> None:
    r = np.random.default_rng(seed)
    n, m = int(r.integers(1, 9)), int(r.integers(1, 6))
    affinity, eligible = r.normal(size=(n, m)), r.random((n, m)) < 0.6
    k, low = r.integers(0, 4, n), r.integers(0, 3, m)
    high = low + r.integers(0, 3, m)
    plan = assign(affinity, eligible, k, low, high, connect=False)
    gaps, worth = by_integers(affinity, eligible, k, low, high)
    found = sum(u.missing for u in plan.unfilled) + sum(u.short for u in plan.underused)
    assert found == gaps
    assert plan.objective == pytest.approx(worth, abs=1e-6)
    assert plan.bound == pytest.approx(plan.objective, abs=1e-6)


def by_integers(
    affinity: Floats, eligible: Bools, k: Any, low: Any, high: Any
) -> tuple[int, float]:
    """Fewest gaps first, then the greatest worth, by a general integer program in two steps."""
    n, m = affinity.shape
    size = n * m
    rows = np.hstack([np.kron(np.eye(n), np.ones(m)), np.eye(n), np.zeros((n, m))])
    columns = np.hstack([np.kron(np.ones(n), np.eye(m)), np.zeros((m, n)), np.eye(m)])
    loads = np.hstack([np.kron(np.ones(n), np.eye(m)), np.zeros((m, n + m))])
    gaps = np.concatenate([np.zeros(size), np.ones(n + m)])
    rules = [
        LinearConstraint(sparse.csr_array(rows), k, k),
        LinearConstraint(sparse.csr_array(columns), low, np.inf),
        LinearConstraint(sparse.csr_array(loads), -np.inf, high),
    ]
    bounds = (np.zeros(size + n + m), np.concatenate([eligible.ravel(), np.full(n + m, 99.0)]))
    first = milp(gaps, integrality=np.ones(size + n + m), bounds=bounds, constraints=rules)
    fewest = int(np.rint(first.fun))
    second = milp(
        np.concatenate([-affinity.ravel(), np.zeros(n + m)]),
        integrality=np.ones(size + n + m),
        bounds=bounds,
        constraints=[*rules, LinearConstraint(gaps[None, :], 0, fewest)],
        options={"mip_rel_gap": 0.0},
    )
    return fewest, -float(second.fun)


def test_an_optimum_in_two_parts_is_bridged_and_the_cost_is_told() -> None:
    affinity = np.full((6, 4), 0.1)
    affinity[:3, :2] = affinity[3:, 2:] = 0.9
    plan = assign(affinity, np.ones((6, 4), dtype=bool), 2, 3, 3)
    assert (plan.connection.before, plan.connection.after, plan.connection.least) == (2, 1, 1)
    assert plan.connection.cost == pytest.approx(1.6)
    assert len(plan.connection.added) == len(plan.connection.removed) == 2
    assert plan.bound - plan.objective == pytest.approx(1.6)


def test_where_cuts_are_not_allowed_swaps_bridge_within_the_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "CUT_ROUNDS", 0)
    affinity = np.full((6, 4), 0.1)
    affinity[:3, :2] = affinity[3:, 2:] = 0.9
    plan = assign(affinity, np.ones((6, 4), dtype=bool), 2, 3, 3)
    assert plan.connected
    assert plan.connection.cost == pytest.approx(1.6)
    assert plan.loads.tolist() == [3, 3, 3, 3]


def test_one_more_load_makes_the_bridge_cheaper() -> None:
    affinity = np.full((6, 4), 0.1)
    affinity[:3, :2] = affinity[3:, 2:] = 0.9
    plan = assign(affinity, np.ones((6, 4), dtype=bool), 2, 2, 4, connect=False)
    assert len(plan.components) == 2
    plan = assign(affinity, np.ones((6, 4), dtype=bool), 2, 2, 4)
    assert plan.connected
    assert plan.connection.cost == pytest.approx(0.8)


def test_two_tracks_without_a_common_judge_stay_two_parts() -> None:
    eligible = np.zeros((4, 4), dtype=bool)
    eligible[:2, :2] = eligible[2:, 2:] = True
    plan = assign(np.ones((4, 4)), eligible, 2, 0, 4)
    assert plan.components == (Component((0, 1), (0, 1)), Component((2, 3), (2, 3)))
    assert plan.connection.least == 2
    assert not plan.connection.impossible


def test_one_review_each_cannot_connect_two_busy_judges() -> None:
    plan = assign(np.ones((4, 2)), np.ones((4, 2), dtype=bool), 1, 2, 2)
    assert plan.complete
    assert (plan.connection.after, plan.connection.impossible) == (2, True)


def test_too_few_judges_is_an_answer() -> None:
    eligible = np.array([[True, True, True], [True, False, False], [True, True, False]])
    plan = assign(np.ones((3, 3)), eligible, 2, 0, 2)
    assert plan.unfilled == (Missing(entry=1, missing=1, eligible=1, full=0),)
    assert not plan.complete


def test_full_judges_are_named_as_the_reason() -> None:
    plan = assign([[0.9], [0.8], [0.7]], [[True], [True], [True]], 1, 0, 2)
    assert plan.unfilled == (Missing(entry=2, missing=1, eligible=1, full=1),)
    assert plan.pairs == ((0, 0), (1, 0))


def test_a_lower_bound_that_cannot_be_met_is_reported() -> None:
    plan = assign(np.ones((2, 2)), [[True, False], [True, False]], 1, [0, 2], 2)
    assert plan.underused == (Underused(judge=1, short=2, eligible=0),)
    assert plan.complete


def test_a_review_is_never_left_out_because_it_is_worth_little() -> None:
    affinity = np.array([[5.0, -900.0], [1.0, -1000.0]])
    plan = assign(affinity, np.ones((2, 2), dtype=bool), 2, 0, 2)
    assert plan.chosen.all()


def test_scored_pairs_stay_even_where_they_break_a_bound() -> None:
    fixed = np.array([[True, True], [True, False]])
    plan = assign(np.ones((2, 2)), np.ones((2, 2), dtype=bool), 1, 0, 1, fixed=fixed)
    assert (plan.chosen == fixed).all()
    assert plan.overfull == (Overfull("entry", 0, 2, 1), Overfull("judge", 0, 2, 1))


def test_a_shortage_names_all_who_compete_for_the_same_full_judges() -> None:
    eligible = np.zeros((5, 4), dtype=bool)
    eligible[:3, :2] = eligible[3:, 2:] = True
    plan = assign(np.ones((5, 4)), eligible, 2, 0, 2)
    assert plan.shortages == (Shortage(entries=(0, 1, 2), judges=(0, 1), missing=2),)
    assert sum(gap.missing for gap in plan.unfilled) == 2


@QUICK
@given(st.integers(0, 10**6))
def test_gaps_are_as_few_as_a_maximum_flow_allows_and_each_belongs_to_one_shortage(
    seed: int,
) -> None:
    r = np.random.default_rng(seed)
    eligible, upper = r.random((8, 5)) < 0.5, r.integers(0, 5, 5)
    plan = assign(r.random((8, 5)), eligible, 2, 0, upper, connect=False)
    lacking = 16 - bench.most_reviews(eligible, 2, upper)
    assert sum(gap.missing for gap in plan.unfilled) == lacking
    assert sum(shortage.missing for shortage in plan.shortages) == lacking
    for shortage in plan.shortages:
        for entry, judge in itertools.product(shortage.entries, shortage.judges):
            if eligible[entry, judge] and not plan.chosen[entry, judge]:
                assert plan.loads[judge] == upper[judge]


@QUICK
@given(st.integers(0, 10**6))
def test_in_full_fairness_no_plan_serves_its_worst_entry_better_than_the_bound(seed: int) -> None:
    r = np.random.default_rng(seed)
    affinity, eligible = r.random((4, 4)), r.random((4, 4)) < 0.9
    plan = assign(affinity, eligible, 2, 1, 4, fair="full", connect=False)
    plain = assign(affinity, eligible, 2, 1, 4, connect=False)
    lifted = assign(affinity, eligible, 2, 1, 4, fair="swaps", connect=False)
    if not plan.complete or plan.underused:
        return
    best = worst_of_all(affinity, eligible, 2, 1, 4)
    assert plan.worst
    assert plan.worst.bound
    assert plain.worst
    assert lifted.worst
    assert plan.worst.bound >= best - 1e-9
    assert best >= plan.worst.affinity - 1e-12
    assert best + 1e-12 >= lifted.worst.affinity >= plain.worst.affinity - 1e-12
    assert plan.worst.affinity >= plain.worst.affinity - 1e-12
    assert (plan.chosen.sum(axis=1) == 2).all()
    assert (plan.loads >= 1).all()
    assert not (plan.chosen & ~eligible).any()


def worst_of_all(affinity: Floats, eligible: Bools, k: int, low: int, high: int) -> float:
    """Return how well the worst-served entry can fare at best, by trying every plan there is."""
    n, m = affinity.shape
    rows = [
        [c for c in itertools.combinations(range(m), k) if eligible[i, list(c)].all()]
        for i in range(n)
    ]
    best = -np.inf
    for choice in itertools.product(*rows):
        loads = np.bincount(np.concatenate(choice), minlength=m)
        if loads.min() >= low and loads.max() <= high:
            worst = min(affinity[i, list(c)].mean() for i, c in enumerate(choice))
            best = max(best, float(worst))
    return best


def test_fairness_takes_from_the_rich() -> None:
    affinity = np.array([[0.9, 0.8], [0.9, 0.1]])
    total = assign(affinity, np.ones((2, 2), dtype=bool), 1, 1, 1, connect=False)
    assert total.pairs == ((0, 1), (1, 0))
    affinity[1, 0] = 0.15
    assert assign(affinity, np.ones((2, 2), dtype=bool), 1, 1, 1).pairs == ((0, 0), (1, 1))
    for fair in ("swaps", "full"):
        plan = assign(affinity, np.ones((2, 2), dtype=bool), 1, 1, 1, fair=fair, connect=False)
        assert plan.pairs == ((0, 1), (1, 0))
        assert plan.worst is not None
        assert plan.worst.entry == 1
        assert plan.worst.affinity == pytest.approx(0.15)


def test_neighbouring_tracks_are_bridged_by_two_judges() -> None:
    affinity = np.full((12, 6), 0.2)
    affinity[:6, :3] = affinity[6:, 3:] = 0.9
    track = np.repeat([7, 9], 6)
    loose = assign(affinity, np.ones((12, 6), dtype=bool), 3, 0, 9)
    assert loose.connected
    plan = assign(affinity, np.ones((12, 6), dtype=bool), 3, 0, 9, track=track)
    assert plan.connection.apart == ((7, 9),)
    (link,) = plan.connection.links
    assert link.tracks == (7, 9)
    assert link.is_strong
    assert plan.complete


def test_tracks_that_nobody_may_bridge_are_told() -> None:
    eligible = np.zeros((4, 4), dtype=bool)
    eligible[:2, :2] = eligible[2:, 2:] = True
    plan = assign(np.ones((4, 4)), eligible, 2, 0, 4, track=[0, 0, 1, 1])
    assert plan.connection.apart == ((0,), (1,))
    assert plan.connection.links == ()


def test_expected_precision_is_what_simulated_marks_show() -> None:
    r = np.random.default_rng(0)
    chosen = np.zeros((12, 5), dtype=bool)
    for row in chosen:
        row[r.choice(5, 2, replace=False)] = True
    expected = precision(chosen, entries=1.0, judges=0.5, noise=0.7)
    assert expected is not None
    entry, judge = np.nonzero(chosen)
    design = np.column_stack([np.ones(24), np.eye(12)[entry], np.eye(5)[judge]])
    inverse = np.linalg.inv(design.T @ design / 0.49 + np.diag([0.0, *[1.0] * 12, *[4.0] * 5]))[
        1:13, 1:13
    ]
    spread = np.sqrt(np.add.outer(np.diag(inverse), np.diag(inverse)) - 2 * inverse)
    pairs = spread[np.triu_indices(12, 1)]
    assert expected.typical == pytest.approx(np.sqrt((pairs**2).mean()), abs=1e-9)
    assert expected.widest == pytest.approx(pairs.max(), abs=1e-9)
    right = total = 0
    for _ in range(300):
        quality = r.normal(size=12)
        marks = quality[entry] + 0.5 * r.normal(size=5)[judge] + 0.7 * r.normal(size=24)
        full = np.linalg.solve(
            design.T @ design / 0.49 + np.diag([0.0, *[1.0] * 12, *[4.0] * 5]),
            design.T @ marks / 0.49,
        )[1:13]
        better = np.subtract.outer(quality, quality)[np.triu_indices(12, 1)] > 0
        placed = np.subtract.outer(full, full)[np.triu_indices(12, 1)] > 0
        right, total = right + (better == placed).sum(), total + len(better)
    assert expected.order == pytest.approx(right / total, abs=0.015)


def test_more_reviews_are_more_precise_and_one_entry_has_no_precision() -> None:
    few, many = np.eye(4, dtype=bool), np.ones((4, 4), dtype=bool)
    low, high = precision(few), precision(many)
    assert low is not None
    assert high is not None
    assert high.typical < low.typical < low.before
    assert high.order > low.order > 0.5
    assert precision(np.ones((1, 3), dtype=bool)) is None


def test_repair_changes_nothing_when_nothing_changed() -> None:
    affinity, eligible, k, lower, upper = bench.world(15, 6, 3).problem()
    before = assign(affinity, eligible, k, lower, upper, seed=3).chosen
    again = repair(affinity, eligible, k, lower, upper, before=before, seed=4)
    assert (again.added, again.removed) == ((), ())


def test_repair_replaces_a_judge_who_leaves_and_keeps_what_is_scored() -> None:
    affinity, eligible, k, _, upper = bench.world(15, 6, 3).problem()
    before = assign(affinity, eligible, k, 0, upper).chosen
    fixed = before.copy()
    fixed[:, 2] = False
    fixed[5:] = False
    gone = eligible.copy()
    gone[:, 2] = False
    change = repair(affinity, gone, k, 0, upper, before=before, fixed=fixed)
    assert {(i, 2) for i in np.flatnonzero(before[:, 2])} <= set(change.removed)
    assert not set(change.removed) & {(int(i), int(j)) for i, j in np.argwhere(fixed)}
    assert ((before | change.plan.chosen) & ~before).sum() == len(change.added)
    assert change.plan.complete


@pytest.mark.parametrize("judge", range(6))
def test_whoever_leaves_at_most_three_in_a_hundred_of_the_others_pairs_move(judge: int) -> None:
    given = bench.world(*bench.SMALL)
    plan = assign(*given.problem(), track=given.track)
    change = bench.without(given, plan, judge)
    others = [(i, j) for i, j in change.removed if j != judge]
    assert len(others) <= 0.03 * (len(plan.pairs) - plan.loads[judge])
    assert change.plan.complete


def test_what_stands_moves_for_a_better_judge_unless_there_is_a_gap_to_fill() -> None:
    affinity = [[0.5, 0.8, 0.1], [0.5, 0.5, 0.1]]
    may = np.ones((2, 3), dtype=bool)
    stood = np.array([[True, False, False], [False, False, True]])
    assert repair(affinity, may, 1, 0, 1, before=stood).removed == ((0, 0), (1, 2))
    gap = stood & [[True], [False]]
    assert repair(affinity, may, 1, 0, 1, before=gap).removed == ()
    assert repair(affinity, may, 1, 0, 1, before=gap, stability=0.02).removed == ((0, 0),)


def test_an_old_pair_wins_against_a_slightly_better_new_one_only() -> None:
    old = np.array([[True, False]])
    assert assign([[0.5, 0.51]], [[True, True]], 1, 0, 1, previous=old).pairs == ((0, 0),)
    assert assign([[0.5, 0.53]], [[True, True]], 1, 0, 1, previous=old).pairs == ((0, 1),)


@QUICK
@given(st.integers(0, 10**6))
def test_the_order_of_rows_and_the_seed_do_not_change_the_total(seed: int) -> None:
    r = np.random.default_rng(seed)
    affinity, eligible = np.round(r.random((8, 5)), 1), r.random((8, 5)) < 0.7
    rows, columns = r.permutation(8), r.permutation(5)
    one = assign(affinity, eligible, 2, 1, 5)
    same = assign(affinity, eligible, 2, 1, 5)
    other = assign(affinity[rows][:, columns], eligible[rows][:, columns], 2, 1, 5, seed=seed + 1)
    assert (one.chosen == same.chosen).all()
    assert other.objective == pytest.approx(one.objective, abs=1e-9)
    assert len(other.components) == len(one.components)


def test_loads_are_evened_within_what_is_allowed() -> None:
    eligible = np.ones((12, 4), dtype=bool)
    eligible[1:, 3] = False
    fixed = np.zeros_like(eligible)
    fixed[:, 0] = True
    low, high = evened(eligible, 2, 0, [20, 20, 7, 20], fixed)
    assert low.tolist() == [3, 3, 3, 1]
    assert high.tolist() == [12, 8, 7, 8]


def test_nothing_to_assign_is_an_empty_plan() -> None:
    plan = assign(np.zeros((0, 3)), np.zeros((0, 3), dtype=bool), 3, 0, 5)
    assert (plan.pairs, plan.complete, plan.connected, plan.bound) == ((), True, True, 0.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"affinity": [[1, 1], [1, float("nan")]]}, "entry 1 and judge 1 is not a finite number"),
        ({"affinity": [1, 1]}, "a row per entry"),
        ({"eligible": [[True, True]]}, r"eligible has shape \(1, 2\)"),
        ({"eligible": [[True, True], [2, True]]}, "eligible of entry 1"),
        ({"reviews": [1, -1]}, "reviews of entry 1 is -1"),
        ({"reviews": [1, 2, 3]}, "reviews has shape"),
        ({"lower": [0.5, 0]}, "lower of judge 0 is 0.5"),
        ({"lower": [0, 3]}, "lower is above upper for judge 1"),
        ({"fixed": [[False, False], [False, True]]}, "entry 1 and judge 1 are fixed but not"),
        ({"stability": -1.0}, "stability"),
        ({"stability": float("inf")}, "stability"),
        ({"affinity": [[1, 1], [float("-inf"), 1]]}, "entry 1 and judge 0 is not a finite number"),
        ({"upper": [2, float("nan")]}, "upper of judge 1 is nan"),
        ({"track": [1]}, "track has shape"),
        ({"track": [1.5, 2.0]}, "track must be whole numbers"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_row(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {
        "affinity": [[1, 1], [1, 1]],
        "eligible": [[True, True], [True, False]],
        "reviews": 1,
        "lower": 0,
        "upper": 2,
    }
    with pytest.raises(ValueError, match=says):
        assign(**good | change)


@pytest.mark.parametrize("told", [precision, components])
@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ([True, False], "a row per entry"),
        ([[1.0, 0.0], [float("nan"), 1.0]], "chosen of entry 1 is neither true nor false"),
        ([[1, 0], [2, 1]], "chosen of entry 1 is neither true nor false"),
    ],
)
def test_a_design_that_is_none_is_refused(told: Any, chosen: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        told(chosen)
