"""Ballots: what a judge has before them, what is on record, and what the chair sees of it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Appointment, Round
from contest.entries.models import Entry
from contest.judging.models import Assignment, Ballot, Choice
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import work


def slate(session: Session, round_id: uuid.UUID, appointment_id: uuid.UUID) -> list[Assignment]:
    """Return the assignments that a judge's ballot is about, in the order of their list."""
    return list(
        session.scalars(
            select(Assignment)
            .join(Entry, Entry.id == Assignment.entry_id)
            .where(
                Assignment.round_id == round_id,
                Assignment.appointment_id == appointment_id,
                Assignment.state.in_(OPEN | DONE),
            )
            .options(
                joinedload(Assignment.entry).joinedload(Entry.team), joinedload(Assignment.round)
            )
            .order_by(Assignment.position, Entry.code)
        )
    )


def revisions(session: Session, round_id: uuid.UUID, appointment_id: uuid.UUID) -> list[Ballot]:
    """Return every revision of a judge's ballot with its choices, oldest first."""
    return list(
        session.scalars(
            select(Ballot)
            .where(Ballot.round_id == round_id, Ballot.appointment_id == appointment_id)
            .order_by(Ballot.revision)
            .options(selectinload(Ballot.choices))
            .execution_options(populate_existing=True)
        )
    )


def is_cast(session: Session, assignment: Assignment) -> bool:
    """Say whether the ballot that the judge last handed in, perhaps set aside, has the entry."""
    found = session.scalar(
        select(Choice.id)
        .join(Ballot, Ballot.id == Choice.ballot_id)
        .where(
            Ballot.round_id == assignment.round_id,
            Ballot.appointment_id == assignment.appointment_id,
            Ballot.submitted_at.is_not(None),
            Ballot.superseded_at.is_(None),
            Choice.entry_id == assignment.entry_id,
        )
    )
    return found is not None


@dataclass(frozen=True, slots=True)
class Cast:
    """One judge's ballot as it counts: places or points of the entries that they still judge."""

    judge: uuid.UUID
    values: tuple[tuple[uuid.UUID, int], ...]


def cast(session: Session, round_id: uuid.UUID) -> list[Cast]:
    """Return what counts in the round, by judge and entry. One statement."""
    rows = session.execute(
        select(Ballot.appointment_id, Choice.entry_id, Choice.value)
        .join(Choice, Choice.ballot_id == Ballot.id)
        .join(
            Assignment,
            (Assignment.round_id == Ballot.round_id)
            & (Assignment.appointment_id == Ballot.appointment_id)
            & (Assignment.entry_id == Choice.entry_id),
        )
        .where(
            Ballot.round_id == round_id,
            Ballot.submitted_at.is_not(None),
            Ballot.superseded_at.is_(None),
            Ballot.set_aside_at.is_(None),
            Assignment.state.in_(work.COUNTED),
        )
        .order_by(Ballot.appointment_id, Choice.entry_id)
    )
    found: dict[uuid.UUID, list[tuple[uuid.UUID, int]]] = defaultdict(list)
    for judge, entry, value in rows:
        found[judge].append((entry, value))
    return [Cast(judge, tuple(values)) for judge, values in found.items()]


def papers(session: Session, round_id: uuid.UUID) -> list[Ballot]:
    """Return the newest ballot that each judge handed in, with judge and choices, by name."""
    return list(
        session.scalars(
            select(Ballot)
            .join(Appointment, Appointment.id == Ballot.appointment_id)
            .join(User, User.id == Appointment.user_id)
            .where(
                Ballot.round_id == round_id,
                Ballot.submitted_at.is_not(None),
                Ballot.superseded_at.is_(None),
            )
            .options(
                selectinload(Ballot.choices),
                joinedload(Ballot.appointment).joinedload(Appointment.user),
            )
            .order_by(User.name, Ballot.id)
        )
    )


def ballot(session: Session, ballot_id: uuid.UUID) -> Ballot | None:
    """Return a ballot with its judge, round and contest."""
    return session.scalar(
        select(Ballot)
        .where(Ballot.id == ballot_id)
        .options(
            joinedload(Ballot.round).joinedload(Round.contest),
            joinedload(Ballot.appointment).joinedload(Appointment.user),
        )
    )


def order(values: Mapping[uuid.UUID, int], entries: Sequence[uuid.UUID]) -> list[list[uuid.UUID]]:
    """Return those of `entries` that have a place, best first, those that share one together."""
    groups: dict[int, list[uuid.UUID]] = defaultdict(list)
    for entry in entries:
        if entry in values:
            groups[values[entry]].append(entry)
    return [groups[place] for place in sorted(groups)]
