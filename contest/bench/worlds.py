"""Contests whose truth is known: what the arithmetic of judging is measured on.

The order of the random calls is part of a world: its fingerprints, which the tests hold, say
whether it is still the same one.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pools = tuple[Ints, Ints]

WEIGHTS = (0.4, 0.3, 0.2, 0.1)
"""Weights of the rubric's four criteria."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What kind of contest: sizes, how judges differ, how entries are dealt to them.

    `bias`, `log_scale` and `noise` are standard deviations, in units of the entries' quality;
    `careless` is the share of judges who score without reading. Entries and judges fall into
    `pools` whose mean quality differs by `pool_sd`; a judge scores another pool's entry only
    where `bridge` (a probability) allows it. Scores are whole numbers from 1 to `levels`.
    """

    entries: int
    judges: int
    reviews: int
    bias: float
    log_scale: float
    noise: float
    pools: int = 0
    pool_sd: float = 0.0
    bridge: float = 0.0
    careless: float = 0.0
    levels: int = 10
    shift: float = 0.0


_BASE = Settings(entries=100, judges=20, reviews=4, bias=0.5, log_scale=0.15, noise=0.7)
_POOLS = replace(_BASE, pools=4, pool_sd=1.0, bridge=0.05)
SCENARIOS: dict[str, Settings] = {
    "S1 base": _BASE,
    "S2 strong bias": replace(_BASE, bias=1.0, log_scale=0.25),
    "S3 no bias": replace(_BASE, bias=0.0, log_scale=0.0),
    "S4 pools differ, hardly any bias": replace(_POOLS, bias=0.1, log_scale=0.0),
    "S4b pools differ and bias": _POOLS,
    "S4c pools without bridge and bias": replace(_POOLS, bridge=0.0),
    "S4d equal pools, strong bias": replace(_POOLS, bias=0.7, pool_sd=0.0),
    "S5 a fifth careless": replace(_BASE, noise=0.6, careless=0.2),
    "S6 15 x 6, three reviews": Settings(15, 6, 3, bias=0.5, log_scale=0.15, noise=0.7),
    "S7 500 x 60, three reviews": Settings(500, 60, 3, bias=0.6, log_scale=0.2, noise=0.8),
    "S8 scale of five, near its ceiling": replace(_BASE, levels=5, shift=0.9),
    "S9 short lists, 60 x 40": Settings(60, 40, 3, bias=0.6, log_scale=0.2, noise=0.7),
    "S10 500 x 60, a tenth careless": Settings(
        500, 60, 4, bias=0.8, log_scale=0.3, noise=0.7, careless=0.1
    ),
    "S11 judges use the scale differently": replace(_BASE, log_scale=0.6, noise=0.6),
}


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A judged contest: who scored what (`entry`, `judge`, `score`), and what is true of it.

    `score` is the weighted rubric total, `quality` (entries) what it should have measured.
    """

    entry: Ints
    judge: Ints
    score: Floats
    quality: Floats
    careless: Bools
    entries: int
    judges: int
    levels: int


def world(settings: Settings, seed: int) -> World:
    """Play one contest of the kind; the same seed gives the same contest."""
    s = settings
    n, m, criteria = s.entries, s.judges, len(WEIGHTS)
    r = np.random.default_rng(seed)
    quality = r.normal(size=n)
    pools: Pools | None = None
    if s.pools:
        pools = np.arange(n) % s.pools, np.arange(m) % s.pools
        strength = r.normal(size=s.pools)
        strength = (strength - strength.mean()) / strength.std() * s.pool_sd
        quality = quality * 0.8 + strength[pools[0]]
    entry, judge = _dealt(s, r, pools)
    bias = r.normal(size=m) * s.bias
    scale = np.exp(r.normal(size=m) * s.log_scale)
    noise = s.noise * np.exp(r.normal(size=m) * 0.3)
    careless = r.random(m) < s.careless
    weights = np.array(WEIGHTS)
    weights /= weights.sum()
    profile = r.normal(size=(n, criteria)) * np.sqrt(1 - 0.6) * 0.8
    profile -= (profile @ weights)[:, None]
    leaning = r.normal(size=(m, criteria)) * 0.2 * s.bias
    halo = r.normal(size=len(entry))
    blind = careless[judge]
    seen = np.where(blind, 0.0, quality[entry])
    felt = np.empty((len(entry), criteria))
    for c in range(criteria):
        error = np.sqrt(0.7) * halo + np.sqrt(0.3) * r.normal(size=len(entry)) * 1.5
        felt[:, c] = (
            scale[judge] * (seen + np.where(blind, 0, profile[entry, c]))
            + bias[judge]
            + leaning[judge, c]
            + noise[judge] * np.where(blind, 1.6, 1) * error
        )
    points = np.rint((s.levels + 1) / 2 + s.levels / 6.0 * (felt + s.shift))
    score = np.clip(points, 1, s.levels) @ weights
    return World(entry, judge, score, quality, careless, n, m, s.levels)


def _dealt(s: Settings, r: np.random.Generator, pools: Pools | None) -> tuple[Ints, Ints]:
    """Deal every entry to `reviews` judges of least load, ties broken by chance."""
    judges: list[Any] = []
    load = np.zeros(s.judges)
    order = r.permutation(s.entries)
    for i in order:
        wish = load + r.random(s.judges) * 0.9
        if pools is not None:
            stranger = pools[1] != pools[0][i]
            allowed = r.random(s.judges) < s.bridge
            wish = wish + np.where(stranger & ~allowed, 1e6, 0)
        mine = np.argpartition(wish, s.reviews - 1)[: s.reviews]
        judges += mine.tolist()
        load[mine] += 1
    return np.repeat(order, s.reviews), np.array(judges, dtype=np.int64)
