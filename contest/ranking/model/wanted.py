"""Where one more review helps most to find the first `top_k`."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest.ranking.model.result import Estimate


@dataclass(frozen=True)
class Wanted:
    """So many more reviews of an entry, and how much the first of them helps (0 to 0.25)."""

    entry: int
    reviews: int
    gain: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """How unsure an entry is: its chance of the first `top_k`, the variance of its value, and how many
    more reviews it may get.
    """

    entry: int
    chance: float
    variance: float
    room: int


def gain(p_top: float, variance: float, noise: float) -> float:
    """Return p (1 - p) v / (v + noise): doubt about the prize, times what a review would settle."""
    return p_top * (1 - p_top) * variance / (variance + noise)


def more_reviews(
    estimate: Estimate,
    count: int,
    *,
    most: int | None = None,
    underway: Mapping[int, int] | None = None,
) -> tuple[Wanted, ...]:
    """Deal `count` more reviews one by one to where each helps most.

    Takes    estimate, as `rank` gives it; count >= 0; `most` reviews per entry at the end (there are
             no more judges than that); `underway`, how many reviews of an entry are assigned
             already, which come first.
    Returns  the entries that get some, the most helpful first; nothing where the scores do not
             tell noise from differences.
    Raises   ValueError for a negative count.
    Source   the knowledge gradient for subset selection, with the doubt held fixed.
    Cost     (entries + count) x log entries.
    """
    if count < 0:
        raise ValueError("count must not be negative")
    if estimate.variance is None:
        return ()
    noise = estimate.variance.noise
    coming = underway or {}
    return deal(
        [
            Doubt(
                s.entry,
                s.p_top,
                after(s.sd**2, noise, coming.get(s.entry, 0)),
                (most or 10**9) - s.reviews - coming.get(s.entry, 0),
            )
            for s in estimate.standings
        ],
        noise,
        count,
    )


def after(variance: float, noise: float, reviews: int) -> float:
    """Return what is left of a variance when so many more reviews have come in."""
    return variance * noise / (reviews * variance + noise)


def deal(doubts: Sequence[Doubt], noise: float, count: int) -> tuple[Wanted, ...]:
    """Deal `count` reviews, each of which errs with the variance `noise`, as `more_reviews` does."""
    chance = {d.entry: d.chance for d in doubts}
    room = {d.entry: d.room for d in doubts}
    variance = {d.entry: d.variance for d in doubts}
    first = {i: gain(chance[i], variance[i], noise) for i in variance}
    heap = [(-first[i], i) for i in variance if room[i] > 0 and first[i] > 0]
    heapq.heapify(heap)
    given: dict[int, int] = {}
    while heap and sum(given.values()) < count:
        _, entry = heapq.heappop(heap)
        given[entry] = given.get(entry, 0) + 1
        variance[entry] = after(variance[entry], noise, 1)
        if given[entry] < room[entry]:
            heapq.heappush(heap, (-gain(chance[entry], variance[entry], noise), entry))
    found = [Wanted(entry, reviews, first[entry]) for entry, reviews in given.items()]
    return tuple(sorted(found, key=lambda w: (-w.gain, w.entry)))
