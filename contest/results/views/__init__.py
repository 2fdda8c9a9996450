"""Pages of decisions and results."""

from contest.results.views import certificates, decisions, officers, public, teams
from contest.results.views.blueprint import bp

__all__ = ["bp", "certificates", "decisions", "officers", "public", "teams"]
