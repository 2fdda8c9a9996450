"""The blueprint that the views of follow-up hang on, and how they find a case."""

import uuid

from flask import Blueprint

from contest.contests.signedin import actor
from contest.followup import policy
from contest.followup.models import Case
from contest.followup.policy import Viewer
from contest.followup.queries import cases as queries
from contest.web.access import found, reveal
from contest.web.db import db

bp = Blueprint("followup", __name__)


def case_for(case_id: uuid.UUID) -> tuple[Case, Viewer]:
    """Return the case and who looks at it; 404 unless it is theirs to see."""
    case = found(queries.case(db.session(), case_id))
    who = actor(case.contest)
    viewer = Viewer(who, is_member=case.entry.team.has_member(who.user))
    reveal(policy.may_view(viewer, case))
    return case, viewer
