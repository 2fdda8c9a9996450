"""Before judging: what a planned design will be able to tell, from the design alone.

Scores are made up by the model itself, with variances that the organiser expects, for the very
pairs that are planned; then the model judges them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.csgraph import connected_components

from contest.ranking.model.result import Floats, Ints, Variance
from contest.ranking.model.reviews import checked

TYPICAL = Variance(entries=1.0, judges=0.25, noise=0.6)
"""What real panels show on the whole, in units of the entries' variance."""


@dataclass(frozen=True)
class Power:
    """What to expect of a design.

    `hit` is the chance that the true first `top_k` come out as the first `top_k`, `recall` the
    share of them that does, `best` the chance that the truly best comes first; `plain` is the
    recall of the raw mean. `sd` is the typical uncertainty of a difference between two entries, in
    units of the entries' standard deviation (1.41 before any review). `components` more than one
    means that entries of different ones are compared by assumption only.
    """

    top_k: int
    hit: float
    recall: float
    best: float
    plain: float
    sd: float
    components: int
    runs: int


def power(
    entry_index: ArrayLike,
    judge_index: ArrayLike,
    n: int,
    m: int,
    *,
    top_k: int = 3,
    variance: Variance = TYPICAL,
    runs: int = 400,
    seed: int = 0,
) -> Power:
    """Say how well a design finds the best entries.

    Takes    entry_index in 0..n-1, judge_index in 0..m-1 (planned reviews), each pair once at most;
             entries without a review stay at the mean; top_k, how many come first; `variance`: only
             the ratios matter, so that any squared unit will do; runs, contests to make up; seed.
    Returns  a Power: chances and shares from 0 to 1, `sd` in the entries' standard deviations.
    Raises   ValueError naming the review for bad indices; naming the variance that is not finite or
             not positive (the judges' may be 0), for top_k or runs below 1, a negative seed.
    Source   made-up scores through the equations of Henderson (1975) at known variances.
    Cost     judges cubed + runs x reviews; 100 x 20 with four reviews: 0.05 s.
    """
    _refuse(variance, top_k, runs, seed)
    count = np.size(entry_index)
    entry, judge, _ = checked(entry_index, judge_index, np.zeros(count), n, m)
    rng = np.random.default_rng(seed)
    design = sparse.csr_array((np.ones(count), (entry, judge)), shape=(n, m))
    quality = rng.standard_normal((n, runs)) * np.sqrt(variance.entries)
    scores = quality[entry] + rng.standard_normal((count, runs)) * np.sqrt(variance.noise)
    scores += (rng.standard_normal((m, runs)) * np.sqrt(variance.judges))[judge]
    model = _Model(design, variance)
    sums = sparse.csr_array((np.ones(count), (entry, np.arange(count))), shape=(n, count)) @ scores
    by_judge = sparse.csr_array((np.ones(count), (judge, np.arange(count))), shape=(m, count))
    adjusted = model.values(sums, by_judge @ scores)
    raw = sums / np.maximum(model.counts, 1)[:, None]
    k = min(top_k, n)
    found, truly = _first(adjusted, k), _first(quality, k)
    recall = (found & truly).sum(axis=0) / k if n else np.ones(runs)
    return Power(
        top_k=k,
        hit=float((recall == 1).mean()),
        recall=float(recall.mean()),
        best=float((_first(adjusted, 1) & _first(quality, 1)).any(axis=0).mean()),
        plain=float((_first(raw, k) & truly).sum(axis=0).mean() / max(k, 1)),
        sd=float(np.sqrt(2 * np.mean((adjusted - quality) ** 2) / variance.entries)),
        components=_components(entry, judge, n, m),
        runs=runs,
    )


def _refuse(variance: Variance, top_k: int, runs: int, seed: int) -> None:
    for name in ("entries", "judges", "noise"):
        value = getattr(variance, name)
        if not (np.isfinite(value) and (value > 0 or (name == "judges" and value == 0))):
            raise ValueError(f"the variance of {name} is {value:g}: it must be positive and finite")
    for name, number, least in (("top_k", top_k, 1), ("runs", runs, 1), ("seed", seed, 0)):
        if number < least:
            raise ValueError(f"{name} must be at least {least}, not {number}")


class _Model:
    """The mixed model equations at known variances, solved for many sets of scores at once."""

    def __init__(self, design: sparse.csr_array, variance: Variance) -> None:
        ratio = variance.entries / variance.noise
        judge_ratio = max(variance.judges / variance.noise, 1e-9)
        self.design = design
        self.counts = np.asarray(design.sum(axis=1)).ravel()
        self.shrink = ratio / (1 + self.counts * ratio)
        given = np.asarray(design.sum(axis=0)).ravel()
        drawn = design.T @ sparse.diags_array(self.shrink) @ design
        matrix = np.diag(given + 1 / judge_ratio) - drawn.toarray()
        free = self.counts * (1 - self.shrink * self.counts)
        edge = design.T @ (1 - self.shrink * self.counts)
        full = np.block(
            [[matrix, edge[:, None]], [edge[None, :], np.array([[max(free.sum(), 1e-9)]])]]
        )
        self.factor = cho_factor(full, lower=True)

    def values(self, sums: Floats, by_judge: Floats) -> Floats:
        right = by_judge - self.design.T @ (self.shrink[:, None] * sums)
        level = ((1 - self.shrink * self.counts)[:, None] * sums).sum(axis=0, keepdims=True)
        beta = cho_solve(self.factor, np.vstack([right, level]))
        left = sums - self.design @ beta[:-1] - self.counts[:, None] * beta[-1:]
        return np.asarray(beta[-1:] + self.shrink[:, None] * left, dtype=np.float64)


def _first(values: Floats, k: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    if not len(values):
        return np.zeros(values.shape, dtype=np.bool_)
    edge = np.sort(values, axis=0)[len(values) - k]
    return np.asarray(values >= edge, dtype=np.bool_)


def _components(entry: Ints, judge: Ints, n: int, m: int) -> int:
    graph = sparse.coo_array((np.ones(len(entry)), (entry, n + judge)), shape=(n + m, n + m))
    label = connected_components(graph, directed=False)[1]
    return len(np.unique(label[entry])) if len(entry) else 0
