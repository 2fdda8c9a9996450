"""From scorecards to an order with honest uncertainty: the model of record.

    score = mu + gamma * pool + entry + judge + noise

Entries, judges and noise are normal with variances estimated by restricted maximum likelihood
(REML). A judge who is strict with everybody costs nobody anything, an entry with few reviews is
drawn towards the middle, and what the scores cannot tell is said. Arrays in, frozen results out.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.linalg import solve_triangular
from scipy.sparse.csgraph import connected_components

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

METHOD = "reml-1"
MIN_JUDGES = 3
MIN_ENTRIES = 5
SURE = 0.9
"""Share of the draws in which one entry must beat the next for them not to be tied."""

LOW, HIGH = -14.0, 9.0
"""Bounds of the logarithms of the two variance ratios."""


class Code(StrEnum):
    """What there is to say about an estimate; pages put each into a sentence."""

    NO_SCORES = "no_scores"
    FEW_JUDGES = "few_judges"  # facts: judges, needed
    FEW_ENTRIES = "few_entries"  # facts: entries, needed
    THIN_OVERLAP = "thin_overlap"  # facts: comparisons, needed
    DISCONNECTED = "disconnected"  # facts: components; ranks count inside each component
    COMPARED_ACROSS = "compared_across"  # facts: components; assumes panels of equal strictness
    NO_DIFFERENCES = "no_differences"  # the scores do not tell the entries apart
    UNREVIEWED = "unreviewed"  # facts: entries
    SINGLE_REVIEW = "single_review"  # facts: entries
    SINGLE_SCORE_JUDGE = "single_score_judge"  # facts: judges
    CONSTANT_JUDGE = "constant_judge"  # facts: judges who gave all their entries the same
    POOLS_DIFFER = "pools_differ"  # facts: gamma, se


@dataclass(frozen=True)
class Note:
    """One thing to say about an estimate, with the facts that its sentence has places for."""

    code: Code
    facts: Mapping[str, int | float | tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """How to compute and how to publish.

    `span` is the width of the scale (100 for shares of a rubric); without it, the next power of
    ten above the largest score. It matters only where the scores say nothing about noise.
    `across` compares components as if their judges were equally strict on the whole.
    """

    draws: int = 1000
    seed: int = 0
    top_k: int = 3
    decimals: int = 2
    span: float | None = None
    across: bool = False

    def __post_init__(self) -> None:
        if self.draws < 1 or self.top_k < 1 or not 0 <= self.decimals <= 9 or self.seed < 0:
            raise ValueError("draws and top_k must be at least 1, seed at least 0, decimals 0 to 9")
        if self.span is not None and not (np.isfinite(self.span) and self.span > 0):
            raise ValueError("span must be a finite positive number")


@dataclass(frozen=True)
class Standing:
    """One reviewed entry. Values are in points; ranks count from 1 inside the component.

    `rank` is by the official one of raw and adjusted. `rank_low` to `rank_high` holds the true rank
    with probability 0.9. Entries of one `tie_band` (1 is the best) cannot be told apart from their
    neighbours. `target` and `weight` say how `adjusted` was drawn to the middle, see `explain`.
    `sd` is never below one unit of the last published decimal.
    """

    entry: int
    reviews: int
    raw: float
    median: float
    adjusted: float
    sd: float
    rank: int
    raw_rank: int
    adjusted_rank: int
    rank_low: int
    rank_high: int
    p_top: float
    tie_band: int
    component: int
    target: float
    weight: float


@dataclass(frozen=True)
class JudgeEffect:
    """How many points a judge gives above (+, lenient) or below (-, severe) the panel."""

    judge: int
    reviews: int
    effect: float
    sd: float


@dataclass(frozen=True)
class Variance:
    """REML estimates, in squared points."""

    entries: float
    judges: float
    noise: float

    @property
    def judge_share(self) -> float:
        return self.judges / (self.entries + self.judges + self.noise)


@dataclass(frozen=True)
class Pool:
    """The pool covariate: its coefficient, the standard error, and whether the gate kept it."""

    gamma: float
    se: float
    used: bool

    @property
    def t(self) -> float:
        return self.gamma / self.se


@dataclass(frozen=True)
class Component:
    """Entries and judges that shared reviews link with one another."""

    entries: tuple[int, ...]
    judges: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Estimate:
    """What the scorecards say, with how sure that is.

    `standings` holds the reviewed entries only, by index. `variance` is None where the design
    cannot tell noise from differences. `draws` (draws, standings) are values of the reviewed
    entries drawn jointly, in the order of `standings`. `reviews` is the input: entry, judge, score.
    """

    method: str
    options: Options
    digest: str
    adjusted_is_official: bool
    notes: tuple[Note, ...]
    standings: tuple[Standing, ...]
    judges: tuple[JudgeEffect, ...]
    components: tuple[Component, ...]
    variance: Variance | None
    mean: float
    pool: Pool | None
    draws: Floats
    reviews: tuple[Ints, Ints, Floats]

    @property
    def prize_depends(self) -> tuple[int, ...]:
        """Entries that are among the first `top_k` by one of raw and adjusted, not by both."""
        k = self.options.top_k
        return tuple(s.entry for s in self.standings if (s.raw_rank <= k) != (s.adjusted_rank <= k))

    def standing(self, entry: int) -> Standing | None:
        """Return where the entry stands, or None if nobody reviewed it."""
        return next((s for s in self.standings if s.entry == entry), None)

    def beats(self, entry: int, other: int) -> float | None:
        """Return the probability that an entry is better; None if that cannot be known."""
        rows = {s.entry: row for row, s in enumerate(self.standings)}
        if entry not in rows or other not in rows:
            return None
        a, b = rows[entry], rows[other]
        linked = self.standings[a].component == self.standings[b].component
        if not (linked or self.options.across):
            return None
        return float(np.mean(self.draws[:, a] > self.draws[:, b]))


@dataclass(frozen=True)
class Correction:
    """One review: its score, its judge's effect, and the points this adds to the entry's mean."""

    judge: int
    score: float
    effect: float
    points: float


@dataclass(frozen=True)
class Explanation:
    """raw + the corrections' points + shrinkage = adjusted.

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


def rank(
    entry_index: ArrayLike,
    judge_index: ArrayLike,
    score: ArrayLike,
    n: int,
    m: int,
    options: Options | None = None,
) -> Estimate:
    """Estimate every reviewed entry's value and place.

    Takes    entry_index (reviews) in 0..n-1, judge_index (reviews) in 0..m-1, score (reviews) on
             one common scale, each pair of entry and judge once at most.
    Returns  an Estimate; whatever cannot be known is in its notes, and `adjusted_is_official` is
             False where the raw mean should be shown first.
    Raises   ValueError naming the review, for lengths that differ, an index out of range, a score
             that is not finite, a pair that occurs twice.
    Source   REML: Patterson and Thompson (1971); the mixed model equations: Henderson (1975); the
             pool covariate: Mundlak (1978); prior on the ratios of spread: Gelman (2006).
    Cost     judges cubed + reviews + draws x (entries log entries + entries x judges);
             100 x 20 with four reviews each and 1000 draws: 0.1 s.
    """
    options = options or Options()
    entry, judge, points = _checked(entry_index, judge_index, score, n, m)
    digest = _digest(entry, judge, points, n, m, options)
    unreviewed = tuple(int(i) for i in np.setdiff1d(np.arange(n), entry))
    if len(points) == 0:
        return _nothing(options, digest, unreviewed)
    data = _canonical(entry, judge, points)
    parts = _split(data)
    pool, fit = _model(data, parts, options)
    values, effects = _draw(fit, options)
    official, notes = _verdict(data, parts, options, fit, pool, unreviewed)
    standings = _standings(fit, values, parts, options, official)
    order = np.argsort(data.entries)
    return Estimate(
        method=METHOD,
        options=options,
        digest=digest,
        adjusted_is_official=official,
        notes=notes,
        standings=tuple(standings[i] for i in order),
        judges=tuple(
            JudgeEffect(
                judge=int(data.judges[j]),
                reviews=int((data.judge == j).sum()),
                effect=float(fit.beta[j]),
                sd=float(effects[j]),
            )
            for j in np.argsort(data.judges)
        ),
        components=parts.named(data),
        variance=fit.variance() if parts.noise_known else None,
        mean=float(fit.beta[len(data.judges)]) + data.origin,
        pool=pool,
        draws=values[order].T,
        reviews=(data.entries[data.entry], data.judges[data.judge], data.score),
    )


def explain(estimate: Estimate, entry: int) -> Explanation:
    """Say how an entry's adjusted value comes about, in parts that sum to it.

    Raises   ValueError for an entry without reviews.
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


def input_digest(
    entry_index: ArrayLike,
    judge_index: ArrayLike,
    score: ArrayLike,
    n: int,
    m: int,
    options: Options | None = None,
) -> str:
    """Return the SHA-256 of everything that decides the estimate; the order of reviews does not.

    Takes and raises what `rank` does.
    """
    entry, judge, points = _checked(entry_index, judge_index, score, n, m)
    return _digest(entry, judge, points, n, m, options or Options())


def published(values: ArrayLike, decimals: int) -> Floats:
    """Round half up to the decimals that people see; noise beyond nine decimals is nobody's luck."""
    scale = 10.0**decimals
    return np.floor(np.round(np.asarray(values, dtype=np.float64) * scale, 6) + 0.5) / scale


def places(values: ArrayLike, decimals: int) -> Ints:
    """Return ranks, 1 for the largest; equal published values share one (1, 2, 2, 4)."""
    shown = published(values, decimals)
    ascending = np.sort(shown)
    return 1 + len(shown) - np.searchsorted(ascending, shown, side="right")


# --- input


def _checked(
    entry_index: ArrayLike, judge_index: ArrayLike, score: ArrayLike, n: int, m: int
) -> tuple[Ints, Ints, Floats]:
    points = np.asarray(score, dtype=np.float64)
    if n < 0 or m < 0:
        raise ValueError("n and m must not be negative")
    if points.ndim != 1:
        raise ValueError("score must have one dimension")
    if not np.isfinite(points).all():
        row = int(np.argmax(~np.isfinite(points)))
        raise ValueError(f"the score of review {row} is not a finite number")
    entry = _indices("entry", entry_index, n, len(points))
    judge = _indices("judge", judge_index, m, len(points))
    pair = entry * max(m, 1) + judge
    order = np.argsort(pair, kind="stable")
    again = np.flatnonzero(np.diff(pair[order]) == 0)
    if len(again):
        row = int(order[again[0] + 1])
        raise ValueError(
            f"review {row} repeats the pair of entry {entry[row]} and judge {judge[row]}"
        )
    return entry[order], judge[order], points[order] + 0.0


def _indices(name: str, given: ArrayLike, count: int, length: int) -> Ints:
    index = np.asarray(given)
    if index.shape != (length,):
        raise ValueError(f"{name}_index has shape {index.shape}, there are {length} scores")
    if length and index.dtype.kind not in "iu":
        raise ValueError(f"{name}_index must hold whole numbers")
    index = index.astype(np.int64)
    wrong = (index < 0) | (index >= count)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"review {row} names {name} {index[row]}, there are {count}")
    return index


def _digest(entry: Ints, judge: Ints, score: Floats, n: int, m: int, options: Options) -> str:
    digest = hashlib.sha256(repr((METHOD, n, m, astuple(options))).encode())
    for column in (entry.astype("<i8"), judge.astype("<i8"), score.astype("<f8")):
        digest.update(column.tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class _Data:
    """Reviews in an order that depends on the scores alone, so that labels decide nothing.

    `entry` and `judge` are positions in `entries` and `judges`, which hold the caller's indices.
    Entries of equal `twin` have the same scores from the same kind of judges.
    """

    entry: Ints
    judge: Ints
    score: Floats
    entries: Ints
    judges: Ints
    twin: Ints
    counts: Ints
    origin: float


def _canonical(entry: Ints, judge: Ints, score: Floats) -> _Data:
    entries, entry = np.unique(entry, return_inverse=True)
    judges, judge = np.unique(judge, return_inverse=True)
    bits = _mix(score.view(np.uint64))
    entry_hash = np.zeros(len(entries), dtype=np.uint64)
    judge_hash = np.zeros(len(judges), dtype=np.uint64)
    for _ in range(3):
        judge_hash = _gather(judge, _mix(bits ^ entry_hash[entry]), len(judges))
        entry_hash = _gather(entry, _mix(bits ^ judge_hash[judge]), len(entries))
    by_entry = np.argsort(entry_hash, kind="stable")
    by_judge = np.argsort(judge_hash, kind="stable")
    entry, judge = np.argsort(by_entry)[entry], np.argsort(by_judge)[judge]
    order = np.lexsort((judge, entry))
    entry, judge, score = entry[order], judge[order], score[order]
    return _Data(
        entry=entry,
        judge=judge,
        score=score,
        entries=entries[by_entry],
        judges=judges[by_judge],
        twin=np.unique(entry_hash[by_entry], return_inverse=True)[1],
        counts=np.bincount(entry),
        origin=float(np.mean(score)),
    )


def _gather(index: Ints, values: Hashes, length: int) -> Hashes:
    total = np.zeros(length, dtype=np.uint64)
    np.add.at(total, index, values)
    return _mix(total)


def _mix(x: Hashes) -> Hashes:
    """Scramble 64 bits (the finaliser of SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


# --- the design


@dataclass(frozen=True, eq=False)
class _Parts:
    """Components, and per component how many comparisons are left over to learn the noise from."""

    of_entry: Ints
    of_judge: Ints
    spare: Ints

    @property
    def count(self) -> int:
        return len(self.spare)

    @property
    def noise_known(self) -> bool:
        return int(self.spare.sum()) > 0

    def named(self, data: _Data) -> tuple[Component, ...]:
        return tuple(
            Component(
                entries=tuple(sorted(int(i) for i in data.entries[self.of_entry == c])),
                judges=tuple(sorted(int(j) for j in data.judges[self.of_judge == c])),
            )
            for c in range(self.count)
        )


def _split(data: _Data) -> _Parts:
    n, m = len(data.entries), len(data.judges)
    links = (np.ones(len(data.entry)), (data.entry, n + data.judge))
    graph = sparse.coo_array(links, shape=(n + m, n + m))
    count, label = connected_components(graph, directed=False)
    size = np.bincount(label[:n], minlength=count)
    first = np.array([data.entries[label[:n] == c].min() for c in range(count)])
    number = np.argsort(np.lexsort((first, -size)))
    label = number[label]
    spare = np.bincount(label[data.entry], minlength=count) - np.bincount(label, minlength=count)
    return _Parts(of_entry=label[:n], of_judge=label[n:], spare=spare + 1)


def _pool(data: _Data) -> Floats:
    """Return, per entry, how well its judges' other entries did, centred.

    A judge's mean leaves the entry itself out; judges with one score only say nothing.
    """
    given = np.bincount(data.judge)
    total = np.bincount(data.judge, data.score)
    others = given[data.judge] > 1
    mean = (total[data.judge] - data.score)[others] / (given[data.judge] - 1)[others]
    length = len(data.entries)
    count = np.bincount(data.entry[others], minlength=length)
    pool = np.bincount(data.entry[others], mean, minlength=length) / np.maximum(count, 1)
    pool[count == 0] = pool[count > 0].mean() if count.any() else 0.0
    return np.asarray(pool - pool.mean(), dtype=np.float64)


# --- restricted maximum likelihood


@dataclass(frozen=True, eq=False)
class _Sums:
    """The reviews, reduced to what the likelihood needs; entries are grouped by review count.

    Columns are the judges, then the intercept, then the pool covariate if there is one.
    """

    data: _Data
    design: Floats  # (entries, columns): sums over an entry's reviews
    fixed: Floats  # (entries, 1 or 2): intercept and pool covariate
    total: Floats  # (entries): sum of scores, less the origin
    cross: Floats
    right: Floats
    square: float
    sizes: Floats  # (groups): reviews per entry
    members: Floats  # (groups): entries
    group_cross: Floats
    group_right: Floats
    group_square: Floats
    prior_nu: float
    prior_ss: float

    @property
    def judges(self) -> int:
        return len(self.data.judges)

    @property
    def nu(self) -> float:
        """Degrees of freedom of the noise."""
        return float(len(self.data.score) - self.fixed.shape[1] + self.prior_nu)


def _sums(data: _Data, pool: Floats | None, prior: tuple[float, float]) -> _Sums:
    n, m = len(data.entries), len(data.judges)
    score = data.score - data.origin
    fixed = np.ones((n, 1)) if pool is None else np.column_stack([np.ones(n), pool])
    seen = np.zeros((n, m))
    seen[data.entry, data.judge] = 1.0
    design: Floats = np.hstack([seen, data.counts[:, None] * fixed]).astype(np.float64)
    total: Floats = np.bincount(data.entry, score).astype(np.float64)
    given = np.bincount(data.judge)
    cross = np.zeros((m + fixed.shape[1],) * 2)
    cross[:m, :m] = np.diag(given)
    cross[:m, m:] = seen.T @ fixed
    cross[m:, :m] = cross[:m, m:].T
    cross[m:, m:] = fixed.T @ (data.counts[:, None] * fixed)
    sizes, group = np.unique(data.counts, return_inverse=True)
    by_group = [(design[group == g], total[group == g]) for g in range(len(sizes))]
    return _Sums(
        data=data,
        design=design,
        fixed=fixed,
        total=total,
        cross=cross,
        right=np.concatenate([np.bincount(data.judge, score), fixed.T @ total]),
        square=float(score @ score),
        sizes=sizes.astype(np.float64),
        members=np.bincount(group).astype(np.float64),
        group_cross=np.array([t.T @ t for t, _ in by_group]),
        group_right=np.array([t.T @ s for t, s in by_group]),
        group_square=np.array([s @ s for _, s in by_group]),
        prior_nu=prior[0],
        prior_ss=prior[1],
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """The model at given ratios of the entries' and judges' variance to the noise's."""

    sums: _Sums
    theta: Floats
    beta: Floats
    lower: Floats  # Cholesky factor of the equations' matrix
    rss: float

    @property
    def noise(self) -> float:
        return float(self.rss / self.sums.nu)

    def variance(self) -> Variance:
        entries, judges = np.exp(self.theta) * self.noise
        return Variance(float(entries), float(judges), self.noise)

    def weights(self) -> Floats:
        """Return the share of an entry's own corrected mean in its adjusted value."""
        ratio, counts = np.exp(self.theta[0]), self.sums.data.counts
        return np.asarray(counts * ratio / (1 + counts * ratio), dtype=np.float64)

    def targets(self) -> Floats:
        fixed = self.sums.fixed @ self.beta[self.sums.judges :]
        return np.asarray(fixed + self.sums.data.origin, dtype=np.float64)

    def values(self) -> Floats:
        left = (self.sums.total - self.sums.design @ self.beta) / self.sums.data.counts
        return np.asarray(self.targets() + self.weights() * left, dtype=np.float64)


def _at(sums: _Sums, theta: Floats) -> tuple[_Fit, float]:
    """Return the fit and minus its log restricted likelihood, the noise's size maximised out."""
    ratio, judge_ratio = np.exp(theta)
    shrink = ratio / (1 + sums.sizes * ratio)
    matrix = sums.cross - np.tensordot(shrink, sums.group_cross, 1)
    m = sums.judges
    matrix[np.arange(m), np.arange(m)] += 1 / judge_ratio
    right = sums.right - shrink @ sums.group_right
    lower: Floats = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    half = solve_triangular(lower, right, lower=True, check_finite=False)
    beta = solve_triangular(lower.T, half, lower=False, check_finite=False)
    left = sums.square - shrink @ sums.group_square - half @ half
    rss = max(float(left), 0.0) + sums.prior_ss
    value = sums.nu * np.log(rss) + sums.members @ np.log1p(sums.sizes * ratio)
    value += m * theta[1] + 2 * np.log(np.diag(lower)).sum()
    return _Fit(sums, theta, beta, lower, rss), float(value) / 2


def _slope(fit: _Fit) -> Floats:
    """Return the gradient of minus the log restricted likelihood in both log ratios."""
    sums, beta = fit.sums, fit.beta
    ratio, judge_ratio = np.exp(fit.theta)
    m = sums.judges
    change = ratio / (1 + sums.sizes * ratio) ** 2
    inverse = np.linalg.inv(fit.lower)
    inverse = inverse.T @ inverse
    dcross = np.tensordot(change, sums.group_cross, 1)
    drss = -(change @ sums.group_square) + 2 * beta @ (change @ sums.group_right)
    drss -= beta @ dcross @ beta
    entries = sums.nu * drss / fit.rss - float((inverse * dcross).sum())
    entries += sums.members @ (sums.sizes * ratio / (1 + sums.sizes * ratio))
    judges = m - float(np.trace(inverse[:m, :m])) / judge_ratio
    judges -= sums.nu * float(beta[:m] @ beta[:m]) / judge_ratio / fit.rss
    return np.array([entries, judges]) / 2


def _penalty(theta: Floats, prior: bool) -> tuple[float, Floats]:
    """Return what is added to the likelihood, and its gradient.

    Without prior: next to nothing, only so that a flat likelihood has one lowest point.
    With prior: half-Cauchy on the ratio of standard deviations.
    """
    if not prior:
        return 5e-7 * float(theta @ theta), 1e-6 * theta
    return float(np.logaddexp(0, theta).sum() - theta.sum() / 2), 1 / (1 + np.exp(-theta)) - 0.5


def _lowest(sums: _Sums, prior: bool) -> tuple[_Fit, Floats]:
    """Return the fit of highest restricted likelihood or posterior, and the curvature there."""
    starts = np.array([[-0.5, -1.0], [-4.0, 0.0], [1.0, -4.0]])
    start = min(starts, key=lambda theta: _at(sums, theta)[1] + _penalty(theta, prior)[0])
    theta = np.array(start)
    for _ in range(60):
        fit, value = _at(sums, theta)
        more, dmore = _penalty(theta, prior)
        value, slope = value + more, _slope(fit) + dmore
        curve = _curvature(sums, theta, prior)
        inside = ~(((theta <= LOW) & (slope > 0)) | ((theta >= HIGH) & (slope < 0)))
        size, axes = np.linalg.eigh(curve)
        step = -axes @ ((axes.T @ (slope * inside)) / np.maximum(np.abs(size), 1e-7))
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-9:
            break
        for _ in range(30):
            trial = np.clip(theta + step, LOW, HIGH)
            if _at(sums, trial)[1] + _penalty(trial, prior)[0] <= value + 1e-12 * abs(value):
                break
            step = step / 2
        theta = trial
    return _at(sums, theta)[0], _curvature(sums, theta, prior)


def _curvature(sums: _Sums, theta: Floats, prior: bool) -> Floats:
    columns = []
    for axis in np.eye(2) * 1e-4:
        up = _slope(_at(sums, theta + axis)[0]) + _penalty(theta + axis, prior)[1]
        down = _slope(_at(sums, theta - axis)[0]) + _penalty(theta - axis, prior)[1]
        columns.append((up - down) / 2e-4)
    curve = np.array(columns)
    return np.asarray((curve + curve.T) / 2, dtype=np.float64)


def _model(data: _Data, parts: _Parts, options: Options) -> tuple[Pool | None, _Fit]:
    """Fit with and without the pool covariate and let the gate decide.

    Only a positive coefficient can mean that pools differ in strength. A negative one is the echo
    of leaving the entry out of its judges' means (in a complete table it is -(entries - 1) exactly).
    """
    span = options.span or 10.0 ** np.ceil(np.log10(max(1.0, float(np.abs(data.score).max()))))
    prior = (0.0, (1e-4 * span) ** 2) if parts.noise_known else (4.0, 4 * (span / 6) ** 2)
    plain = _lowest(_sums(data, None, prior), prior=False)[0]
    few = len(data.entries) < MIN_ENTRIES or len(data.judges) < MIN_JUDGES
    pool = _pool(data)
    if few or not parts.noise_known or float(np.ptp(pool)) < 1e-9 * span:
        return None, plain
    fit = _lowest(_sums(data, pool, prior), prior=False)[0]
    unit = np.zeros(len(fit.beta))
    unit[-1] = 1.0
    half = solve_triangular(fit.lower, unit, lower=True)
    gamma, se = float(fit.beta[-1]), float(np.sqrt(fit.noise * (half @ half)))
    small = len(data.entries) < 30 or len(data.judges) < 8
    used = gamma > (3 if small else 2) * se
    return Pool(gamma, se, used), fit if used else plain


# --- draws


def _draw(fit: _Fit, options: Options) -> tuple[Floats, Floats]:
    """Return values (entries, draws) drawn jointly, and the sd of every judge's effect.

    The variance ratios are drawn too, from a grid along the axes of their posterior: with few
    judges they are hardly known, and intervals that take them for known are too narrow.
    """
    sums, data = fit.sums, fit.sums.data
    rng = np.random.default_rng(options.seed)
    nodes = _nodes(sums)
    weight = np.exp([-(value - min(v for _, v in nodes)) for _, value in nodes])
    ends = np.floor(np.cumsum(weight) / weight.sum() * options.draws + 0.5).astype(np.int64)
    values = np.empty((len(data.entries), options.draws))
    judges = np.empty((sums.judges, options.draws))
    begin = 0
    for (node, _), end in zip(nodes, ends, strict=True):
        if end == begin:
            continue
        ratio = np.exp(node.theta[0])
        noise = np.sqrt(node.rss / rng.chisquare(sums.nu, end - begin))
        beta = rng.standard_normal((len(node.beta), end - begin))
        beta = solve_triangular(node.lower.T, beta, lower=False, check_finite=False)
        beta = node.beta[:, None] + beta * noise
        shrink = ratio / (1 + data.counts * ratio)
        mean = shrink[:, None] * (sums.total[:, None] - sums.design @ beta)
        spread = np.sqrt(shrink)[:, None] * noise
        own = mean + spread * rng.standard_normal(mean.shape)
        values[:, begin:end] = sums.fixed @ beta[sums.judges :] + own + data.origin
        judges[:, begin:end] = beta[: sums.judges]
        begin = end
    # Draws come in blocks of one node each; mixed, any part of them is a fair sample.
    mixed = rng.permutation(options.draws)
    return values[:, mixed], judges.std(axis=1)


def _nodes(sums: _Sums) -> list[tuple[_Fit, float]]:
    """Return fits around the posterior's highest point, and minus their log density."""
    top, curve = _lowest(sums, prior=True)
    size, axes = np.linalg.eigh(curve)
    scale = axes / np.sqrt(np.maximum(size, 0.05))
    side = 9 if sums.judges <= 80 else 3
    reach = 3.2 if side == 9 else 1.5
    steps = np.linspace(-reach, reach, side)
    points = [np.array([a, b]) for a in steps for b in steps if np.hypot(a, b) < 3.6]
    nodes = []
    for point in points:
        theta = np.clip(top.theta + scale @ point, LOW, HIGH)
        fit, value = _at(sums, theta)
        nodes.append((fit, value + _penalty(theta, prior=True)[0]))
    return nodes


# --- report


def _standings(
    fit: _Fit, values: Floats, parts: _Parts, options: Options, official: bool
) -> dict[int, Standing]:
    """Return the standing of every entry, by its position in the data; ranks inside each group."""
    data, adjusted, targets, weights = fit.sums.data, fit.values(), fit.targets(), fit.weights()
    raw = np.bincount(data.entry, data.score) / data.counts
    group = np.zeros_like(parts.of_entry) if options.across else parts.of_entry
    spread = np.maximum(values.std(axis=1), 10.0**-options.decimals)
    result: dict[int, Standing] = {}
    scores = np.split(data.score, np.flatnonzero(np.diff(data.entry)) + 1)
    for number in np.unique(group):
        here = np.flatnonzero(group == number)
        drawn = values[here]
        ranks = 1 + np.argsort(np.argsort(-drawn, axis=0), axis=0)
        low, high = np.quantile(ranks, (0.05, 0.95), axis=1, method="inverted_cdf")
        top = (ranks <= options.top_k).mean(axis=1)
        low, high, top = _even(data.twin[here], low, high, top)
        raw_rank = places(raw[here], options.decimals)
        adjusted_rank = places(adjusted[here], options.decimals)
        band = _bands(drawn, adjusted[here])
        for row, i in enumerate(here):
            result[int(i)] = Standing(
                entry=int(data.entries[i]),
                reviews=int(data.counts[i]),
                raw=float(raw[i]),
                median=float(np.median(scores[i])),
                adjusted=float(adjusted[i]),
                sd=float(spread[i]),
                rank=int(adjusted_rank[row] if official else raw_rank[row]),
                raw_rank=int(raw_rank[row]),
                adjusted_rank=int(adjusted_rank[row]),
                rank_low=int(low[row]),
                rank_high=int(high[row]),
                p_top=float(top[row]),
                tie_band=int(band[row]),
                component=int(parts.of_entry[i]),
                target=float(targets[i]),
                weight=float(weights[i]),
            )
    return result


def _even(twin: Ints, low: Floats, high: Floats, top: Floats) -> tuple[Floats, Floats, Floats]:
    """Give entries that the scores cannot tell apart the same chances, whatever was drawn."""
    _, kind = np.unique(twin, return_inverse=True)
    least, most = np.full(kind.max() + 1, np.inf), np.zeros(kind.max() + 1)
    np.minimum.at(least, kind, low)
    np.maximum.at(most, kind, high)
    mean = np.bincount(kind, top) / np.bincount(kind)
    return least[kind], most[kind], mean[kind]


def _bands(drawn: Floats, adjusted: Floats) -> Ints:
    """Number the runs of neighbours of whom none beats the next with enough certainty."""
    order = np.argsort(-adjusted, kind="stable")
    sure = (drawn[order[:-1]] > drawn[order[1:]]).mean(axis=1) >= SURE
    band = np.empty(len(order), dtype=np.int64)
    band[order] = np.concatenate([[1], 1 + np.cumsum(sure)])
    return band


def _verdict(
    data: _Data,
    parts: _Parts,
    options: Options,
    fit: _Fit,
    pool: Pool | None,
    unreviewed: tuple[int, ...],
) -> tuple[bool, tuple[Note, ...]]:
    """Decide whether the adjusted values may lead, and say what has to be said."""
    against = _too_little(parts, options)
    if parts.noise_known and fit.theta[0] < np.log(1e-3):
        against.append(Note(Code.NO_DIFFERENCES))
    notes = list(against)
    if parts.count > 1:
        code = Code.COMPARED_ACROSS if options.across else Code.DISCONNECTED
        notes.append(Note(code, {"components": parts.count}))
    notes += _remarks(data, unreviewed)
    if pool is not None and pool.used:
        notes.append(Note(Code.POOLS_DIFFER, {"gamma": pool.gamma, "se": pool.se}))
    return not against, tuple(notes)


def _too_little(parts: _Parts, options: Options) -> list[Note]:
    """Take each group of entries that is ranked together by itself; the poorest decides."""
    entries, judges = np.bincount(parts.of_entry), np.bincount(parts.of_judge)
    spare = parts.spare
    if options.across:
        entries, judges, spare = (np.array([a.sum()]) for a in (entries, judges, spare))
    against = []
    if judges.min() < MIN_JUDGES:
        against.append(Note(Code.FEW_JUDGES, {"judges": int(judges.min()), "needed": MIN_JUDGES}))
    if entries.min() < MIN_ENTRIES:
        against.append(
            Note(Code.FEW_ENTRIES, {"entries": int(entries.min()), "needed": MIN_ENTRIES})
        )
    if (spare < judges).any():
        worst = int(np.argmin(spare - judges))
        facts = {"comparisons": int(spare[worst]), "needed": int(judges[worst])}
        against.append(Note(Code.THIN_OVERLAP, facts))
    return against


def _remarks(data: _Data, unreviewed: tuple[int, ...]) -> list[Note]:
    given = np.bincount(data.judge)
    top, bottom = np.full(len(given), -np.inf), np.full(len(given), np.inf)
    np.maximum.at(top, data.judge, data.score)
    np.minimum.at(bottom, data.judge, data.score)
    found = [
        (Code.UNREVIEWED, "entries", unreviewed),
        (Code.SINGLE_REVIEW, "entries", data.entries[data.counts == 1]),
        (Code.SINGLE_SCORE_JUDGE, "judges", data.judges[given == 1]),
        (Code.CONSTANT_JUDGE, "judges", data.judges[(given > 1) & (top == bottom)]),
    ]
    return [
        Note(code, {name: tuple(sorted(int(i) for i in which))})
        for code, name, which in found
        if len(which)
    ]


def _nothing(options: Options, digest: str, unreviewed: tuple[int, ...]) -> Estimate:
    notes = [Note(Code.NO_SCORES)]
    if unreviewed:
        notes.append(Note(Code.UNREVIEWED, {"entries": unreviewed}))
    none = np.zeros(0, dtype=np.int64)
    return Estimate(
        method=METHOD,
        options=options,
        digest=digest,
        adjusted_is_official=False,
        notes=tuple(notes),
        standings=(),
        judges=(),
        components=(),
        variance=None,
        mean=0.0,
        pool=None,
        draws=np.zeros((options.draws, 0)),
        reviews=(none, none, np.zeros(0)),
    )
