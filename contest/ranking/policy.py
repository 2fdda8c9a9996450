"""Who may look at a ranking and compute one. It is an estimate of the inside, never a result."""

from contest.contests.actor import Actor
from contest.contests.models import Role, Round, RoundPhase
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_

BEFORE = frozenset({RoundPhase.PLANNED, RoundPhase.COLLECTING, RoundPhase.SCREENING})


def may_view(actor: Actor, round_: Round) -> Decision:
    """The chair and the organisers, at any time of judging; nobody else, not even the sponsor."""
    if not (actor.runs() or actor.has(Role.CHAIR)):
        return deny(N_("Only the chair and the organisers see the ranking."))
    if round_.phase in BEFORE:
        return deny(N_("There is no ranking before the judging begins."))
    return ALLOW


def may_compute(actor: Actor, round_: Round) -> Decision:
    """While scores may still change or are being decided on; what was certified stands."""
    if not (may := may_view(actor, round_)):
        return may
    if round_.phase in {RoundPhase.CERTIFIED, RoundPhase.PUBLISHED}:
        return deny(N_("The results of this round are certified; its ranking stays as it is."))
    return ALLOW


def may_propose(actor: Actor, round_: Round) -> Decision:
    """While judges still judge: afterwards nobody could write the reviews."""
    if not (may := may_compute(actor, round_)):
        return may
    if round_.phase is not RoundPhase.JUDGING:
        return deny(N_("The judging of this round is closed; no review can be added."))
    return ALLOW
