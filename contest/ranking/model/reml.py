"""Restricted maximum likelihood for panels of up to some hundred judges, by dense algebra.

Entries are eliminated; what is left is one symmetric matrix over judges and fixed effects, at given
ratios of the entries' and the judges' variance to the noise's. Newton's method finds the ratios.
"""

from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dtrtri, dtrtrs

from contest.ranking.model.result import Floats, Variance
from contest.ranking.model.reviews import Reviews

LOW, HIGH = -14.0, 9.0
"""Bounds of the logarithms of the two variance ratios."""


@dataclass(frozen=True)
class Prior:
    """What is known of the noise beforehand: `nu` observations with a sum of squares `ss`."""

    nu: float
    ss: float


@dataclass(frozen=True, eq=False)
class Solution:
    """The model with its variances found, whichever way.

    `theta` are the logarithms of the entries' and the judges' variance over the noise's; `fixed`
    (entries, 1 or 2) holds the intercept and perhaps the pool covariate, `level` their
    coefficients (the intercept less the origin), `se` the standard errors; `effects` (judges).
    """

    reviews: Reviews
    fixed: Floats
    theta: Floats
    noise: float
    effects: Floats
    level: Floats
    se: Floats

    def variance(self) -> Variance:
        entries, judges = np.exp(self.theta) * self.noise
        return Variance(float(entries), float(judges), self.noise)

    def weights(self) -> Floats:
        """Return the share of an entry's own corrected mean in its adjusted value."""
        ratio, counts = np.exp(self.theta[0]), self.reviews.counts
        return np.asarray(counts * ratio / (1 + counts * ratio), dtype=np.float64)

    def targets(self) -> Floats:
        return np.asarray(self.fixed @ self.level + self.reviews.origin, dtype=np.float64)

    def values(self) -> Floats:
        r = self.reviews
        left = np.bincount(r.entry, r.score - self.effects[r.judge]) / r.counts - self.targets()
        return np.asarray(self.targets() + self.weights() * left, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Sums:
    """The reviews, reduced to what the likelihood needs; entries are grouped by review count.

    Columns are the judges, then the intercept, then the pool covariate if there is one.
    """

    reviews: Reviews
    design: Floats  # (entries, columns): sums over an entry's reviews
    fixed: Floats
    total: Floats  # (entries): sum of scores, less the origin
    cross: Floats
    right: Floats
    square: float
    sizes: Floats  # (groups): reviews per entry
    members: Floats  # (groups): entries
    group_cross: Floats
    group_right: Floats
    group_square: Floats
    prior: Prior

    @property
    def judges(self) -> int:
        return len(self.reviews.judges)

    @property
    def nu(self) -> float:
        """Degrees of freedom of the noise."""
        return float(len(self.reviews.score) - self.fixed.shape[1] + self.prior.nu)

    def crossed(self, weights: Floats) -> Floats:
        """Return the groups' matrices, added up by weight."""
        flat = self.group_cross.reshape(len(weights), -1)
        added: Floats = np.dot(weights[None], flat).reshape(self.cross.shape)
        return added


def reduced(reviews: Reviews, fixed: Floats, prior: Prior) -> Sums:
    """Sum up what the likelihood needs. Cost: entries x judges squared."""
    n, m = len(reviews.entries), len(reviews.judges)
    score = reviews.score - reviews.origin
    seen = np.zeros((n, m))
    seen[reviews.entry, reviews.judge] = 1.0
    design: Floats = np.hstack([seen, reviews.counts[:, None] * fixed]).astype(np.float64)
    total: Floats = np.bincount(reviews.entry, score).astype(np.float64)
    cross = np.zeros((m + fixed.shape[1],) * 2)
    cross[:m, :m] = np.diag(reviews.given)
    cross[:m, m:] = seen.T @ fixed
    cross[m:, :m] = cross[:m, m:].T
    cross[m:, m:] = fixed.T @ (reviews.counts[:, None] * fixed)
    sizes, group = np.unique(reviews.counts, return_inverse=True)
    by_group = [(design[group == g], total[group == g]) for g in range(len(sizes))]
    return Sums(
        reviews=reviews,
        design=design,
        fixed=fixed,
        total=total,
        cross=cross,
        right=np.concatenate([np.bincount(reviews.judge, score), fixed.T @ total]),
        square=float(score @ score),
        sizes=sizes.astype(np.float64),
        members=np.bincount(group).astype(np.float64),
        group_cross=np.array([t.T @ t for t, _ in by_group]),
        group_right=np.array([t.T @ s for t, s in by_group]),
        group_square=np.array([s @ s for _, s in by_group]),
        prior=prior,
    )


@dataclass(frozen=True, eq=False)
class Fit:
    """The model at given ratios; `lower` is the Cholesky factor of the equations' matrix."""

    sums: Sums
    theta: Floats
    beta: Floats
    lower: Floats
    rss: float

    def solution(self) -> Solution:
        m, noise = self.sums.judges, float(self.rss / self.sums.nu)
        fixed = np.eye(len(self.beta))[:, m:]
        half = solve_triangular(self.lower, fixed, lower=True)
        return Solution(
            reviews=self.sums.reviews,
            fixed=self.sums.fixed,
            theta=self.theta,
            noise=noise,
            effects=self.beta[:m],
            level=self.beta[m:],
            se=np.sqrt(noise * (half**2).sum(axis=0)),
        )


def at(sums: Sums, theta: Floats) -> tuple[Fit, float]:
    """Return the fit and minus its log restricted likelihood, the noise's size maximised out."""
    ratio, judge_ratio = np.exp(theta)
    shrink = ratio / (1 + sums.sizes * ratio)
    matrix = sums.cross - sums.crossed(shrink)
    m = sums.judges
    matrix.flat[: m * (len(matrix) + 1) : len(matrix) + 1] += 1 / judge_ratio
    right = sums.right - shrink @ sums.group_right
    lower: Floats = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    half, _ = dtrtrs(lower.T, right, trans=1)  # as solve_triangular, which takes longer to begin
    beta, _ = dtrtrs(lower.T, half)
    left = sums.square - shrink @ sums.group_square - half @ half
    rss = max(float(left), 0.0) + sums.prior.ss
    value = sums.nu * np.log(rss) + sums.members @ np.log1p(sums.sizes * ratio)
    value += m * theta[1] + 2 * np.log(lower.diagonal()).sum()
    return Fit(sums, theta, beta, lower, rss), float(value) / 2


def lowest(sums: Sums, start: Floats | None = None, *, spread_known: bool) -> tuple[Fit, Floats]:
    """Return the fit of highest restricted likelihood, and the curvature there.

    Without `spread_known` the ratios have a prior: half-Cauchy on the ratio of standard deviations.
    """
    starts = np.array([[-0.5, -1.0], [-4.0, 0.0], [1.0, -4.0]])
    if start is not None:
        starts = np.vstack([start, starts])
    fit, value = min((_tried(sums, theta, spread_known) for theta in starts), key=itemgetter(1))
    for _ in range(60):
        theta = fit.theta
        slope = _slope(fit) + penalty(theta, spread_known)[1]
        curve = _curvature(sums, theta, spread_known)
        inside = ~(((theta <= LOW) & (slope > 0)) | ((theta >= HIGH) & (slope < 0)))
        size, axes = np.linalg.eigh(curve)
        step = -axes @ ((axes.T @ (slope * inside)) / np.maximum(np.abs(size), 1e-7))
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-9:
            return fit, curve
        for _ in range(30):
            trial, reached = _tried(sums, np.clip(theta + step, LOW, HIGH), spread_known)
            if reached <= value + 1e-12 * abs(value):
                break
            step = step / 2
        fit, value = trial, reached
    return fit, _curvature(sums, fit.theta, spread_known)


def _tried(sums: Sums, theta: Floats, spread_known: bool) -> tuple[Fit, float]:
    fit, value = at(sums, theta)
    return fit, value + penalty(theta, spread_known)[0]


def penalty(theta: Floats, spread_known: bool) -> tuple[float, Floats]:
    """Return what is added to minus the likelihood, and its gradient.

    With `spread_known` next to nothing, only so that a flat likelihood has one lowest point.
    """
    if spread_known:
        return 5e-7 * float(theta @ theta), 1e-6 * theta
    return float(np.logaddexp(0, theta).sum() - theta.sum() / 2), 1 / (1 + np.exp(-theta)) - 0.5


def _slope(fit: Fit) -> Floats:
    """Return the gradient of minus the log restricted likelihood in both log ratios."""
    sums, beta = fit.sums, fit.beta
    ratio, judge_ratio = np.exp(fit.theta)
    m = sums.judges
    change = ratio / (1 + sums.sizes * ratio) ** 2
    root, _ = dtrtri(fit.lower.T)
    inverse = root @ root.T
    dcross = sums.crossed(change)
    drss = -(change @ sums.group_square) + 2 * beta @ (change @ sums.group_right)
    drss -= beta @ dcross @ beta
    entries = sums.nu * drss / fit.rss - float((inverse * dcross).sum())
    entries += sums.members @ (sums.sizes * ratio / (1 + sums.sizes * ratio))
    judges = m - float(np.trace(inverse[:m, :m])) / judge_ratio
    judges -= sums.nu * float(beta[:m] @ beta[:m]) / judge_ratio / fit.rss
    return np.array([entries, judges]) / 2


def _curvature(sums: Sums, theta: Floats, spread_known: bool) -> Floats:
    columns = []
    for axis in np.eye(2) * 1e-4:
        up = _slope(at(sums, theta + axis)[0]) + penalty(theta + axis, spread_known)[1]
        down = _slope(at(sums, theta - axis)[0]) + penalty(theta - axis, spread_known)[1]
        columns.append((up - down) / 2e-4)
    curve = np.array(columns)
    return np.asarray((curve + curve.T) / 2, dtype=np.float64)
