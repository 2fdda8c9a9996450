"""How far judges agree, and which of them one should look at. Arrays in, frozen results out.

A judge who stands out is a reason to look, never a reason to remove.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.special import fdtrc, stdtr

from contest.ranking.model.notes import FEWEST_SCORES
from contest.ranking.model.reviews import checked, finite

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FALSE_ALARM = 0.05
"""Chance that a panel without peculiar judges has any flag at all, for each kind of flag."""


class Unknown(StrEnum):
    """Why a figure cannot be known."""

    NOTHING_SHARED = "nothing_shared"  # no entry has two scores
    ALL_EQUAL = "all_equal"  # every score is the same
    NOT_COMPLETE = "not_complete"  # not every judge scored every entry
    TOO_SMALL = "too_small"  # fewer than two judges or two entries
    NO_SPARE = "no_spare"  # as many effects as scores: nothing is left to compare with
    PERFECT = "perfect"  # entries and judges explain every score exactly
    TOO_ALIKE = "too_alike"  # entries or judges differ less than chance would make them


@dataclass(frozen=True)
class Figure:
    """A value, or why there is none."""

    value: float | None
    reason: Unknown | None = None


@dataclass(frozen=True)
class Icc:
    """Intraclass correlations in Shrout and Fleiss's names.

    `one` has other judges for every entry, `two` a random panel that judges all of them, `three`
    exactly this panel; `_k` is the reliability of the panel's mean, the others that of one score.
    """

    one: Figure
    one_k: Figure
    two: Figure
    two_k: Figure
    three: Figure
    three_k: Figure


@dataclass(frozen=True)
class JudgeFit:
    """One judge beside the panel.

    `leniency` is in points above the judges linked with this one, on equal entries; `leniency_t` is
    in its standard errors. `outfit` is 1 for a judge as predictable as the model expects, larger
    for one who orders entries differently from the others, smaller for one who merely echoes them.
    `spread` is the standard deviation of the judge's own scores.
    """

    judge: int
    reviews: int
    leniency: Figure
    leniency_t: Figure
    outfit: Figure
    spread: float
    lenient_or_severe: bool
    unpredictable: bool


@dataclass(frozen=True)
class Agreement:
    """Everything about how the judges of one panel agree."""

    alpha: Figure
    icc: Icc
    judges: tuple[JudgeFit, ...]


def agreement(
    entry_index: ArrayLike, judge_index: ArrayLike, score: ArrayLike, n: int, m: int
) -> Agreement:
    """Describe how the judges agree.

    Takes    entry_index (reviews) in 0..n-1, judge_index (reviews) in 0..m-1, score (reviews) on
             one common scale, each pair of entry and judge once at most.
    Returns  an Agreement; `judges` holds those with a score, by index.
    Raises   ValueError naming the review, for lengths that differ, an index out of range, a score
             that is not finite, a pair that occurs twice.
    Source   see `alpha` and `icc`; outfit: Wright and Masters (1982), on the additive model.
    Cost     judges cubed + reviews x judges.
    """
    entry, judge, points = checked(entry_index, judge_index, score, n, m)
    return Agreement(
        alpha=_alpha(entry, points),
        icc=_icc(entry, judge, points),
        judges=_fits(entry, judge, points),
    )


def alpha(entry_index: ArrayLike, score: ArrayLike) -> Figure:
    """Return Krippendorff's alpha for scores on an interval scale.

    Takes    entry_index (reviews), any numbers that tell entries apart; score (reviews), in points;
             entries with one score are left out.
    Returns  a Figure without a unit, or why there is none: 1 for full agreement, 0 for chance, less
             for systematic disagreement.
    Raises   ValueError naming the review, for lengths that differ or a score that is not finite.
    Source   Krippendorff (2004), chapter 11, in closed form:
             observed = sum 2 (c S2 - S^2) / (c - 1) / N, expected = 2 (N S2 - S^2) / (N (N - 1)).
    Cost     reviews x log reviews.
    """
    points = finite(score)
    entry = np.asarray(entry_index)
    if entry.shape != points.shape:
        raise ValueError(f"entry_index has shape {entry.shape}, there are {len(points)} scores")
    return _alpha(np.unique(entry, return_inverse=True)[1], points)


def icc(table: ArrayLike) -> Icc:
    """Return the intraclass correlations of a complete table.

    Takes    table (entries, judges), in points; below 2 x 2 there is nothing to tell.
    Returns  an Icc of numbers without a unit; figures that do not exist carry the reason. By chance
             the estimated variances below a fraction may add up to nothing, or to less.
    Raises   ValueError for a table that is not two-dimensional or holds a number that is not finite.
    Source   Shrout and Fleiss (1979).
    Cost     the cells of the table.
    """
    full = np.asarray(table, dtype=np.float64)
    if full.ndim != 2:
        raise ValueError("the table must have a row per entry and a column per judge")
    if not np.isfinite(full).all():
        raise ValueError(
            f"row {np.argwhere(~np.isfinite(full))[0][0]} has a score that is not finite"
        )
    n, k = full.shape
    if n < 2 or k < 2:
        return _no_icc(Unknown.TOO_SMALL)
    if float(np.ptp(full)) == 0:
        return _no_icc(Unknown.ALL_EQUAL)
    mean = full.mean()
    rows = k * float(((full.mean(axis=1) - mean) ** 2).sum())
    columns = n * float(((full.mean(axis=0) - mean) ** 2).sum())
    total = float(((full - mean) ** 2).sum())
    within = (total - rows) / (n * (k - 1))
    between, judges = rows / (n - 1), columns / (k - 1)
    noise = max(total - rows - columns, 0.0) / ((n - 1) * (k - 1))
    return Icc(
        one=_ratio(between - within, between + (k - 1) * within),
        one_k=_ratio(between - within, between),
        two=_ratio(between - noise, between + (k - 1) * noise + k * (judges - noise) / n),
        two_k=_ratio(between - noise, between + (judges - noise) / n),
        three=_ratio(between - noise, between + (k - 1) * noise),
        three_k=_ratio(between - noise, between),
    )


def icc_of(entries: float, judges: float, noise: float, reviews: float) -> Icc:
    """Return the intraclass correlations that variance components stand for.

    Takes    entries, judges, noise, the variances of the model of record in squared points; reviews,
             how many an entry has, which need not be whole: for tables with gaps.
    Returns  an Icc. In a complete table the figures of two and three are those of `icc`.
    Raises   ValueError naming the variance that is negative or not finite, for three that are all
             zero, for reviews that are not above 0.
    Source   Shrout and Fleiss (1979), from the components instead of the mean squares.
    Cost     none to speak of: six fractions.
    """
    for name, value in (("entries", entries), ("judges", judges), ("noise", noise)):
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"the variance of {name} is {value:g}: negative or not finite")
    if entries + judges + noise <= 0:
        raise ValueError("the variances must not all be zero")
    if not (np.isfinite(reviews) and reviews > 0):
        raise ValueError(f"reviews must be a number above 0, not {reviews:g}")
    one = _ratio(entries, entries + judges + noise)
    one_k = _ratio(entries, entries + (judges + noise) / reviews)
    return Icc(
        one=one,
        one_k=one_k,
        two=one,
        two_k=one_k,
        three=_ratio(entries, entries + noise),
        three_k=_ratio(entries, entries + noise / reviews),
    )


# --- agreement


def _alpha(entry: Ints, score: Floats) -> Figure:
    counts = np.bincount(entry)
    shared = counts[entry] > 1
    if not shared.any():
        return Figure(None, Unknown.NOTHING_SHARED)
    values = score[shared]
    if float(np.ptp(values)) == 0:
        return Figure(None, Unknown.ALL_EQUAL)
    values = values - values.mean()
    _, unit, count = np.unique(entry[shared], return_inverse=True, return_counts=True)
    deviation = values - (np.bincount(unit, values) / count)[unit]
    observed = float((2 * count * np.bincount(unit, deviation**2) / (count - 1)).sum()) / len(
        values
    )
    expected = 2 * float(values @ values) / (len(values) - 1)
    return Figure(1 - observed / expected)


def _icc(entry: Ints, judge: Ints, score: Floats) -> Icc:
    _, row = np.unique(entry, return_inverse=True)
    _, column = np.unique(judge, return_inverse=True)
    shape = (int(row.max(initial=-1)) + 1, int(column.max(initial=-1)) + 1)
    if min(shape) < 2:
        return _no_icc(Unknown.TOO_SMALL)
    if shape[0] * shape[1] != len(score):
        return _no_icc(Unknown.NOT_COMPLETE)
    table = np.empty(shape)
    table[row, column] = score
    return icc(table)


def _no_icc(reason: Unknown) -> Icc:
    none = Figure(None, reason)
    return Icc(none, none, none, none, none, none)


def _ratio(above: float, below: float) -> Figure:
    if below <= 1e-12 * abs(above):
        return Figure(None, Unknown.TOO_ALIKE)
    return Figure(above / below)


# --- judges who stand out


@dataclass(frozen=True, eq=False)
class _Additive:
    """Least squares of score = entry + judge: what each judge is compared with.

    `free` (reviews) is the share of the noise's variance left in each residual; effects are centred
    inside each component, beyond which they cannot be compared.
    """

    effect: Floats
    unit: Floats  # (judges): variance of the effect in units of the noise's
    residual: Floats
    free: Floats
    spare: int


def _additive(entry: Ints, judge: Ints, score: Floats) -> _Additive:
    counts, given = np.bincount(entry), np.bincount(judge)
    n, m = len(counts), len(given)
    share = sparse.csr_array((1 / counts[entry], (entry, judge)), shape=(n, m))
    seen = sparse.csr_array((np.ones(len(entry)), (entry, judge)), shape=(n, m))
    inverse = np.linalg.pinv(np.diag(given) - (seen.T @ share).toarray(), hermitian=True)
    mean = np.bincount(entry, score) / counts
    effect = inverse @ (np.bincount(judge, score) - seen.T @ mean)
    value = mean - share @ effect
    contrast = -share.toarray()[entry]
    contrast[np.arange(len(entry)), judge] += 1
    hat = 1 / counts[entry] + ((contrast @ inverse) * contrast).sum(axis=1)
    links = sparse.coo_array((np.ones(len(entry)), (entry, n + judge)), shape=(n + m, n + m))
    parts = connected_components(links, directed=False)[0]
    return _Additive(
        effect=np.asarray(effect, dtype=np.float64),
        unit=np.asarray(np.diag(inverse), dtype=np.float64),
        residual=np.asarray(score - value[entry] - effect[judge], dtype=np.float64),
        free=np.clip(1 - hat, 0.0, 1.0),
        spare=len(entry) - n - m + int(parts),
    )


def _fits(entry: Ints, judge: Ints, score: Floats) -> tuple[JudgeFit, ...]:
    if not len(score):
        return ()
    judges, column = np.unique(judge, return_inverse=True)
    _, row = np.unique(entry, return_inverse=True)
    fit = _additive(row, column, score - score.mean())
    square = fit.residual**2
    noise = float(square.sum()) / fit.spare if fit.spare > 0 else 0.0
    exact = noise <= 1e-18 * max(1.0, float(np.var(score)))
    result = []
    for j, name in enumerate(judges):
        mine = column == j
        reviews = int(mine.sum())
        few = reviews < FEWEST_SCORES
        leniency, t = _leniency(fit, j, noise, exact)
        outfit, chance = _outfit(fit, mine, square, noise, exact)
        tail = 1.0 if t.value is None else 2 * float(stdtr(fit.spare, -abs(t.value)))
        result.append(
            JudgeFit(
                judge=int(name),
                reviews=reviews,
                leniency=leniency,
                leniency_t=t,
                outfit=outfit,
                spread=float(score[mine].std()),
                lenient_or_severe=not few and tail * len(judges) < FALSE_ALARM,
                unpredictable=not few and chance * len(judges) < FALSE_ALARM,
            )
        )
    return tuple(result)


def _leniency(fit: _Additive, j: int, noise: float, exact: bool) -> tuple[Figure, Figure]:
    if fit.unit[j] < 1e-9:
        return Figure(None, Unknown.NOTHING_SHARED), Figure(None, Unknown.NOTHING_SHARED)
    leniency = Figure(float(fit.effect[j]))
    if fit.spare <= 0:
        return leniency, Figure(None, Unknown.NO_SPARE)
    if exact:
        return leniency, Figure(None, Unknown.PERFECT)
    return leniency, Figure(float(fit.effect[j] / np.sqrt(noise * fit.unit[j])))


def _outfit(
    fit: _Additive, mine: NDArray[np.bool_], square: Floats, noise: float, exact: bool
) -> tuple[Figure, float]:
    """Return the outfit and, by the ratio of this judge's variance to the others', its chance."""
    counted = mine & (fit.free > 1e-9)
    if fit.spare <= 0 or not counted.any():
        return Figure(None, Unknown.NO_SPARE), 1.0
    if exact:
        return Figure(None, Unknown.PERFECT), 1.0
    outfit = float((square[counted] / fit.free[counted]).mean() / noise)
    own = float(fit.free[mine].sum())
    others = fit.spare - own
    rest = float(square.sum() - square[mine].sum())
    if others < 1 or rest <= 0:
        return Figure(outfit), 1.0
    ratio = (float(square[mine].sum()) / own) / (rest / others)
    return Figure(outfit), float(fdtrc(own, others, ratio))
