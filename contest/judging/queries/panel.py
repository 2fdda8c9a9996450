"""The panel: who judges, what, and by which rubric."""

import uuid

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.contests.models import JUDGED, Appointment, Role, Round, in_office
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Comparison,
    Criterion,
    Rubric,
)

GONE = frozenset({EntryState.WITHDRAWN, EntryState.DISQUALIFIED})
RUBRIC = (  # made once: every page of a round asks
    select(Rubric)
    .where(Rubric.round_id == bindparam("round_id"))
    .order_by(Rubric.number.desc())
    .limit(1)
    .options(selectinload(Rubric.criteria).selectinload(Criterion.levels))
)


def judges(session: Session, contest_id: uuid.UUID) -> list[Appointment]:
    """Return the active judges with person and organisation, by name."""
    found = session.scalars(
        select(Appointment)
        .where(
            Appointment.contest_id == contest_id,
            in_office(Role.JUDGE),
        )
        .options(joinedload(Appointment.user), joinedload(Appointment.organisation))
    )
    return sorted(found, key=lambda a: (a.user.name, str(a.id)))


def judged_entries(session: Session, round_: Round) -> list[Entry]:
    """Return the entries that this round judges, with their teams, by code: an order that tells nothing.

    Once its judging is over that includes those that decisions have moved on since.
    """
    wanted = EntryState.ELIGIBLE if round_.number == 1 else EntryState.ADVANCED
    mine: ColumnElement[bool] = Entry.state == wanted
    if round_.phase in JUDGED:
        mine = or_(mine, _was_judged(round_))
    return list(
        session.scalars(
            select(Entry)
            .where(Entry.contest_id == round_.contest_id, mine)
            .options(joinedload(Entry.team))
            .order_by(Entry.code)
        )
    )


def _was_judged(round_: Round) -> ColumnElement[bool]:
    assigned = select(Assignment.entry_id).where(
        Assignment.round_id == round_.id, Assignment.state != AssignmentState.PROPOSED
    )
    said = Comparison.round_id == round_.id, Comparison.superseded_at.is_(None)
    compared = (
        select(side).where(*said, side.is_not(None))
        for side in (Comparison.left_id, Comparison.right_id)
    )
    return Entry.state.not_in(GONE) & or_(*(Entry.id.in_(ids) for ids in (assigned, *compared)))


def rubric(session: Session, round_id: uuid.UUID) -> Rubric | None:
    """Return the round's newest rubric with criteria and levels."""
    return session.scalar(RUBRIC, {"round_id": round_id})
