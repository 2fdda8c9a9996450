"""What judges do and by which scale."""

from contest.judging.models.assignment import (
    Assignment,
    AssignmentPlan,
    AssignmentState,
    Conflict,
    ConflictKind,
    ConflictSource,
    Declaration,
    PlanState,
    Waiver,
)
from contest.judging.models.ballot import Ballot, Choice
from contest.judging.models.calibration import Anchor, Calibration, Reading
from contest.judging.models.comparison import Comparison, Outcome, Visit
from contest.judging.models.consensus import Consensus
from contest.judging.models.rubric import Criterion, Level, Rubric
from contest.judging.models.scorecard import Score, Scorecard

__all__ = [
    "Anchor",
    "Assignment",
    "AssignmentPlan",
    "AssignmentState",
    "Ballot",
    "Calibration",
    "Choice",
    "Comparison",
    "Conflict",
    "ConflictKind",
    "ConflictSource",
    "Consensus",
    "Criterion",
    "Declaration",
    "Level",
    "Outcome",
    "PlanState",
    "Reading",
    "Rubric",
    "Score",
    "Scorecard",
    "Visit",
    "Waiver",
]
