"""Who judges what: the plan of greatest worth, with its proof. Arrays in, frozen results out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[int, int]

STABILITY = 0.02
"""Bonus on a pair that already stood: keeps nearly all of them, for next to no worth."""

# Limits counted in steps, not in seconds: the same input gives the same plan on any machine.
CUT_ROUNDS = 12
NODES = 100
SWAPS = 4_000_000


@dataclass(frozen=True)
class Missing:
    """An entry that lacks reviews, and why.

    `eligible` judges may judge it at all; `full` of those who do not judge it carry as much as
    they may. Too few eligible judges is cured by inviting, too many full ones by raising a load.
    """

    entry: int
    missing: int
    eligible: int
    full: int


@dataclass(frozen=True)
class Underused:
    """A judge below the lower bound, and how many entries this judge could take at all."""

    judge: int
    short: int
    eligible: int


@dataclass(frozen=True)
class Overfull:
    """An entry or a judge whose fixed pairs alone exceed the bound; the bound gave way."""

    what: Literal["entry", "judge"]
    index: int
    fixed: int
    bound: int


@dataclass(frozen=True)
class Component:
    """Entries and judges that can be compared with one another through shared reviews."""

    entries: tuple[int, ...]
    judges: tuple[int, ...]


@dataclass(frozen=True)
class Connection:
    """What was done so that every entry can be compared with every other.

    `before` and `after` count components; `least` is how many the eligible pairs allow at best.
    `cost` is the worth given up. `impossible` says that loads, reviews and fixed pairs were proved
    to rule out fewer than `after`; without it, the search may merely have ended.
    """

    before: int
    after: int
    least: int
    cost: float
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    impossible: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """A finished assignment.

    `objective` is the worth of the chosen pairs, stability bonus included, `affinity` the same
    without it. `bound` is what no plan with as few gaps can exceed, shown by prices and not by the
    solver's word: `bound - objective` is zero, or the cost of connecting the design.
    """

    chosen: Bools
    affinity: float
    objective: float
    bound: float
    loads: Ints
    unfilled: tuple[Missing, ...]
    underused: tuple[Underused, ...]
    overfull: tuple[Overfull, ...]
    components: tuple[Component, ...]
    connection: Connection

    @property
    def complete(self) -> bool:
        return not self.unfilled

    @property
    def connected(self) -> bool:
        return len(self.components) <= 1

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The chosen (entry, judge) pairs, by entry and then by judge."""
        return _pairs(self.chosen)


@dataclass(frozen=True, eq=False)
class Repair:
    """A new plan and what it changes in the old one."""

    plan: Plan
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]


@dataclass(frozen=True, eq=False)
class _Problem:
    """Checked input. `worth` is scaled to at most 1 in size; `reviews` and `upper` hold `fixed`."""

    worth: Floats
    scale: float
    eligible: Bools
    reviews: Ints
    lower: Ints
    upper: Ints
    fixed: Bools

    @property
    def gap_cost(self) -> float:
        """More than any chain of swaps can gain: a gap is never left for the sake of worth."""
        n, m = self.worth.shape
        return float(2 * (min(n, m) + 2))


def assign(
    affinity: ArrayLike,
    eligible: ArrayLike,
    reviews: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    fixed: ArrayLike | None = None,
    previous: ArrayLike | None = None,
    stability: float = STABILITY,
    connect: bool = True,
    seed: int = 0,
) -> Plan:
    """Choose the pairs of greatest total worth.

    Takes    affinity (n entries, m judges), any finite unit, usually 0 to 1;
             eligible (n, m), False for conflicts, other tracks and languages: never chosen;
             reviews (n) or one number, wanted per entry; lower, upper (m) or one number, bounds
             on a judge's load; fixed (n, m), pairs that stay because they are scored;
             previous (n, m), pairs that get `stability` on top (ineligible ones are ignored);
             connect, whether to make the design one component where that is possible;
             seed, which of several equally good plans is taken.
    Returns  a Plan. Demand or lower bounds that cannot be met are part of the answer. Gaps come
             first, then connectedness, then worth.
    Raises   ValueError naming the entry or judge, for shapes that differ, numbers that are not
             finite, negative or fractional counts, lower above upper, an ineligible fixed pair.
    Source   the transportation problem, whose linear relaxation has whole vertices; connection by
             cuts, after Dantzig, Fulkerson and Johnson (1954).
    Cost     one sparse linear program with a column per eligible pair (500 x 60: 0.2 s); a small
             integer program per round only when the optimum falls into components.
    """
    problem = _problem(affinity, eligible, reviews, lower, upper, fixed, previous, stability)
    given = np.asarray(affinity, dtype=np.float64)
    best, bound = _optimum(problem, seed)
    chosen, impossible = _connect(problem, best, seed) if connect else (best, False)
    loads = chosen.sum(axis=0)
    total = float(problem.worth[chosen].sum()) * problem.scale
    before, after = _components(best), _components(chosen)
    return Plan(
        chosen=chosen,
        affinity=float(given[chosen].sum()),
        objective=total,
        bound=bound * problem.scale,
        loads=loads,
        unfilled=_missing(problem, chosen, loads),
        underused=_underused(problem, loads),
        overfull=_overfull(problem, reviews, upper),
        components=after,
        connection=Connection(
            before=len(before),
            after=len(after),
            least=_least(problem, chosen),
            cost=float(problem.worth[best].sum()) * problem.scale - total,
            added=_pairs(chosen & ~best),
            removed=_pairs(best & ~chosen),
            impossible=impossible,
        ),
    )


def repair(
    affinity: ArrayLike,
    eligible: ArrayLike,
    reviews: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    before: ArrayLike,
    fixed: ArrayLike | None = None,
    stability: float = STABILITY,
    connect: bool = True,
    seed: int = 0,
) -> Repair:
    """Assign anew after something changed, moving as little as is sensible.

    Takes    what `assign` takes, and `before` (n, m): the pairs that stand now. Those that are no
             longer eligible go; of the others, only the `fixed` ones must stay.
    Returns  the new plan and the pairs added and removed; both empty when nothing had to change.
    Raises   ValueError as `assign` does.
    """
    plan = assign(
        affinity,
        eligible,
        reviews,
        lower,
        upper,
        fixed=fixed,
        previous=before,
        stability=stability,
        connect=connect,
        seed=seed,
    )
    old = np.asarray(before, dtype=np.bool_)
    return Repair(plan, added=_pairs(plan.chosen & ~old), removed=_pairs(old & ~plan.chosen))


def components(chosen: ArrayLike) -> tuple[Component, ...]:
    """Return the connected parts of a design, largest first.

    Takes    chosen (n entries, m judges), bool. Entries and judges without a pair are in no part.
    Raises   ValueError for an array that is not two-dimensional.
    """
    mask = np.asarray(chosen, dtype=np.bool_)
    if mask.ndim != 2:
        raise ValueError("chosen must have a row per entry and a column per judge")
    return _components(mask)


# --- input


def _problem(
    affinity: ArrayLike,
    eligible: ArrayLike,
    reviews: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    fixed: ArrayLike | None,
    previous: ArrayLike | None,
    stability: float,
) -> _Problem:
    worth = np.array(affinity, dtype=np.float64)
    if worth.ndim != 2:
        raise ValueError("affinity must have a row per entry and a column per judge")
    n, m = worth.shape
    if not np.isfinite(worth).all():
        row, column = np.argwhere(~np.isfinite(worth))[0]
        raise ValueError(f"affinity of entry {row} and judge {column} is not a finite number")
    if not (np.isfinite(stability) and stability >= 0):
        raise ValueError("stability must be a finite number, not negative")
    may = _mask("eligible", eligible, (n, m))
    kept = _mask("fixed", fixed, (n, m))
    if (kept & ~may).any():
        row, column = np.argwhere(kept & ~may)[0]
        raise ValueError(f"entry {row} and judge {column} are fixed but not eligible")
    wanted = _counts("reviews", "entry", reviews, n)
    low = _counts("lower", "judge", lower, m)
    high = _counts("upper", "judge", upper, m)
    if (low > high).any():
        raise ValueError(f"lower is above upper for judge {np.argmax(low > high)}")
    worth += stability * (_mask("previous", previous, (n, m)) & may)
    scale = float(np.abs(worth[may]).max(initial=0.0)) or 1.0
    return _Problem(
        worth=worth / scale,
        scale=scale,
        eligible=may,
        reviews=np.maximum(wanted, kept.sum(axis=1)),
        lower=low,
        upper=np.maximum(high, kept.sum(axis=0)),
        fixed=kept,
    )


def _mask(name: str, given: ArrayLike | None, shape: tuple[int, int]) -> Bools:
    if given is None:
        return np.zeros(shape, dtype=np.bool_)
    mask = np.asarray(given)
    if mask.shape != shape:
        raise ValueError(f"{name} has shape {mask.shape}, affinity has {shape}")
    if mask.dtype != np.bool_ and not np.isin(mask, (0, 1)).all():
        row = np.argwhere(~np.isin(mask, (0, 1)))[0][0]
        raise ValueError(f"{name} of entry {row} is neither true nor false")
    return mask.astype(np.bool_)


def _counts(name: str, what: str, given: ArrayLike, length: int) -> Ints:
    counts = np.asarray(given, dtype=np.float64)
    if counts.shape not in {(), (length,)}:
        raise ValueError(f"{name} has shape {counts.shape}, there are {length} of {what}")
    counts = np.broadcast_to(counts, (length,))
    wrong = ~np.isfinite(counts) | (counts < 0) | (counts != np.floor(counts))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} of {what} {row} is {counts[row]}, not a count")
    return counts.astype(np.int64)


# --- optimum and proof


@dataclass(frozen=True, eq=False)
class _Program:
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


def _program(problem: _Problem, seed: int) -> _Program:
    n, m = problem.worth.shape
    entry, judge = np.nonzero(problem.eligible)
    order = np.random.default_rng(seed).permutation(len(entry))
    entry, judge = entry[order], judge[order]
    pairs, gap = len(entry), np.full(1, problem.gap_cost)
    entries, judges = np.arange(n), np.arange(m)
    rows = np.concatenate([entry, n + judge, entries, n + judges, n + judges])
    column = np.arange(pairs)
    tail = pairs + np.arange(n + 2 * m)
    columns = np.concatenate([column, column, tail])
    values = np.concatenate([np.ones(2 * pairs + n), -np.ones(m), np.ones(m)])
    return _Program(
        entry=entry,
        judge=judge,
        cost=np.concatenate(
            [-problem.worth[entry, judge], gap.repeat(n), np.zeros(m), gap.repeat(m)]
        ),
        matrix=sparse.csr_array((values, (rows, columns)), shape=(n + m, pairs + n + 2 * m)),
        right=np.concatenate([problem.reviews, np.zeros(m)]),
        low=np.concatenate([problem.fixed[entry, judge], np.zeros(n), problem.lower, np.zeros(m)]),
        high=np.concatenate([np.ones(pairs), problem.reviews, problem.upper, problem.lower]),
    )


def _optimum(problem: _Problem, seed: int) -> tuple[Bools, float]:
    if not problem.eligible.any():
        return np.zeros_like(problem.eligible), 0.0
    program = _program(problem, seed)
    answer = linprog(
        program.cost,
        A_eq=program.matrix,
        b_eq=program.right,
        bounds=np.column_stack([program.low, program.high]),
        method="highs-ds",
    )
    if answer.status != 0:
        raise RuntimeError(f"the solver gave up: {answer.message}")
    chosen = _chosen(problem, program, answer.x)
    n = len(problem.reviews)
    prices = -np.asarray(answer.eqlin.marginals)
    gaps = answer.x[len(program.entry) :]
    spent = problem.gap_cost * float(
        np.rint(gaps[:n]).sum() + np.rint(gaps[-len(problem.lower) :]).sum()
    )
    return chosen, _bound(problem, prices[:n], prices[n:]) + spent


def _bound(problem: _Problem, entry_price: Floats, judge_price: Floats) -> float:
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


def _chosen(problem: _Problem, program: _Program, values: Floats) -> Bools:
    pairs = values[: len(program.entry)]
    if np.abs(pairs - np.rint(pairs)).max(initial=0.0) > 1e-5:
        raise RuntimeError("the solver's answer is not whole")
    chosen = np.zeros_like(problem.eligible)
    taken = pairs > 0.5
    chosen[program.entry[taken], program.judge[taken]] = True
    return chosen


# --- connectedness


def _labels(mask: Bools) -> Ints:
    n, m = mask.shape
    entry, judge = np.nonzero(mask)
    graph = sparse.coo_array((np.ones(len(entry)), (entry, n + judge)), shape=(n + m, n + m))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _components(mask: Bools) -> tuple[Component, ...]:
    n, _ = mask.shape
    labels = _labels(mask)
    found: dict[int, tuple[list[int], list[int]]] = {}
    for entry in np.flatnonzero(mask.any(axis=1)):
        found.setdefault(int(labels[entry]), ([], []))[0].append(int(entry))
    for judge in np.flatnonzero(mask.any(axis=0)):
        found[int(labels[n + judge])][1].append(int(judge))
    parts = (Component(tuple(entries), tuple(judges)) for entries, judges in found.values())
    return tuple(sorted(parts, key=lambda part: (-len(part.entries), part.entries)))


def _least(problem: _Problem, chosen: Bools) -> int:
    """How many components the entries with reviews fall into if every eligible pair is used."""
    return len(set(_labels(problem.eligible)[: len(chosen)][chosen.any(axis=1)].tolist()))


def _connect(problem: _Problem, best: Bools, seed: int) -> tuple[Bools, bool]:
    """Return the best connected plan and whether a better connected one is proved impossible.

    Every part of the plan that falls asunder must be left by a pair: a cut. Cuts are added until
    the plan holds together, so the last plan is the best of all that do. Where that takes too many
    rounds, swaps finish the work, and the plan is merely good.
    With one review per entry nothing is attempted: only a single judge of everything would connect.
    """
    least = _least(problem, best)
    parts = _components(best)
    if len(parts) <= least:
        return best, False
    if _too_few_pairs(problem, best, least):
        return best, True
    if best.sum(axis=1).max() < 2:
        return best, False
    program = _program(problem, seed)
    cuts: list[Floats] = []
    held = best
    for _ in range(CUT_ROUNDS):
        cuts.extend(_cuts(problem, program, parts))
        chosen, impossible = _with_cuts(problem, program, best, cuts)
        if chosen is None:
            return _bridged(problem, held), impossible
        parts = _components(chosen)
        if len(parts) < len(_components(held)):
            held = chosen
        if len(parts) <= least:
            return held, False
    return _bridged(problem, held), False


def _too_few_pairs(problem: _Problem, best: Bools, least: int) -> bool:
    """A connected graph of v nodes has v - 1 edges at least; here the number of edges is given."""
    pairs = int(best.sum())
    heaviest = np.cumsum(np.sort(problem.upper)[::-1])
    needed = int(np.searchsorted(heaviest, pairs)) + 1
    obliged = int(((problem.lower > 0) & problem.eligible.any(axis=0)).sum())
    exact = _underused(problem, best.sum(axis=0)) == ()
    judges = max(needed, obliged if exact else 0)
    return pairs < int(best.any(axis=1).sum()) + judges - least


def _cuts(problem: _Problem, program: _Program, parts: Iterable[Component]) -> list[Floats]:
    cuts = []
    n, m = problem.worth.shape
    for part in parts:
        entries, judges = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
        entries[list(part.entries)] = True
        judges[list(part.judges)] = True
        leaving = entries[program.entry] != judges[program.judge]
        if leaving.any():
            cuts.append(np.concatenate([leaving, np.zeros(n + 2 * m)]))
    return cuts


def _with_cuts(
    problem: _Problem, program: _Program, best: Bools, cuts: list[Floats]
) -> tuple[Bools | None, bool]:
    """Solve with as few gaps as the optimum has. Return the plan, or that there is none."""
    n, m = problem.worth.shape
    pairs = len(program.entry)
    missing = np.zeros(len(program.cost))
    missing[pairs : pairs + n] = 1
    short = np.zeros(len(program.cost))
    short[pairs + n + m :] = 1
    loads = best.sum(axis=0)
    most_missing = int(problem.reviews.sum() - best.sum())
    most_short = int(np.maximum(problem.lower - loads, 0).sum())
    cost = program.cost.copy()
    cost[pairs:] = 0
    answer = milp(
        cost,
        integrality=np.concatenate([np.ones(pairs), np.zeros(n + 2 * m)]),
        bounds=(program.low, program.high),
        constraints=[
            LinearConstraint(program.matrix, program.right, program.right),
            LinearConstraint(
                sparse.csr_array(np.vstack([missing, short])), 0, [most_missing, most_short]
            ),
            LinearConstraint(sparse.csr_array(np.vstack(cuts)), 1, np.inf),
        ],
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if answer.x is None:
        return None, answer.status == 2
    return _chosen(problem, program, answer.x), False


def _bridged(problem: _Problem, plan: Bools) -> Bools:
    """Join parts one by one, each time by the cheapest move or swap that leaves fewer parts."""
    plan = plan.copy()
    parts = len(_components(plan))
    while parts > 1:
        for added, removed in _bridges(problem, plan):
            trial = plan.copy()
            trial[removed], trial[added] = False, True
            if len(_components(trial)) < parts:
                plan, parts = trial, len(_components(trial))
                break
        else:
            break
    return plan


_Cells = tuple[Ints, Ints]


def _bridges(problem: _Problem, plan: Bools) -> Iterable[tuple[_Cells, _Cells]]:
    """Yield (added, removed) cells that cross between parts within the bounds, cheapest first."""
    labels = _labels(plan)
    n, m = plan.shape
    loads = plan.sum(axis=0)
    entry, judge = np.nonzero(plan & ~problem.fixed)
    part = labels[entry]
    free = problem.eligible & ~plan
    worth = problem.worth

    fits = (loads > problem.lower)[judge][:, None] & (loads < problem.upper)[None, :]
    row, to = np.nonzero(free[entry] & fits & (labels[n:][None, :] != part[:, None]))
    cost = worth[entry[row], judge[row]] - worth[entry[row], to]
    moves = [
        (float(c), (entry[[r]], np.array([t])), (entry[[r]], judge[[r]]))
        for c, r, t in zip(cost, row, to, strict=True)
    ]

    largest = np.bincount(part, minlength=n + m).argmax()
    one, two = np.flatnonzero(part != largest), np.arange(len(part))
    one = one[: max(1, SWAPS // max(1, len(two)))]
    ok = free[entry[one][:, None], judge[two][None, :]]
    ok &= free[entry[two][None, :], judge[one][:, None]]
    ok &= part[one][:, None] != part[two][None, :]
    first, second = np.nonzero(ok)
    a, b = one[first], two[second]
    cost = worth[entry[a], judge[a]] + worth[entry[b], judge[b]]
    cost -= worth[entry[a], judge[b]] + worth[entry[b], judge[a]]
    near = np.argsort(cost, kind="stable")[: 50 * (n + m)]
    pairs, crossed = np.column_stack([a, b])[near], np.column_stack([b, a])[near]
    swaps = [
        (float(c), (entry[old], judge[new]), (entry[old], judge[old]))
        for c, old, new in zip(cost[near], pairs, crossed, strict=True)
    ]
    for _, added, removed in sorted(moves + swaps, key=lambda step: step[0]):
        yield added, removed


# --- report


def _missing(problem: _Problem, chosen: Bools, loads: Ints) -> tuple[Missing, ...]:
    gaps = problem.reviews - chosen.sum(axis=1)
    full = loads >= problem.upper
    return tuple(
        Missing(
            entry=int(entry),
            missing=int(gaps[entry]),
            eligible=int(problem.eligible[entry].sum()),
            full=int((problem.eligible[entry] & ~chosen[entry] & full).sum()),
        )
        for entry in np.flatnonzero(gaps > 0)
    )


def _underused(problem: _Problem, loads: Ints) -> tuple[Underused, ...]:
    short = problem.lower - loads
    return tuple(
        Underused(int(judge), int(short[judge]), int(problem.eligible[:, judge].sum()))
        for judge in np.flatnonzero(short > 0)
    )


def _overfull(problem: _Problem, reviews: ArrayLike, upper: ArrayLike) -> tuple[Overfull, ...]:
    n, m = problem.worth.shape
    wanted = np.broadcast_to(np.asarray(reviews), (n,))
    bounds = np.broadcast_to(np.asarray(upper), (m,))
    over = [
        Overfull("entry", int(i), int(problem.fixed[i].sum()), int(wanted[i]))
        for i in np.flatnonzero(problem.reviews > wanted)
    ]
    over += [
        Overfull("judge", int(j), int(problem.fixed[:, j].sum()), int(bounds[j]))
        for j in np.flatnonzero(problem.upper > bounds)
    ]
    return tuple(over)


def _pairs(mask: Bools) -> tuple[Pair, ...]:
    return tuple((int(entry), int(judge)) for entry, judge in np.argwhere(mask))
