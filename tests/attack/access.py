"""Everybody is received at every address as the table says."""

from collections.abc import Iterator

import click

from tests.access import playing
from tests.attack.promise import Promise
from tests.attack.worlds import worlds


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
    yield Promise("Z1", "answers that the access matrix does not expect", surprising)
