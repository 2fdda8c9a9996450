"""What is done for entries by the clock."""

from datetime import datetime

from contest.entries.actions import reminding
from contest.jobs.registry import every
from contest.web.db import db


@every("entries.remind", minutes=15)
def remind(at: datetime) -> None:
    """Remind teams that have handed in nothing of the deadline."""
    reminding.remind(db.session(), at=at)
