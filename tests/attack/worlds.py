"""Whoever may not know a secret gets the same answers, whatever the secret is."""

import os
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import click

from tests.attack.promise import Promise
from tests.journeys.demonstration import Demonstration
from tests.worlds import timing
from tests.worlds.asking import Worlds
from tests.worlds.pairs import MAY_KNOW, SECRETS, Secret

POSTGRESQL = os.environ.get("CONTEST_TEST_DATABASE") == "postgresql"
FEW = 1 if POSTGRESQL else 2  # things of each kind that are asked for


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
        addresses, missing = pair.addresses(FEW), 0
        for role in sorted(MAY_KNOW[secret.name]):
            seen = next((a for a in addresses if any(True for _ in pair.compared(role, a))), None)
            missing += seen is None
            addresses.sort(key=lambda address: address != seen)  # others look there first
        return missing


def slowest(secret: Secret) -> float:
    """Return the greatest |z| of the pages on which somebody would time it."""
    with worlds().differing_in(secret) as pair:
        return max(abs(timing.z(pair, role, address)) for role, address in timing.pages())


def promises() -> Iterator[Promise]:
    for secret in SECRETS:
        yield Promise("Z8", f"bytes that tell {secret.name}", partial(differing, secret))
        yield Promise("Z8", f"who may know and does not see {secret.name}", partial(blind, secret))
    first = SECRETS[0]
    yield Promise("Z8", f"|z| of the time that tells {first.name}", partial(slowest, first), 4)
