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

GLANCES, CLOSE = 12, 1e-5
NEGLIGIBLE = 1e-12
"""Without one order: steps by the old curvature, and how short the last of them is, before the new one
is looked at; and the chance of a spread below which it is not looked at for it.
"""


@dataclass(frozen=True, eq=False)
class Fit:
    """The most probable `strength` (n), in logits around nought, its `covariance` (n, n), and the log
    of how probable the orders are (up to a constant) when strengths spread as they were taken to.
    """

    strength: Floats
    covariance: Floats
    evidence: float


def fits(orders: Sequence[Order], n: int) -> list[Fit]:
    """Return the fit for each of SPREADS. Takes, raises and costs as `posterior` says."""
    papers, found = _papers(orders, n), list[Fit]()
    for spread in SPREADS:
        found.append(_climbed(papers, n, spread, found[-1].strength if found else np.zeros(n)))
    return found


def weights(known: Sequence[Fit]) -> Floats:
    """Return how likely each spread is."""
    return _likely(np.array([f.evidence for f in known]))


def _likely(evidence: Floats) -> Floats:
    """Weigh by a half-Cauchy prior of spreads, over a grid even in its logarithm."""
    height = evidence + np.log(SPREADS / (1 + (SPREADS / 1.5) ** 2))
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
    return _climbed(_papers(orders, n), n, spread, np.zeros(n) if start is None else start)


def _climbed(papers: Sequence["_Paper"], n: int, spread: float, start: Floats) -> Fit:
    strength, evidence, factor = _summit(papers, spread, start)
    return Fit(strength, np.asarray(cho_solve(factor, np.eye(n))), evidence)


def _summit(
    papers: Sequence["_Paper"], spread: float, start: Floats
) -> tuple[Floats, float, tuple[Floats, bool]]:
    """Return the most probable strengths, the evidence, and the factor of the curvature there."""
    strength = start
    value, slope, bend = _look(papers, strength, spread)
    for _ in range(STEPS):
        factor = cho_factor(bend)
        step = cho_solve(factor, slope)
        if np.abs(step).max(initial=0.0) < TOLERANCE:
            break
        for _ in range(40):  # a short enough step always leads uphill
            ahead = _look(papers, strength + step, spread)
            if ahead[0] >= value - 1e-12 * (1 + abs(value)):
                break
            step = step / 2
        strength, (value, slope, bend) = strength + step, ahead
    return strength, value + _volume(factor[0], spread), factor


def _volume(root: Floats, spread: float) -> float:
    return -float(np.log(np.diag(root)).sum()) - len(root) * float(np.log(spread))


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
        bend[np.ix_(paper.entries, paper.entries)] += _bend(chance)
    return value, slope, bend


def _bend(chance: Floats) -> Floats:
    return np.asarray(np.diag(chance.sum(axis=0)) - chance.T @ chance)


# --- without one order


class Leaving:
    """What would be found without one of the orders: the same as by a fit of its own, and sooner.

    Without one order the slope changes only at its entries, and so does the curvature. Steps by the
    curvature of all orders less that of the one that leaves (Woodbury) lead close to the new summit,
    with looks at the slope alone. Where the spread is likely at all, Newton's steps do the rest.
    """

    def __init__(self, orders: Sequence[Order], n: int, known: Sequence[Fit]) -> None:
        self._papers, self._known = _papers(orders, n), known
        self._sheets = _Sheets(orders, n)

    def middle(self, number: int) -> Floats:
        """Return the strengths (n) without that order, averaged over how likely each spread is."""
        rest = [paper for k, paper in enumerate(self._papers) if k != number]
        sheets = self._sheets.without(number)
        found = [self._near(number, sheets, k) for k in range(len(SPREADS))]
        strengths = np.array([strength for strength, _ in found])
        evidence = np.array([about for _, about in found])
        likely = _likely(evidence) > NEGLIGIBLE
        evidence[~likely] = -np.inf
        for k in np.flatnonzero(likely):
            strengths[k], evidence[k], _ = _summit(rest, SPREADS[k], strengths[k])
        return np.asarray(_likely(evidence) @ strengths)

    def _near(self, number: int, sheets: "_Sheets", k: int) -> tuple[Floats, float]:
        """Return almost the summit for a spread, and about how probable that makes the other orders."""
        paper, known, spread = self._papers[number], self._known[k], SPREADS[k]
        here = known.strength[paper.entries]
        chance = paper.share * np.exp(here - here.max(initial=0.0))
        curved = _bend(chance / chance.sum(axis=1, keepdims=True))
        across = known.covariance[:, paper.entries]
        gone = np.eye(len(here)) - across[paper.entries] @ curved
        more = curved @ np.linalg.inv(gone)
        strength = known.strength
        value, slope = sheets.look(strength, spread)
        for _ in range(GLANCES):
            step = known.covariance @ slope + across @ (more @ (across.T @ slope))
            ahead = sheets.look(strength + step, spread)
            if ahead[0] <= value:  # there, or too far away for that curvature
                break
            strength, (value, slope) = strength + step, ahead
            if np.abs(step).max(initial=0.0) < CLOSE:
                break
        # The volume differs from that of all orders by what has gone, and little by the way to there.
        whole, _ = self._sheets.look(known.strength, spread)
        volume = known.evidence - whole - float(np.linalg.slogdet(gone)[1]) / 2
        return strength, value + volume


class _Sheets:
    """All orders as one table of picks (orders, longest), for looks at the value and the slope alone.

    A pick is made among those from the `first` of its tie on, less the share of the tie that is `taken`;
    `last` is where the tie ends. Places beyond an order's end hold the entry n, which has no worth.
    """

    def __init__(self, orders: Sequence[Order], n: int) -> None:
        rows, longest = len(orders), max((sum(map(len, order)) for order in orders), default=0)
        self.n = n
        self.entry = np.full((rows, longest), n)
        self.first, self.last = (np.zeros((rows, longest), dtype=np.int64) for _ in range(2))
        self.taken = np.zeros((rows, longest))
        for row, order in enumerate(orders):
            at = 0
            for group in order:
                here = slice(at, at + len(group))
                self.entry[row, here] = group
                self.first[row, here], self.last[row, here] = at, at + len(group)
                self.taken[row, here] = np.arange(len(group)) / len(group)
                at += len(group)

    def without(self, row: int) -> "_Sheets":
        rest = _Sheets((), self.n)
        for name in ("entry", "first", "last", "taken"):
            setattr(rest, name, np.delete(getattr(self, name), row, axis=0))
        return rest

    def look(self, strength: Floats, spread: float) -> tuple[float, Floats]:
        """Return the log posterior and its slope, as `_look` does."""
        here = np.append(strength, -np.inf)[self.entry]
        real = self.entry < self.n
        here = here - here.max(axis=1, keepdims=True, initial=0.0)
        worth = np.exp(here)
        after = _summed(worth[:, ::-1])[:, ::-1]  # of all from there on
        ahead = np.take_along_axis(after, self.first, axis=1)
        tied = ahead - np.take_along_axis(after, self.last, axis=1)
        left = np.where(real, ahead - self.taken * tied, 1.0)
        picks, spent = _summed(real / left), _summed(self.taken / left)
        chance = worth * (
            np.take_along_axis(picks, self.last, axis=1)
            - np.take_along_axis(spent, self.last, axis=1)
            + np.take_along_axis(spent, self.first, axis=1)
        )
        value = float(here[real].sum() - np.log(left).sum())
        pull = np.bincount(self.entry.ravel(), (real - chance).ravel(), self.n + 1)[: self.n]
        return (
            value - 0.5 * float(strength @ strength) / spread**2,
            pull - strength / spread**2,
        )


def _summed(table: Floats) -> Floats:
    """Return running sums along the rows, with a nought before the first."""
    return np.pad(table.cumsum(axis=1), ((0, 0), (1, 0)))
