"""Cases and what is kept on them."""

from contest.followup.models.case import (
    Case,
    CloseReason,
    Gate,
    GateDecision,
    Obligation,
    ObligationMove,
    Stage,
    StageEntry,
)
from contest.followup.models.work import (
    Agreement,
    AgreementKind,
    CaseDocument,
    CheckIn,
    Kpi,
    Measurement,
    Milestone,
    Mood,
)

__all__ = [
    "Agreement",
    "AgreementKind",
    "Case",
    "CaseDocument",
    "CheckIn",
    "CloseReason",
    "Gate",
    "GateDecision",
    "Kpi",
    "Measurement",
    "Milestone",
    "Mood",
    "Obligation",
    "ObligationMove",
    "Stage",
    "StageEntry",
]
