"""What assignment promises, measured on worlds of tracks, languages and conflicts."""

import multiprocessing
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from time import process_time
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import LinearConstraint, milp
from scipy.sparse.csgraph import maximum_flow

from contest.bench.bars import Bar, at_least, at_most
from contest.judging.assignment import Plan, Repair, assign, repair

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
T = TypeVar("T")

SMALL, MIDDLE, LARGE = (15, 6, 3), (500, 60, 3), (5000, 500, 3)
OPTIMA = {SMALL: 30.7692, MIDDLE: 1185.8303, LARGE: 12648.6331}
"""As they were found when these worlds were drawn first, by another solver."""

LANGUAGES = np.array([0.7, 0.2, 0.1])
DIMENSIONS = 16  # of expertise
WANDER = 1.2  # of one entry or judge around their tracks


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """An assignment problem: `affinity` and `eligible` (entries, judges), `track` per entry."""

    affinity: Floats
    eligible: Bools
    reviews: int
    lower: Ints
    upper: Ints
    track: Ints

    def problem(self) -> tuple[Any, ...]:
        """Return the positional arguments of `assign`."""
        return self.affinity, self.eligible, self.reviews, self.lower, self.upper


def world(entries: int, judges: int, reviews: int, seed: int = 1) -> World:
    """Draw one. The order of the random calls is part of it; the same seed gives the same world."""
    n, m, r = entries, judges, np.random.default_rng(seed)
    tracks = max(2, min(12, m // 8))
    popularity = r.dirichlet(np.full(tracks, 3.0))
    track = r.choice(tracks, n, p=popularity)
    competent = _competent(r, m, popularity)
    language = r.choice(3, n, p=LANGUAGES / LANGUAGES.sum())
    speaks = np.zeros((m, 3), dtype=np.bool_)
    for which, share in enumerate((0.95, 0.35, 0.25)):
        speaks[:, which] = r.random(m) < share
    speaks[speaks.sum(axis=1) == 0, 0] = True
    centres = r.normal(size=(tracks, DIMENSIONS))
    topics = _unit(centres[track] + WANDER * r.normal(size=(n, DIMENSIONS)))
    middle = (competent @ centres) / competent.sum(axis=1, keepdims=True)
    skills = _unit(middle + WANDER * r.normal(size=(m, DIMENSIONS)))
    affinity = np.clip(0.5 + 0.5 * (topics @ skills.T) + 0.05 * r.normal(size=(n, m)), 0, 1)
    employers = max(10, m // 2)
    of_entry, of_judge = r.integers(0, employers, n), r.integers(0, employers, m)
    conflict = (of_entry[:, None] == of_judge[None, :]) | (r.random((n, m)) < 0.005)
    eligible = competent[:, track].T & speaks[:, language].T & ~conflict
    for i in np.flatnonzero(eligible.sum(axis=1) < reviews + 2):
        eligible[i, ~conflict[i] & competent[:, track[i]]] = True
        if eligible[i].sum() < reviews + 2:
            eligible[i, ~conflict[i]] = True
    load = reviews * n / m
    return World(
        affinity,
        eligible,
        reviews,
        np.full(m, int(np.floor(0.5 * load))),
        np.full(m, int(np.ceil(1.25 * load))),
        track,
    )


def _competent(r: np.random.Generator, m: int, popularity: Floats) -> Bools:
    tracks = len(popularity)
    competent = np.zeros((m, tracks), dtype=np.bool_)
    competent[np.arange(m), r.choice(tracks, m, p=popularity)] = True
    for judge in range(m):
        for chance in (0.6, 0.25):
            if r.random() < chance:
                competent[judge, r.integers(tracks)] = True
    for t in range(tracks):
        while competent[:, t].sum() < max(2, int(0.5 * m * popularity[t])):
            competent[r.integers(m), t] = True
    return competent


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def bars(*, quick: bool) -> Iterator[Bar]:
    """Measure; `quick` leaves out the world of 5,000 entries and the solver it is compared with."""
    for size in (SMALL, MIDDLE) if quick else (SMALL, MIDDLE, LARGE):
        yield from _world_bars(size, quick=quick)
    yield from _bonus_bars(MIDDLE, quick=quick)
    yield from _shortage_bars(MIDDLE)
    if not quick:
        yield from _large_bars()


def _world_bars(size: tuple[int, int, int], *, quick: bool) -> Iterator[Bar]:
    given, name = world(*size), f"assignment {size[0]} x {size[1]}:"
    plan, seconds = _timed(lambda: assign(*given.problem(), track=given.track))
    if size in {MIDDLE, LARGE}:
        yield at_most(f"{name} time", seconds, 0.5 if size == MIDDLE else 8.0, ".2f", "s")
    yield at_most(f"{name} bounds broken, gaps, barred pairs", _broken(given, plan), 0, ".0f")
    again = assign(*given.problem(), track=given.track).chosen
    yield at_most(f"{name} pairs changed by asking again", (again ^ plan.chosen).sum(), 0, ".0f")
    parts = len(plan.components) - plan.connection.least
    yield at_most(f"{name} parts beyond those that eligible pairs allow", parts, 0, ".0f")
    groups = len(plan.connection.apart)
    yield at_most(f"{name} groups of tracks, two shared judges or 5 % within", groups, 1, ".0f")
    plain = assign(*given.problem(), connect=False)
    known = abs(plain.objective - OPTIMA[size])
    yield at_most(f"{name} objective beside {OPTIMA[size]}", known, 5e-5, ".1e")
    yield at_least(f"{name} objective / proved bound", plain.objective / plain.bound, 0.999, ".6f")
    worth, over = greedy(given)
    yield at_least(f"{name} gained on greedy", plain.affinity / worth - 1, 0.0, ".4f")
    yield at_most(
        f"{name} gaps and bounds broken (greedy: {over})", _broken(given, plain), 0, ".0f"
    )
    yield from _change_bars(name, given, plan, _leavers(size, plan, quick=quick))
    fair = assign(*given.problem(), fair="full", connect=False)
    if fair.worst is not None and fair.worst.bound is not None:
        ratio = fair.worst.affinity / fair.worst.bound
        yield at_least(f"{name} fair: worst entry / its bound", ratio, 0.999, ".6f")
        yield at_most(f"{name} fair: total given up", 1 - fair.affinity / plain.bound, 0.002, ".6f")


def _leavers(size: tuple[int, int, int], plan: Plan, *, quick: bool) -> list[int]:
    """Return the judges who leave, one at a time: all, or the busiest where that takes too long."""
    if size == LARGE:
        return [int(plan.loads.argmax())]
    return list(range(0, size[1], 20 if quick and size == MIDDLE else 1))


def _change_bars(name: str, given: World, plan: Plan, leavers: list[int]) -> Iterator[Bar]:
    again = repair(*given.problem(), before=plan.chosen, track=given.track, seed=7)
    yield at_most(f"{name} changes when nothing changed", len(again.removed), 0, ".0f")
    moved = [
        (plan.chosen & ~without(given, plan, judge).plan.chosen).sum() - plan.loads[judge]
        for judge in leavers
    ]
    others = plan.chosen.sum() - plan.loads[leavers]
    worst = int(np.argmax(moved / others))
    told = (
        f"others' pairs moved when a judge leaves, worst of {len(leavers)} (judge {leavers[worst]})"
    )
    yield at_most(f"{name} {told}", float(moved[worst] / others[worst]), 0.03, ".4f")
    turn = np.random.default_rng(3).permutation(len(given.affinity))
    mixed = assign(given.affinity[turn], given.eligible[turn], given.reviews, given.lower,
                   given.upper, connect=False, seed=5)  # fmt: skip
    plain = assign(*given.problem(), connect=False)
    difference = abs(mixed.objective - plain.objective)
    yield at_most(f"{name} total changed by order of rows and seed", difference, 1e-6, ".1e")


def without(given: World, plan: Plan, judge: int, stability: float | None = None) -> Repair:
    """Return what becomes of a plan when a judge leaves; the bonus is the page's unless one is given."""
    left, lower = given.eligible.copy(), given.lower.copy()
    left[:, judge], lower[judge] = False, 0
    return repair(given.affinity, left, given.reviews, lower, given.upper,
                  before=plan.chosen, track=given.track, stability=stability)  # fmt: skip


def _bonus_bars(size: tuple[int, int, int], *, quick: bool) -> Iterator[Bar]:
    """What a bonus on old pairs keeps of all that any plan can keep when a judge leaves, and its price."""
    given, name = world(*size), f"assignment {size[0]} x {size[1]}, judges leave:"
    plan = assign(*given.problem(), track=given.track)
    bonuses = (0.0, 0.02, 0.3, 10.0)
    after = [
        [without(given, plan, judge, bonus).plan for bonus in bonuses]
        for judge in range(0, size[1], 30 if quick else 4)
    ]
    free, small, large, most = (
        (float(sum((p.chosen & plan.chosen).sum() for p in plans)), sum(p.affinity for p in plans))
        for plans in zip(*after, strict=True)
    )
    yield at_least(f"{name} old pairs kept by a bonus of 0.02", small[0] / most[0], 0.99, ".4f")
    yield at_most(f"{name} affinity given up for it", 1 - small[1] / free[1], 0.00013, ".5f")
    yield at_least(f"{name} old pairs kept by a bonus of 0.3", large[0] / most[0], 0.999, ".4f")


def _shortage_bars(size: tuple[int, int, int]) -> Iterator[Bar]:
    """Too little room for all: the gaps that are named are held against a maximum flow."""
    given, name = world(*size), f"assignment {size[0]} x {size[1]}, short of judges:"
    tight = np.maximum(given.upper // 2, 1)
    plan = assign(given.affinity, given.eligible, given.reviews, 0, tight)
    named = sum(gap.missing for gap in plan.unfilled)
    possible = most_reviews(given.eligible, given.reviews, tight)
    lacking = given.reviews * len(given.affinity) - possible
    yield at_most(f"{name} gaps named beyond the inevitable", abs(named - lacking), 0, ".0f")
    explained = sum(shortage.missing for shortage in plan.shortages)
    yield at_most(f"{name} gaps not explained", abs(explained - named), 0, ".0f")


def _large_bars() -> Iterator[Bar]:
    given = world(*LARGE)
    worth, whole = _timed(lambda: by_integers(given))
    plan, seconds = _timed(lambda: assign(*given.problem(), connect=False))
    yield at_most("assignment 5000 x 500: time / that of scipy's milp", seconds / whole, 2.0)
    difference = abs(plan.objective - worth)
    yield at_most("assignment 5000 x 500: optimum against scipy's milp", difference, 1e-3, ".1e")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        yield at_most("assignment 5000 x 500: memory of the process",
                      alone.submit(_memory).result(), 600, ".0f", "MB")  # fmt: skip
    dense = np.random.default_rng(0).random(given.affinity.shape) > 0.02
    plan, seconds = _timed(
        lambda: assign(given.affinity, dense, given.reviews, given.lower, given.upper)
    )
    yield at_most("assignment 5000 x 500, 2.4 million pairs: time", seconds, 8.0, ".2f", "s")
    yield at_least("assignment 5000 x 500, 2.4 million pairs: objective / bound",
                   plan.objective / plan.bound, 0.999, ".6f")  # fmt: skip


def _memory() -> float:
    given = world(*LARGE)
    assign(*given.problem())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what the work gives and the processor time it took, in seconds of one core."""
    begun = process_time()
    return work(), process_time() - begun


def _broken(given: World, plan: Plan) -> int:
    return int(
        (plan.chosen & ~given.eligible).sum()
        + np.abs(plan.chosen.sum(axis=1) - given.reviews).sum()
        + np.maximum(plan.loads - given.upper, 0).sum()
        + np.maximum(given.lower - plan.loads, 0).sum()
    )


def greedy(given: World) -> tuple[float, int]:
    """Return the worth of taking the best pair that still fits, again and again, and what it breaks."""
    entry, judge = np.nonzero(given.eligible)
    order = np.argsort(-given.affinity[entry, judge], kind="stable")
    wanted = np.full(len(given.affinity), given.reviews)
    room = given.upper.copy()
    worth = 0.0
    for i, j in zip(entry[order], judge[order], strict=True):
        if wanted[i] and room[j]:
            wanted[i] -= 1
            room[j] -= 1
            worth += float(given.affinity[i, j])
    loads = given.upper - room
    return worth, int(wanted.sum() + np.maximum(given.lower - loads, 0).sum())


def by_integers(given: World) -> float:
    """Return the optimum as a general solver finds it over every eligible pair."""
    entry, judge = np.nonzero(given.eligible)
    size, (n, m) = len(entry), given.affinity.shape
    column = np.arange(size)
    rows = sparse.csr_array((np.ones(size), (entry, column)), shape=(n, size))
    loads = sparse.csr_array((np.ones(size), (judge, column)), shape=(m, size))
    answer = milp(
        -given.affinity[entry, judge],
        bounds=(0, 1),
        constraints=[
            LinearConstraint(rows, given.reviews, given.reviews),
            LinearConstraint(loads, given.lower, given.upper),
        ],
    )
    return -float(answer.fun)


def most_reviews(eligible: Bools, reviews: int, upper: Ints) -> int:
    """Return how many reviews can be given at all, by a maximum flow."""
    n, m = eligible.shape
    entry, judge = np.nonzero(eligible)
    start, end = n + m, n + m + 1
    tails = np.concatenate([np.full(n, start), entry, n + np.arange(m)])
    heads = np.concatenate([np.arange(n), n + judge, np.full(m, end)])
    room = np.concatenate([np.full(n, reviews), np.ones(len(entry)), upper]).astype(np.int32)
    graph = sparse.csr_array((room, (tails, heads)), shape=(n + m + 2, n + m + 2))
    return int(maximum_flow(graph, start, end).flow_value)
