"""From points to one number. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FULL = 100.0


@dataclass(frozen=True, slots=True)
class Given:
    """Points for one criterion; None where the judge abstained on it."""

    weight: int
    low: int
    high: int
    points: int | None


def total(given: Sequence[Given]) -> float | None:
    """Return the weighted total on 0 to 100.

    Takes    given, one per criterion of the rubric, in points; 0 is a score like any other.
    Returns  the mean of the shares (points - low) / (high - low), weighted, times 100; a criterion
             that the judge abstained on takes its weight out of the sum. None when all were abstained on.
    Raises   ValueError naming the criterion, for points outside their scale, a scale without width,
             a weight that is not positive.
    Source   the weighted mean; leaving a weight out is as if the criterion had the others' mean.
    Cost     the criteria.
    """
    for number, g in enumerate(given):
        if g.weight <= 0:
            raise ValueError(f"the weight of criterion {number} is {g.weight}, not positive")
        if g.high <= g.low:
            raise ValueError(f"the scale of criterion {number} runs from {g.low} to {g.high}")
        if g.points is not None and not g.low <= g.points <= g.high:
            raise ValueError(
                f"criterion {number} has {g.points} points on a scale from {g.low} to {g.high}"
            )
    counted = [g for g in given if g.points is not None]
    weight = sum(g.weight for g in counted)
    if not weight:
        return None
    return (
        FULL
        * sum(
            g.weight * (g.points - g.low) / (g.high - g.low)
            for g in counted
            if g.points is not None
        )
        / weight
    )


def mean(values: Iterable[float]) -> float | None:
    """Return the plain mean, None for nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None
