"""Lets anybody check a published result at their own desk."""

import sys
from pathlib import Path

import click

from contest.results import snapshot


@click.group()
def results() -> None:
    """Check published results."""


@results.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Recompute the hash of a result from FILE, as offered beside the published results."""
    found = snapshot.faults(file.read_text(encoding="utf-8"))
    for fault in found:
        click.echo(f"{file}: {fault}", err=True)
    if found:
        sys.exit(1)
    click.echo(f"{file}: this is the text that was committed to")
