"""How far two orders of the same entries agree: the one by the raw and the one by the adjusted value.

Arrays in, frozen results out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from contest.ranking.model.result import Bools, Ints


@dataclass(frozen=True, slots=True)
class Turned:
    """Pairs of entries that are compared, those that the two orders have the other way round, and tau.

    `tau` is 1 for the same order, -1 for the opposite one, None where one of the two has no order.
    """

    pairs: int
    opposite: int
    tau: float | None


def turned(one: ArrayLike, other: ArrayLike, group: ArrayLike) -> Turned:
    """Compare two orders of the same entries.

    Takes    one (entries), other (entries), larger is better; equal values share a place. Entries are
             compared inside their `group` (entries) only.
    Returns  a Turned; `tau` is Kendall's tau-b, over the pairs of all groups together.
    Raises   ValueError for lengths that differ and values that are not finite.
    Source   Kendall (1945), tau-b; pairs are counted by merging bit by bit, after Knight (1966).
    Cost     entries x log entries squared.
    """
    x, y, block = np.asarray(one, np.float64), np.asarray(other, np.float64), np.asarray(group)
    if not (x.shape == y.shape == block.shape and x.ndim == 1):
        raise ValueError("there must be as many values of one kind as of the other, and groups")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("every value must be finite")
    order = np.lexsort((y, x, block))
    x, y, block = x[order], y[order], block[order]
    first = np.append(True, block[1:] != block[:-1])[: len(x)]
    pairs = _pairs(first)
    tied = first | np.append(True, x[1:] != x[:-1])[: len(x)]
    both = tied | np.append(True, y[1:] != y[:-1])[: len(x)]
    by_y = np.lexsort((y, block))
    tied_y = first | np.append(True, y[by_y][1:] != y[by_y][:-1])[: len(x)]
    place = np.empty(len(x), dtype=np.int64)
    place[by_y] = np.cumsum(tied_y)
    opposite = _inversions(place)
    same_x, same_y, same = _pairs(tied), _pairs(tied_y), _pairs(both)
    alike = pairs - same_x - same_y + same - opposite
    spread = float(pairs - same_x) * float(pairs - same_y)
    tau = (alike - opposite) / float(np.sqrt(spread)) if spread > 0 else None
    return Turned(pairs, opposite, tau)


def _pairs(first: Bools) -> int:
    """Return how many pairs lie inside runs, each of which begins where `first` is set."""
    length = np.diff(np.append(np.flatnonzero(first), len(first)))
    return int((length * (length - 1) // 2).sum())


def _inversions(place: Ints) -> int:
    """Return how many pairs have the larger number first. Cost: numbers x log numbers squared."""
    found = 0
    for bit in reversed(range(int(place.max(initial=0)).bit_length())):
        high = place >> (bit + 1)
        one = (place >> bit) & 1
        before = np.cumsum(one) - one
        begin = np.append(True, high[1:] != high[:-1])[: len(place)]
        before = before - before[begin][np.cumsum(begin) - 1]
        found += int(before[one == 0].sum())
        place = place[np.argsort(place >> bit, kind="stable")]
    return found
