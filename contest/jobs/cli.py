"""`python -m contest worker` and `python -m contest jobs …`."""

import logging
import os

import click
from flask import current_app
from flask.cli import with_appcontext

from contest.jobs import engine
from contest.jobs import worker as crew
from contest.web import logs

GIVES_WAY = 5  # as nice counts, to the web processes of this machine: there somebody waits
STATES = {
    "waiting": engine.WAITING,
    "begun": ("PENDING",),
    "done": ("SUCCESS",),
    "failed": engine.FAILED,
    "cancelled": ("CANCELLED",),
}


@click.command()
@with_appcontext
def worker() -> None:
    """Do promised work (mail, renderings, reminders) until stopped. As many as wanted may run."""
    # Read when numpy is first needed. Jobs run side by side: with a thread per core for each of them
    # the small matrices of a ranking take longer, not shorter.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.nice(GIVES_WAY)
    logs.begin(logging.INFO)
    crew.run(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 -- the app itself, for other threads


@click.group()
def jobs() -> None:
    """Look at promised work, cancel it, promise it again."""


@jobs.command("list")
@click.option("--state", type=click.Choice(list(STATES)), default="failed", show_default=True)
@with_appcontext
def show(state: str) -> None:
    """List the newest jobs in a state."""
    for job in engine.jobs(current_app.config["DATABASE_URL"], STATES[state]):
        promise = job.promise
        click.echo(
            f"{promise.number}  {promise.kind}  {dict(promise.ids)}  at {promise.at:%Y-%m-%d %H:%M:%S}Z"
            f"  attempt {promise.attempt}" + (f"  {job.error}" if job.error else "")
        )


@jobs.command()
@click.argument("number")
@with_appcontext
def cancel(number: str) -> None:
    """Take a job back."""
    engine.cancel(current_app.config["DATABASE_URL"], number)


@jobs.command()
@click.argument("number")
@with_appcontext
def again(number: str) -> None:
    """Promise again what failed for good."""
    engine.again(current_app.config["DATABASE_URL"], number)
