"""What pages of other features show of a pitch day."""

from contest.contests.models import Contest
from contest.entries.models import State
from contest.pitchday import policy, queries
from contest.pitchday.models import Stage
from contest.web.db import db

AHEAD = frozenset({State.ADVANCED, State.ELIGIBLE})  # the others are out, or through with it


def pitch_day(contest: Contest, state: State | None) -> Stage | None:
    """Return where and when an entry in that state is to pitch, once that is arranged."""
    if state not in AHEAD:
        return None
    stages = queries.arranged(db.session(), contest.id)
    return next((stage for stage in stages if policy.pitches(state, stage.round)), None)
