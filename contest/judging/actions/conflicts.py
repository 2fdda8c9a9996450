"""Declares, finds and lifts conflicts. Any open work that a conflict touches ends at once."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.models import Appointment
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictKind,
    ConflictSource,
    Declaration,
)
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import interests, work


def declare(
    session: Session,
    appointment: Appointment,
    found: Mapping[uuid.UUID, ConflictKind],
    *,
    by: User,
    at: datetime,
) -> None:
    """Record that the judge went through all names, with the conflicts they found (none is an answer).

    A conflict the judge declared before and leaves out now is lifted; those from records stay.
    Raises DomainError for an entry that was not on the list.
    """
    names = interests.names(session, appointment)
    listed = {name.entry_id for name in names}
    if not found.keys() <= listed:
        raise DomainError(N_("This entry is not on the list."))
    known = {
        c.entry_id: c
        for c in session.scalars(
            select(Conflict).where(
                Conflict.appointment_id == appointment.id, Conflict.source == ConflictSource.JUDGE
            )
        )
    }
    for entry_id, kind in found.items():
        _put(
            session, known.get(entry_id), appointment, entry_id, kind, ConflictSource.JUDGE, by, at
        )
    for entry_id, conflict in known.items():
        if entry_id in listed - found.keys() and conflict.lifted_at is None:
            conflict.lifted_at, conflict.lifted_by = at, by.id
    made = interests.declaration(session, appointment.id)
    if made is None:
        made = Declaration(appointment_id=appointment.id, entry_ids=[], at=at)
        session.add(made)
    made.entry_ids, made.at = sorted({*made.entry_ids, *map(str, listed)}), at
    record(session, Verb.CONFLICTS_REVIEWED, appointment, by=by.id, at=at,
           contest_id=appointment.contest_id, names=len(listed), conflicts=len(found))  # fmt: skip


def add(
    session: Session,
    appointment: Appointment,
    entry_id: uuid.UUID,
    kind: ConflictKind,
    *,
    source: ConflictSource = ConflictSource.CHAIR,
    note: str = "",
    by: User,
    at: datetime,
) -> None:
    """Record a conflict that the chair knows of, or for which a judge steps back."""
    known = session.scalar(
        select(Conflict).where(
            Conflict.appointment_id == appointment.id,
            Conflict.entry_id == entry_id,
            Conflict.source == source,
        )
    )
    _put(session, known, appointment, entry_id, kind, source, by, at, note)


def lift(
    session: Session,
    conflict: Conflict,
    contest_id: uuid.UUID,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> bool:
    """Take back a conflict, with the reason; it stays on record.

    Work that it ended can be given to the judge again. Return whether there are scores that it set
    aside: they stay so until somebody restores them.
    """
    if conflict.lifted_at is not None:
        raise DomainError(N_("This conflict was lifted already."))
    if not reason.strip():
        raise DomainError(N_("Say why the conflict does not hold."), field="reason")
    conflict.lifted_at, conflict.lifted_by, conflict.note = at, by.id, reason.strip()[:500]
    record(session, Verb.CONFLICT_LIFTED, conflict, by=by.id, at=at, contest_id=contest_id,
           entry=conflict.entry_id, appointment=conflict.appointment_id)  # fmt: skip
    session.flush()
    if interests.has_conflict(session, conflict.appointment_id, conflict.entry_id):
        return False
    waits = False
    ended = session.scalars(
        select(Assignment).where(
            Assignment.appointment_id == conflict.appointment_id,
            Assignment.entry_id == conflict.entry_id,
            Assignment.state == AssignmentState.RECUSED,
        )
    )
    for assignment in ended:
        if any(card.set_aside_at for card in work.scorecards(session, assignment.id)):
            waits = True
        else:
            assignment.move("reassign", at)
    return waits


def find(session: Session, contest_id: uuid.UUID, *, by: User | None, at: datetime) -> int:
    """Record every conflict that organisations and verified mail domains show; return how many are new.

    One that the chair lifted is not found again.
    """
    domains = interests.organisation_domains(session)
    entries = interests.contenders(session, contest_id)
    known = {
        (judge, entry)
        for judge, entry in session.execute(
            select(Conflict.appointment_id, Conflict.entry_id)
            .join(Appointment, Appointment.id == Conflict.appointment_id)
            .where(Appointment.contest_id == contest_id, Conflict.source == ConflictSource.FOUND)
        )
    }
    people = {
        a.id: a
        for a in session.scalars(select(Appointment).where(Appointment.contest_id == contest_id))
    }
    new = 0
    for judge in interests.candidates(session, contest_id):
        for entry in entries:
            kind = interests.conflict_between(judge, entry, domains)
            if kind is not None and (judge.appointment_id, entry.entry_id) not in known:
                _put(session, None, people[judge.appointment_id], entry.entry_id, kind,
                     ConflictSource.FOUND, by, at)  # fmt: skip
                new += 1
    return new


def _put(
    session: Session,
    known: Conflict | None,
    appointment: Appointment,
    entry_id: uuid.UUID,
    kind: ConflictKind,
    source: ConflictSource,
    by: User | None,
    at: datetime,
    note: str = "",
) -> None:
    if known is not None and known.lifted_at is None and known.kind is kind:
        return
    conflict = known or Conflict(appointment_id=appointment.id, entry_id=entry_id, source=source)
    conflict.kind, conflict.since, conflict.note = kind, at, note[:500]
    conflict.lifted_at = conflict.lifted_by = None
    session.add(conflict)
    verb = Verb.CONFLICT_FOUND if source is ConflictSource.FOUND else Verb.CONFLICT_DECLARED
    record(session, verb, conflict, by=by.id if by else None, at=at,
           contest_id=appointment.contest_id, entry=entry_id, appointment=appointment.id,
           kind=kind, source=source)  # fmt: skip
    touched = session.scalars(
        select(Assignment)
        .where(
            Assignment.appointment_id == appointment.id,
            Assignment.entry_id == entry_id,
            Assignment.state.in_(OPEN | DONE | {AssignmentState.ABSTAINED}),
        )
        .options(joinedload(Assignment.round))
    )
    for assignment in touched:
        if assignment.state is not AssignmentState.LOCKED:
            assignment.move("recuse", at)
            assignment.reason = f"conflict: {kind.value}"
            for card in work.scorecards(session, assignment.id):
                if card.counts():
                    card.set_aside(N_("recusal"), by.id if by else None, at)
            record(session, Verb.ASSIGNMENT_RECUSED, assignment, by=by.id if by else None, at=at,
                   contest_id=appointment.contest_id, entry=entry_id)  # fmt: skip
