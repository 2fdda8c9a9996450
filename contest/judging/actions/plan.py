"""Turns a computed assignment into work, as a whole or not at all; mends it by hand."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Role, Round
from contest.core import orm
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries.models import Entry
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.judging import proposal
from contest.judging.actions import conflicts
from contest.judging.actions.scoring import let_off
from contest.judging.fitting import Misfit, misfit
from contest.judging.models import Assignment, AssignmentPlan, AssignmentState, PlanState
from contest.judging.models.assignment import OPEN, PENDING
from contest.judging.queries import interests, panel, plans
from contest.messages import outbox

MISFITS = {
    Misfit.TRACK: N_("This judge judges another track only. The organisers can change that under"
                     " “People”."),
    Misfit.LANGUAGE: N_("This judge does not read the language of this entry."),
}  # fmt: skip


def ask(
    session: Session,
    round_: Round,
    *,
    fair: str = "total",
    reviews: Mapping[str, int] | None = None,
    by: User,
    at: datetime,
) -> AssignmentPlan:
    """Promise to compute an assignment; the conflicts on record are found anew first.

    `reviews` asks for more than the round's minimum, by the entry's id. What is being computed or
    proposed is put away.
    """
    conflicts.find(session, round_.contest_id, by=by, at=at)
    for old in session.scalars(
        select(AssignmentPlan).where(
            AssignmentPlan.round_id == round_.id,
            AssignmentPlan.state.in_(PENDING | {PlanState.FAILED}),
        )
    ):
        old.move("discard")
    plan = AssignmentPlan(
        round_id=round_.id,
        state=PlanState.COMPUTING,
        seed=round_.id.int % 2**31,
        input_sha256="",
        report={"fair": fair, "stage": "", "reviews": dict(reviews or {})},
        computed_at=at,
        computed_by=by.id,
    )
    session.add(plan)
    session.flush()
    enqueue(session, "judging.plan", at=at, plan_id=str(plan.id))
    return plan


def advance(session: Session, plan: AssignmentPlan, stage: str) -> bool:
    """Note how far the computation is; False when it is not wanted any more."""
    orm.lock(session, plan)
    if plan.state is not PlanState.COMPUTING:
        return False
    plan.report = {**plan.report, "stage": stage}
    session.flush()
    return True


def keep(
    session: Session, plan: AssignmentPlan, report: Mapping[str, Any], digest: str, *, at: datetime
) -> None:
    """Store what was computed as the proposal to look at, unless it was put away meanwhile."""
    orm.lock(session, plan)
    if plan.state is not PlanState.COMPUTING:
        return
    round_ = session.get_one(Round, plan.round_id)
    plan.move("propose")
    plan.input_sha256, plan.computed_at = digest, at
    plan.report = {"fair": plan.report["fair"], **report}
    record(session, Verb.PLAN_COMPUTED, plan, by=plan.computed_by, at=at,
           contest_id=round_.contest_id, pairs=len(report["pairs"]),
           unfilled=len(report["unfilled"]), seed=plan.seed)  # fmt: skip


def give_up(session: Session, plan: AssignmentPlan) -> None:
    """Note that a computation failed for good."""
    orm.lock(session, plan)
    if plan.state is PlanState.COMPUTING:
        plan.move("fail")


def apply(session: Session, plan: AssignmentPlan, round_: Round, *, by: User, at: datetime) -> None:
    """Activate a proposed plan as a whole.

    Raises DomainError when it is no proposal any more, or when anything it was computed from has
    changed since: then it must be computed again.
    """
    orm.lock(session, plan)
    if plan.state is not PlanState.PROPOSED:
        raise DomainError(N_("This plan is no longer a proposal."))
    if proposal.digest(plans.design(session, round_)) != plan.input_sha256:
        raise DomainError(
            N_(
                "Judges, entries or conflicts have changed since this was computed. Compute it again."
            )
        )
    standing = _standing(session, round_.id)
    wanted = [(uuid.UUID(e), uuid.UUID(j)) for e, j in plan.report["pairs"]]
    for pair in standing.keys() - set(wanted):
        if standing[pair].state in OPEN:
            let_off(session, standing[pair], "reassign", at)
    order: dict[uuid.UUID, int] = {}
    invited: set[uuid.UUID] = set()
    for entry_id, judge_id in _shuffled(wanted, plan.seed):
        order[judge_id] = order.get(judge_id, 0) + 1
        known = standing.get((entry_id, judge_id))
        if known is None:
            session.add(
                Assignment(
                    round=round_,
                    appointment_id=judge_id,
                    entry_id=entry_id,
                    plan_id=plan.id,
                    state=AssignmentState.ACTIVE,
                    position=order[judge_id],
                    changed_at=at,
                )
            )
            invited.add(judge_id)
        else:
            known.position = order[judge_id]
    plan.move("apply")
    record(session, Verb.PLAN_APPLIED, plan, by=by.id, at=at, contest_id=round_.contest_id,
           pairs=len(wanted))  # fmt: skip
    _tell(session, round_, invited, at, plan.id)


def discard(
    session: Session, plan: AssignmentPlan, round_: Round, *, by: User, at: datetime
) -> None:
    """Put a proposal away, or stop what is being computed."""
    orm.lock(session, plan)
    if plan.state not in PENDING:
        raise DomainError(N_("This plan is no longer a proposal."))
    plan.move("discard")
    record(session, Verb.PLAN_DISCARDED, plan, by=by.id, at=at, contest_id=round_.contest_id)


def add(
    session: Session, round_: Round, judge: Appointment, entry: Entry, *, by: User, at: datetime
) -> Assignment:
    """Give one entry, whose team is loaded, to one judge by hand.

    Raises DomainError when a conflict, track or language keeps them apart, the person is no active
    judge of this contest, or the judge has or had the entry already.
    """
    if (
        judge.role is not Role.JUDGE
        or not judge.is_active()
        or judge.contest_id != round_.contest_id
    ):
        raise DomainError(N_("This person is not an active judge of this contest."))
    if entry.contest_id != round_.contest_id:
        raise DomainError(N_("This entry is not in this contest."))
    if interests.has_conflict(session, judge.id, entry.id):
        raise DomainError(N_("A conflict of interest keeps this judge from this entry."))
    if why := misfit(judge, entry):
        raise DomainError(MISFITS[why])
    known = session.scalar(
        select(Assignment).where(
            Assignment.round_id == round_.id,
            Assignment.appointment_id == judge.id,
            Assignment.entry_id == entry.id,
        )
    )
    if known is not None and known.state is not AssignmentState.REASSIGNED:
        raise DomainError(N_("This judge has this entry already."))
    assignment = known or Assignment(
        round=round_, appointment=judge, entry=entry, position=999,
        state=AssignmentState.PROPOSED, changed_at=at,
    )  # fmt: skip
    assignment.move("activate", at)
    session.add(assignment)
    record(session, Verb.ASSIGNMENT_ADDED, assignment, by=by.id, at=at,
           contest_id=round_.contest_id, entry=entry.id, appointment=judge.id)  # fmt: skip
    _tell(session, round_, {judge.id}, at, assignment.id)
    return assignment


def reassign(
    session: Session, assignment: Assignment, judge: Appointment, *, by: User, at: datetime
) -> Assignment:
    """Take open work from one judge and give it to another; needs round and entry loaded."""
    made = add(session, assignment.round, judge, assignment.entry, by=by, at=at)
    let_off(session, assignment, "reassign", at)
    record(session, Verb.ASSIGNMENT_REASSIGNED, assignment, by=by.id, at=at,
           contest_id=assignment.round.contest_id, to=judge.id)  # fmt: skip
    return made


def _shuffled(
    pairs: Sequence[tuple[uuid.UUID, uuid.UUID]], seed: int
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Give each judge an order of their own, so that no entry is always read first."""
    return sorted(pairs, key=lambda p: hashlib.sha256(f"{seed}{p[0]}{p[1]}".encode()).digest())


def _standing(
    session: Session, round_id: uuid.UUID
) -> dict[tuple[uuid.UUID, uuid.UUID], Assignment]:
    return {
        (a.entry_id, a.appointment_id): a
        for a in session.scalars(
            select(Assignment).where(
                Assignment.round_id == round_id, Assignment.state != AssignmentState.REASSIGNED
            )
        )
    }


def _tell(
    session: Session, round_: Round, judges: set[uuid.UUID], at: datetime, occasion: uuid.UUID
) -> None:
    for appointment in panel.judges(session, round_.contest_id):
        if appointment.id in judges:
            outbox.write(session, "judging_assigned", to=appointment.user, at=at,
                         contest_id=round_.contest_id, round=round_.title,
                         closes_at=round_.judging_closes_at, zone=round_.contest.zone,
                         dedupe_key=f"judging_assigned:{occasion}:{appointment.id}")  # fmt: skip
