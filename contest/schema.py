"""Imports every model, so that `Base.metadata` is whole. For migrations, tests and `create_app`."""

from contest.accounts import models as accounts
from contest.contests import models as contests
from contest.core.orm import Base
from contest.entries import models as entries
from contest.events import models as events
from contest.files import models as files
from contest.followup import models as followup
from contest.jobs import models as jobs
from contest.judging import models as judging
from contest.messages import models as messages
from contest.organisations import models as organisations
from contest.pitchday import models as pitchday
from contest.privacy import models as privacy
from contest.ranking import models as ranking
from contest.results import models as results
from contest.teams import models as teams
from contest.undertakings import models as undertakings
from contest.vault import models as vault
from contest.web import models as web

__all__ = [
    "Base",
    "accounts",
    "contests",
    "entries",
    "events",
    "files",
    "followup",
    "jobs",
    "judging",
    "messages",
    "organisations",
    "pitchday",
    "privacy",
    "ranking",
    "results",
    "teams",
    "undertakings",
    "vault",
    "web",
]
