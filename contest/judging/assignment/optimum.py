"""The plan of greatest total worth, with its proof, by column generation.

Nearly all eligible pairs stand in no good plan. Judge prices from a few rounds of subgradient say
which might; the linear program is solved over those, its prices are held against every other pair,
and pairs that would gain are let in. When none would, the prices prove the optimum over all pairs.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from contest.judging.assignment.plan import Bools, Floats, Ints, Tick
from contest.judging.assignment.problem import Problem

PRICE_ROUNDS = 40
BEST_JUDGES = 10  # per entry that the linear program begins with
SPARE = 1.5  # times a judge's lower bound: entries that it begins with, per judge
GAIN = 1e-9  # less is rounding


@dataclass(frozen=True, eq=False)
class Program:
    """Columns: pairs, reviews missing per entry, load carried per judge, load short per judge.

    Rows: an entry's pairs and gaps make its reviews; a judge's pairs and shortage make the load,
    which lies between the bounds.
    """

    entry: Ints
    judge: Ints
    cost: Floats
    matrix: sparse.csr_array
    right: Floats
    low: Floats
    high: Floats


def program(problem: Problem, pool: Bools, seed: int) -> Program:
    """Return the linear program over the pairs in `pool`, in an order that `seed` decides."""
    n, m = problem.worth.shape
    entry, judge = np.nonzero(pool)
    order = np.random.default_rng(seed).permutation(len(entry))
    entry, judge = entry[order], judge[order]
    size, gap = len(entry), np.full(1, problem.gap_cost)
    entries, judges = np.arange(n), np.arange(m)
    rows = np.concatenate([entry, n + judge, entries, n + judges, n + judges])
    column = np.arange(size)
    tail = size + np.arange(n + 2 * m)
    columns = np.concatenate([column, column, tail])
    values = np.concatenate([np.ones(2 * size + n), -np.ones(m), np.ones(m)])
    return Program(
        entry=entry,
        judge=judge,
        cost=np.concatenate(
            [-problem.worth[entry, judge], gap.repeat(n), np.zeros(m), gap.repeat(m)]
        ),
        matrix=sparse.csr_array((values, (rows, columns)), shape=(n + m, size + n + 2 * m)),
        right=np.concatenate([problem.reviews, np.zeros(m)]),
        low=np.concatenate([problem.fixed[entry, judge], np.zeros(n), problem.lower, np.zeros(m)]),
        high=np.concatenate([np.ones(size), problem.reviews, problem.upper, problem.lower]),
    )


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best plan, what no plan can exceed, and the pairs that were looked at more closely."""

    chosen: Bools
    bound: float
    pool: Bools


def optimum(problem: Problem, seed: int, tick: Tick) -> Optimum:
    """Return the best plan of all, gaps first. `tick` is told before each part of the work.

    Cost     a subgradient round reads every pair once; the linear program has some 12 columns per
             entry. Two or three rounds of pricing are usual.
    """
    if not problem.eligible.any():
        empty = np.zeros_like(problem.eligible)
        return Optimum(empty, 0.0, empty)
    n, m = problem.worth.shape
    tick("search")
    pool = promising(problem)
    while True:
        tick("prove")
        asked = program(problem, pool, seed)
        answer = linprog(
            asked.cost,
            A_eq=asked.matrix,
            b_eq=asked.right,
            bounds=np.column_stack([asked.low, asked.high]),
            method="highs-ds",
        )
        if answer.status != 0:
            raise RuntimeError(f"the solver gave up: {answer.message}")
        prices = -np.asarray(answer.eqlin.marginals)
        gain = problem.worth - prices[:n, None] - prices[n:]
        better = problem.eligible & ~pool & (gain > GAIN)
        if not better.any():
            break
        pool |= better
    gaps = answer.x[len(asked.entry) :]
    spent = problem.gap_cost * float(np.rint(gaps[:n]).sum() + np.rint(gaps[-m:]).sum())
    bound = _bound(problem, prices[:n], prices[n:]) + spent
    return Optimum(whole(problem, asked, answer.x), bound, pool)


def promising(problem: Problem) -> Bools:
    """Return the pairs that may well stand in a good plan: small enough to begin with."""
    n, m = problem.worth.shape
    worth = np.where(problem.eligible, problem.worth, -np.inf)
    prices, threshold = _prices(problem, worth)
    net = worth - prices
    pool = np.zeros_like(problem.eligible)
    best = min(m, max(BEST_JUDGES, 2 * int(problem.reviews.max(initial=0))))
    pool[np.arange(n)[:, None], np.argpartition(-net, best - 1, axis=1)[:, :best]] = True
    regret = worth - threshold[:, None]
    for judge in np.flatnonzero(problem.lower):
        most = min(n, int(np.ceil(SPARE * problem.lower[judge])) + 2)
        pool[np.argpartition(-regret[:, judge], most - 1)[:most], judge] = True
    return (pool | problem.fixed | problem.previous) & problem.eligible


def _prices(problem: Problem, worth: Floats) -> tuple[Floats, Floats]:
    """Return a price per judge and what the last judge is worth to each entry at these prices.

    A judge who is asked for too often becomes dearer, one below the lower bound cheaper.
    """
    n, m = worth.shape
    prices, last = np.zeros(m), np.zeros(n)
    most = min(m, int(problem.reviews.max(initial=0)))
    if not most:
        return prices, last
    spread = float(worth[problem.eligible].std()) or 1.0
    within = np.arange(most) < problem.reviews[:, None]
    size = np.maximum(problem.upper, 1)
    for turn in range(PRICE_ROUNDS):
        net = worth - prices
        taken = np.argpartition(-net, most - 1, axis=1)[:, :most]
        values = np.take_along_axis(net, taken, axis=1)
        order = np.argsort(-values, axis=1)
        taken = np.take_along_axis(taken, order, axis=1)
        values = np.take_along_axis(values, order, axis=1)
        ok = within & np.isfinite(values)
        loads = np.bincount(taken[ok], minlength=m)
        last = np.min(np.where(ok, values, np.inf), axis=1, initial=np.inf)
        wanted = np.clip(loads, problem.lower, problem.upper)
        wanted = np.where(prices > 0, problem.upper, np.where(prices < 0, problem.lower, wanted))
        moved = prices + spread / (1 + turn / 4) * (loads - wanted) / size
        prices = np.where(moved * prices < 0, 0.0, moved)
    return prices, np.where(np.isfinite(last), last, 0.0)


def _bound(problem: Problem, entry_price: Floats, judge_price: Floats) -> float:
    """Return what no plan can exceed, gaps paid for.

    True for any prices whatever (weak duality), so the proof does not rest on the solver.
    """
    gain = problem.worth - entry_price[:, None] - judge_price[None, :]
    pairs = np.where(problem.fixed, gain, np.maximum(gain, 0))[problem.eligible].sum()
    reviews = entry_price * problem.reviews
    missing = np.maximum(-problem.gap_cost - entry_price, 0) * problem.reviews
    loads = np.where(judge_price > 0, problem.upper, problem.lower) * judge_price
    short = np.maximum(-problem.gap_cost - judge_price, 0) * problem.lower
    return float(pairs + reviews.sum() + missing.sum() + loads.sum() + short.sum())


def whole(problem: Problem, asked: Program, values: Floats) -> Bools:
    """Return the chosen pairs of a solution; raise RuntimeError where a pair is half chosen."""
    pairs = values[: len(asked.entry)]
    if np.abs(pairs - np.rint(pairs)).max(initial=0.0) > 1e-5:
        raise RuntimeError("the solver's answer is not whole")
    chosen = np.zeros_like(problem.eligible)
    taken = pairs > 0.5
    chosen[asked.entry[taken], asked.judge[taken]] = True
    return chosen
