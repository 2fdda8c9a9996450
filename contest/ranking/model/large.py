"""The same model for panels too large for dense algebra: nothing is ever judges x judges.

The equations are solved by preconditioned conjugate gradients, traces are estimated with fixed
random signs, and draws are solutions for perturbed right-hand sides.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse
from scipy.optimize import root

from contest.ranking.model.posterior import Draw, Drawn
from contest.ranking.model.reml import HIGH, LOW, Prior, Solution
from contest.ranking.model.result import Floats
from contest.ranking.model.reviews import Reviews

SIGNS = 20_000
"""Signs for the traces, spread over vectors of one per judge: an error below one in a hundred."""
FINE, ROUGH = 1e-9, 1e-5
"""How exactly equations are solved: for the answer, and on the way to it or for draws."""
JUDGE_DRAWS = 48
OWN_DRAWS = 5
"""Each draw of all judges' effects is used for so many draws of the entries' own part."""
BLOCK = 8
MOST_STEPS = 200


@dataclass(frozen=True, eq=False)
class System:
    """The equations over judges and fixed effects, as something that multiplies.

    With A the sum per entry of what judges and fixed effects add to its scores, and B the same
    equations for entries of any value whatever, the matrix is B - A' diag(shrink) A + 1 / ratio.
    """

    reviews: Reviews
    fixed: Floats
    sums: sparse.csr_array  # A: (entries, judges + fixed effects)
    back: sparse.csr_array  # its transpose
    plain: sparse.csr_array  # B: (judges + fixed effects) squared, of fixed effects x either only
    total: Floats  # (entries): sum of scores, less the origin
    own: Floats  # (judges + fixed effects): the same
    square: float
    prior: Prior

    @property
    def judges(self) -> int:
        return len(self.reviews.judges)

    @property
    def nu(self) -> float:
        return float(len(self.reviews.score) - self.fixed.shape[1] + self.prior.nu)

    def shrink(self, theta: Floats) -> Floats:
        ratio = np.exp(theta[0])
        return np.asarray(ratio / (1 + self.reviews.counts * ratio), dtype=np.float64)

    def times(self, theta: Floats, beta: Floats) -> Floats:
        """Multiply the matrix of the equations with the columns of `beta`."""
        sums = self.sums @ beta
        sums *= self.shrink(theta)[:, None]
        product = self.plain @ beta - self.back @ sums
        product[: self.judges] += np.exp(-theta[1]) * beta[: self.judges]
        return np.asarray(product, dtype=np.float64)

    def diagonal(self, theta: Floats) -> Floats:
        """Return the diagonal of that matrix."""
        squares = self.back.power(2) @ self.shrink(theta)
        diagonal = self.plain.diagonal() - squares
        diagonal[: self.judges] += np.exp(-theta[1])
        return np.asarray(diagonal, dtype=np.float64)

    def right(self, theta: Floats) -> Floats:
        return np.asarray(
            self.own - self.back @ (self.shrink(theta) * self.total), dtype=np.float64
        )

    def rss(self, theta: Floats, beta: Floats) -> float:
        left = self.square - self.shrink(theta) @ self.total**2 - beta @ self.right(theta)
        return max(float(left), 0.0) + self.prior.ss


def system(reviews: Reviews, fixed: Floats, prior: Prior) -> System:
    score = reviews.score - reviews.origin
    shape = (len(reviews.entries), len(reviews.judges))
    seen = sparse.csr_array((np.ones(len(score)), (reviews.entry, reviews.judge)), shape=shape)
    level = sparse.csr_array(reviews.counts[:, None] * fixed)
    given = sparse.diags_array(reviews.given.astype(np.float64))
    both = sparse.csr_array(seen.T @ fixed)
    sums = sparse.hstack([seen, level], format="csr")
    total = np.bincount(reviews.entry, score).astype(np.float64)
    return System(
        reviews=reviews,
        fixed=fixed,
        sums=sums,
        back=sums.T.tocsr(),
        plain=sparse.block_array([[given, both], [both.T, fixed.T @ level]], format="csr"),
        total=total,
        own=np.concatenate([np.bincount(reviews.judge, score), fixed.T @ total]),
        square=float(score @ score),
        prior=prior,
    )


def solve(
    system: System,
    theta: Floats,
    right: Floats,
    start: Floats | None = None,
    *,
    error: float = FINE,
) -> Floats:
    """Solve the equations for every column of `right`.

    Takes    theta (2), right (judges + fixed effects, columns), start of the same shape.
    Raises   ArithmeticError where 200 steps are not enough.
    Source   Hestenes and Stiefel (1952), preconditioned with the diagonal.
    Cost     some twenty steps, each of reviews x columns.
    """
    weight = 1 / system.diagonal(theta)[:, None]
    x = np.zeros_like(right) if start is None else start.copy()
    left = right - system.times(theta, x)
    ahead = weight * left
    direction, size = ahead.copy(), (left * ahead).sum(axis=0)
    enough = error**2 * np.maximum((right * weight * right).sum(axis=0), 1e-300)
    for _ in range(MOST_STEPS):
        if (size <= enough).all():
            return x
        moved = system.times(theta, direction)
        bend = (direction * moved).sum(axis=0)
        step = np.where(size > enough, size / np.where(bend > 0, bend, 1.0), 0.0)
        x += step * direction
        left -= step * moved
        ahead = weight * left
        before, size = size, (left * ahead).sum(axis=0)
        direction = (
            ahead + np.where(before > 0, size / np.where(before > 0, before, 1), 0) * direction
        )
    raise ArithmeticError("the equations of the model could not be solved")


def fit(
    reviews: Reviews, fixed: Floats, prior: Prior, start: Floats | None = None
) -> tuple[Solution, Draw]:
    """Return the solution of highest restricted likelihood, and what draws around it."""
    equations = system(reviews, fixed, prior)
    found = _highest(equations, np.array([-0.5, -1.0]) if start is None else start)
    return found, partial(_draw, equations, found)


def _highest(system: System, start: Floats) -> Solution:
    """Find a root of the gradient of the restricted likelihood.

    Source   the traces: Hutchinson (1990). The signs are fixed, so the same input gives the same
             answer.
    """
    m, columns = system.judges, system.judges + system.fixed.shape[1]
    probes = int(np.clip(SIGNS // m, 4, 64))
    signs = np.random.default_rng(0).choice((-1.0, 1.0), (columns, probes))
    last = [np.zeros((columns, probes + 1))]

    def slope(theta: Floats) -> Floats:
        inside = np.clip(theta, LOW, HIGH)
        right = np.column_stack([system.right(inside), signs])
        last[0] = solve(system, inside, right, last[0], error=ROUGH)
        pull = 1e-6 * theta + (theta - inside)
        return _slope(system, inside, last[0][:, 0], last[0][:, 1:], signs) + pull

    found = root(slope, start, tol=1e-5, options={"eps": 1e-3, "factor": 1.0})
    theta = np.clip(found.x, LOW, HIGH)
    solved = solve(system, theta, np.column_stack([system.right(theta), _units(system)]))
    beta = solved[:, 0]
    noise = system.rss(theta, beta) / system.nu
    return Solution(
        reviews=system.reviews,
        fixed=system.fixed,
        theta=theta,
        noise=noise,
        effects=beta[:m],
        level=beta[m:],
        se=np.sqrt(noise * np.diag(solved[m:, 1:])),
    )


def _units(system: System) -> Floats:
    fixed = system.fixed.shape[1]
    return np.vstack([np.zeros((system.judges, fixed)), np.eye(fixed)])


def _slope(system: System, theta: Floats, beta: Floats, solved: Floats, signs: Floats) -> Floats:
    """Return the gradient of minus the log restricted likelihood, each part per unit it counts."""
    ratio, judge_ratio = np.exp(theta)
    m, counts, rss = system.judges, system.reviews.counts, system.rss(theta, beta)
    change = ratio / (1 + counts * ratio) ** 2
    left = system.total - system.sums @ beta
    pairs = (system.sums @ solved) * (system.sums @ signs) * change[:, None]
    entries = -system.nu * float(change @ left**2) / rss - float(pairs.sum()) / signs.shape[1]
    entries += float((counts * ratio / (1 + counts * ratio)).sum())
    own = float((solved[:m] * signs[:m]).sum()) / signs.shape[1]
    judges = m - own / judge_ratio - system.nu * float(beta[:m] @ beta[:m]) / judge_ratio / rss
    return np.array([entries / len(counts), judges / m])


def _draw(system: System, found: Solution, draws: int, seed: int) -> Drawn:
    """Draw jointly from the posterior at the ratios found; no more than 240 draws.

    With so many judges the ratios are known well, so they are not drawn.
    Source: perturbation, Papandreou and Yuille (2010). Cost: 48 solutions of the equations.
    """
    rng = np.random.default_rng(seed)
    r, m, theta = system.reviews, system.judges, found.theta
    number = max(1, min(draws // OWN_DRAWS, JUDGE_DRAWS))
    shrink = system.shrink(theta)
    part = (1 - np.sqrt(1 - shrink * r.counts)) / r.counts  # square root of each entry's block
    spread = np.sqrt(shrink).astype(np.float32)
    values = np.empty((len(r.entries), number * OWN_DRAWS), dtype=np.float32, order="F")
    judges = np.empty((m, number))
    for begin in range(0, number, BLOCK):
        width = min(BLOCK, number - begin)
        noise = np.sqrt(found.noise * system.nu / rng.chisquare(system.nu, width))
        right = _perturbed(system, theta, part, rng, width)
        centre = np.concatenate([found.effects, found.level])[:, None]
        beta = centre + solve(system, theta, right, error=ROUGH) * noise
        judges[:, begin : begin + width] = beta[:m]
        mean = shrink[:, None] * (system.total[:, None] - system.sums @ beta)
        mean += system.fixed @ beta[m:] + r.origin
        mean = mean.astype(np.float32, order="F")
        for k in range(OWN_DRAWS):
            for w in range(width):
                own = rng.standard_normal(len(mean), dtype=np.float32) * spread
                values[:, (begin + w) * OWN_DRAWS + k] = mean[:, w] + own * np.float32(noise[w])
    return Drawn(values, judges.std(axis=1))


def _perturbed(
    system: System, theta: Floats, part: Floats, rng: np.random.Generator, width: int
) -> Floats:
    """Return right-hand sides whose covariance is the matrix of the equations."""
    r = system.reviews
    columns = []
    for _ in range(width):
        error = rng.standard_normal(len(r.score))
        error -= (part * np.bincount(r.entry, error))[r.entry]
        own = np.bincount(r.judge, error, minlength=system.judges)
        own += np.exp(-theta[1] / 2) * rng.standard_normal(system.judges)
        fixed = system.fixed.T @ np.bincount(r.entry, error)
        columns.append(np.concatenate([own, fixed]))
    return np.column_stack(columns)
