"""How long an answer takes must not tell what it leaves out: both worlds in turn, many times."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from math import sqrt

from tests.worlds.asking import Pair
from tests.worlds.pairs import SCRIPT

ROUNDS = 150
# What somebody outside would time while a secret is kept: who, and how such an address ends.
PAGES = (
    ("visitor", ""),
    ("visitor", "/results/public"),
    ("visitor", "/results/log"),
    ("visitor", "/gallery"),
    ("team lead", "/team"),
    ("judge", "/history"),
)


def pages() -> list[tuple[str, str]]:
    """Return who asks for what."""
    return [(role, f"/contests/{SCRIPT.slug}{page}") for role, page in PAGES]


def z(pair: Pair, role: str, address: str, rounds: int = ROUNDS) -> float:
    """Return by how many standard errors the two worlds differ in the time of an answer."""
    first, second = (partial(pair.ask, role, address, engine) for engine in pair.engines)
    return compared(first, second, rounds)


def compared(first: Callable[[], object], second: Callable[[], object], rounds: int) -> float:
    """Return by how many standard errors two things differ in the time that they take."""
    seconds = ([], [])  # type: tuple[list[float], list[float]]
    for number in range(rounds + 5):
        for which in (0, 1) if number % 2 else (1, 0):  # neither is always asked first
            began = time.process_time_ns()
            (first, second)[which]()
            if number >= 5:  # the first ones warm up
                seconds[which].append((time.process_time_ns() - began) / 1e9)
    gaps = [a - b for a, b in zip(*map(_without_outliers, seconds), strict=True)]
    spread = statistics.stdev(gaps) / sqrt(len(gaps))
    return statistics.fmean(gaps) / spread if spread else 0.0


def _without_outliers(seconds: list[float]) -> list[float]:
    """Cut what other programs on the machine did to us."""
    most = sorted(seconds)[int(0.9 * len(seconds))]
    return [min(one, most) for one in seconds]
