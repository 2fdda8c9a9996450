"""How long an answer takes must not tell what it leaves out: both worlds in turn, many times."""

import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """Return by how many standard errors two things differ in the time that they take.

    Chance says which of a pair is first, and the ranks of the gaps are what counts: whatever else the
    machine does meanwhile then speaks for neither.
    """
    dice, gaps = random.Random(rounds), []
    with _nothing_swept():
        for number in range(rounds + 5):
            seconds = [0.0, 0.0]
            for which in dice.sample((0, 1), 2):
                began = time.process_time_ns()
                (first, second)[which]()
                seconds[which] = (time.process_time_ns() - began) / 1e9
            if number >= 5:  # the first ones warm up
                gaps.append(seconds[0] - seconds[1])
            gc.collect()
    return signed_ranks(gaps)


def signed_ranks(gaps: list[float]) -> float:
    """Return Wilcoxon's statistic as a multiple of what it is by chance."""
    told = sorted((gap for gap in gaps if gap), key=abs)
    many = len(told)
    sum_ = sum(rank if gap > 0 else -rank for rank, gap in enumerate(told, start=1))
    return sum_ / sqrt(many * (many + 1) * (2 * many + 1) / 6) if told else 0.0


@contextmanager
def _nothing_swept() -> Iterator[None]:
    """Let memory be swept only when we say so, and only what was used since."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
