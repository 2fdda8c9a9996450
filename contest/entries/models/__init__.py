"""Forms and entries."""

from contest.entries.models.entry import (
    Attachment,
    Draft,
    DraftAnswer,
    Entry,
    Extension,
    Lateness,
    Receipt,
    State,
    Version,
)
from contest.entries.models.form import Question, QuestionForm, QuestionKind
from contest.entries.models.screening import InfoRequest, Outcome, Screening

__all__ = [
    "Attachment",
    "Draft",
    "DraftAnswer",
    "Entry",
    "Extension",
    "InfoRequest",
    "Lateness",
    "Outcome",
    "Question",
    "QuestionForm",
    "QuestionKind",
    "Receipt",
    "Screening",
    "State",
    "Version",
]
