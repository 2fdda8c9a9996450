"""`python -m contest fsck | backup | restore | switch | release`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from contest.core import clock
from contest.events.log import Verb, record
from contest.files import store as files
from contest.jobs import engine
from contest.schema import Base
from contest.upkeep import archive, health, sealing
from contest.upkeep.invariants import INVARIANTS
from contest.web import switches
from contest.web.db import begin_writing, db, listen
from contest.web.models import Switch

SHORTEST = 16  # characters of a passphrase


@click.command()
@with_appcontext
def fsck() -> None:
    """Check every promise about what is stored; exit 1 where one does not hold."""
    sys.exit(1 if _check(db.session(), current_app.extensions["files"]) else 0)


def _check(session: Session, store: files.Store) -> int:
    broken = 0
    for invariant in INVARIANTS:
        faults = list(invariant.check(session, store))
        click.echo(f"{'FAILS' if faults else 'holds'}  {invariant.promise}")
        for fault in faults:
            click.echo(f"       {fault}", err=True)
        broken += len(faults)
    return broken


def _read_passphrase(_: object, __: object, file: Path | None) -> bytes:
    if file is None:
        return b""
    words = file.read_bytes().strip()
    if len(words) < SHORTEST:
        raise click.BadParameter(f"{file} holds fewer than {SHORTEST} characters.")
    return words


_passphrase = click.option(
    "--passphrase-file",
    "passphrase",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_read_passphrase,
    help="Seal it, or open it, by what stands in this file.",
)


@contextmanager
def _plain(file: Path, passphrase: bytes) -> Iterator[Path]:
    """Give the archive itself, opened into a place that is thrown away if it is sealed."""
    if not sealing.is_sealed(file):
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="contest-unsealed-") as folder:
        plain = Path(folder) / "plain"
        try:
            sealing.unseal(file, plain, passphrase)
        except sealing.NotOpened as error:
            raise click.ClickException(f"{file}: {error}.") from None
        yield plain


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--unverified", is_flag=True, help="Do not try to restore what was written.")
@_passphrase
@with_appcontext
def backup(file: Path, unverified: bool, passphrase: bytes) -> None:
    """Write all that this instance holds to FILE, while it runs, and try to restore it."""
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".backup-") as folder:
        plain = Path(folder) / "plain" if passphrase else file.resolve()
        with _one_instant() as session:
            told = archive.write(session, current_app.extensions["files"], plain,
                                 at=clock.now(), schema=health.newest_schema())  # fmt: skip
        if passphrase:
            sealing.seal(plain, file.resolve(), passphrase)
    click.echo(f"{file}: {sum(told['rows'].values())} rows, {len(told['parts'])} parts")
    if not unverified:
        with _plain(file, passphrase) as written:
            broken = _rehearse(written)
        sys.exit(1 if broken else 0)


@contextmanager
def _one_instant() -> Iterator[Session]:
    """Give a session that sees the database as it stands now, whatever is written meanwhile."""
    bound = db.engine
    if bound.dialect.name == "postgresql":
        bound = bound.execution_options(isolation_level="REPEATABLE READ")
    with Session(bound) as session:
        yield session


def _rehearse(file: Path) -> int:
    """Restore into a place that is thrown away, and check every promise there."""
    with tempfile.TemporaryDirectory(prefix="contest-rehearsal-") as folder:
        url = f"sqlite:///{folder}/contest.db"
        database = create_engine(url)
        listen(database)
        Base.metadata.create_all(database)
        engine.prepare(url)
        store = files.from_url(f"file://{folder}/files")
        with Session(database) as session:
            session.connection(execution_options={"writes": True})
            archive.restore(session, store, file, schema=health.newest_schema())
            broken = _check(session, store)
        database.dispose()
    return broken


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_passphrase
@with_appcontext
def restore(file: Path, passphrase: bytes) -> None:
    """Fill this empty instance from FILE. It does no promised work until `release`."""
    store = current_app.extensions["files"]
    try:
        with _plain(file, passphrase) as plain, _transaction() as session:
            told = archive.restore(session, store, plain, schema=health.newest_schema())
            _turn(session, switches.HELD, on=True, reason=f"restored from {told['at']}")
    except archive.BadArchive as error:
        raise click.ClickException(f"{file}: {error}.") from None
    click.echo(f"Restored as of {told['at']}. Nothing is sent before `python -m contest release`.")
    sys.exit(1 if _check(db.session(), store) else 0)


@click.command()
@with_appcontext
def release() -> None:
    """Let the workers of a restored instance do what is promised."""
    with _transaction() as session:
        _turn(session, switches.HELD, on=False)
    click.echo("Released.")


@click.command()
@click.argument("name", type=click.Choice(switches.NAMES))
@click.argument("position", type=click.Choice(("on", "off")))
@click.option("--because", default="", help="Why; kept beside the switch.")
@with_appcontext
def switch(name: str, position: str, because: str) -> None:
    """Turn a switch of the whole instance: read-only (nothing is written), held (no promised work)."""
    with _transaction() as session:
        _turn(session, name, on=position == "on", reason=because[:500])
    click.echo(f"{name} is {position}.")


@contextmanager
def _transaction() -> Iterator[Session]:
    """Give the session to write with; what the block did is kept unless it raised."""
    begin_writing()
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def _turn(session: Session, name: str, *, on: bool, reason: str = "") -> None:
    """Turn it and put that on the record; nothing is recorded when it stands so already."""
    stood = switches.on(session, name)
    at = clock.now()
    if on and stood is None:
        stood = switches.turn_on(session, name, at=at, reason=reason)
    elif not on and stood is not None:
        session.delete(stood)
    else:
        return
    _record(session, stood, on=on)


def _record(session: Session, turned: Switch, *, on: bool) -> None:
    verb = Verb.SWITCH_TURNED_ON if on else Verb.SWITCH_TURNED_OFF
    record(session, verb, turned, by=None, at=clock.now(), name=turned.name)
