"""What a contest does by the clock."""

import uuid

from contest.contests import queries
from contest.contests.actions import edition, rounds
from contest.contests.models import Phase, RoundPhase
from contest.core import clock
from contest.jobs.registry import job
from contest.web.db import db


@job("contests.open_round")
def open_round(round_id: str) -> None:
    """Open the round if its time has come, and with the first one begin the contest.

    Does nothing when the window was moved later (another promise stands for it) or when repeated.
    """
    session, at = db.session(), clock.now()
    round_ = queries.round_(session, uuid.UUID(round_id))
    if round_ is None or round_.opens_at is None or at < round_.opens_at:
        return
    if round_.contest.phase is Phase.ANNOUNCED:
        edition.begin(session, round_.contest, by=None, at=at)
    if round_.contest.phase is Phase.RUNNING and round_.phase is RoundPhase.PLANNED:
        rounds.collect(session, round_, by=None, at=at)
