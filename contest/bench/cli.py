"""`python -m contest bench …`: each bench is a command; what it loads, it loads when it runs."""

import itertools
import os
import sys

import click

from contest.bench import bars


@click.group()
def bench() -> None:
    """Measure, and print every bar with its figure."""


@bench.command()
@click.option("--quick", is_flag=True, help="Few seeds, under a minute.")
def judging(quick: bool) -> None:
    """The mathematics of judging: ranking, agreement, assignment; exit 1 where a bar is missed."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from contest.bench import assignment, ranking  # noqa: PLC0415 -- slow import

    measured = itertools.chain(ranking.bars(quick=quick), assignment.bars(quick=quick))
    sys.exit(0 if bars.show(measured) else 1)
