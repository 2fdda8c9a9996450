"""What could not be done, and for lack of whom."""

import numpy as np
from numpy.typing import ArrayLike

from contest.judging.assignment.plan import Bools, Ints, Missing, Overfull, Shortage, Underused, Why
from contest.judging.assignment.problem import Problem


def missing(problem: Problem, chosen: Bools, loads: Ints) -> tuple[Missing, ...]:
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


def shortages(problem: Problem, chosen: Bools) -> tuple[Shortage, ...]:
    """Return the bottlenecks: closed groups of entries and of the full judges they compete for.

    From an entry with a gap one gets to the judges who might take it, and from each to the entries
    that might be moved away to make room. All judges met are full, or the gap would be filled.
    """
    gaps = problem.reviews - chosen.sum(axis=1)
    wanted, movable = problem.eligible & ~chosen, chosen & ~problem.fixed
    groups: list[Bools] = []
    for start in np.flatnonzero(gaps > 0):
        entries: Bools = np.arange(len(chosen)) == start
        size = 0
        while size != entries.sum():
            size = int(entries.sum())
            entries = entries | movable[:, wanted[entries].any(axis=0)].any(axis=1)
        apart = [group for group in groups if not (group & entries).any()]
        for group in groups:
            if (group & entries).any():
                entries = entries | group
        groups = [*apart, entries]
    return tuple(
        Shortage(
            tuple(np.flatnonzero(entries).tolist()),
            tuple(np.flatnonzero(problem.eligible[entries].any(axis=0)).tolist()),
            int(gaps[entries].sum()),
        )
        for entries in sorted(groups, key=lambda group: int(np.argmax(group)))
    )


def underused(problem: Problem, loads: Ints) -> tuple[Underused, ...]:
    short = problem.lower - loads
    return tuple(
        Underused(int(judge), int(short[judge]), int(problem.eligible[:, judge].sum()))
        for judge in np.flatnonzero(short > 0)
    )


def overfull(problem: Problem, reviews: ArrayLike, upper: ArrayLike) -> tuple[Overfull, ...]:
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


def why(problem: Problem, best: Bools, wished: Bools, chosen: Bools) -> tuple[Why, ...]:
    """Say of each chosen pair, by entry and then by judge, what brought it about."""
    if not chosen.any():
        return ()
    most = int(problem.reviews.max(initial=1))
    service = np.where(problem.eligible, problem.service, -np.inf)
    ranked = -np.sort(-service, axis=1)[:, : max(1, most)]
    last = ranked[np.arange(len(ranked)), np.clip(problem.reviews, 1, ranked.shape[1]) - 1]
    reasons = np.full(chosen.shape, "room", dtype="U6")
    reasons[service >= last[:, None]] = "fit"
    reasons[wished & ~best] = "fair"
    reasons[~wished] = "bridge"
    reasons[problem.previous] = "kept"
    reasons[problem.fixed] = "fixed"
    return tuple(reasons[chosen].tolist())
