"""The page of a family of contests: its editions, and who won them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from contest.contests import queries as contests
from contest.home.views.blueprint import bp
from contest.results.queries import shown
from contest.web.access import found, public
from contest.web.db import db
from contest.web.finished import shared


@bp.get("/series/<slug:slug>")
@public("home.series")
@shared()
def series(slug: str) -> ResponseReturnValue:
    """Show every announced edition, the newest first, with its winners once they are published."""
    session = db.session()
    family = found(contests.series(session, slug))
    editions = found(contests.editions(session, family.id) or None)
    return render_template(
        "home/series.html",
        series=family,
        editions=editions,
        results=shown.results_of(session, [edition.id for edition in editions]),
    )
