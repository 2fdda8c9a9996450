"""Whatever is sent to an address, nothing breaks, and the answer is what it says it is."""

import os
from collections.abc import Iterator

import click

from tests.access import playing
from tests.attack.promise import Promise, Unknown
from tests.attack.worlds import worlds
from tests.described.describing import described
from tests.described.sending import sent

POSTGRESQL = os.environ.get("CONTEST_TEST_DATABASE") == "postgresql"
MOMENT = "follow-up" if POSTGRESQL else "judging"
EXAMPLES, FEWEST = 2, 1200  # of each kind for each route; requests without which little was tried


def broken() -> float:
    """Return how many routes broke, for somebody, or answered with what they do not call it."""
    with playing.stage(worlds().demonstration, MOMENT) as stage:
        told = sent(stage, described(stage), examples=EXAMPLES)
    met = ", ".join(f"{many} times {status}" for status, many in sorted(told.statuses.items()))
    click.echo(f"    {told.sent} requests: {met}")
    for where, fault in told.faults.items():
        click.echo(f"    {where}: {' '.join(fault.split())[:500]}")
    if told.sent < FEWEST:
        raise Unknown(f"{told.sent} requests are too few")
    return len(told.faults)


def promises() -> Iterator[Promise]:
    yield Promise("W21", f"routes that what is sent to them breaks, {MOMENT}", broken)
