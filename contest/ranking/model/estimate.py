"""From scorecards to an order with honest uncertainty: the model of record.

    score = mu + gamma * pool + entry + judge + noise

Entries, judges and noise are normal with variances estimated by restricted maximum likelihood
(REML). A judge who is strict with everybody costs nobody anything, an entry with few reviews is
drawn towards the middle, and what the scores cannot tell is said. Arrays in, frozen results out.
"""

import numpy as np
from numpy.typing import ArrayLike

from contest.ranking.model import large, posterior
from contest.ranking.model.design import Parts, parts, pool
from contest.ranking.model.notes import MIN_ENTRIES, MIN_JUDGES, verdict
from contest.ranking.model.order import chances, places
from contest.ranking.model.reml import Prior, Solution
from contest.ranking.model.result import (
    METHOD,
    Code,
    Draws,
    Estimate,
    Floats,
    Ints,
    JudgeEffect,
    Note,
    Options,
    Pool,
    Standing,
)
from contest.ranking.model.reviews import Reviews, checked, digest, in_order

MANY_JUDGES = 300
MANY_CELLS = 5_000_000
"""From so many judges, or entries times judges, the equations are solved without a dense matrix."""

SMALL_ENTRIES, SMALL_JUDGES = 30, 8
"""Below this the gate of the pool covariate asks for three standard errors instead of two."""


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
             one common scale, each pair of entry and judge once at most; options, how to compute
             and to publish.
    Returns  an Estimate, in points of that scale; whatever cannot be known is in its notes, and
             `adjusted_is_official` is False where the raw mean should be shown first.
    Raises   ValueError naming the review, for lengths that differ, an index out of range, a score
             that is not finite or not on the scale, a pair that occurs twice.
    Source   REML: Patterson and Thompson (1971); the mixed model equations: Henderson (1975); the
             pool covariate: Mundlak (1978).
    Cost     judges cubed + reviews + draws x (entries log entries + entries x judges);
             100 x 20 with four reviews each and 1000 draws: 0.1 s. From 300 judges on, reviews x
             240 draws: 100,000 x 5,000 with five reviews each takes some seconds.
    """
    options = options or Options()
    entry, judge, points = checked(entry_index, judge_index, score, n, m, scale=options.scale)
    fingerprint = digest(entry, judge, points, n, m, options)
    unreviewed = tuple(np.setdiff1d(np.arange(n), entry).tolist())
    if len(points) == 0:
        return _nothing(options, fingerprint, unreviewed)
    reviews = in_order(entry, judge, points)
    split = parts(reviews)
    gate, found, draw = fitted(reviews, split, options)
    drawn = draw(options.draws, options.seed)
    official, notes = verdict(reviews, split, options, found, gate, unreviewed)
    order = np.argsort(reviews.entries)
    by_judge = np.argsort(reviews.judges)
    return Estimate(
        method=METHOD,
        options=options,
        digest=fingerprint,
        adjusted_is_official=official,
        notes=notes,
        standings=_standings(found, drawn.values, split, options, official, order),
        judges=tuple(
            JudgeEffect(*line)
            for line in zip(
                reviews.judges[by_judge].tolist(),
                reviews.given[by_judge].tolist(),
                found.effects[by_judge].tolist(),
                drawn.judge_sd[by_judge].tolist(),
                strict=True,
            )
        ),
        components=split.named(reviews),
        variance=found.variance() if split.noise_known else None,
        mean=float(found.level[0]) + reviews.origin,
        pool=gate,
        draws=drawn.values.T[:, order],
        reviews=(reviews.entries[reviews.entry], reviews.judges[reviews.judge], reviews.score),
    )


def fitted(
    reviews: Reviews, split: Parts, options: Options
) -> tuple[Pool | None, Solution, posterior.Draw]:
    """Fit with the pool covariate and without, and let the gate decide.

    Only a positive coefficient can mean that pools differ in strength. A negative one is the echo
    of leaving the entry out of its judges' means (in a complete table it is -(entries - 1) exactly).
    """
    span = options.width or 10.0 ** np.ceil(np.log10(max(1.0, float(np.abs(reviews.score).max()))))
    prior = Prior(0.0, (1e-4 * span) ** 2) if split.noise_known else Prior(4.0, (span / 3) ** 2)
    n, m = len(reviews.entries), len(reviews.judges)
    fit = large.fit if m > MANY_JUDGES or n * m > MANY_CELLS else posterior.fit
    mean, covariate = np.ones((n, 1)), pool(reviews)
    gate, start = None, None
    known = split.noise_known and n >= MIN_ENTRIES and m >= MIN_JUDGES
    if known and float(np.ptp(covariate)) > 1e-9 * span:
        found, draw = fit(reviews, np.column_stack([mean, covariate]), prior)
        few = n < SMALL_ENTRIES or m < SMALL_JUDGES
        start = found.theta
        gamma, se = float(found.level[1]), float(found.se[1])
        gate = Pool(gamma, se, used=gamma > (3 if few else 2) * se)
    if gate is None or not gate.used:
        found, draw = fit(reviews, mean, prior, start)
    return gate, found, draw


def _standings(
    found: Solution, values: Draws, split: Parts, options: Options, official: bool, order: Ints
) -> tuple[Standing, ...]:
    """Return the standings in the given order of entries; ranks count inside each group."""
    r, adjusted = found.reviews, found.values()
    raw = np.bincount(r.entry, r.score) / r.counts
    group = np.zeros_like(split.of_entry) if options.across else split.of_entry
    raw_rank, adjusted_rank, low, high, band = np.zeros((5, len(raw)), dtype=np.int64)
    top = np.zeros(len(raw))
    for here in np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1]):
        raw_rank[here] = places(raw[here], options.decimals)
        adjusted_rank[here] = places(adjusted[here], options.decimals)
        drawn = values if len(here) == len(raw) else values[here]
        told = chances(drawn, adjusted[here], r.twin[here], options.top_k)
        low[here], high[here], top[here], band[here] = told.low, told.high, told.top, told.band
    columns = (
        r.entries,
        r.counts,
        raw,
        _medians(r),
        adjusted,
        np.maximum(values.std(axis=1, dtype=np.float64), 10.0**-options.decimals),
        adjusted_rank if official else raw_rank,
        raw_rank,
        adjusted_rank,
        low,
        high,
        top,
        band,
        split.of_entry,
        found.targets(),
        found.weights(),
    )
    lines = zip(*(column[order].tolist() for column in columns), strict=True)
    return tuple(Standing(*line) for line in lines)


def _medians(reviews: Reviews) -> Floats:
    score = reviews.score[np.lexsort((reviews.score, reviews.entry))]
    begin = np.cumsum(reviews.counts) - reviews.counts
    lower, upper = begin + (reviews.counts - 1) // 2, begin + reviews.counts // 2
    return np.asarray((score[lower] + score[upper]) / 2, dtype=np.float64)


def _nothing(options: Options, fingerprint: str, unreviewed: tuple[int, ...]) -> Estimate:
    notes = [Note(Code.NO_SCORES)]
    if unreviewed:
        notes.append(Note(Code.UNREVIEWED, {"entries": unreviewed}))
    none = np.zeros(0, dtype=np.int64)
    return Estimate(
        method=METHOD,
        options=options,
        digest=fingerprint,
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
