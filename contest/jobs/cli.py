"""`python -m contest worker` and `python -m contest jobs …`."""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from contest.jobs import engine
from contest.jobs import worker as crew
from contest.web import logs

AGAIN = 0.5  # seconds until a worker that found no database is followed by another
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
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- itself, for other threads
    sys.exit(in_a_child(partial(crew.run, app)))


def in_a_child(work: Callable[[], None]) -> int:
    """Do the work in a process forked from this one, and again in another whenever that is killed.

    All is loaded here already, so the next one is at work in a moment; one that found no database, as while
    that is started anew, is followed by others until there is one. Returns how the last one ended.
    """
    told, child = False, 0

    def stop(*_: object) -> None:
        nonlocal told
        told = True
        if child:
            os.kill(child, signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    gc.freeze()  # what stands already is not touched again, and so stays common to both
    while True:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            work()
            os._exit(0)
        if told:
            os.kill(child, signal.SIGTERM)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        child = 0
        if told or 0 <= code != os.EX_TEMPFAIL:
            return max(code, 0)
        time.sleep(AGAIN if code > 0 else 0)


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
