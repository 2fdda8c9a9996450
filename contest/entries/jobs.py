"""What is done for entries by the clock."""

from datetime import datetime

from contest.entries.actions import begin_all_due, reminding
from contest.jobs.registry import every
from contest.web.db import db


@every("entries.remind", minutes=15)
def remind(at: datetime) -> None:
    """Remind teams that have handed in nothing of the deadline."""
    reminding.remind(db.session(), at=at)


@every("entries.begin_screening", minutes=5)
def begin_screening(at: datetime) -> None:
    """End the collecting of rounds whose time is over, so that their entries are screened."""
    begin_all_due(db.session(), at=at)
