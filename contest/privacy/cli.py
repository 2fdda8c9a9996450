"""`python -m contest retention`: what contests forget, now or only foreseen."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from contest.contests.models import Contest
from contest.core import clock
from contest.privacy import retention
from contest.privacy.actions import retaining
from contest.web.db import begin_writing, db


@click.command(name="retention")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@with_appcontext
def command(dry_run: bool) -> None:
    """Remove what contests have kept for long enough; workers do it every hour by themselves."""
    at = clock.now()
    if dry_run:
        for contest in db.session.scalars(select(Contest).order_by(Contest.slug)):
            for line in retention.foreseen(db.session(), contest):
                due = (
                    "now"
                    if line.is_due(at)
                    else f"{line.until:%Y-%m-%d}"
                    if line.until
                    else "never"
                )
                click.echo(f"{contest.slug:<30} {line.kind:<12} {line.things:>6}  {due}")
        return
    with db.session.begin():
        begin_writing()
        for contest in db.session.scalars(select(Contest).order_by(Contest.slug)).all():
            for removal in retaining.keep_to(db.session(), contest, at=at):
                click.echo(f"{contest.slug:<30} {removal.kind:<12} {removal.things:>6}  removed")
