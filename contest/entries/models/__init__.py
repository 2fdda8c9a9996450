"""Forms and entries."""

from contest.entries.models.entry import (
    ENTRY_LIFE,
    IN_HAND,
    LONGEST_TITLE,
    NO_LEAVE,
    Attachment,
    Draft,
    DraftAnswer,
    DraftAnswerHistory,
    Entry,
    Extension,
    Lateness,
    Leave,
    Receipt,
    State,
    Version,
    can_edit,
    lateness,
)
from contest.entries.models.form import Question, QuestionForm, QuestionKind
from contest.entries.models.screening import InfoRequest, Outcome, Screening

__all__ = [
    "ENTRY_LIFE",
    "IN_HAND",
    "LONGEST_TITLE",
    "NO_LEAVE",
    "Attachment",
    "Draft",
    "DraftAnswer",
    "DraftAnswerHistory",
    "Entry",
    "Extension",
    "InfoRequest",
    "Lateness",
    "Leave",
    "Outcome",
    "Question",
    "QuestionForm",
    "QuestionKind",
    "Receipt",
    "Screening",
    "State",
    "Version",
    "can_edit",
    "lateness",
]
