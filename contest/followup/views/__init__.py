"""Pages of follow-up."""

from contest.followup.views import board, cases, papers, work
from contest.followup.views.blueprint import bp

__all__ = ["board", "bp", "cases", "papers", "work"]
