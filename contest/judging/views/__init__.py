"""The pages of judging. Importing the modules hangs their routes on `bp`."""

from contest.judging.views import (
    acts,
    closing,
    conflicts,
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
    "documents",
    "entry",
    "panel",
    "plan",
    "queue",
    "rubric",
    "score",
]
