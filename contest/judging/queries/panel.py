"""The panel: who judges, what, and by which rubric."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.contests.models import Answer, Appointment, Role, Round
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.judging.models import (
    Criterion,
    Rubric,
)


def judges(session: Session, contest_id: uuid.UUID) -> list[Appointment]:
    """Return the active judges with person and organisation, by name."""
    found = session.scalars(
        select(Appointment)
        .where(
            Appointment.contest_id == contest_id,
            Appointment.role == Role.JUDGE,
            Appointment.answer == Answer.ACCEPTED,
            Appointment.ended_at.is_(None),
        )
        .options(joinedload(Appointment.user), joinedload(Appointment.organisation))
    )
    return sorted(found, key=lambda a: (a.user.name, str(a.id)))


def judged_entries(session: Session, round_: Round) -> list[Entry]:
    """Return the entries that this round judges, with their teams, by code: an order that tells nothing."""
    wanted = EntryState.ELIGIBLE if round_.number == 1 else EntryState.ADVANCED
    return list(
        session.scalars(
            select(Entry)
            .where(Entry.contest_id == round_.contest_id, Entry.state == wanted)
            .options(joinedload(Entry.team))
            .order_by(Entry.code)
        )
    )


def rubric(session: Session, round_id: uuid.UUID) -> Rubric | None:
    """Return the round's newest rubric with criteria and levels."""
    return session.scalar(
        select(Rubric)
        .where(Rubric.round_id == round_id)
        .order_by(Rubric.number.desc())
        .limit(1)
        .options(selectinload(Rubric.criteria).selectinload(Criterion.levels))
    )
