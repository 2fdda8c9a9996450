"""What an assignment is computed from, and the plan that came of it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Appointment, Round, RoundKind
from contest.entries.models import Entry
from contest.judging.fitting import misfit
from contest.judging.models import (
    Assignment,
    AssignmentPlan,
    AssignmentState,
    PlanState,
)
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import interests, panel, reviews


@dataclass(frozen=True, slots=True)
class Design:
    """What an assignment is computed from. Rows are entries, columns judges, both by id order given."""

    entry_ids: tuple[uuid.UUID, ...]
    judge_ids: tuple[uuid.UUID, ...]
    affinity: tuple[tuple[float, ...], ...]
    eligible: tuple[tuple[bool, ...], ...]
    fixed: tuple[tuple[bool, ...], ...]
    before: tuple[tuple[bool, ...], ...]
    reviews: tuple[int, ...]
    lower: int
    upper: int


GONE = frozenset({AssignmentState.RECUSED, AssignmentState.REASSIGNED, AssignmentState.WAIVED})
KEPT = DONE | {AssignmentState.IN_PROGRESS, AssignmentState.ABSTAINED}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may judge what in a round; `states` of the assignments, by judge and entry."""

    judges: list[Appointment]
    entries: list[Entry]
    barred: set[tuple[uuid.UUID, uuid.UUID]]
    members: dict[uuid.UUID, frozenset[uuid.UUID]]
    states: dict[tuple[uuid.UUID, uuid.UUID], AssignmentState]

    def may(self, judge: Appointment, entry: Entry) -> bool:
        state = self.states.get((judge.id, entry.id))
        return (
            (judge.id, entry.id) not in self.barred
            and judge.user_id not in self.members.get(entry.id, frozenset())
            and state not in GONE
            and (state in KEPT or misfit(judge, entry) is None)
        )


def eligibility(session: Session, round_: Round) -> Eligibility:
    """Return who may judge what: conflicts, tracks and languages bar, and what was set aside."""
    barred = set(interests.conflicts(session, round_.contest_id))
    given = session.scalars(select(Assignment).where(Assignment.round_id == round_.id)).all()
    lost = reviews.aside(session, round_.id)
    return Eligibility(
        panel.judges(session, round_.contest_id),
        panel.judged_entries(session, round_),
        barred | {(a.appointment_id, a.entry_id) for a in given if a.id in lost},
        {c.entry_id: c.members for c in interests.contenders(session, round_.contest_id)},
        {(a.appointment_id, a.entry_id): a.state for a in given if a.id not in lost},
    )


def design(session: Session, round_: Round) -> Design:
    """Return the round's design problem: conflicts, tracks and languages are masks, scored pairs fixed.

    On pitch day everybody who may hears everybody.
    """
    known = eligibility(session, round_)
    judges, entries, pairs = known.judges, known.entries, known.states

    def affinity(judge: Appointment, entry: Entry) -> float:
        return 0.8 if judge.track_id is not None and judge.track_id == entry.team.track_id else 0.5

    eligible = tuple(tuple(known.may(j, e) for j in judges) for e in entries)
    state = tuple(tuple(pairs.get((j.id, e.id)) for j in judges) for e in entries)
    pitch = round_.kind is RoundKind.PITCH
    return Design(
        tuple(e.id for e in entries),
        tuple(j.id for j in judges),
        tuple(tuple(affinity(j, e) for j in judges) for e in entries),
        eligible,
        tuple(
            tuple(s in KEPT and ok for s, ok in zip(*rows, strict=True))
            for rows in zip(state, eligible, strict=True)
        ),
        tuple(tuple(s in OPEN | KEPT for s in row) for row in state),
        tuple(sum(row) if pitch else round_.minimum_reviews for row in eligible),
        0 if pitch else round_.load_min,
        len(entries) if pitch else round_.load_max,
    )


def newest_plan(session: Session, round_id: uuid.UUID) -> AssignmentPlan | None:
    """Return the plan that is being looked at, or was applied last."""
    return session.scalar(
        select(AssignmentPlan)
        .where(AssignmentPlan.round_id == round_id, AssignmentPlan.state != PlanState.DISCARDED)
        .order_by(AssignmentPlan.state == PlanState.APPLIED, AssignmentPlan.computed_at.desc())
        .limit(1)
    )
