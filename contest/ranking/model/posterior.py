"""Values of the entries drawn jointly from what the scores leave open."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg import solve_triangular

from contest.ranking.model.reml import (
    HIGH,
    LOW,
    Fit,
    Prior,
    Solution,
    Sums,
    at,
    lowest,
    penalty,
    reduced,
)
from contest.ranking.model.result import Draws, Floats
from contest.ranking.model.reviews import Reviews

FEW_JUDGES = 80
"""Up to so many judges the variance ratios are drawn from a fine grid, above from a coarse one."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """`values` (entries, draws) in points, and the sd of every judge's effect."""

    values: Draws
    judge_sd: Floats


Draw = Callable[[int, int], Drawn]
"""Takes the number of draws and a seed."""


def fit(
    reviews: Reviews, fixed: Floats, prior: Prior, start: Floats | None = None
) -> tuple[Solution, Draw]:
    """Return the solution of highest restricted likelihood, and what draws around it.

    The search begins at the log ratios `start`; `fixed` is that of a Solution.
    """
    sums = reduced(reviews, fixed, prior)
    return lowest(sums, start, spread_known=True)[0].solution(), partial(_draw, sums)


def _draw(sums: Sums, draws: int, seed: int) -> Drawn:
    """Draw jointly from the posterior.

    The variance ratios are drawn too, from a grid along the axes of their posterior: with few
    judges they are hardly known, and intervals that take them for known are too narrow.
    Source: prior on the ratios of spread, Gelman (2006). Cost: draws x (judges squared + reviews).
    """
    r = sums.reviews
    rng = np.random.default_rng(seed)
    nodes = _nodes(sums)
    heights = np.array([value for _, value in nodes])
    weight = np.exp(heights.min() - heights)
    ends = np.floor(np.cumsum(weight) / weight.sum() * draws + 0.5).astype(np.int64)
    values = np.empty((len(r.entries), draws))
    judges = np.empty((sums.judges, draws))
    begin = 0
    for (node, _), end in zip(nodes, ends, strict=True):
        if end == begin:
            continue
        ratio = np.exp(node.theta[0])
        noise = np.sqrt(node.rss / rng.chisquare(sums.nu, end - begin))
        beta = rng.standard_normal((len(node.beta), end - begin))
        beta = solve_triangular(node.lower.T, beta, lower=False, check_finite=False)
        beta = node.beta[:, None] + beta * noise
        shrink = ratio / (1 + r.counts * ratio)
        mean = shrink[:, None] * (sums.total[:, None] - sums.design @ beta)
        spread = np.sqrt(shrink)[:, None] * noise
        own = mean + spread * rng.standard_normal(mean.shape)
        values[:, begin:end] = sums.fixed @ beta[sums.judges :] + own + r.origin
        judges[:, begin:end] = beta[: sums.judges]
        begin = end
    # Draws come in blocks of one node each; mixed, any part of them is a fair sample.
    mixed = rng.permutation(draws)
    return Drawn(values[:, mixed], judges.std(axis=1))


def _nodes(sums: Sums) -> list[tuple[Fit, float]]:
    """Return fits around the posterior's highest point, and minus their log density."""
    top, curve = lowest(sums, spread_known=False)
    size, axes = np.linalg.eigh(curve)
    scale = axes / np.sqrt(np.maximum(size, 0.05))
    side, reach = (9, 3.2) if sums.judges <= FEW_JUDGES else (3, 1.5)
    steps = np.linspace(-reach, reach, side)
    points = [np.array([a, b]) for a in steps for b in steps if np.hypot(a, b) < 3.6]
    nodes = []
    for point in points:
        theta = np.clip(top.theta + scale @ point, LOW, HIGH)
        fit, value = at(sums, theta)
        nodes.append((fit, value + penalty(theta, spread_known=False)[0]))
    return nodes
