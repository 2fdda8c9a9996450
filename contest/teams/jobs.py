"""Asks teams what the call asks since they answered."""

import uuid

from contest.core import clock
from contest.jobs.registry import job
from contest.teams import actions
from contest.web.db import db


@job("teams.ask")
def ask(question_id: str) -> None:
    """Tell the leads of a running contest's teams that more is asked. Harmless when repeated."""
    actions.ask(db.session(), uuid.UUID(question_id), at=clock.now())
