"""Everybody is received at every address as the table says."""

import os
from collections.abc import Iterator

import click

from tests.access import playing
from tests.attack.promise import Promise
from tests.attack.worlds import worlds

POSTGRESQL = os.environ.get("CONTEST_TEST_DATABASE") == "postgresql"
MOMENTS = playing.MOMENTS[4:] if POSTGRESQL else playing.MOMENTS[:4]  # each on one of the two


def surprising() -> float:
    """Return how often somebody is received otherwise than the table says."""
    total = 0
    for moment in MOMENTS:
        wanted = playing.expected(moment)
        got = playing.played(worlds().demonstration, moment, list(playing.PEOPLE))
        for ((method, route), who), answer in got.items():
            if answer != wanted[(method, route), who]:
                total += 1
                click.echo(f"    {moment}: {who}: {method} {route}: {answer}")
    return total


def promises() -> Iterator[Promise]:
    yield Promise(
        "Z1", f"answers that the matrix does not expect: {', '.join(MOMENTS)}", surprising
    )
