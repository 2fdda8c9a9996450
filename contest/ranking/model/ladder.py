"""The tie-break that the rules declare: what decides between entries that share a place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from contest.ranking.model.order import published


@dataclass(frozen=True)
class Step:
    """Where an entry comes after the ladder: its position from 1, and the rung that decided it.

    `rung` counts from 0; -1 means that the entry shared its place with nobody, None that the
    ladder ended and the entry still shares its position.
    """

    position: int
    rung: int | None


def settle(
    ranks: Sequence[int], rungs: Sequence[ArrayLike], *, decimals: int = 2
) -> tuple[Step, ...]:
    """Order entries of equal rank by the first rung on which they differ.

    Takes    ranks (entries) as `places` gives them (1, 2, 2, 4); rungs, each (entries) in any unit,
             larger is better, compared as published with `decimals`.
    Returns  one Step per entry, in the order of the ranks.
    Raises   ValueError naming the rung, for another length or a number that is not finite.
    Source   the rules of the contest: lexicographic order, rung by rung.
    Cost     rungs x the square of the largest group that shares a rank.
    """
    columns = [np.asarray(rung, dtype=np.float64) for rung in rungs]
    for number, column in enumerate(columns):
        if column.shape != (len(ranks),) or not np.isfinite(column).all():
            raise ValueError(f"rung {number} must hold a finite number for each of the entries")
    shown = [published(column, decimals) for column in columns]
    steps: list[Step] = [Step(rank, -1) for rank in ranks]
    for rank in set(ranks):
        group = [i for i, r in enumerate(ranks) if r == rank]
        if len(group) > 1:
            keys = {i: tuple(-float(column[i]) for column in shown) for i in group}
            for i in group:
                better = sum(keys[o] < keys[i] for o in group)
                steps[i] = Step(rank + better, _rung(keys[i], [keys[o] for o in group if o != i]))
    return tuple(steps)


def _rung(key: tuple[float, ...], others: list[tuple[float, ...]]) -> int | None:
    """Return the first rung by which the entry is alone, None if it never is."""
    for rung in range(len(key)):
        if all(other[: rung + 1] != key[: rung + 1] for other in others):
            return rung
    return None
