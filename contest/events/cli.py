"""`python -m contest audit …`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from contest.events import checkpoints, queries
from contest.events.checkpoints import Line, NoCheckpoint
from contest.web import keys
from contest.web.db import db


@click.group()
def audit() -> None:
    """Prove the record."""


@audit.command()
@click.option(
    "--since",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Checkpoints that you kept elsewhere: a file, or a folder of them.",
)
@click.option("--key", default="", help="The public key that signed them, if not today's.")
@with_appcontext
def verify(files: tuple[Path, ...], key: str) -> None:
    """Recompute every hash of every chain; exit 1 where one does not hold.

    Who can write into the database can also write a new record that holds in itself. Checkpoints kept
    elsewhere show that: what was signed must still stand there, event by event.
    """
    session = db.session()
    found = queries.verify(session)
    faults = [*found.faults, *checkpoints.faults(session, checkpoints.stored(session), ())]
    kept = [line for file in files for line in _lines(file)]
    known = keys.public_keys() | ({key.lower()} if key else set())
    faults += checkpoints.faults(session, kept, known)
    for fault in faults:
        click.echo(f"{fault.chain} {fault.sequence}: {fault.what}", err=True)
    held = f" and all that {len(kept)} checkpoints say" if files else ""
    click.echo(
        f"{found.events} events in {found.chains} chains, "
        + (f"every hash{held} holds." if not faults else f"{len(faults)} do not hold.")
    )
    sys.exit(1 if faults else 0)


def _lines(file: Path) -> Iterator[Line]:
    """Yield what a file says, or every file of a folder."""
    if file.is_dir():
        for each in sorted(file.glob("*.jsonl")):
            yield from _lines(each)
        return
    for number, text in enumerate(file.read_text(errors="replace").splitlines(), 1):
        try:
            yield Line.read(text)
        except NoCheckpoint as error:
            raise click.ClickException(f"{file}, line {number}: {error}") from None
