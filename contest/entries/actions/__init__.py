"""Changes entries: forms, drafts, versions, screening. Each action flushes and never commits."""

from contest.entries.actions.drafts import Saved, Stale, attach, detach, name, save, speak
from contest.entries.actions.forms import (
    Asked,
    add_question,
    edit_question,
    move_question,
    remove_question,
)
from contest.entries.actions.screening import (
    begin_all_due,
    begin_screening,
    find_eligible,
    find_ineligible,
    reconsider,
    request_info,
    screening_blockers,
    start_judging,
)
from contest.entries.actions.submit import extend, submit, withdraw

__all__ = [
    "Asked",
    "Saved",
    "Stale",
    "add_question",
    "attach",
    "begin_all_due",
    "begin_screening",
    "detach",
    "edit_question",
    "extend",
    "find_eligible",
    "find_ineligible",
    "move_question",
    "name",
    "reconsider",
    "remove_question",
    "request_info",
    "save",
    "screening_blockers",
    "speak",
    "start_judging",
    "submit",
    "withdraw",
]
