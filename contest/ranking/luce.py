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


def fits(orders: Sequence[Order], n: int, near: Sequence[Fit] = ()) -> list[Fit]:
    """Return the fit for each of SPREADS. Takes, raises and costs as `posterior` says.

    The search begins at those of orders that differ little (`near`), which saves most of it.
    """
    found: list[Fit] = []
    for k, spread in enumerate(SPREADS):
        start = near[k] if near else found[-1] if found else None
        found.append(fit(orders, n, spread=spread, start=None if start is None else start.strength))
    return found


def weights(known: Sequence[Fit]) -> Floats:
    """Return how likely each spread is: a half-Cauchy prior, over a grid even in its logarithm."""
    height = np.array([f.evidence for f in known]) + np.log(SPREADS / (1 + (SPREADS / 1.5) ** 2))
    weight = np.exp(height - logsumexp(height))
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def middle(known: Sequence[Fit]) -> Floats:
    """Return the strengths (n), averaged over how likely each spread is."""
    return np.asarray(weights(known) @ np.array([f.strength for f in known]), dtype=np.float64)


def posterior(
    orders: Sequence[Order],
    n: int,
    *,
    known: Sequence[Fit] = (),
    draws: int = 1000,
    seed: int = 0,
) -> Posterior:
    """Return the strength of each entry given all orders at once.

    Takes    orders, one per judge, of entries in 0..n-1; their `fits`, if they are known.
    Returns  a Posterior in logits; without orders every entry is as strong as the others.
    Raises   ValueError naming the order, for an entry that does not exist or stands there twice.
    Source   Luce (1959), Plackett (1975); ties as Efron (1977) treats them; Laplace's method.
    Cost     a dense n x n system per step and spread: 500 entries take a second.
    """
    known = known or fits(orders, n)
    rng = np.random.default_rng(seed)
    made = np.sort(rng.choice(len(known), draws, p=weights(known)))
    drawn = np.empty((n, draws))
    for k, found in enumerate(known):
        (columns,) = np.nonzero(made == k)
        root = np.linalg.cholesky(found.covariance + 1e-12 * np.eye(n))
        noise = root @ rng.normal(size=(n, len(columns)))
        drawn[:, columns] = found.strength[:, None] + noise
    row = np.array([e for order in orders for group in order for e in group], dtype=np.int64)
    judge = np.repeat(np.arange(len(orders)), [sum(map(len, order)) for order in orders])
    group = groups(links(row, judge, n, len(orders)))
    return Posterior(
        value=centred(middle(known)[:, None], group)[:, 0],
        draws=centred(drawn, group),
        group=group,
        seen=np.bincount(row, minlength=n),
        noise=1 / _told(1 + len(row) / max(1, len(orders))),
    )


def _told(size: float) -> float:
    """Return the information on one entry in a slate of so many equals.

    It is before the judge at the pick among r with the chance r / size, and taken with 1 / r: the sum
    over r of (r / size) (1 / r) (1 - 1 / r).
    """
    picks = np.arange(1, max(2, round(size)) + 1)
    return float((1 - 1 / picks).sum() / len(picks))


def fit(orders: Sequence[Order], n: int, *, spread: float, start: Floats | None = None) -> Fit:
    """Return the most probable strengths when they spread by `spread`. Takes and raises as above.

    The search begins at `start`; the objective is concave, so it ends at the same place.
    """
    papers = _papers(orders, n)
    strength = np.zeros(n) if start is None else start
    value, slope, bend = _look(papers, strength, spread)
    for _ in range(STEPS):
        step = cho_solve(cho_factor(bend), slope)
        for _ in range(40):  # a short enough step always leads uphill
            ahead = _look(papers, strength + step, spread)
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
class _Paper:
    """One order of `entries` (k) as picks: at pick t of k, entry i counts `share[t, i]` times."""

    entries: Ints
    share: Floats


def _papers(orders: Sequence[Order], n: int) -> list[_Paper]:
    """Return every order as picks. A tie of d is d picks of which each takes a d-th of all (Efron)."""
    papers = []
    for number, order in enumerate(orders):
        entries = np.array([e for group in order for e in group], dtype=np.int64)
        wrong = entries[(entries < 0) | (entries >= n)]
        if len(wrong) or len(np.unique(entries)) != len(entries):
            what = f"there is no entry {wrong[0]}" if len(wrong) else "an entry stands there twice"
            raise ValueError(f"order {number}: {what}")
        sizes = [len(group) for group in order]
        place = np.repeat(np.arange(len(sizes)), sizes)
        taken = np.concatenate([np.arange(d) / d for d in sizes]) if sizes else np.zeros(0)
        tied, left = place[:, None] == place, place[:, None] <= place
        share = left * 1.0 - tied * taken[:, None]
        papers.append(_Paper(entries, share))
    return papers


def _look(
    papers: Sequence[_Paper], strength: Floats, spread: float
) -> tuple[float, Floats, Floats]:
    """Return the log posterior, its slope and minus its curvature."""
    value = -0.5 * float(strength @ strength) / spread**2
    slope = -strength / spread**2
    bend = np.eye(len(strength)) / spread**2
    for paper in papers:
        here = strength[paper.entries]
        worth = np.exp(here - here.max(initial=0.0))
        left = paper.share @ worth
        chance = paper.share * worth / left[:, None]
        value += float((here - here.max(initial=0.0)).sum() - np.log(left).sum())
        slope[paper.entries] += 1 - chance.sum(axis=0)
        curved = np.diag(chance.sum(axis=0)) - chance.T @ chance
        bend[np.ix_(paper.entries, paper.entries)] += curved
    return value, slope, bend
