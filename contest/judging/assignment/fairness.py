"""Max-min fairness: the entry that is served worst is served as well as it can be.

An entry is served by the mean affinity of its judges.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint, linprog, milp

from contest.judging.assignment.optimum import GAIN
from contest.judging.assignment.plan import Bools, Floats, Ints, Tick
from contest.judging.assignment.problem import Problem

ROUND = 2e-4  # of the worst entry may be given up for whole pairs
NODES = 2000


def served(service: Floats, chosen: Bools) -> Floats:
    """Return the mean affinity per entry, infinite where there is no review."""
    counts = chosen.sum(axis=1)
    total = np.where(chosen, service, 0).sum(axis=1)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.inf)


def by_swaps(problem: Problem, plan: Bools) -> Bools:
    """Lift the worst-served entry by moves and swaps until it cannot move.

    A swap must leave both entries better served than the worst one was, so every step lifts the
    minimum or shortens the row of those that stand at it.
    """
    plan = plan.copy()
    service, may = problem.service, problem.eligible
    for _ in range(4 * len(plan)):
        value = served(service, plan)
        worst = int(value.argmin())
        counts, loads = plan.sum(axis=1), plan.sum(axis=0)
        best: tuple[float, int, int, int] | None = None
        for old in np.flatnonzero(plan[worst] & ~problem.fixed[worst]):
            gain = service[worst] - service[worst, old]
            can = may[worst] & ~plan[worst] & (gain > GAIN)
            mine = value[worst] + gain / counts[worst]
            if loads[old] > problem.lower[old]:
                for new in np.flatnonzero(can & (loads < problem.upper)):
                    best = max(
                        best or (-np.inf, 0, 0, 0), (float(mine[new]), int(old), int(new), -1)
                    )
            others, new_ = np.nonzero(
                plan & ~problem.fixed & can[None, :] & (may[:, old] & ~plan[:, old])[:, None]
            )
            theirs = value[others] + (service[others, old] - service[others, new_]) / counts[others]
            least = np.minimum(theirs, mine[new_])
            if len(least):
                i = int(np.argmax(least))
                found = (float(least[i]), int(old), int(new_[i]), int(others[i]))
                best = max(best or found, found)
        if best is None or best[0] <= value[worst] + GAIN:
            break
        _, away, taken, other = best
        plan[worst, away], plan[worst, taken] = False, True
        if other >= 0:
            plan[other, taken], plan[other, away] = False, True
    return plan


@dataclass(frozen=True, eq=False)
class Fair:
    """A plan, how well its worst-served entry fares, and what no plan exceeds."""

    chosen: Bools
    floor: float
    bound: float


@dataclass(frozen=True, eq=False)
class _Frame:
    """What stays as the optimum has it: reviews per entry, and bounds it keeps."""

    reviews: Ints
    lower: Ints
    upper: Ints


def in_full(problem: Problem, best: Bools, pool: Bools, tick: Tick) -> Fair:
    """Return the plan of greatest worth among those whose worst entry fares best.

    A linear program lifts the worst entry as far as any mixture of plans does, by columns and by
    rows: pairs come in when they gain, an entry's floor when it is about to be broken. What it
    leaves in fractions, a small integer program makes whole.
    """
    frame = _Frame(best.sum(axis=1), np.minimum(problem.lower, best.sum(axis=0)), problem.upper)
    busy = frame.reviews > 0
    if not busy.any():
        return Fair(best, np.inf, np.inf)
    pool = pool | best
    held = np.zeros(len(best), dtype=np.bool_)
    held[np.argsort(served(problem.service, best))[: max(5, int(busy.sum()) // 50)]] = True
    held &= busy
    while True:
        tick("lift")
        found = _relaxed(problem, frame, pool, held, of_worth=1.0)
        value = (found.share * problem.service).sum(axis=1) / np.maximum(frame.reviews, 1)
        broken = busy & ~held & (value < found.floor - 1e-7)
        better = problem.eligible & ~pool & (found.gain > GAIN * _weight(frame)) & busy[:, None]
        if not broken.any() and not better.any():
            break
        held |= broken
        pool |= better
    tick("lift")
    chosen = _made_whole(problem, frame, pool, found)
    if chosen is None:
        chosen = by_swaps(problem, best)
    floor = float(served(problem.service, chosen).min())
    return Fair(chosen, floor, _ceiling(problem, frame, pool, held))


def _ceiling(problem: Problem, frame: _Frame, pool: Bools, held: Bools) -> float:
    """Return what the worst entry of no plan exceeds: the floor when nothing else is asked for."""
    bound = np.inf
    while True:
        found = _relaxed(problem, frame, pool, held, of_worth=0.0)
        bound = min(bound, _bound(problem, frame, found))
        better = problem.eligible & ~pool & (found.gain > GAIN * _weight(frame))
        if bound <= found.floor * (1 + 1e-9) or not better.any():
            return bound
        pool = pool | better


@dataclass(frozen=True, eq=False)
class _Relaxed:
    """Shares of pairs, the floor they reach, prices, and what pairs would gain at these."""

    share: Floats
    floor: float
    of_entry: Floats
    of_judge: Floats
    of_floor: Floats
    gain: Floats


def _relaxed(
    problem: Problem, frame: _Frame, pool: Bools, held: Bools, *, of_worth: float
) -> _Relaxed:
    n, m = problem.worth.shape
    entry, judge = np.nonzero(pool & problem.eligible)
    size, rows = len(entry), np.flatnonzero(held)
    width = size + 1 + m  # pairs, the floor, loads
    column, loads = np.arange(size), size + 1 + np.arange(m)
    place = np.cumsum(held) - 1
    inside = held[entry]
    equal = _sparse(
        (n + m, width),
        (np.ones(size), entry, column),
        (np.ones(size), n + judge, column),
        (-np.ones(m), n + np.arange(m), loads),
    )
    floors = _sparse(
        (len(rows), width),
        (-problem.service[entry, judge][inside], place[entry[inside]], column[inside]),
        (frame.reviews[rows].astype(float), np.arange(len(rows)), np.full(len(rows), size)),
    )
    answer = linprog(
        np.concatenate([-of_worth * problem.worth[entry, judge], [-_weight(frame)], np.zeros(m)]),
        A_ub=floors,
        b_ub=np.zeros(len(rows)),
        A_eq=equal,
        b_eq=np.concatenate([frame.reviews, np.zeros(m)]),
        bounds=np.column_stack(
            [
                np.concatenate([problem.fixed[entry, judge], [-2.0], frame.lower]),
                np.concatenate([np.ones(size), [2.0], frame.upper]),
            ]
        ),
        method="highs-ds",
    )
    if answer.status != 0:
        raise RuntimeError(f"the solver gave up: {answer.message}")
    prices = -np.asarray(answer.eqlin.marginals)
    of_floor, share = np.zeros(n), np.zeros_like(problem.service)
    of_floor[rows] = -np.asarray(answer.ineqlin.marginals)
    share[entry, judge] = answer.x[:size]
    gain = of_worth * problem.worth + problem.service * of_floor[:, None]
    return _Relaxed(
        share=share,
        floor=float(answer.x[size]),
        of_entry=prices[:n],
        of_judge=prices[n:],
        of_floor=of_floor,
        gain=gain - prices[:n, None] - prices[n:],
    )


def _weight(frame: _Frame) -> float:
    """Return the weight of the floor: more than any total that is given up for it."""
    return float(100 * frame.reviews.sum())


def _sparse(shape: tuple[int, int], *blocks: tuple[Floats, Ints, Ints]) -> sparse.csr_array:
    values, rows, columns = (np.concatenate(part) for part in zip(*blocks, strict=True))
    return sparse.csr_array((values, (rows, columns)), shape=shape)


def _bound(problem: Problem, frame: _Frame, found: _Relaxed) -> float:
    """Return what the worst entry of no plan exceeds. True for any prices (weak duality).

    Prices of floors are weights on the entries; what a plan of greatest weighted service reaches,
    no minimum can pass.
    """
    weight = float((found.of_floor * frame.reviews).sum())
    if weight <= 0:
        return np.inf
    gain = problem.service * found.of_floor[:, None] - found.of_entry[:, None] - found.of_judge
    pairs = np.where(problem.fixed, gain, np.maximum(gain, 0))[problem.eligible].sum()
    loads = np.where(found.of_judge > 0, frame.upper, frame.lower) * found.of_judge
    return float((pairs + (found.of_entry * frame.reviews).sum() + loads.sum()) / weight)


def _made_whole(problem: Problem, frame: _Frame, pool: Bools, found: _Relaxed) -> Bools | None:
    """Solve for the entries with half-chosen pairs, in growing company, all others staying put."""
    share = found.share
    base: Bools = share > 0.5
    half: Bools = (share > 1e-6) & (share < 1 - 1e-6)
    loose = np.asarray(half.any(axis=1))
    if not loose.any():
        return base
    goal = found.floor - ROUND * abs(found.floor)
    for company in (10, 100, 400):
        judges = (pool & loose[:, None]).any(axis=0)
        near = np.argsort(-(base & judges & ~loose[:, None]).sum(axis=1), kind="stable")
        loose[near[:company]] = True
        plan = _integer(problem, frame, pool, base, loose, goal)
        if plan is not None:
            return plan
    return None


def _integer(
    problem: Problem, frame: _Frame, pool: Bools, base: Bools, loose: Bools, goal: float
) -> Bools | None:
    entry, judge = np.nonzero(pool & problem.eligible & loose[:, None])
    rest = base[~loose].sum(axis=0)
    rows = np.flatnonzero(loose)
    place = np.full(len(base), -1)
    place[rows] = np.arange(len(rows))
    size, m = len(entry), base.shape[1]
    column = np.arange(size)
    of_entry = sparse.csr_array((np.ones(size), (place[entry], column)), shape=(len(rows), size))
    of_judge = sparse.csr_array((np.ones(size), (judge, column)), shape=(m, size))
    floors = sparse.csr_array(
        (problem.service[entry, judge], (place[entry], column)), shape=(len(rows), size)
    )
    answer = milp(
        -problem.worth[entry, judge],
        integrality=np.ones(size),
        bounds=(problem.fixed[entry, judge], np.ones(size)),
        constraints=[
            LinearConstraint(of_entry, frame.reviews[rows], frame.reviews[rows]),
            LinearConstraint(of_judge, frame.lower - rest, frame.upper - rest),
            LinearConstraint(floors, goal * frame.reviews[rows], np.inf),
        ],
        options={"mip_rel_gap": 1e-4, "node_limit": NODES},
    )
    if answer.x is None:
        return None
    chosen = base & ~loose[:, None]
    taken = answer.x > 0.5
    chosen[entry[taken], judge[taken]] = True
    return chosen
