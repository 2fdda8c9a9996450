"""Where more reviews help, and what a design foretells: played until the truth comes out."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from contest.bench.bars import Bar, at_least, at_most
from contest.bench.worlds import SCENARIOS, world
from contest.ranking.model import Estimate, Options, rank
from contest.ranking.model.power import power
from contest.ranking.model.wanted import more_reviews

FIRST_SEED = 1000
BEST = 5


def bars(*, quick: bool) -> Iterator[Bar]:
    """Measure; `quick` plays few contests and allows for what chance takes from them."""
    yield from _more_reviews(4 if quick else 60, quick=quick)
    yield from _foretold(20 if quick else 100, quick=quick)


def _more_reviews(seeds: int, *, quick: bool) -> Iterator[Bar]:
    seen = np.array([_recalls(FIRST_SEED + i) for i in range(seeds)]).mean(axis=0)
    before, hundred, sixhundred, aimed = (float(x) for x in seen)
    beside = f"before {before:.2f}, +100 even {hundred:.2f}, +600 even {sixhundred:.2f}"
    slack = 0.08 if quick else 0.0
    yield at_least(f"+100 aimed: top five found ({beside})", aimed, 0.68 - slack)
    yield at_least("+100 aimed beside +600 even", aimed - sixhundred, 0.0 - slack)


class _Panel:
    """A contest of 100 x 20 whose scores are all known and shown one by one.

    Judges' noise is such that even dealing finds six of the ten.
    """

    def __init__(self, seed: int) -> None:
        settings = replace(SCENARIOS["S1 base"], noise=1.1)
        full, start = world(replace(settings, reviews=20), seed), world(settings, seed + 5000)
        self.score = np.full((100, 20), np.nan)
        self.score[full.entry, full.judge] = full.score
        self.best = set(np.argsort(-full.quality)[:BEST].tolist())
        self.seen = np.zeros((100, 20), dtype=np.int64)
        self.seen[start.entry, start.judge] = 1
        self.chance = np.random.default_rng(seed)

    def estimate(self) -> Estimate:
        i, j = np.nonzero(self.seen)
        return rank(i, j, self.score[i, j], 100, 20, Options(draws=500, scale=(1, 10), top_k=BEST))

    def recall(self) -> float:
        found = sorted(self.estimate().standings, key=lambda s: -s.adjusted)[:BEST]
        return len({s.entry for s in found} & self.best) / BEST

    def add(self, entry: int) -> None:
        free = np.flatnonzero(self.seen[entry] == 0)
        load = self.seen.sum(axis=0)[free] + self.chance.random(len(free))
        self.seen[entry, free[load.argmin()]] = 1


def _recalls(seed: int) -> list[float]:
    """Return the share of the true best that is found: before, +100 and +600 even, +100 aimed."""
    even, aimed = _Panel(seed), _Panel(seed)
    found = [even.recall()]
    for rounds in (1, 5):
        for entry in np.tile(np.arange(100), rounds):
            even.add(int(entry))
        found.append(even.recall())
    for _ in range(4):
        for wanted in more_reviews(aimed.estimate(), 25, most=20):
            for _ in range(wanted.reviews):
                aimed.add(wanted.entry)
    return [*found, aimed.recall()]


def _foretold(seeds: int, *, quick: bool) -> Iterator[Bar]:
    """Compare what the power check foretells with what comes, where scores are as expected."""
    w = world(SCENARIOS["S1 base"], FIRST_SEED)
    told = power(w.entry, w.judge, 100, 20, top_k=5, runs=2000)
    came = []
    for seed in range(seeds):
        r = np.random.default_rng(seed)
        quality, bias = r.normal(size=100), 0.5 * r.normal(size=20)
        noise = np.sqrt(0.6) * r.normal(size=len(w.entry))
        score = quality[w.entry] + bias[w.judge] + noise
        estimate = rank(w.entry, w.judge, score, 100, 20, Options(draws=10))
        found = np.argsort([-s.adjusted for s in estimate.standings])[:5]
        came.append(len(set(found) & set(np.argsort(-quality)[:5])) / 5)
    off = abs(float(np.mean(came)) - told.recall)
    name = f"power check: foretold {told.recall:.2f}, came {np.mean(came):.2f}, off by"
    yield at_most(name, off, 0.12 if quick else 0.05)
