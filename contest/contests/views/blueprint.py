"""The blueprint of this feature's pages, and how a page of an organiser begins."""

from flask import Blueprint

from contest.accounts.models import User
from contest.accounts.signin import current
from contest.contests import pages, policy, queries
from contest.contests.models import Contest
from contest.contests.signedin import actor
from contest.web.access import authorize, found, reveal
from contest.web.db import db

bp = Blueprint("contests", __name__)
for helper in (pages.amount, pages.ip_sentence, pages.standing, pages.work_url):
    bp.add_app_template_global(helper)


def managed(slug: str) -> tuple[Contest, User]:
    """Return the contest and its signed-in organiser.

    Stops with 404 for whoever may not even see the contest, with 403 for whoever sees it only.
    """
    contest = found(queries.by_slug(db.session(), slug))
    who = actor(contest)
    reveal(policy.may_view(who, contest))
    authorize(policy.may_manage(who))
    return contest, current()
