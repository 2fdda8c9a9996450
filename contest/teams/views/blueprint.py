"""The blueprint of this feature's pages, and how a page of one team begins."""

import uuid

from flask import Blueprint

from contest.contests.actor import Actor
from contest.contests.signedin import actor
from contest.teams import policy, queries
from contest.teams.models import Team
from contest.web.access import found, reveal
from contest.web.db import db

bp = Blueprint("teams", __name__)


def seen(team_id: uuid.UUID) -> tuple[Team, Actor]:
    """Return the team and who asks; stop with 404 for whoever may not see it."""
    team = found(queries.team(db.session(), team_id))
    who = actor(team.contest)
    reveal(policy.may_view(who, team))
    return team, who
