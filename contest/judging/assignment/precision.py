"""What a design can tell before anybody has judged: it depends on who judges what, on no score."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import cho_factor

from contest.judging.assignment.plan import Bools, Floats
from contest.judging.assignment.problem import design

ENTRIES, JUDGES, NOISE = 1.0, 0.5, 0.7
LOOKED_AT = 300


@dataclass(frozen=True)
class Precision:
    """Expected precision of comparisons, in units of the entries' own standard deviation.

    `typical` is the posterior standard deviation of the difference of two entries (root mean
    square over all pairs), `widest` the greatest, between the entries `between`; before judging it
    is `before`. `order` is the chance that of two entries drawn at random the better one is placed
    first.
    """

    typical: float
    widest: float
    between: tuple[int, int]
    before: float
    order: float


def precision(
    chosen: ArrayLike, *, entries: float = ENTRIES, judges: float = JUDGES, noise: float = NOISE
) -> Precision | None:
    """Return what may be expected of a design, None for fewer than two entries with reviews.

    Takes    chosen (n entries, m judges), bool; entries, judges, noise: standard deviations of the
             entries' quality, of the judges' severity and of a single mark, in any unit.
    Returns  posterior figures of the model y = mean + entry + judge + noise with known variances:
             the posterior covariance of the entries does not depend on the marks.
    Raises   ValueError for a standard deviation that is not positive and finite, for a `chosen` that
             is not two-dimensional, naming the entry with a cell that is neither true nor false.
    Source   Henderson (1975), mixed model equations; the chance of right order is Sheppard's
             (1899) one half + arcsin(correlation)/pi.
    Cost     a dense system of the size of the judges. `widest` is exact up to 300 entries; beyond,
             it is looked for among the 300 that are known least.
    """
    for name, value in (("entries", entries), ("judges", judges), ("noise", noise)):
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive standard deviation, not {value}")
    mask = design(chosen)
    kept = np.flatnonzero(mask.any(axis=1))
    if len(kept) < 2:
        return None
    own, spread = _posterior(mask[kept], entries**2, judges**2, noise**2)
    n = len(kept)
    trace = float(own.sum() + (spread**2).sum())
    total = float(own.sum() + (spread.sum(axis=0) ** 2).sum())
    typical = 2 * (n * trace - total) / (n * (n - 1))
    variance = own + (spread**2).sum(axis=1)
    look = np.sort(np.argsort(-variance, kind="stable")[:LOOKED_AT])
    shared = spread[look] @ spread[look].T
    pairs = variance[look][:, None] + variance[look] - 2 * shared
    np.fill_diagonal(pairs, -np.inf)
    first, second = np.unravel_index(int(pairs.argmax()), pairs.shape)
    known = np.sqrt(max(0.0, 1 - typical / (2 * entries**2)))
    return Precision(
        typical=float(np.sqrt(typical)) / entries,
        widest=float(np.sqrt(pairs.max())) / entries,
        between=(int(kept[look[first]]), int(kept[look[second]])),
        before=float(np.sqrt(2)),
        order=float(0.5 + np.arcsin(min(1.0, known)) / np.pi),
    )


def _posterior(mask: Bools, entries: float, judges: float, noise: float) -> tuple[Floats, Floats]:
    """Return d (n) and A (n, m + 1) so that the entries' covariance is diag(d) + A A'.

    Entries are eliminated; what is left are the judges and the mean, which has no prior.
    """
    weight = mask / noise
    precision = weight.sum(axis=1) + 1 / entries
    m = mask.shape[1]
    joined = np.column_stack([weight, weight.sum(axis=1)])
    loads = weight.sum(axis=0)
    system = np.zeros((m + 1, m + 1))
    system[:m, :m] = np.diag(loads + 1 / judges)
    system[:m, m] = system[m, :m] = loads
    system[m, m] = loads.sum()
    reduced = joined / precision[:, None]
    system -= joined.T @ reduced
    lower = cho_factor(system, lower=True)[0]
    root = np.linalg.inv(np.tril(lower))
    return 1 / precision, reduced @ root.T
