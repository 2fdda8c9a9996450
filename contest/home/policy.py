"""Who may look across a contest's features."""

from contest.contests.actor import Actor
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_


def may_read_history(actor: Actor) -> Decision:
    if actor.runs():
        return ALLOW
    return deny(N_("Only the contest's organisers may read its history."))
