"""Whoever tries keys, borrows names, cheats at another site or rewrites the record gets nowhere."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import click
from sqlalchemy.orm import Session

import config
from contest.app import create_app
from contest.core import signing
from contest.events import checkpoints
from contest.events.checkpoints import Line
from contest.web.db import db
from tests import databases, make
from tests.accounts import crossing, doors, waiting
from tests.attack.promise import Promise
from tests.conftest import settings
from tests.events import test_checkpoints as forging
from tests.upkeep import stopping
from tests.upkeep.test_settings import MUTATIONS, SOUND
from tests.worlds.timing import ROUNDS


@cache
def tried() -> dict[str, int]:
    """Try passwords, codes and resets at an instance of four web processes."""
    with doors.site("--processes", "4") as (instance, app):
        return {
            "passwords": doors.passwords(instance, doors.somebody(app)),
            "codes": doors.codes(instance, doors.somebody(app, with_factor=True)),
            "resets": doors.resets(instance, doors.somebody(app)),
        }


def slowest() -> float:
    found = 0.0
    for url, name, z in waiting.measured(ROUNDS):
        if abs(z) > 3:
            click.echo(f"    {url}: {name}: {z:.1f}")
        found = max(found, abs(z))
    return found


def crossed() -> float:
    folder = mkdtemp(prefix="contest-crossing-")
    app = create_app(settings(folder, databases.new(Path(folder)), WTF_CSRF_ENABLED=True))
    strange, lost, tries = crossing.crossed(app)
    click.echo(f"    {tries} tries")
    return len(strange) + len(lost)


def started() -> float:
    """Return how many of the settings that nobody should start with are started with."""
    found = 0
    for changed, key in MUTATIONS:
        given = {f"CONTEST_{n}": v for n, v in {**SOUND, **changed}.items() if v is not None}
        kept = {n: v for n, v in os.environ.items() if not n.startswith("CONTEST_")}
        with patch.dict(os.environ, kept | given, clear=True):
            try:
                config.read()
            except config.BadSettings as refused:
                found += f"CONTEST_{key}" not in str(refused)
            else:
                found += 1
    return found


def unfound() -> float:
    """Return how many ways to rewrite the record show neither by themselves nor from outside."""
    folder = Path(mkdtemp(prefix="contest-forging-"))
    app = create_app(settings(folder, databases.new(folder)))
    found = 0
    for attack in forging.ATTACKS:
        with app.app_context(), Session(db.engine) as session:
            forging.happen(session, 7)
            kept = [Line.of(row) for row in checkpoints.take(session, forging.KEY, at=make.NOON)]
            forging.happen(session, 2)
            forging.forge(session, attack, well=True)
            public = signing.public_key(forging.KEY)
            found += not checkpoints.faults(session, kept, {public})
            session.rollback()
    return found


@cache
def stopped() -> stopping.Stopped:
    outcome = stopping.stopped()
    click.echo(f"    stopped within {outcome.seconds:.1f} s")
    return outcome


@cache
def rotated() -> stopping.Rotated:
    return stopping.rotated()


def promises() -> Iterator[Promise]:
    yield Promise("A1", "passwords tried in 5 minutes, 4 processes, borrowed addresses",
                  lambda: tried()["passwords"], 11)  # fmt: skip
    yield Promise("A1", "codes tried in 5 minutes", lambda: tried()["codes"], 6)
    yield Promise("A1", "resets asked for in a day", lambda: tried()["resets"], 6)
    yield Promise("A3", "|z| of the time that tells who has an account", slowest, 4)
    yield Promise("A13", "signed values that pass for another kind", crossed)
    yield Promise("O4", f"of {len(MUTATIONS)} bad settings, those started with", started)
    yield Promise("O2", "requests that a stop breaks off", lambda: stopped().broken_off)
    yield Promise("O2", "exit code of a stop", lambda: stopped().code)
    yield Promise("O2", "seconds that a stop takes", lambda: stopped().seconds, 30)
    yield Promise("O2", "promised work that a stop loses", lambda: stopped().undone)
    yield Promise("O5", "people signed out by a new secret", lambda: rotated().lost)
    yield Promise("O5", "people whom the old secret still lets in", lambda: rotated().outlived)
    yield Promise("L3", "rewritten records that a checkpoint does not show", unfound)
