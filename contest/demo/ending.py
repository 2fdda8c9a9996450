"""Decisions, results and what becomes of the winners."""

from datetime import datetime

from contest.contests.models import Round
from contest.demo.play import Play


def decide(play: Play, round_: Round, at: datetime) -> None:
    """Propose by the ranking and apply."""


def publish(play: Play) -> None:
    """Two officers sign, the embargo passes, the results are out."""


def follow_up(play: Play) -> None:
    """Owners are named, proofs of concept run, one goes on to a pilot."""
