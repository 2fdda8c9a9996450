"""From comparisons of two to an order, with honest uncertainty. Arrays in, frozen results out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import expit, ndtr

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPREAD = 1.5
"""Standard deviation of strengths before any vote: of two entries the better wins 3 times in 4."""

TRUST, DOUBT = 10.0, 1.0
"""A judge's reliability is Beta(10, 1) before any vote: careful until the votes say otherwise.

The most probable one is sought on the scale of logits, where it never lies at the edge.
"""

ROUNDS, TOLERANCE = 500, 1e-10
FLOOR = 1e-9
AHEAD = 2  # views that an entry may be ahead of the least seen one
RANDOM = 0.1  # of the pairs are drawn, so that no belief confirms itself
TOP = 0.2  # pairs with one of these are worth three times as much


@dataclass(frozen=True, eq=False)
class Belief:
    """What the votes say.

    `strength` (n) in logits, mean zero over the prior, with its joint `covariance` (n, n);
    `reliability` (m), the chance that a judge votes for what the strengths favour; `seen` (n) counts
    the votes on each entry.
    """

    strength: Floats
    covariance: Floats
    reliability: Floats
    seen: Ints

    @property
    def sd(self) -> Floats:
        return np.sqrt(np.diag(self.covariance))

    @property
    def opposite(self) -> tuple[int, ...]:
        """Judges who vote against the panel more often than with it: a reason to look."""
        return tuple(int(j) for j in np.flatnonzero(self.reliability < 0.5))

    @property
    def separation(self) -> float:
        """Return the share of the spread of strengths that is not uncertainty, 0 to 1."""
        spread = float(self.strength.var())
        if spread == 0:
            return 0.0
        return max(0.0, spread / (spread + float(np.diag(self.covariance).mean())))

    def beats(self, one: int, other: int) -> float:
        """Return the chance that entry `one` is truly better than `other`."""
        c = self.covariance
        variance = c[one, one] + c[other, other] - 2 * c[one, other]
        gap = self.strength[one] - self.strength[other]
        return float(ndtr(gap / np.sqrt(max(variance, 1e-300))))


@dataclass(frozen=True, eq=False)
class Standing:
    """Where one entry stands: rank 1 is best, with a 90 % interval and the chance of the top k."""

    entry: int
    strength: float
    sd: float
    rank: int
    low: int
    high: int
    top: float
    votes: int


def fit(
    left: ArrayLike,
    right: ArrayLike,
    judge: ArrayLike,
    outcome: ArrayLike,
    entries: int,
    judges: int,
    *,
    spread: float = SPREAD,
) -> Belief:
    """Return the most probable strengths and reliabilities given all votes at once.

    Takes    left, right, judge (v), numbers of entries and judges; outcome (v), 1 where left was
             chosen, 0 where right was, 0.5 for a tie, which counts as half of each.
    Returns  a Belief; without votes it is the prior. The order of the votes does not matter.
    Raises   ValueError naming the vote, for lengths that differ, an unknown entry or judge, an entry
             against itself, any other outcome.
    Source   Bradley and Terry (1952) with the annotator model of Chen et al. (2013), as a batch:
             an online update depends on the order of the votes.
    Cost     a dense n x n system per round: 500 entries take a tenth of a second.
    """
    votes = _votes(left, right, judge, outcome, entries, judges)
    strength, reliability = np.zeros(entries), np.full(judges, TRUST / (TRUST + DOUBT))
    if not (np.isfinite(spread) and spread > 0):
        raise ValueError("spread must be a positive number")
    for _ in range(ROUNDS):
        before = strength
        strength = _stronger(votes, strength, reliability, spread)
        reliability = _reliabilities(votes, strength, judges)
        if np.abs(strength - before).max(initial=0.0) < TOLERANCE:
            break
    return Belief(
        strength=strength,
        covariance=_covariance(votes, strength, reliability, spread),
        reliability=reliability,
        seen=np.bincount(np.concatenate([votes.left, votes.right]), minlength=entries),
    )


def standings(belief: Belief, *, top: int, draws: int = 1000, seed: int = 0) -> list[Standing]:
    """Return the order, best first, with what joint draws from the posterior say of each rank.

    Entries whose strengths differ by less than the arithmetic can tell share a rank.
    """
    n = len(belief.strength)
    if not n:
        return []
    r = np.random.default_rng(seed)
    root = np.linalg.cholesky(belief.covariance + 1e-12 * np.eye(n))
    drawn = belief.strength + r.normal(size=(draws, n)) @ root.T
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(ranks, [0.05, 0.95], axis=0, method="inverted_cdf")
    shown = np.round(belief.strength, 6)
    return [
        Standing(
            entry=int(i),
            strength=float(belief.strength[i]),
            sd=float(belief.sd[i]),
            rank=int((shown > shown[i]).sum()) + 1,
            low=int(low[i]),
            high=int(high[i]),
            top=float((ranks[:, i] <= top).mean()),
            votes=int(belief.seen[i]),
        )
        for i in np.argsort(-shown, kind="stable")
    ]


def next_entry(
    belief: Belief,
    at: int | None,
    allowed: ArrayLike,
    views: ArrayLike,
    draw: np.random.Generator,
) -> int | None:
    """Return the entry that a judge should see next, to be compared with the one they are `at`.

    Takes    at, None for the first entry, which is one that was seen least; allowed (n), False for
             what the judge has seen, must not judge, or is busy with another judge; views (n).
    Returns  the entry whose comparison teaches most: Var(a - b) p(1 - p), three times that where one
             of them is in the top fifth now; a tenth of the time any. None when none is allowed.
    """
    may, seen = np.array(allowed, dtype=np.bool_), np.asarray(views)
    if at is not None:
        may[at] = False
    if not may.any():
        return None
    may &= seen <= max(seen.min() + AHEAD, seen[may].min())
    choices = np.flatnonzero(may)
    if at is None:
        waiting = seen[choices] + 0.5 * draw.random(len(choices))
        return int(choices[np.argmin(waiting)])
    if draw.random() < RANDOM:
        return int(draw.choice(choices))
    c, strength = belief.covariance, belief.strength
    variance = c[at, at] + np.diag(c)[choices] - 2 * c[at, choices]
    p = expit(strength[at] - strength[choices])
    leaders = strength >= np.quantile(strength, 1 - TOP)
    worth = variance * p * (1 - p) * (1 + 2 * (leaders[choices] | leaders[at]))
    return int(draw.choice(choices[worth >= worth.max() * (1 - 1e-9)]))


# --- votes


@dataclass(frozen=True, eq=False)
class _Votes:
    """Checked votes; `won` is the part of each that `left` won. Sorted, so that order cannot matter."""

    left: Ints
    right: Ints
    judge: Ints
    won: Floats


def _votes(
    left: ArrayLike, right: ArrayLike, judge: ArrayLike, outcome: ArrayLike, n: int, m: int
) -> _Votes:
    won = np.asarray(outcome, dtype=np.float64)
    if won.ndim != 1:
        raise ValueError("outcome must be a list of numbers")
    columns = []
    for name, given, limit in (("left", left, n), ("right", right, n), ("judge", judge, m)):
        column = np.asarray(given, dtype=np.float64)
        if column.shape != won.shape:
            raise ValueError(f"{name} has {column.shape}, outcome has {won.shape}")
        wrong = ~((column >= 0) & (column < limit) & (column == np.floor(column)))
        if wrong.any():
            vote = int(np.argmax(wrong))
            raise ValueError(f"vote {vote}: there is no {name} {column[vote]:g}")
        columns.append(column.astype(np.int64))
    wrong = ~np.isin(won, (0.0, 0.5, 1.0))
    if wrong.any():
        vote = int(np.argmax(wrong))
        raise ValueError(f"vote {vote}: outcome {won[vote]} is neither 0, 0.5 nor 1")
    a, b, j = columns
    if (a == b).any():
        vote = int(np.argmax(a == b))
        raise ValueError(f"vote {vote} compares entry {a[vote]} with itself")
    swap = a > b
    a, b, won = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, 1 - won, won)
    order = np.lexsort((won, j, b, a))
    return _Votes(a[order], b[order], j[order], won[order])


def _objective(votes: _Votes, strength: Floats, reliability: Floats, spread: float) -> float:
    s = expit(strength[votes.left] - strength[votes.right])
    trust = reliability[votes.judge]
    p = np.clip(trust * s + (1 - trust) * (1 - s), 1e-300, None)
    q = np.clip(trust * (1 - s) + (1 - trust) * s, 1e-300, None)
    prior = -0.5 * float((strength**2).sum()) / spread**2
    return float((votes.won * np.log(p) + (1 - votes.won) * np.log(q)).sum()) + prior


def _slopes(votes: _Votes, strength: Floats, reliability: Floats) -> tuple[Floats, Floats, Floats]:
    """Return first and second derivative of each vote's log-likelihood by d, and its information."""
    s = expit(strength[votes.left] - strength[votes.right])
    tilt = 2 * reliability[votes.judge] - 1
    p = np.clip(0.5 + tilt * (s - 0.5), FLOOR, 1 - FLOOR)
    slope = tilt * s * (1 - s)
    bend = slope * (1 - 2 * s)
    won, lost = votes.won / p, (1 - votes.won) / (1 - p)
    first = slope * (won - lost)
    second = bend * (won - lost) - slope**2 * (won / p + lost / (1 - p))
    return first, second, slope**2 / (p * (1 - p))


def _spread_out(votes: _Votes, weights: Floats, n: int) -> Floats:
    """Return the n x n matrix of a weighted sum of (e_left - e_right)(e_left - e_right)'."""
    matrix = np.zeros((n, n))
    np.add.at(matrix, (votes.left, votes.left), weights)
    np.add.at(matrix, (votes.right, votes.right), weights)
    np.add.at(matrix, (votes.left, votes.right), -weights)
    np.add.at(matrix, (votes.right, votes.left), -weights)
    return matrix


def _stronger(votes: _Votes, strength: Floats, reliability: Floats, spread: float) -> Floats:
    """Take one Newton step, shortened until it does not lead downhill.

    Where the likelihood is not concave, its expected curvature stands in for the observed one.
    """
    n = len(strength)
    first, second, information = _slopes(votes, strength, reliability)
    pull = np.bincount(votes.left, first, n) - np.bincount(votes.right, first, n)
    gradient = pull - strength / spread**2
    prior = np.eye(n) / spread**2
    try:
        factor = cho_factor(_spread_out(votes, -second, n) + prior)
    except LinAlgError:
        factor = cho_factor(_spread_out(votes, information, n) + prior)
    step = cho_solve(factor, gradient)
    now = _objective(votes, strength, reliability, spread)
    for _ in range(40):
        if _objective(votes, strength + step, reliability, spread) >= now - 1e-12 * (1 + abs(now)):
            return np.asarray(strength + step)
        step = step / 2
    return strength


def _reliabilities(votes: _Votes, strength: Floats, judges: int) -> Floats:
    """Return each judge's most probable reliability: a concave problem in one number, by bisection."""
    s = expit(strength[votes.left] - strength[votes.right])
    low, high = np.full(judges, FLOOR), np.full(judges, 1 - FLOOR)
    for _ in range(60):
        trust = (low + high) / 2
        t = trust[votes.judge]
        p = t * s + (1 - t) * (1 - s)
        by_vote = (2 * s - 1) * (votes.won / p - (1 - votes.won) / (1 - p))
        slope = np.bincount(votes.judge, by_vote, judges) + TRUST / trust - DOUBT / (1 - trust)
        low, high = np.where(slope > 0, trust, low), np.where(slope > 0, high, trust)
    return np.asarray((low + high) / 2)


def _covariance(votes: _Votes, strength: Floats, reliability: Floats, spread: float) -> Floats:
    """Return the Laplace covariance of the strengths, the doubt about the judges included."""
    n = len(strength)
    _, second, information = _slopes(votes, strength, reliability)
    prior = np.eye(n) / spread**2
    system = _spread_out(votes, -second, n) + prior - _doubt(votes, strength, reliability)
    try:
        factor = cho_factor(system)
    except LinAlgError:
        factor = cho_factor(_spread_out(votes, information, n) + prior)
    return np.asarray(cho_solve(factor, np.eye(n)))


def _doubt(votes: _Votes, strength: Floats, reliability: Floats) -> Floats:
    """Return what is taken off the curvature because reliabilities are estimated as well."""
    n, m = len(strength), len(reliability)
    s = expit(strength[votes.left] - strength[votes.right])
    trust = reliability[votes.judge]
    p = np.clip(trust * s + (1 - trust) * (1 - s), FLOOR, 1 - FLOOR)
    wide, steep = 2 * s - 1, s * (1 - s)
    won, lost = votes.won / p, (1 - votes.won) / (1 - p)
    mixed = 2 * steep * (won - lost) - wide * (2 * trust - 1) * steep * (won / p + lost / (1 - p))
    curved = np.bincount(votes.judge, wide**2 * (won / p + lost / (1 - p)), m)
    own: Floats = curved + TRUST / reliability**2 + DOUBT / (1 - reliability) ** 2
    cross = np.zeros((n, m))
    np.add.at(cross, (votes.left, votes.judge), mixed)
    np.add.at(cross, (votes.right, votes.judge), -mixed)
    return np.asarray((cross / own) @ cross.T)
