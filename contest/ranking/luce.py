"""From each judge's order of their own entries to one order. Arrays in, frozen results out.

A judge picks the best of what is before them, then the best of the rest, and so on; an entry is
picked with a chance in proportion to its worth. Being placed before strong entries therefore counts
for more, and slates of different length and strength can be set side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import logsumexp

from contest.ranking.model.result import Floats, Ints
from contest.ranking.slates import Posterior, centred, groups, links

Order = Sequence[Sequence[int]]
"""Entries best first; those that share a place stand in one group."""

SPREADS = np.array([0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0])
"""Standard deviations of strengths that are weighed against one another; intervals allow for all."""

STEPS, TOLERANCE = 100, 1e-10


@dataclass(frozen=True, eq=False)
class Fit:
    """The most probable `strength` (n), in logits around nought, its `covariance` (n, n), and the log
    of how probable the orders are (up to a constant) when strengths spread as they were taken to.
    """

    strength: Floats
    covariance: Floats
    evidence: float


def posterior(orders: Sequence[Order], n: int, *, draws: int = 1000, seed: int = 0) -> Posterior:
    """Return the strength of each entry given all orders at once.

    Takes    orders, one per judge, of entries in 0..n-1.
    Returns  a Posterior in logits; without orders every entry is as strong as the others.
    Raises   ValueError naming the order, for an entry that does not exist or stands there twice.
    Source   Luce (1959), Plackett (1975); ties as Efron (1977) treats them; Laplace's method.
    Cost     a dense n x n system per step and spread: 500 entries take a few seconds.
    """
    fits = [fit(orders, n, spread=spread) for spread in SPREADS]
    # A half-Cauchy prior on the spread, over a grid that is even in its logarithm.
    height = np.array([f.evidence for f in fits]) + np.log(SPREADS / (1 + (SPREADS / 1.5) ** 2))
    weights = np.exp(height - logsumexp(height))
    rng = np.random.default_rng(seed)
    made = np.sort(rng.choice(len(fits), draws, p=weights / weights.sum()))
    drawn = np.empty((n, draws))
    for k, found in enumerate(fits):
        (columns,) = np.nonzero(made == k)
        root = np.linalg.cholesky(found.covariance + 1e-12 * np.eye(n))
        noise = root @ rng.normal(size=(n, len(columns)))
        drawn[:, columns] = found.strength[:, None] + noise
    row = np.array([e for order in orders for group in order for e in group], dtype=np.int64)
    judge = np.repeat(np.arange(len(orders)), [sum(map(len, order)) for order in orders])
    group = groups(links(row, judge, n, len(orders)))
    mean = np.sum([w * f.strength for w, f in zip(weights, fits, strict=True)], axis=0)
    return Posterior(
        value=centred(np.asarray(mean).reshape(n, 1), group)[:, 0],
        draws=centred(drawn, group),
        group=group,
        seen=np.bincount(row, minlength=n),
    )


def fit(orders: Sequence[Order], n: int, *, spread: float) -> Fit:
    """Return the most probable strengths when they spread by `spread`. Takes and raises as above."""
    stages = _stages(orders, n)
    strength = np.zeros(n)
    value, slope, bend = _look(stages, strength, spread)
    for _ in range(STEPS):
        step = cho_solve(cho_factor(bend), slope)
        for _ in range(40):  # the objective is concave: a short enough step always leads uphill
            ahead = _look(stages, strength + step, spread)
            if ahead[0] >= value - 1e-12 * (1 + abs(value)):
                break
            step = step / 2
        strength, (value, slope, bend) = strength + step, ahead
        if np.abs(step).max(initial=0.0) < TOLERANCE:
            break
    factor = cho_factor(bend)
    volume = -float(np.log(np.diag(factor[0])).sum()) - n * np.log(spread)
    return Fit(strength, np.asarray(cho_solve(factor, np.eye(n))), value + volume)


@dataclass(frozen=True, eq=False)
class _Stage:
    """One pick out of `among`, where entry k counts `share[k]` times; `picked` sums to one."""

    among: Ints
    share: Floats
    picked: Floats


def _stages(orders: Sequence[Order], n: int) -> list[_Stage]:
    """Return every pick. A tie of d is d picks of which each takes a d-th of all of them (Efron)."""
    stages = []
    for number, order in enumerate(orders):
        entries = [e for group in order for e in group]
        wrong = [e for e in entries if not 0 <= e < n]
        if wrong or len(set(entries)) != len(entries):
            what = f"there is no entry {wrong[0]}" if wrong else "an entry stands there twice"
            raise ValueError(f"order {number}: {what}")
        begin = 0
        for group in order:
            among, d = np.array(entries[begin:], dtype=np.int64), len(group)
            tied = np.arange(len(among)) < d
            stages += [
                _Stage(among, np.asarray(1 - tied * (taken / d)), np.asarray(tied / d))
                for taken in range(d)
                if len(among) > 1
            ]
            begin += d
    return stages


def _look(
    stages: Sequence[_Stage], strength: Floats, spread: float
) -> tuple[float, Floats, Floats]:
    """Return the log posterior, its slope and minus its curvature."""
    value = -0.5 * float(strength @ strength) / spread**2
    slope = -strength / spread**2
    bend = np.eye(len(strength)) / spread**2
    for stage in stages:
        here = strength[stage.among]
        whole = logsumexp(here, b=stage.share)
        chance = stage.share * np.exp(here - whole)
        value += float(stage.picked @ here) - float(whole)
        slope[stage.among] += stage.picked - chance
        bend[np.ix_(stage.among, stage.among)] += np.diag(chance) - np.outer(chance, chance)
    return value, slope, bend
