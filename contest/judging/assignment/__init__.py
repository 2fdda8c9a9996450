"""Who judges what: the plan of greatest worth, with its proof. Arrays in, frozen results out."""

import numpy as np
from numpy.typing import ArrayLike

from contest.judging.assignment import connection, fairness, optimum, problem, report, tracks
from contest.judging.assignment.plan import (
    STAGES,
    Bools,
    Component,
    Connection,
    Fairness,
    Floats,
    Ints,
    Link,
    Missing,
    Overfull,
    Plan,
    Repair,
    Shortage,
    Stage,
    Tick,
    Underused,
    Why,
    Worst,
    pairs,
)
from contest.judging.assignment.precision import Precision, precision
from contest.judging.assignment.problem import evened

__all__ = [
    "HOLD",
    "STABILITY",
    "STAGES",
    "Component",
    "Connection",
    "Fairness",
    "Link",
    "Missing",
    "Overfull",
    "Plan",
    "Precision",
    "Repair",
    "Shortage",
    "Stage",
    "Tick",
    "Underused",
    "Why",
    "Worst",
    "assign",
    "components",
    "evened",
    "precision",
    "repair",
]

STABILITY = 0.02
"""Bonus on a pair that already stood: keeps nearly all of them, for next to no worth."""

HOLD = 0.35
"""The bonus where gaps are to be filled: what stands moves only where a gap cannot be filled else.

More than the 0.3 that a round's own track is worth: a tie would let pairs move for nothing.
"""

HELD = 300_000
"""Up to so many entries times judges: beyond, the larger bonus takes minutes of pricing."""


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
    track: ArrayLike | None = None,
    fair: Fairness = "total",
    connect: bool = True,
    seed: int = 0,
    tick: Tick = lambda stage: None,
) -> Plan:
    """Choose the pairs of greatest total worth.

    Takes    affinity (n entries, m judges), any finite unit, usually 0 to 1;
             eligible (n, m), False for conflicts, other tracks and languages: never chosen;
             reviews (n) or one number, wanted per entry; lower, upper (m) or one number, bounds
             on a judge's load; fixed (n, m), pairs that stay because they are scored;
             previous (n, m), pairs that get `stability` on top (ineligible ones are ignored);
             track (n), numbers: between tracks two judges or 5 % of the reviews shall bridge;
             fair, "swaps" to lift the worst-served entry by swaps, "full" to lift it as far as any
             plan does;
             connect, whether to make the design one component where that is possible;
             seed, which of several equally good plans is taken;
             tick, told of each stage before it begins; what it raises ends the work.
    Returns  a Plan. Demand or lower bounds that cannot be met are part of the answer. Gaps come
             first, then connectedness, then fairness, then worth. When `previous` is as good as
             what was found, it is the answer.
    Raises   ValueError naming the entry or judge, for shapes that differ, numbers that are not
             finite, negative or fractional counts, lower above upper, an ineligible fixed pair.
    Source   the transportation problem, whose linear relaxation has whole vertices, by column
             generation after Dantzig and Wolfe (1960); connection by cuts, after Dantzig,
             Fulkerson and Johnson (1954); fairness after Stelmakh, Shah and Singh (2019).
    Cost     500 x 60: 0.1 s; 5,000 x 500: 2 s. Fairness in full takes some ten times as long; a small
             integer program per round is solved only when the optimum falls into components.
    """
    given = problem.checked(affinity, eligible, reviews, lower, upper, fixed, previous, stability)
    of_track = None if track is None else problem.labels("track", track, len(given.reviews))
    best = optimum.optimum(given, seed, tick)
    wished, floor, ceiling = _fair(given, best, fair, tick)
    chosen, impossible = wished, False
    if connect:
        tick("connect")
        chosen, impossible = connection.connect(given, wished, seed, floor=floor)
        if of_track is not None:
            chosen = tracks.bridged(given, chosen, of_track, floor=floor)
    tick("report")
    if _stands(given, chosen, of_track, fair):
        chosen = given.previous
    loads = chosen.sum(axis=0)
    total = float(given.worth[chosen].sum()) * given.scale
    before, after = connection.components(wished), connection.components(chosen)
    return Plan(
        chosen=chosen,
        affinity=float(given.service[chosen].sum()) * given.scale,
        objective=total,
        bound=best.bound * given.scale,
        loads=loads,
        unfilled=report.missing(given, chosen, loads),
        shortages=report.shortages(given, chosen),
        underused=report.underused(given, loads),
        overfull=report.overfull(given, reviews, upper),
        components=after,
        connection=Connection(
            before=len(before),
            after=len(after),
            least=connection.least(given, chosen),
            cost=float(given.worth[wished].sum()) * given.scale - total,
            added=pairs(chosen & ~wished),
            removed=pairs(wished & ~chosen),
            impossible=impossible,
            links=() if of_track is None else tracks.links(chosen, of_track),
            apart=() if of_track is None else tracks.apart(chosen, of_track),
        ),
        worst=_worst(given, chosen, ceiling),
        why=report.why(given, best.chosen, wished, chosen),
    )


def _fair(
    given: problem.Problem, best: optimum.Optimum, fair: Fairness, tick: Tick
) -> tuple[Bools, float | None, float | None]:
    """Return the plan wished for, what every entry shall be served at least, and what none exceeds."""
    if fair == "full":
        lifted = fairness.in_full(given, best.chosen, best.pool, tick)
        return lifted.chosen, lifted.floor, lifted.bound * given.scale
    if fair == "swaps":
        tick("lift")
        plan = fairness.by_swaps(given, best.chosen)
        return plan, float(fairness.served(given.service, plan).min(initial=np.inf)), None
    return best.chosen, None, None


def repair(
    affinity: ArrayLike,
    eligible: ArrayLike,
    reviews: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    before: ArrayLike,
    fixed: ArrayLike | None = None,
    stability: float | None = None,
    track: ArrayLike | None = None,
    fair: Fairness = "total",
    connect: bool = True,
    seed: int = 0,
    tick: Tick = lambda stage: None,
) -> Repair:
    """Assign anew after something changed, moving as little as is sensible.

    Takes    what `assign` takes, and `before` (n, m): the pairs that stand now. Those that are no
             longer eligible go; of the others, only the `fixed` ones must stay. The bonus on a pair
             that stands is `stability`; left out, it is HOLD where an entry lacks reviews, because
             a judge left or an entry is new, and STABILITY where all have theirs or there are more
             than HELD entries times judges.
    Returns  the new plan and the pairs added and removed; both empty when nothing had to change.
    Raises   ValueError as `assign` does.
    Source   as `assign`; the bonus is a penalty on change, the price of the promise that a judge
             who leaves moves few of the others' pairs.
    Cost     that of `assign`.
    """
    if stability is None:
        stability = STABILITY
        if np.size(before) <= HELD and _lacking(before, eligible, reviews):
            stability = HOLD
    plan = assign(
        affinity,
        eligible,
        reviews,
        lower,
        upper,
        fixed=fixed,
        previous=before,
        stability=stability,
        track=track,
        fair=fair,
        connect=connect,
        seed=seed,
        tick=tick,
    )
    old = np.asarray(before, dtype=np.bool_)
    return Repair(plan, added=pairs(plan.chosen & ~old), removed=pairs(old & ~plan.chosen))


def components(chosen: ArrayLike) -> tuple[Component, ...]:
    """Return the connected parts of a design, largest first.

    Takes    chosen (n entries, m judges), bool.
    Returns  a Component each, by the numbers of entries and judges; those without a pair are in none.
    Raises   ValueError for an array that is not two-dimensional, naming the entry with a cell that
             is neither true nor false.
    Source   connectedness of a block design, as Eccleston and Hedayat (1974) define it.
    Cost     n x m.
    """
    return connection.components(problem.design(chosen))


def _lacking(before: ArrayLike, eligible: ArrayLike, reviews: ArrayLike) -> bool:
    """Say whether what still stands leaves a gap. Shapes that differ are refused later, by name."""
    old, may = np.asarray(before, dtype=np.bool_), np.asarray(eligible, dtype=np.bool_)
    wanted = np.asarray(reviews, dtype=np.float64)
    if old.ndim != 2 or old.shape != may.shape or wanted.shape not in {(), old.shape[:1]}:
        return False
    return bool(((old & may).sum(axis=1) < wanted).any())


def _worst(given: problem.Problem, chosen: Bools, ceiling: float | None) -> Worst | None:
    value: Floats = fairness.served(given.service, chosen)
    if not np.isfinite(value).any():
        return None
    entry = int(np.argmin(value))
    return Worst(entry, float(value[entry]) * given.scale, ceiling)


def _stands(given: problem.Problem, found: Bools, of_track: Ints | None, fair: Fairness) -> bool:
    """Say whether what stood before is as good as what was found: then nothing needs to move."""
    old = given.previous
    loads = old.sum(axis=0)
    if (
        (given.fixed & ~old).any()
        or (old.sum(axis=1) > given.reviews).any()
        or (loads > given.upper).any()
        or (old.sum(axis=1) != found.sum(axis=1)).any()
        or np.maximum(given.lower - loads, 0).sum()
        > np.maximum(given.lower - found.sum(axis=0), 0).sum()
        or given.worth[old].sum() < given.worth[found].sum() - 1e-9
        or connection.count(old) > connection.count(found)
    ):
        return False
    if of_track is not None and len(tracks.apart(old, of_track)) > len(
        tracks.apart(found, of_track)
    ):
        return False
    lows = [fairness.served(given.service, plan).min(initial=np.inf) for plan in (old, found)]
    return fair == "total" or lows[0] >= lows[1] - fairness.ROUND * abs(lows[1])
