"""The contest and all that an organiser sets up around it."""

from contest.contests.models.appointments import STAFF, Answer, Appointment, Role
from contest.contests.models.contest import (
    Challenge,
    Contest,
    Duty,
    Eligibility,
    Faq,
    IpTerms,
    PartnerRole,
    Partnership,
    Phase,
    Prize,
    Series,
    TimelineItem,
    Track,
)
from contest.contests.models.rounds import (
    USUAL_LADDER,
    Mode,
    Round,
    RoundKind,
    RoundPhase,
    TieBreak,
)

__all__ = [
    "STAFF",
    "USUAL_LADDER",
    "Answer",
    "Appointment",
    "Challenge",
    "Contest",
    "Duty",
    "Eligibility",
    "Faq",
    "IpTerms",
    "Mode",
    "PartnerRole",
    "Partnership",
    "Phase",
    "Prize",
    "Role",
    "Round",
    "RoundKind",
    "RoundPhase",
    "Series",
    "TieBreak",
    "TimelineItem",
    "Track",
]
