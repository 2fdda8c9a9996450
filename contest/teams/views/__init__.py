"""The pages of teams. Importing the modules hangs their routes on `bp`."""

from contest.teams.views import invitations, members, teams
from contest.teams.views.blueprint import bp

__all__ = ["bp", "invitations", "members", "teams"]
