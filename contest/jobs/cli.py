"""`python -m contest worker`."""

import logging

import click
from flask import current_app
from flask.cli import with_appcontext

from contest.jobs import worker as crew


@click.command()
@with_appcontext
def worker() -> None:
    """Do promised work (mail, renderings, reminders) until stopped. As many as wanted may run."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    crew.run(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 -- the app itself, for other threads
