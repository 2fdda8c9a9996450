"""How far each judge stands from the rest of the panel on entries that all of them scored.

Arrays in, frozen results out. The points are taken as they are: with two or three anchors nothing can
be shrunk or modelled, only told together with its doubt.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SURE = 0.9
"""An interval holds the true drift with this probability."""


@dataclass(frozen=True)
class Drift:
    """One judge beside the others: `value` is own minus panel, in the unit of the scores.

    `margin` is how far the value may be off to either side, None where too few scores are left to
    tell; `se` its standard error and `df` the degrees of freedom behind it.
    """

    judge: int
    anchors: int
    value: float
    se: float | None
    df: int
    margin: float | None

    @property
    def is_clear(self) -> bool:
        """Say whether the drift is more than chance explains."""
        return self.margin is not None and abs(self.value) > self.margin


@dataclass(frozen=True)
class Change:
    """By how much a judge's drift differs from an earlier one."""

    value: float
    margin: float | None

    @property
    def is_clear(self) -> bool:
        return self.margin is not None and abs(self.value) > self.margin


def drifts(scores: ArrayLike, step: float) -> tuple[Drift | None, ...]:
    """Return each judge's drift.

    Takes    scores (a anchors, m judges), NaN where a judge gave none; `step`, the smallest difference
             that the scale can express, in the same unit.
    Returns  one Drift per judge: b_j minus the mean of the others' b in the additive model
             y_ij = a_i + b_j + e_ij, fitted by least squares; without gaps that is the mean over the
             anchors of own minus the others' mean. None for who shares no anchor with anybody.
             Var = s² (k / (k - 1))² (L⁺)_jj, where L are the judges' normal equations after the
             anchors were eliminated and k the judges linked with j; s² = RSS / df, but never less
             than step² / 12: what was rounded to steps cannot agree more closely than that.
             The margin is Student's t times the standard error.
    Raises   ValueError for a wrong shape, an infinite score, or a step that is not positive.
    Source   two-way layout with one observation per cell: Scheffé, The Analysis of Variance (1959),
             chapter 4; rounding: Sheppard (1898).
    Cost     m³ for the pseudo-inverse.
    """
    table = _checked(scores, step)
    given = np.isfinite(table)
    given[given.sum(axis=1) < 2] = False  # an anchor with one score compares nobody
    part = _parts(given)
    raters = given.sum(axis=1)
    means = np.divide(np.where(given, table, 0).sum(axis=1), raters,
                      out=np.zeros(len(table)), where=raters > 0)  # fmt: skip
    centred = np.where(given, table - means[:, None], 0.0)
    share = given / np.maximum(raters, 1)[:, None]
    system = np.diag(given.sum(axis=0).astype(np.float64)) - given.T.astype(np.float64) @ share
    inverse = np.linalg.pinv(system, hermitian=True)
    severity = inverse @ centred.sum(axis=0)
    left = np.where(given, centred - severity + (share @ severity)[:, None], 0.0)
    df = _df(given, part)
    floor = step**2 / 12
    spread = max(float((left**2).sum()) / df, floor) if df > 0 else None
    return tuple(
        _drift(
            j, int(given[:, j].sum()), int((part == part[j]).sum()), severity, inverse, spread, df
        )
        if given[:, j].any()
        else None
        for j in range(table.shape[1])
    )


def change(before: Drift, after: Drift) -> Change:
    """Return how a judge's drift has moved; the two come from different scores.

    The margin is Student's t with the degrees of freedom of Welch and Satterthwaite.
    """
    value = after.value - before.value
    if before.se is None or after.se is None:
        return Change(value, None)
    one, two = before.se**2, after.se**2
    df = (one + two) ** 2 / (one**2 / before.df + two**2 / after.df)
    return Change(value, _quantile(df) * float(np.sqrt(one + two)))


def _checked(scores: ArrayLike, step: float) -> Floats:
    table = np.array(scores, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError("scores must have a row per anchor and a column per judge")
    if np.isinf(table).any():
        anchor, judge = np.argwhere(np.isinf(table))[0]
        raise ValueError(f"the score of anchor {anchor} by judge {judge} is infinite")
    if not (np.isfinite(step) and step > 0):
        raise ValueError(f"step is {step}, not a positive number")
    return table


def _parts(given: Bools) -> NDArray[np.int64]:
    """Return the number of each judge's part: judges that anchors link."""
    anchors, judges = given.shape
    row, column = np.nonzero(given)
    graph = coo_array((np.ones(len(row)), (row, anchors + column)),
                      shape=(anchors + judges, anchors + judges))  # fmt: skip
    return np.asarray(connected_components(graph, directed=False)[1][anchors:], dtype=np.int64)


def _df(given: Bools, part: NDArray[np.int64]) -> int:
    """Return scores minus anchors minus judges plus parts: what is left to see chance in."""
    used = given.any(axis=0)
    parts = len(np.unique(part[used]))
    return int(given.sum() - given.any(axis=1).sum() - used.sum() + parts)


def _drift(
    judge: int,
    anchors: int,
    linked: int,
    severity: Floats,
    inverse: Floats,
    spread: float | None,
    df: int,
) -> Drift:
    stretch = linked / (linked - 1)
    value = stretch * float(severity[judge])
    if spread is None:
        return Drift(judge, anchors, value, None, 0, None)
    se = stretch * float(np.sqrt(spread * inverse[judge, judge]))
    return Drift(judge, anchors, value, se, df, _quantile(df) * se)


def _quantile(df: float) -> float:
    return float(stdtrit(df, 0.5 + SURE / 2))
