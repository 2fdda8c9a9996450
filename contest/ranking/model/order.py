"""From drawn values to ranks with their uncertainty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contest.ranking.model.result import Draws, Floats, Ints

CERTAINTY = 0.9
"""Share of the draws that a rank interval holds at least."""
SURE = 0.9
"""Share of the draws in which one entry must beat the next for them not to be tied."""
BLOCK = 4096


def published(values: ArrayLike, decimals: int) -> Floats:
    """Round half up to the decimals that people see; noise six decimals further is nobody's luck.

    Takes    values (entries), in any unit; decimals.
    Returns  (entries), in the same unit.
    Raises   ValueError naming the value that is not a finite number.
    """
    exact, scale = np.asarray(values, dtype=np.float64), 10.0**decimals
    if not np.isfinite(exact).all():
        raise ValueError(f"value {np.argmin(np.isfinite(exact))} is not a finite number")
    return np.floor(np.round(exact * scale, 6) + 0.5) / scale


def places(values: ArrayLike, decimals: int) -> Ints:
    """Return ranks, 1 for the largest; equal published values share one (1, 2, 2, 4).

    Takes    values (entries), in any unit; decimals, as they are published.
    Returns  (entries), whole numbers from 1.
    Raises   ValueError naming the value that is not a finite number.
    Cost     entries x log entries.
    """
    shown = published(values, decimals)
    ascending = np.sort(shown)
    return 1 + len(shown) - np.searchsorted(ascending, shown, side="right")


@dataclass(frozen=True, eq=False)
class Chances:
    """Per entry: the rank interval, the probability of the first `top_k`, the tie band."""

    low: Ints
    high: Ints
    top: Floats
    band: Ints


def chances(values: Draws, adjusted: Floats, twin: Ints, top_k: int) -> Chances:
    """Say how sure the order of one group of entries is.

    Takes    values (entries, draws), adjusted (entries), twin (entries): entries of equal `twin`
             are not told apart by the scores and get the same chances, whatever was drawn.
    Cost     draws x entries x log entries.
    """
    values = np.asfortranarray(values)  # one draw after the other, here and below
    ranks = np.empty(values.shape, dtype=np.int32, order="F")
    for d in range(values.shape[1]):
        ranks[np.argsort(-values[:, d]), d] = np.arange(1, len(values) + 1)
    top = (ranks <= top_k).mean(axis=1)
    low, high = _shortest(ranks)
    _, kind = np.unique(twin, return_inverse=True)
    least = np.full(kind.max() + 1, len(values), dtype=np.int64)
    most = np.zeros(kind.max() + 1, dtype=np.int64)
    np.minimum.at(least, kind, low)
    np.maximum.at(most, kind, high)
    mean = np.bincount(kind, top) / np.bincount(kind)
    return Chances(least[kind], most[kind], mean[kind], bands(values, adjusted))


def _shortest(ranks: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Return, per entry, the shortest run of ranks that holds enough of the draws.

    Cutting 5 % off either end instead rounds up twice, because ranks are whole: with fifteen
    entries such an interval of "90 %" holds 95 %. Of runs of equal length the most central counts.
    """
    window = int(np.ceil(CERTAINTY * ranks.shape[1] - 1e-9))
    low = np.empty(len(ranks), dtype=np.int64)
    high = np.empty(len(ranks), dtype=np.int64)
    for begin in range(0, len(ranks), BLOCK):
        some = np.sort(np.ascontiguousarray(ranks[begin : begin + BLOCK]), axis=1)
        first, last = some[:, : some.shape[1] - window + 1], some[:, window - 1 :]
        off = np.abs(first + last - 2 * some.mean(axis=1, keepdims=True))
        best = np.argmin((last - first) + off / (4.0 * len(ranks) + 4), axis=1)
        rows = np.arange(len(some))
        low[begin : begin + BLOCK] = first[rows, best]
        high[begin : begin + BLOCK] = last[rows, best]
    return low, high


def bands(values: Draws, adjusted: Floats) -> Ints:
    """Number the runs of neighbours of whom none beats the next with enough certainty."""
    order = np.argsort(-adjusted, kind="stable")
    sure = []
    for begin in range(0, len(order) - 1, BLOCK):
        rows = order[begin : begin + BLOCK + 1]
        sure.append((values[rows[:-1]] > values[rows[1:]]).mean(axis=1) >= SURE)
    band = np.empty(len(order), dtype=np.int64)
    band[order] = np.cumsum(np.concatenate([[1], *sure]))
    return band
