"""The pages of judging. Importing the modules hangs their routes on `bp`."""

from contest.judging.views import (
    acts,
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
    "bp",
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
