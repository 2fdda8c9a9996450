"""The pages of a contest. Importing the modules hangs their routes on `bp`."""

from contest.contests.views import (
    edition,
    lists,
    organisations,
    people,
    rounds,
    show,
    undertakings,
)
from contest.contests.views.blueprint import bp

directory = organisations.bp

__all__ = ["bp", "directory", "edition", "lists", "people", "rounds", "show", "undertakings"]
