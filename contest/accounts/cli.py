"""`python -m contest people`: what only whoever runs the machine can do for a person."""

import sys

import click
from flask.cli import with_appcontext

from contest.accounts import actions, address, queries
from contest.accounts.actions import factors
from contest.accounts.models import User
from contest.core import clock
from contest.core.errors import DomainError
from contest.web import keys
from contest.web.db import begin_writing, db


@click.group()
def people() -> None:
    """Help people whom the pages cannot help."""


@people.command()
@click.argument("email")
@with_appcontext
def disarm(email: str) -> None:
    """Take every second factor off the account of EMAIL, whose owner lost device and codes.

    Make sure that it is them who ask: by telephone, or face to face. They get a mail about it.
    """
    with db.session.begin():
        begin_writing()
        user = _named(email)
        if user is None or not user.has_factor():
            click.echo(f"{email}: nobody with a second factor", err=True)
            sys.exit(1)
        factors.remove_all(db.session(), user, at=clock.now())
    click.echo(f"{email}: a password or a mailed link is enough again")


def _named(email: str) -> User | None:
    try:
        return queries.by_email(db.session(), address.normalised(email))
    except DomainError:
        return None


@people.command()
@click.argument("email")
@with_appcontext
def administrator(email: str) -> None:
    """Let EMAIL, who has an account, administer this instance."""
    with db.session.begin():
        begin_writing()
        user = _named(email)
        if user is None or not user.active or user.confirmed_at is None:
            click.echo(f"{email}: nobody with an account", err=True)
            sys.exit(1)
        actions.make_administrator(db.session(), user, at=clock.now())
    click.echo(f"{email}: an administrator")


@people.command()
@with_appcontext
def reseal() -> None:
    """Seal the secrets of authenticator apps by CONTEST_SECRET_KEY, before an old one is left out."""
    with db.session.begin():
        begin_writing()
        count, lost = factors.reseal(db.session(), keys.secrets())
    click.echo(f"{count} apps, {lost} of which no secret of ours opens")
    sys.exit(1 if lost else 0)
