"""How an entry's adjusted value comes about."""

from dataclasses import dataclass

import numpy as np

from contest.ranking.model.result import Estimate


@dataclass(frozen=True)
class Correction:
    """One review: its score, its judge's effect, and the points this adds to the entry's mean."""

    judge: int
    score: float
    effect: float
    points: float


@dataclass(frozen=True)
class Explanation:
    """raw + the corrections' points + shrinkage = adjusted, to 1e-9.

    Shrinkage moves the corrected mean towards `target`, the value expected of an entry about which
    nothing is known, by the share 1 - `weight`.
    """

    entry: int
    raw: float
    corrections: tuple[Correction, ...]
    target: float
    weight: float
    shrinkage: float
    adjusted: float


def explain(estimate: Estimate, entry: int) -> Explanation:
    """Say how an entry's adjusted value comes about, in parts that sum to it.

    Takes    estimate, as `rank` gives it; entry, by its index.
    Returns  an Explanation in points of the scores' scale.
    Raises   ValueError for an entry without reviews.
    Source   the best linear unbiased prediction of Henderson (1975), taken apart.
    Cost     reviews.
    """
    standing = estimate.standing(entry)
    if standing is None:
        raise ValueError(f"entry {entry} has no reviews")
    entries, judges, scores = estimate.reviews
    effects = {j.judge: j.effect for j in estimate.judges}
    rows = np.flatnonzero(entries == entry)
    corrections = tuple(
        Correction(
            judge=int(judges[row]),
            score=float(scores[row]),
            effect=effects[int(judges[row])],
            points=-effects[int(judges[row])] / len(rows),
        )
        for row in sorted(rows, key=lambda row: int(judges[row]))
    )
    corrected = standing.raw + sum(c.points for c in corrections)
    return Explanation(
        entry=entry,
        raw=standing.raw,
        corrections=corrections,
        target=standing.target,
        weight=standing.weight,
        shrinkage=(1 - standing.weight) * (standing.target - corrected),
        adjusted=standing.adjusted,
    )
