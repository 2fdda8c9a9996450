"""The model of record: from scorecards to an order with honest uncertainty. Arrays in, results out.

`rank` estimates, `explain` tells one entry's story, the modules `sensitivity`, `wanted` and `power`
ask what would be otherwise. numpy and scipy only.
"""

from contest.ranking.model.estimate import rank
from contest.ranking.model.explanation import Correction, Explanation, explain
from contest.ranking.model.order import places, published
from contest.ranking.model.result import (
    METHOD,
    Code,
    Component,
    Estimate,
    JudgeEffect,
    Note,
    Options,
    Pool,
    Standing,
    Variance,
)
from contest.ranking.model.reviews import input_digest

__all__ = [
    "METHOD",
    "Code",
    "Component",
    "Correction",
    "Estimate",
    "Explanation",
    "JudgeEffect",
    "Note",
    "Options",
    "Pool",
    "Standing",
    "Variance",
    "explain",
    "input_digest",
    "places",
    "published",
    "rank",
]
