"""Opens cases when results are published, and reminds of what is due."""

import uuid
from datetime import datetime

from contest.core import clock
from contest.followup.actions import cases as actions
from contest.followup.actions import work
from contest.jobs.registry import every, job
from contest.results.models import ResultState
from contest.results.queries import sets
from contest.web.db import db


@job("followup.open_cases")
def open_cases(result_set_id: str) -> None:
    """Open a case per awarded entry of a published result. Harmless when repeated."""
    session, at = db.session(), clock.now()
    result_set = sets.by_id(session, uuid.UUID(result_set_id))
    if (
        result_set is None
        or result_set.state is not ResultState.PUBLISHED
        or result_set.published_at is None
    ):
        return
    won = [
        actions.Won(uuid.UUID(award["entry"]), award["title"])
        for award in sets.text(result_set)["awards"]
    ]
    actions.open_cases(
        session, result_set.contest, won, published_at=result_set.published_at, at=at
    )


@every("followup.remind", minutes=60)
def remind(at: datetime) -> None:
    """Remind owners of milestones and promises that are due."""
    work.remind(db.session(), at=at)
