"""The pages of signing in, signing up and of one's own account."""

from contest.accounts.views import arriving, links, profile
from contest.accounts.views.blueprint import bp

__all__ = ["arriving", "bp", "links", "profile"]
