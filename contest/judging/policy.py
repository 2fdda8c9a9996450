"""Who may do what in judging. Pure: the caller loads appointment, assignment, round and facts."""

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import JUDGED, Appointment, Phase, Role, Round, RoundPhase
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.judging.models import Assignment, AssignmentState, Calibration, Rubric

OFF_THE_LIST = frozenset({AssignmentState.REASSIGNED, AssignmentState.WAIVED})
BEFORE_JUDGING = frozenset({RoundPhase.PLANNED, RoundPhase.COLLECTING, RoundPhase.SCREENING})


def may_chair(actor: Actor) -> Decision:
    if actor.runs() or actor.has(Role.CHAIR):
        return ALLOW
    return deny(N_("Only the chair and the organisers see how the judging goes."))


def may_assign(actor: Actor, round_: Round) -> Decision:
    if not (may := may_chair(actor)):
        return may
    if round_.phase in JUDGED:
        return deny(N_("The judging of this round is closed; nobody is assigned to it any more."))
    return ALLOW


def may_edit_rubric(actor: Actor, rubric: Rubric | None) -> Decision:
    if not may_chair(actor):
        return deny(N_("Only the chair and the organisers may edit the rubric."))
    if rubric is not None and rubric.frozen_at is not None:
        return deny(N_("The rubric is frozen: somebody has scored by it."))
    return ALLOW


def may_declare(user: User, appointment: Appointment) -> Decision:
    if appointment.user_id != user.id or appointment.role is not Role.JUDGE:
        return deny(N_("Only the judge may declare their conflicts."))
    if not appointment.is_active():
        return deny(N_("Accept the invitation first."))
    return ALLOW


def may_read(user: User, assignment: Assignment) -> Decision:
    """Say whether this is the user's own assignment in a panel they still belong to.

    When the contest is put away, what was read for it is no longer theirs to read.
    """
    is_over = assignment.round.contest.phase is Phase.ARCHIVED
    if (
        assignment.appointment.user_id != user.id
        or not assignment.appointment.is_active()
        or is_over
    ):
        return deny(N_("This entry is not assigned to you."))
    return ALLOW


def may_calibrate(user: User, appointment: Appointment, *, ready: Decision) -> Decision:
    """Say whether this judge may read and score anchors: promised, declared, and free of conflict."""
    return may_declare(user, appointment) and ready


def may_compare(user: User, appointment: Appointment, calibration: Calibration) -> Decision:
    """Say whether the judge may see their own points on the anchors beside the panel's."""
    return may_declare(user, appointment) and calibration.can_be_compared()


def may_see_panel(actor: Actor, calibration: Calibration) -> Decision:
    """Even the chair sees what judges gave only when nobody can change it any more."""
    return may_chair(actor) and calibration.can_be_compared()


def may_open(user: User, assignment: Assignment, *, ready: Decision) -> Decision:
    """Say whether the judge may read the entry: their own, promised, declared, and handed out."""
    if not (mine := may_read(user, assignment)):
        return mine
    if not ready:
        return ready
    if assignment.round.phase in BEFORE_JUDGING:
        return deny(N_("The judging of this round has not begun."))
    return ALLOW


def may_score(user: User, assignment: Assignment, *, ready: Decision) -> Decision:
    """`ready` says whether undertakings are signed and conflicts declared and free."""
    if not (mine := may_read(user, assignment)):
        return mine
    if not ready:
        return ready
    if assignment.state in OFF_THE_LIST:
        return deny(N_("The chair has taken this entry off your list."))
    return can_take_scores(assignment.round)


def may_settle(actor: Actor, round_: Round) -> Decision:
    """Say whether the panel's decision on what judges disagree about may be recorded."""
    if not (may := may_chair(actor)):
        return may
    if round_.phase not in {RoundPhase.JUDGING, RoundPhase.DELIBERATION}:
        return deny(N_("The panel decides while the round is judged and deliberated on."))
    return ALLOW


def can_take_scores(round_: Round) -> Decision:
    """Judges may finish late until the chair closes the round: lateness is the chair's to handle."""
    if round_.phase is not RoundPhase.JUDGING:
        return deny(N_("This round is not open for scores."))
    return ALLOW
