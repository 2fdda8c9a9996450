"""`python -m contest audit …`."""

import sys

import click
from flask.cli import with_appcontext

from contest.events import queries
from contest.web.db import db


@click.group()
def audit() -> None:
    """Prove the record."""


@audit.command()
@with_appcontext
def verify() -> None:
    """Recompute every hash of every chain; exit 1 where one does not hold."""
    found = queries.verify(db.session())
    for fault in found.faults:
        click.echo(f"{fault.chain} {fault.sequence}: {fault.what}", err=True)
    click.echo(
        f"{found.events} events in {found.chains} chains, "
        + ("every hash holds." if not found.faults else f"{len(found.faults)} do not hold.")
    )
    sys.exit(1 if found.faults else 0)
