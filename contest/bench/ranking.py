"""What the ranking promises, measured on contests whose truth is known."""

import multiprocessing
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from time import process_time
from typing import TypeVar

import numpy as np
from scipy.stats import kendalltau

from contest.bench import edges, peers, reviews
from contest.bench.bars import Bar, at_least, at_most, between
from contest.bench.worlds import SCENARIOS, Floats, World, world
from contest.ranking.model import Options, Variance, explain, rank
from contest.ranking.model.sensitivity import capped

T = TypeVar("T")
FIRST_SEED = 1000
REFERENCE = {  # Kendall's tau of the model of record on sixty seeds, as measured when it was chosen
    "S1": 0.777,
    "S2": 0.771,
    "S3": 0.782,
    "S4b": 0.823,
    "S4c": 0.815,
    "S5": 0.724,
    "S6": 0.732,
    "S9": 0.716,
}


def bars(*, quick: bool) -> Iterator[Bar]:
    """Measure. With `quick` fewer seeds, and what chance alone may take from them is allowed for."""
    for name in SCENARIOS:
        yield from scenario(name, quick=quick)
    yield from beside_peers()
    yield from invariance()
    yield from edges.bars(quick=quick)
    yield from reviews.bars(quick=quick)
    yield from speed(quick=quick)


# --- accuracy and honesty


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One contest, estimated: agreement with the truth by each method, and how honest it was."""

    raw: float
    z: float
    model: float
    capped: float
    covered: float
    told: Floats  # probability of the first tenth, per entry
    came: Floats  # whether it was


def scenario(name: str, *, quick: bool) -> Iterator[Bar]:
    """Play one kind of contest on several seeds."""
    settings = SCENARIOS[name]
    large = settings.entries > 100
    seeds = (2 if large else 6) if quick else (12 if large else 60)
    seen = [_play(world(settings, FIRST_SEED + i)) for i in range(seeds)]
    raw, z, model, cap = (
        float(np.mean([getattr(s, which) for s in seen]))
        for which in ("raw", "z", "model", "capped")
    )
    gain = np.array([s.model - s.raw for s in seen])
    chance = 2 * float(gain.std(ddof=1)) / np.sqrt(seeds) if quick else 0.0
    beside = f"raw {raw:.3f}, z {z:.3f}, capped {cap:.3f}"
    allowed = 0.0 if settings.pools else 0.003  # where pools differ, a raw mean is no match
    yield at_least(f"{name}: tau ({beside})", model, raw - allowed - chance)
    short = name.split(maxsplit=1)[0]
    if short in REFERENCE and not quick:
        yield at_least(f"{name}: tau beside the reference", model, REFERENCE[short] - 0.005)
    slack = 0.04 if quick else 0.0
    covered = float(np.mean([s.covered for s in seen]))
    yield between(f"{name}: 90 % rank intervals hold", covered, 0.88 - slack, 0.94 + slack)
    told, came = (np.concatenate([getattr(s, w) for s in seen]) for w in ("told", "came"))
    most = 0.04 if settings.entries < 60 else 0.015
    error = calibration_error(told, came)
    yield at_most(f"{name}: P(top tenth), calibration error", error, most + slack)


def _play(w: World) -> Seen:
    top = max(1, round(w.entries / 10))
    options = Options(scale=(1, w.levels), top_k=top, across=True)
    estimate = rank(w.entry, w.judge, w.score, w.entries, w.judges, options)
    true = 1 + np.argsort(np.argsort(-w.quality))
    model = np.array([s.adjusted for s in estimate.standings])
    other = capped(estimate)
    inside = [s.rank_low <= true[s.entry] <= s.rank_high for s in estimate.standings]
    return Seen(
        raw=tau([s.raw for s in estimate.standings], w.quality),
        z=tau(peers.z_scores(w.entry, w.judge, w.score), w.quality),
        model=tau(model, w.quality),
        capped=tau(other.values if other else model, w.quality),
        covered=float(np.mean(inside)),
        told=np.array([s.p_top for s in estimate.standings]),
        came=(true <= top).astype(np.float64),
    )


def tau(values: Floats | list[float], truth: Floats) -> float:
    return float(kendalltau(values, truth).statistic)


def calibration_error(told: Floats, came: Floats) -> float:
    """Return the mean distance of what was told from what came, over ten classes of probability."""
    group = np.minimum((told * 10).astype(np.int64), 9)
    return float(
        sum(
            abs(told[group == g].mean() - came[group == g].mean()) * (group == g).mean()
            for g in np.unique(group)
        )
    )


# --- the same by other ways


def beside_peers() -> Iterator[Bar]:
    """Compare the variances with those of the likelihood written out."""
    worst = 0.0
    for seed in range(3):
        w = world(SCENARIOS["S6 15 x 6, three reviews"], FIRST_SEED + seed)
        found = rank(w.entry, w.judge, w.score, 15, 6, Options(draws=10)).variance
        expected = peers.reml(w.entry, w.judge, w.score)[0]
        if found is not None and min(expected.entries, expected.judges) > 1e-3 * expected.noise:
            pairs = zip(_three(found), _three(expected), strict=True)
            worst = max(worst, *(abs(a / b - 1) for a, b in pairs))
    yield at_most("variances beside the full likelihood, relative", worst, 1e-3, ".1e")


def _three(v: Variance) -> tuple[float, float, float]:
    return v.entries, v.judges, v.noise


def invariance() -> Iterator[Bar]:
    """Shuffle rows and labels; take explanations apart."""
    w = world(SCENARIOS["S1 base"], FIRST_SEED)
    one = rank(w.entry, w.judge, w.score, 100, 20)
    r = np.random.default_rng(0)
    rows, entries, judges = r.permutation(len(w.entry)), r.permutation(100), r.permutation(20)
    other = rank(entries[w.entry[rows]], judges[w.judge[rows]], w.score[rows], 100, 20)
    moved = {s.entry: s for s in other.standings}
    pairs = [(s, moved[int(entries[s.entry])]) for s in one.standings]
    yield at_most(
        "input order and labels: largest change of a value",
        max(max(abs(s.adjusted - t.adjusted), abs(s.p_top - t.p_top)) for s, t in pairs),
        1e-6,
        ".1e",
    )
    told = [explain(one, s.entry) for s in one.standings]
    left = [t.raw + sum(c.points for c in t.corrections) + t.shrinkage - t.adjusted for t in told]
    yield at_most("explanations: largest rest", max(map(abs, left)), 1e-9, ".1e")


# --- speed


def speed(*, quick: bool) -> Iterator[Bar]:
    """Take the processor time; without `quick` also that of a contest of half a million scores."""
    for name, entries, most in (
        ("S1 base", "100 x 20", 0.2),
        ("S7 500 x 60, three reviews", "500 x 60", 1.0),
    ):
        w = world(SCENARIOS[name], FIRST_SEED)
        spent = [
            timed(lambda w=w: rank(w.entry, w.judge, w.score, w.entries, w.judges))[1]  # type: ignore[misc]
            for _ in range(3)
        ]
        yield at_most(f"{entries}, 1,000 draws", min(spent), most, ".2f", "s")
    if not quick:
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=fresh) as pool:
            seconds, megabytes = pool.submit(_huge).result()
        yield at_most("100,000 x 5,000, 500,000 scores", seconds, 10.0, ".1f", "s")
        yield at_most("100,000 x 5,000: memory", megabytes, 1000.0, ".0f", "MB")


def _huge() -> tuple[float, float]:
    r = np.random.default_rng(0)
    entry = np.repeat(np.arange(100_000), 5)
    judge = (r.integers(0, 5000, 100_000)[:, None] + np.array([0, 7, 191, 1013, 2671])) % 5000
    score = 10 * r.normal(size=100_000)[entry] + 5 * r.normal(size=5000)[judge.ravel()]
    score = 50 + score + 7 * r.normal(size=500_000)
    seconds = timed(lambda: rank(entry, judge.ravel(), score, 100_000, 5000))[1]
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what the work gives and the processor time it took, in seconds of one core."""
    begun = process_time()
    return work(), process_time() - begun
