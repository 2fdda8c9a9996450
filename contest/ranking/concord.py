"""How far judges agree who put entries in order, share out points, or say pass or fail.

Arrays in, frozen results out. Two judges are compared on what both of them had before them, so slates
may differ. A judge who stands out is a reason to look, never a reason to remove.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from contest.ranking.agreement import FALSE_ALARM
from contest.ranking.model.notes import FEWEST_SCORES
from contest.ranking.model.result import Floats, Ints
from contest.ranking.model.reviews import checked


@dataclass(frozen=True, slots=True)
class Voice:
    """One judge beside the others.

    `pairs` counts two entries once for each other judge who had both; `same` is the share of them that
    the two put in the same order, where a tie counts half: 1 for always, 0.5 for chance. `opposite`
    says that it is less than chance explains.
    """

    judge: int
    entries: int
    pairs: int
    same: float | None
    opposite: bool


@dataclass(frozen=True, slots=True)
class Concord:
    """How often two judges put two entries in the same order; None where no two had the same two."""

    same: float | None
    pairs: int
    voices: tuple[Voice, ...]


def concord(entry: ArrayLike, judge: ArrayLike, value: ArrayLike, n: int, m: int) -> Concord:
    """Compare the orders in which judges have their entries.

    Takes    entry (v) in 0..n-1, judge (v) in 0..m-1, value (v), larger is better; only the order of
             one judge's values counts. Each pair of entry and judge once at most.
    Returns  a Concord; `voices` holds the judges with a value, by index. 2 x same - 1 is Kendall's
             tau, over all pairs of judges together.
    Raises   ValueError naming the row, for lengths that differ, an index out of range, a value that is
             not finite, a pair that occurs twice.
    Source   Kendall (1938); its variance when one judge's places are dealt by chance: Daniels (1944).
    Cost     entries squared + judges x entries of a judge squared.
    """
    row, column, y = checked(entry, judge, value, n, m)
    ahead, both = np.zeros((n, n)), np.zeros((n, n))
    slates: list[tuple[int, Ints, Floats]] = []
    for j in np.unique(column):
        mine = row[column == j]
        order = np.sign(np.subtract.outer(y[column == j], y[column == j]))
        slates.append((int(j), mine, order))
        ahead[np.ix_(mine, mine)] += order
        both[np.ix_(mine, mine)] += 1 - np.eye(len(mine))
    voices, net, all_pairs = [], 0.0, 0
    for j, mine, order in slates:
        here = np.ix_(mine, mine)
        others = ahead[here] - order
        pairs = round(float((both[here] - 1 + np.eye(len(mine))).sum()) / 2)
        agreed = float((order * others).sum()) / 2
        net, all_pairs = net + agreed, all_pairs + pairs
        few = len(mine) < FEWEST_SCORES
        opposite = not few and _chance(order, others) * len(slates) < FALSE_ALARM
        voices.append(Voice(j, len(mine), pairs, _same(agreed, pairs), opposite))
    return Concord(_same(net, all_pairs), all_pairs // 2, tuple(voices))


def _same(net: float, pairs: int) -> float | None:
    return (1 + net / pairs) / 2 if pairs else None


def _chance(order: Floats, others: Floats) -> float:
    """Return how likely so little agreement is if the judge dealt their places by lot."""
    k = len(order)
    squares = [float((a**2).sum()) for a in (order, others)]
    crossed = [
        float((a.sum(axis=1) ** 2).sum()) - s for a, s in zip((order, others), squares, strict=True)
    ]
    variance = 2 * squares[0] * squares[1] / (k * (k - 1))
    variance += 4 * crossed[0] * crossed[1] / (k * (k - 1) * (k - 2))
    if variance <= 0:
        return 1.0
    return float(ndtr(float((order * others).sum()) / np.sqrt(variance)))


@dataclass(frozen=True, slots=True)
class Vote:
    """One judge who says pass or fail, beside the others on the same entries.

    `passes` is the share that this judge passes, `others` the mean share of the others who pass the
    same entries; both over the `shared` entries that somebody else has judged too.
    """

    judge: int
    entries: int
    shared: int
    passes: float | None
    others: float | None
    stricter: bool
    milder: bool


def votes(
    entry: ArrayLike, judge: ArrayLike, passed: ArrayLike, n: int, m: int
) -> tuple[Vote, ...]:
    """Say of every judge how many entries they pass, beside the others on the same entries.

    Takes    entry (v) in 0..n-1, judge (v) in 0..m-1, passed (v) 0 or 1, each pair once at most.
    Returns  a Vote per judge with a verdict, by index.
    Raises   ValueError naming the row, as `concord` does, and for a verdict other than 0 and 1.
    Source   stratified by entry as Mantel and Haenszel (1959), with exact tails: given how many pass an
             entry, who of its judges they are is chance.
    Cost     verdicts squared.
    """
    row, column, y = checked(entry, judge, passed, n, m)
    odd = ~np.isin(y, (0.0, 1.0))
    if odd.any():
        raise ValueError(
            f"the verdict on entry {row[odd][0]} by judge {column[odd][0]} is not 0 or 1"
        )
    given, passes = np.bincount(row, minlength=n), np.bincount(row, y, n)
    judges = np.unique(column)
    found = []
    for j in judges:
        mine = (column == j) & (given[row] > 1)
        own, here = y[mine], row[mine]
        if not len(own):
            found.append(Vote(int(j), int((column == j).sum()), 0, None, None, False, False))
            continue
        low, high = _tails(passes[here] / given[here], round(float(own.sum())))
        sure = FALSE_ALARM / (2 * len(judges))
        enough = len(own) >= FEWEST_SCORES
        found.append(
            Vote(
                judge=int(j),
                entries=int((column == j).sum()),
                shared=len(own),
                passes=float(own.mean()),
                others=float(((passes[here] - own) / (given[here] - 1)).mean()),
                stricter=enough and low < sure,
                milder=enough and high < sure,
            )
        )
    return tuple(found)


def _tails(chances: Floats, seen: int) -> tuple[float, float]:
    """Return the chances of at most, and of at least, so many passes."""
    spread = np.ones(1)
    for p in chances:
        spread = np.convolve(spread, [1 - p, p])
    return float(spread[: seen + 1].sum()), float(spread[seen:].sum())
