"""The pages of judging. Importing the modules hangs their routes on `bp`."""

from contest.judging.views import (
    acts,
    ballot,
    ballots,
    calibrating,
    closing,
    conflicts,
    consensus,
    documents,
    entry,
    panel,
    plan,
    queue,
    rubric,
    score,
)
from contest.judging.views.blueprint import bp

__all__ = [
    "acts",
    "ballot",
    "ballots",
    "bp",
    "calibrating",
    "closing",
    "conflicts",
    "consensus",
    "documents",
    "entry",
    "panel",
    "plan",
    "queue",
    "rubric",
    "score",
]
