"""Bridges between tracks: judges who judge in both, so that their entries can be compared."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from contest.judging.assignment.connection import Step, count, crossings
from contest.judging.assignment.plan import Bools, Ints, Link
from contest.judging.assignment.problem import Problem

STEPS = 400  # candidates looked at per bridge


def links(chosen: Bools, track: Ints) -> tuple[Link, ...]:
    """Return what every two tracks with a judge in common share; tracks are named by number."""
    names, per = _per(chosen, track)
    both, share = _shared(per)
    return tuple(
        Link((int(names[s]), int(names[t])), int(both[s, t]), float(share[s, t]))
        for s, t in np.argwhere(np.triu(both, 1) > 0)
    )


def apart(chosen: Bools, track: Ints) -> tuple[tuple[int, ...], ...]:
    """Return the groups of tracks that hold together by strong links, largest first."""
    names, per = _per(chosen, track)
    group = _groups(per)
    found = [tuple(int(t) for t in names[group == g]) for g in np.unique(group)]
    return tuple(sorted(found, key=lambda part: (-len(part), part)))


def bridged(problem: Problem, plan: Bools, track: Ints, *, floor: float | None) -> Bools:
    """Give judges of one group of tracks entries of another until strong links hold all together.

    Two tracks hold together when two judges judge in both, or 5 % of the reviews bridge them. Each
    step is the cheapest found that brings groups nearer to one another; where none is left, because
    nobody may judge in both or fixed pairs and bounds forbid it, what is apart stays so.
    """
    names, per = _per(plan, track)
    index = np.searchsorted(names, track)
    goal = len(np.unique(_groups_possible(problem, plan, index, len(names))))
    while len(np.unique(_groups(per))) > goal:
        step = _next(problem, plan, index, per, floor)
        if step is None:
            break
        plan = step.on(plan)
        _, per = _per(plan, track)
    return plan


def _next(
    problem: Problem, plan: Bools, index: Ints, per: Ints, floor: float | None
) -> Step | None:
    group = _groups(per)
    home = group[per.argmax(axis=0)]
    parts, now = count(plan), _distance(per, group)
    rough: Step | None = None
    for step in list(crossings(problem, plan, group[index], home))[:STEPS]:
        trial = step.on(plan)
        after = _per_known(trial, index, len(per))
        if _distance(after, group) >= now or len(np.unique(_groups(after))) > group.max() + 1:
            continue
        if count(trial) > parts:
            continue
        if step.keeps(plan, problem, floor):
            return step
        rough = rough or step
    return rough


def _distance(per: Ints, group: Ints) -> float:
    """Return how much is missing to the nearest bridge between two groups: 0 is a strong link."""
    both, share = _shared(per)
    outer = group[:, None] != group[None, :]
    if not outer.any():
        return 0.0
    lacking = np.minimum(2 - np.minimum(both, 2), np.maximum(0.05 - share, 0) / 0.05 * 2)
    return float(lacking[outer].min())


def _per(chosen: Bools, track: Ints) -> tuple[Ints, Ints]:
    """Return the tracks' numbers and the reviews per track and judge."""
    names, index = np.unique(track, return_inverse=True)
    return names, _per_known(chosen, index, len(names))


def _per_known(chosen: Bools, index: Ints, tracks: int) -> Ints:
    per = np.zeros((tracks, chosen.shape[1]), dtype=np.int64)
    np.add.at(per, index, chosen)
    return per


def _shared(per: Ints) -> tuple[Ints, np.ndarray]:
    """Return judges in common, and bridging reviews as a part of the smaller track's."""
    tracks = len(per)
    both = (per > 0).astype(np.int64) @ (per > 0).astype(np.int64).T
    bridging = np.array(
        [[np.minimum(per[s], per[t]).sum() for t in range(tracks)] for s in range(tracks)]
    ).reshape(tracks, tracks)
    size = per.sum(axis=1)
    return both, bridging / np.maximum(np.minimum(size[:, None], size[None, :]), 1)


def _groups(per: Ints) -> Ints:
    both, share = _shared(per)
    strong = (both >= 2) | (share >= 0.05)
    return np.asarray(connected_components(sparse.csr_array(strong), directed=False)[1], np.int64)


def _groups_possible(problem: Problem, plan: Bools, index: Ints, tracks: int) -> Ints:
    """Return the groups that would be left if every judge judged wherever they may."""
    may = np.minimum(_per_known(problem.eligible, index, tracks), 1)
    both = may @ may.T
    used = np.asarray(_per_known(plan, index, tracks).sum(axis=1) > 0)
    able = np.where(used[:, None] & used, both, 0)
    return np.asarray(connected_components(sparse.csr_array(able), directed=False)[1], np.int64)
