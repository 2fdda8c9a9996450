"""Who runs the stage, and who watches it."""

from contest.contests.actor import Actor
from contest.contests.models import Role, Round, RoundKind, RoundPhase
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.entries.models import State

OVER = frozenset({RoundPhase.DELIBERATION, RoundPhase.CERTIFIED, RoundPhase.PUBLISHED})
ON_STAGE = frozenset({State.ADVANCED, State.AWARDED, State.NOT_AWARDED})


def pitches(state: State | None, round_: Round) -> bool:
    """Say whether an entry in that state is on the stage of the round, or was."""
    return state in ON_STAGE or (round_.number == 1 and state is State.ELIGIBLE)


def can_change(round_: Round) -> Decision:
    """The stage moves until the scores are closed; what follows rests on what was seen."""
    if round_.phase in OVER:
        return deny(N_("The judging is closed, so the stage stays as it was."))
    return ALLOW


def may_run(actor: Actor, round_: Round) -> Decision:
    if round_.kind is not RoundKind.PITCH:
        return deny(N_("This round has no stage: it is judged from documents."))
    if actor.runs() or actor.has(Role.CHAIR):
        return ALLOW
    return deny(N_("Only the chair and the organisers run the stage."))


def may_watch(actor: Actor, round_: Round) -> Decision:
    """The running order names finalists, so it is for those who work in the contest."""
    if round_.kind is not RoundKind.PITCH:
        return deny(N_("This round has no stage: it is judged from documents."))
    if actor.is_staff() or actor.has(Role.JUDGE, Role.OBSERVER, Role.SPONSOR):
        return ALLOW
    return deny(N_("The running order is shown on the day."))
