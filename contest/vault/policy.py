"""Who may open documents and read the ledger."""

from contest.contests.actor import Actor
from contest.contests.models import Phase, Role
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.entries import policy as entries
from contest.entries.models import Entry

NAMED_IN = frozenset({Phase.CONCLUDED, Phase.ARCHIVED})


def may_open(actor: Actor, entry: Entry) -> Decision:
    """The documents of an entry: its team and the staff. Judges open them where they score."""
    return entries.may_view(actor, entry)


def may_read_names(actor: Actor, entry: Entry) -> Decision:
    """Judges' names in the ledger: the organisers always, the team once the contest is over."""
    if actor.runs() or entry.contest.phase in NAMED_IN:
        return ALLOW
    return deny(N_("Judges are named when the contest is over."))


def capacity(actor: Actor) -> str:
    """Return as what somebody of the staff opens a document."""
    for role in (Role.SCREENER, Role.CHAIR, Role.ORGANISER):
        if actor.has(role):
            return role.value
    return Role.ORGANISER.value
