"""Who may see and steer a contest's mail."""

from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_


def may_run_outbox(actor: Actor) -> Decision:
    """Allow those who invite and decide: mail tells who was invited and what was decided."""
    if actor.runs() or actor.has(Role.CHAIR):
        return ALLOW
    return deny(N_("Only the chair and the organisers of the contest see its mail."))
