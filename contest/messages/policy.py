"""Who may see and steer a contest's mail."""

from typing import TYPE_CHECKING

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_

if TYPE_CHECKING:
    from contest.contests.actor import Actor


def may_run_outbox(actor: "Actor") -> Decision:
    """Allow those who run the contest: mail tells who was invited and what was decided."""
    if actor.runs():
        return ALLOW
    return deny(N_("Only the organisers of the contest see its mail."))
