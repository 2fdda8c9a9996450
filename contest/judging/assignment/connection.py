"""Makes a plan hold together, so that every entry can be compared with every other."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from contest.judging.assignment.optimum import Program, program, whole
from contest.judging.assignment.plan import Bools, Component, Floats, Ints
from contest.judging.assignment.problem import Problem

# Limits counted in steps, not in seconds: the same input gives the same plan on any machine.
CUT_ROUNDS = 12
NODES = 100
SWAPS = 4_000_000
PROVABLE = 20_000  # eligible pairs, up to which cuts are tried: beyond, swaps are as good and fast


def labels(mask: Bools) -> Ints:
    """Return the number of the component of each entry, then of each judge."""
    n, m = mask.shape
    entry, judge = np.nonzero(mask)
    graph = sparse.coo_array((np.ones(len(entry)), (entry, n + judge)), shape=(n + m, n + m))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def components(mask: Bools) -> tuple[Component, ...]:
    """Return the connected parts, largest first. Who has no pair is in no part."""
    n, _ = mask.shape
    part = labels(mask)
    found: dict[int, tuple[list[int], list[int]]] = {}
    for entry in np.flatnonzero(mask.any(axis=1)):
        found.setdefault(int(part[entry]), ([], []))[0].append(int(entry))
    for judge in np.flatnonzero(mask.any(axis=0)):
        found[int(part[n + judge])][1].append(int(judge))
    parts = (Component(tuple(entries), tuple(judges)) for entries, judges in found.values())
    return tuple(sorted(parts, key=lambda part: (-len(part.entries), part.entries)))


def count(mask: Bools) -> int:
    """Return how many components the plan has."""
    used = np.concatenate([mask.any(axis=1), mask.any(axis=0)])
    return len(np.unique(labels(mask)[used]))


def least(problem: Problem, chosen: Bools) -> int:
    """How many components the entries with reviews fall into if every eligible pair is used."""
    return len(set(labels(problem.eligible)[: len(chosen)][chosen.any(axis=1)].tolist()))


def connect(problem: Problem, best: Bools, seed: int, *, floor: float | None) -> tuple[Bools, bool]:
    """Return the best connected plan and whether a better connected one is proved impossible.

    Every part of the plan that falls asunder must be left by a pair: a cut. Cuts are added until
    the plan holds together, so the last plan is the best of all that do. Where that takes too many
    rounds, or entries must not be served worse than `floor`, swaps finish the work, and the plan is
    merely good.
    With one review per entry nothing is attempted: only a single judge of everything would connect.
    """
    fewest = least(problem, best)
    if count(best) <= fewest:
        return best, False
    if _too_few_pairs(problem, best, fewest):
        return best, True
    if best.sum(axis=1).max() < 2:
        return best, False
    if floor is not None or problem.eligible.sum() > PROVABLE:
        return bridged(problem, best, floor=floor), False
    return _by_cuts(problem, best, fewest, seed)


def _by_cuts(problem: Problem, best: Bools, fewest: int, seed: int) -> tuple[Bools, bool]:
    parts = components(best)
    asked = program(problem, problem.eligible, seed)
    cuts: list[Floats] = []
    held = best
    for _ in range(CUT_ROUNDS):
        cuts.extend(_cuts(problem, asked, parts))
        chosen, impossible = _with_cuts(problem, asked, best, cuts)
        if chosen is None:
            return bridged(problem, held), impossible
        parts = components(chosen)
        if len(parts) < count(held):
            held = chosen
        if len(parts) <= fewest:
            return held, False
    return bridged(problem, held), False


def _too_few_pairs(problem: Problem, best: Bools, fewest: int) -> bool:
    """A connected graph of v nodes has v - 1 edges at least; here the number of edges is given."""
    pairs = int(best.sum())
    heaviest = np.cumsum(np.sort(problem.upper)[::-1])
    needed = int(np.searchsorted(heaviest, pairs)) + 1
    obliged = int(((problem.lower > 0) & problem.eligible.any(axis=0)).sum())
    exact = bool((best.sum(axis=0) >= problem.lower).all())
    judges = max(needed, obliged if exact else 0)
    return pairs < int(best.any(axis=1).sum()) + judges - fewest


def _cuts(problem: Problem, asked: Program, parts: Iterable[Component]) -> list[Floats]:
    cuts = []
    n, m = problem.worth.shape
    for part in parts:
        entries, judges = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
        entries[list(part.entries)] = True
        judges[list(part.judges)] = True
        leaving = entries[asked.entry] != judges[asked.judge]
        if leaving.any():
            cuts.append(np.concatenate([leaving, np.zeros(n + 2 * m)]))
    return cuts


def _with_cuts(
    problem: Problem, asked: Program, best: Bools, cuts: list[Floats]
) -> tuple[Bools | None, bool]:
    """Solve with as few gaps as the optimum has. Return the plan, or that there is none."""
    n, m = problem.worth.shape
    pairs = len(asked.entry)
    missing = np.zeros(len(asked.cost))
    missing[pairs : pairs + n] = 1
    short = np.zeros(len(asked.cost))
    short[pairs + n + m :] = 1
    loads = best.sum(axis=0)
    most_missing = int(problem.reviews.sum() - best.sum())
    most_short = int(np.maximum(problem.lower - loads, 0).sum())
    cost = asked.cost.copy()
    cost[pairs:] = 0
    answer = milp(
        cost,
        integrality=np.concatenate([np.ones(pairs), np.zeros(n + 2 * m)]),
        bounds=(asked.low, asked.high),
        constraints=[
            LinearConstraint(asked.matrix, asked.right, asked.right),
            LinearConstraint(
                sparse.csr_array(np.vstack([missing, short])), 0, [most_missing, most_short]
            ),
            LinearConstraint(sparse.csr_array(np.vstack(cuts)), 1, np.inf),
        ],
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if answer.x is None:
        return None, answer.status == 2
    return whole(problem, asked, answer.x), False


@dataclass(frozen=True, eq=False)
class Step:
    """Cells to add and to take away, and the worth that is lost by it."""

    cost: float
    added: tuple[Ints, Ints]
    removed: tuple[Ints, Ints]

    def on(self, plan: Bools) -> Bools:
        trial = plan.copy()
        trial[self.removed], trial[self.added] = False, True
        return trial

    def keeps(self, plan: Bools, problem: Problem, floor: float | None) -> bool:
        """Say whether no entry that the step touches is served worse than `floor` afterwards."""
        if floor is None:
            return True
        entries = np.unique(self.added[0])
        after = self.on(plan)[entries]
        return bool(
            ((problem.service[entries] * after).sum(1) >= floor * after.sum(1) - 1e-12).all()
        )


def bridged(problem: Problem, plan: Bools, *, floor: float | None = None) -> Bools:
    """Join parts one by one, each time by the cheapest move or swap that leaves fewer parts.

    Steps that serve an entry worse than `floor` are taken only when no other joins anything.
    """
    parts = count(plan)
    while parts > 1:
        part = labels(plan)
        steps = list(crossings(problem, plan, part[: len(plan)], part[len(plan) :]))
        gentle = [step for step in steps if step.keeps(plan, problem, floor)]
        for step in gentle + ([] if floor is None else steps):
            trial = step.on(plan)
            if (now := count(trial)) < parts:
                plan, parts = trial, now
                break
        else:
            break
    return plan


def crossings(problem: Problem, plan: Bools, group: Ints, home: Ints) -> Iterable[Step]:
    """Yield steps within the bounds by which a judge of one group gets an entry of another.

    Takes    group (n) of each entry, home (m) of each judge. Cheapest first.
    """
    n, m = plan.shape
    loads = plan.sum(axis=0)
    entry, judge = np.nonzero(plan & ~problem.fixed)
    free = problem.eligible & ~plan
    worth = problem.worth
    if not len(entry):
        return

    fits = (loads > problem.lower)[judge][:, None] & (loads < problem.upper)[None, :]
    row, to = np.nonzero(free[entry] & fits & (home[None, :] != group[entry][:, None]))
    cost = worth[entry[row], judge[row]] - worth[entry[row], to]
    near = np.argsort(cost, kind="stable")[: 50 * (n + m)]
    steps = [
        Step(float(cost[i]), (entry[[row[i]]], to[[i]]), (entry[[row[i]]], judge[[row[i]]]))
        for i in near
    ]

    part = group[entry]
    largest = np.bincount(part).argmax()
    one, two = np.flatnonzero(part != largest), np.arange(len(part))
    one = one[: max(1, SWAPS // max(1, len(two)))]
    ok = free[entry[one][:, None], judge[two][None, :]]
    ok &= free[entry[two][None, :], judge[one][:, None]]
    ok &= part[one][:, None] != part[two][None, :]
    first, second = np.nonzero(ok)
    a, b = one[first], two[second]
    cost = worth[entry[a], judge[a]] + worth[entry[b], judge[b]]
    cost -= worth[entry[a], judge[b]] + worth[entry[b], judge[a]]
    for i in np.argsort(cost, kind="stable")[: 50 * (n + m)]:
        both, crossed = np.array([a[i], b[i]]), np.array([b[i], a[i]])
        steps.append(
            Step(float(cost[i]), (entry[both], judge[crossed]), (entry[both], judge[both]))
        )
    yield from sorted(steps, key=lambda step: step.cost)
