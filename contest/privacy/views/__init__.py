"""The pages of this feature."""

from contest.privacy.views import contests, people
from contest.privacy.views.blueprint import bp

__all__ = ["bp", "contests", "people"]
