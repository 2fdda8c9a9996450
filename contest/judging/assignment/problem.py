"""Checked input of an assignment. What is wrong is refused here, by the name of its row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from contest.judging.assignment.plan import Bools, Floats, Ints

SLIGHT, AMPLE = 0.5, 1.25  # of the mean load


@dataclass(frozen=True, eq=False)
class Problem:
    """Checked input. `worth` is scaled to at most 1 in size; `reviews` and `upper` hold `fixed`.

    `service` is worth without the stability bonus: what an entry gets out of its judges.
    """

    worth: Floats
    service: Floats
    scale: float
    eligible: Bools
    reviews: Ints
    lower: Ints
    upper: Ints
    fixed: Bools
    previous: Bools

    @property
    def gap_cost(self) -> float:
        """More than any chain of swaps can gain: a gap is never left for the sake of worth."""
        n, m = self.worth.shape
        return float(2 * (min(n, m) + 2))


def checked(
    affinity: ArrayLike,
    eligible: ArrayLike,
    reviews: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    fixed: ArrayLike | None,
    previous: ArrayLike | None,
    stability: float,
) -> Problem:
    """Return the problem, or raise ValueError naming what is wrong; see `assign`."""
    service = np.array(affinity, dtype=np.float64)
    if service.ndim != 2:
        raise ValueError("affinity must have a row per entry and a column per judge")
    n, m = service.shape
    if not np.isfinite(service).all():
        row, column = np.argwhere(~np.isfinite(service))[0]
        raise ValueError(f"affinity of entry {row} and judge {column} is not a finite number")
    if not (np.isfinite(stability) and stability >= 0):
        raise ValueError("stability must be a finite number, not negative")
    may = _mask("eligible", eligible, (n, m))
    kept = _mask("fixed", fixed, (n, m))
    if (kept & ~may).any():
        row, column = np.argwhere(kept & ~may)[0]
        raise ValueError(f"entry {row} and judge {column} are fixed but not eligible")
    wanted = _counts("reviews", "entry", reviews, n)
    low = _counts("lower", "judge", lower, m)
    high = _counts("upper", "judge", upper, m)
    if (low > high).any():
        raise ValueError(f"lower is above upper for judge {np.argmax(low > high)}")
    stood = _mask("previous", previous, (n, m)) & may
    worth = service + stability * stood
    scale = float(np.abs(worth[may]).max(initial=0.0)) or 1.0
    return Problem(
        worth=worth / scale,
        service=service / scale,
        scale=scale,
        eligible=may,
        reviews=np.maximum(wanted, kept.sum(axis=1)),
        lower=low,
        upper=np.maximum(high, kept.sum(axis=0)),
        fixed=kept,
        previous=stood,
    )


def evened(
    eligible: ArrayLike,
    reviews: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    fixed: ArrayLike | None = None,
) -> tuple[Ints, Ints]:
    """Return narrower bounds, so that nobody carries much more or less than the others.

    Takes    eligible (n entries, m judges), reviews (n), lower, upper (m) in reviews, fixed (n, m),
             as `assign` does.
    Returns  two (m), in reviews: bounds within those given, half to five quarters of the mean load;
             wider where a judge's fixed pairs or eligible entries ask for it. They may not suffice:
             look for gaps.
    Raises   ValueError as `assign` does.
    Source   our own rule: SLIGHT and AMPLE times the mean load.
    Cost     n x m.
    """
    given = checked(np.zeros(np.shape(eligible)), eligible, reviews, lower, upper, fixed, None, 0.0)
    mean = float(given.reviews.sum()) / max(1, given.eligible.shape[1])
    done, may = given.fixed.sum(axis=0), given.eligible.sum(axis=0)
    low = np.minimum(int(np.floor(SLIGHT * mean)), may)
    high = np.maximum(int(np.ceil(AMPLE * mean)), done)
    low = np.clip(low, given.lower, given.upper)
    return low, np.maximum(low, np.minimum(high, given.upper))


def design(chosen: ArrayLike) -> Bools:
    """Return pairs as a mask, or raise ValueError naming what is wrong."""
    shape = np.shape(chosen)
    if len(shape) != 2:
        raise ValueError("chosen must have a row per entry and a column per judge")
    return _mask("chosen", chosen, shape)


def labels(name: str, given: ArrayLike, length: int) -> Ints:
    """Return a whole number per entry, or raise ValueError naming the entry that has none."""
    numbers = np.asarray(given)
    if numbers.shape != (length,):
        raise ValueError(f"{name} has shape {numbers.shape}, there are {length} of entry")
    if not np.issubdtype(numbers.dtype, np.integer):
        raise ValueError(f"{name} must be whole numbers, one per entry")
    return numbers.astype(np.int64)


def _mask(name: str, given: ArrayLike | None, shape: tuple[int, int]) -> Bools:
    if given is None:
        return np.zeros(shape, dtype=np.bool_)
    mask = np.asarray(given)
    if mask.shape != shape:
        raise ValueError(f"{name} has shape {mask.shape}, affinity has {shape}")
    if mask.dtype != np.bool_ and not np.isin(mask, (0, 1)).all():
        row = np.argwhere(~np.isin(mask, (0, 1)))[0][0]
        raise ValueError(f"{name} of entry {row} is neither true nor false")
    return mask.astype(np.bool_)


def _counts(name: str, what: str, given: ArrayLike, length: int) -> Ints:
    counts = np.asarray(given, dtype=np.float64)
    if counts.shape not in {(), (length,)}:
        raise ValueError(f"{name} has shape {counts.shape}, there are {length} of {what}")
    counts = np.broadcast_to(counts, (length,))
    wrong = ~np.isfinite(counts) | (counts < 0) | (counts != np.floor(counts))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} of {what} {row} is {counts[row]}, not a count")
    return counts.astype(np.int64)
