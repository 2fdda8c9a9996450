"""Plays against the program and prints a row per promise: `python -m tests.attack`, or `make attack`.

A promise is a function that returns its figure; it holds when the figure is not above its target.
Words on the command line choose promises by their names.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import click

from tests.access import playing
from tests.conftest import settings  # noqa: F401 -- first: it sets what must be set before numpy
from tests.journeys.demonstration import Demonstration
from tests.worlds import timing
from tests.worlds.asking import Worlds
from tests.worlds.pairs import MAY_KNOW, SECRETS, Secret

FEW = 2  # things of each kind that are asked for
ROW = "{:<60} {:>12} {:>8}  {:<4} {:>5.0f} s"
HEAD = "{:<60} {:>12} {:>8}  {}"


class Promise(NamedTuple):
    """What is promised, how it is measured, and the most that it may be."""

    name: str
    measure: Callable[[], float]
    target: float


@cache
def worlds() -> Worlds:
    folder = Path(tempfile.mkdtemp(prefix="contest-attack-"))
    return Worlds(Demonstration(folder), folder)


def differing(secret: Secret) -> float:
    """Return how many bytes tell the secret to somebody who may not know it."""
    total = 0
    with worlds().differing_in(secret) as pair:
        for difference in pair.differences(secret.outsiders, FEW, search=True):
            total += difference.bytes()
            click.echo(f"    {difference}")
    return total


def blind(secret: Secret) -> float:
    """Return how many of those who may know the secret see no difference: then nothing was tested."""
    with worlds().differing_in(secret) as pair:
        addresses = pair.addresses(FEW)
        return sum(
            not any(True for a in addresses for _ in pair.compared(role, a))
            for role in sorted(MAY_KNOW[secret.name])
        )


def slowest(secret: Secret) -> float:
    """Return the greatest |z| of the pages on which somebody would time it."""
    with worlds().differing_in(secret) as pair:
        return max(abs(timing.z(pair, role, address)) for role, address in timing.pages())


def surprising() -> float:
    """Return how often somebody is received otherwise than the table says."""
    total = 0
    for moment in playing.MOMENTS:
        wanted = playing.expected(moment)
        got = playing.played(worlds().demonstration, moment, list(playing.PEOPLE))
        for ((method, route), who), answer in got.items():
            if answer != wanted[(method, route), who]:
                total += 1
                click.echo(f"    {moment}: {who}: {method} {route}: {answer}")
    return total


def promises() -> Iterator[Promise]:
    for secret in SECRETS:
        yield Promise(f"bytes that tell {secret.name}", partial(differing, secret), 0)
        yield Promise(f"who may know and does not see {secret.name}", partial(blind, secret), 0)
    yield Promise("answers that the access matrix does not expect", surprising, 0)
    yield Promise(f"|z| of the time that tells {SECRETS[0].name}", partial(slowest, SECRETS[0]), 4)


def main(words: list[str]) -> int:
    """Measure; return how many promises do not hold."""
    broken = 0
    click.echo(f"On {os.environ.get('CONTEST_TEST_DATABASE', 'sqlite')}")
    click.echo(HEAD.format("promise", "figure", "target", "pass"))
    for promise in promises():
        if words and not any(word in promise.name for word in words):
            continue
        began = time.monotonic()
        figure = promise.measure()
        holds = figure <= promise.target
        broken += not holds
        click.echo(
            ROW.format(promise.name, f"{figure:g}", f"{promise.target:g}",
                       "yes" if holds else "NO", time.monotonic() - began),
        )  # fmt: skip
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
