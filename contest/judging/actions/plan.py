"""Turns a computed assignment into work, as a whole or not at all; mends it by hand."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Role, Round
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries.models import Entry
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.judging.actions import conflicts
from contest.judging.models import Assignment, AssignmentPlan, AssignmentState, PlanState
from contest.judging.models.assignment import OPEN
from contest.judging.queries import panel
from contest.judging.queries.panel import Design
from contest.messages import outbox


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found: (entry, judge) pairs by id, and what it has to say about them."""

    pairs: tuple[tuple[uuid.UUID, uuid.UUID], ...]
    added: tuple[tuple[uuid.UUID, uuid.UUID], ...]
    removed: tuple[tuple[uuid.UUID, uuid.UUID], ...]
    objective: float
    bound: float
    unfilled: tuple[Mapping[str, Any], ...]
    components: int
    connection_cost: float


def ask(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Promise to compute an assignment; the conflicts on record are found anew first."""
    conflicts.find(session, round_.contest_id, by=by, at=at)
    enqueue(session, "judging.plan", at=at, round_id=str(round_.id), by_id=str(by.id))


def keep(
    session: Session,
    round_: Round,
    design: Design,
    solution: Solution,
    *,
    seed: int,
    by: User,
    at: datetime,
) -> AssignmentPlan:
    """Store a computed plan as the one to look at; an earlier proposal is discarded."""
    for old in session.scalars(
        select(AssignmentPlan).where(
            AssignmentPlan.round_id == round_.id, AssignmentPlan.state == PlanState.PROPOSED
        )
    ):
        old.state = PlanState.DISCARDED
    plan = AssignmentPlan(
        round_id=round_.id,
        seed=seed,
        input_sha256=digest(design),
        report={
            "pairs": _ids(solution.pairs),
            "added": _ids(solution.added),
            "removed": _ids(solution.removed),
            "objective": round(solution.objective, 6),
            "bound": round(solution.bound, 6),
            "unfilled": [dict(u) for u in solution.unfilled],
            "components": solution.components,
            "connection_cost": round(solution.connection_cost, 6),
            "judges": len(design.judge_ids),
            "entries": len(design.entry_ids),
        },
        computed_at=at,
        computed_by=by.id,
    )
    session.add(plan)
    record(session, Verb.PLAN_COMPUTED, plan, by=by.id, at=at, contest_id=round_.contest_id,
           pairs=len(solution.pairs), unfilled=len(solution.unfilled), seed=seed)  # fmt: skip
    return plan


def apply(session: Session, plan: AssignmentPlan, round_: Round, *, by: User, at: datetime) -> None:
    """Activate a proposed plan as a whole.

    Raises DomainError when it is no proposal any more, or when anything it was computed from has
    changed since: then it must be computed again.
    """
    if plan.state is not PlanState.PROPOSED:
        raise DomainError(N_("This plan is no longer a proposal."))
    if digest(panel.design(session, round_)) != plan.input_sha256:
        raise DomainError(
            N_(
                "Judges, entries or conflicts have changed since this was computed. Compute it again."
            )
        )
    standing = _standing(session, round_.id)
    wanted = [(uuid.UUID(e), uuid.UUID(j)) for e, j in plan.report["pairs"]]
    for pair in standing.keys() - set(wanted):
        if standing[pair].state in OPEN:
            standing[pair].move("reassign", at)
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
    plan.state = PlanState.APPLIED
    record(session, Verb.PLAN_APPLIED, plan, by=by.id, at=at, contest_id=round_.contest_id,
           pairs=len(wanted))  # fmt: skip
    _tell(session, round_, invited, at, plan.id)


def discard(
    session: Session, plan: AssignmentPlan, round_: Round, *, by: User, at: datetime
) -> None:
    """Put a proposal away."""
    if plan.state is not PlanState.PROPOSED:
        raise DomainError(N_("This plan is no longer a proposal."))
    plan.state = PlanState.DISCARDED
    record(session, Verb.PLAN_DISCARDED, plan, by=by.id, at=at, contest_id=round_.contest_id)


def add(
    session: Session, round_: Round, judge: Appointment, entry: Entry, *, by: User, at: datetime
) -> Assignment:
    """Give one entry to one judge by hand.

    Raises DomainError when a conflict keeps them apart, the person is no active judge of this
    contest, or the judge has or had the entry already.
    """
    if (
        judge.role is not Role.JUDGE
        or not judge.is_active()
        or judge.contest_id != round_.contest_id
    ):
        raise DomainError(N_("This person is not an active judge of this contest."))
    if entry.contest_id != round_.contest_id:
        raise DomainError(N_("This entry is not in this contest."))
    if panel.has_conflict(session, judge.id, entry.id):
        raise DomainError(N_("A conflict of interest keeps this judge from this entry."))
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
        round=round_, appointment=judge, entry=entry, position=999, changed_at=at
    )
    assignment.state, assignment.changed_at = AssignmentState.ACTIVE, at
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
    assignment.move("reassign", at)
    record(session, Verb.ASSIGNMENT_REASSIGNED, assignment, by=by.id, at=at,
           contest_id=assignment.round.contest_id, to=judge.id)  # fmt: skip
    return made


def digest(design: Design) -> str:
    """Return the hash of what a plan is computed from."""
    body: dict[str, Any] = {
        "entries": list(map(str, design.entry_ids)),
        "judges": list(map(str, design.judge_ids)),
        "eligible": [list(row) for row in design.eligible],
        "fixed": [list(row) for row in design.fixed],
        "reviews": list(design.reviews),
        "bounds": [design.lower, design.upper],
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def _ids(pairs: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> list[list[str]]:
    return [[str(entry), str(judge)] for entry, judge in pairs]


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
