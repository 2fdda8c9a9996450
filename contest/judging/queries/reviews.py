"""How far the reviews of a round are, by judge and by entry, and what is still owed."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.models import Appointment, Round, in_office
from contest.core.words import Words
from contest.entries.models import Entry
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Ballot,
    Scorecard,
    Waiver,
)
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import panel
from contest.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """How far one judge is in one round."""

    appointment_id: uuid.UUID
    name: str
    organisation: Words | None
    done: int
    open: int
    deferred: int
    abstained: int
    recused: int
    nudged_at: datetime | None
    is_gone: bool  # no judge of the contest any more

    @property
    def all(self) -> int:
        return self.done + self.open + self.deferred + self.abstained

    @property
    def is_awaited(self) -> bool:
        return bool(self.open or self.deferred) and not self.is_gone


@dataclass(frozen=True, slots=True)
class EntryProgress:
    """How many reviews one entry has in one round, and how many it needs.

    What somebody owes who is no judge any more is not counted as `open`: nobody will do it. What was
    set aside is not counted as `done`: somebody else has to.
    """

    entry_id: uuid.UUID
    code: str
    title: str
    team: str
    done: int
    open: int
    abstained: int
    wanted: int
    waived: bool

    @property
    def short(self) -> int:
        return 0 if self.waived else max(0, self.wanted - self.done)

    @property
    def lacks(self) -> int:
        """How many reviews are missing even when everything that is open gets done."""
        return max(0, self.short - self.open)


def progress_by_judge(session: Session, round_: Round) -> list[JudgeProgress]:
    """Return one row per judge with assignments in the round, the least done first. One statement."""

    def count(*states: AssignmentState) -> object:
        return func.count().filter(Assignment.state.in_(states))

    rows = session.execute(
        select(
            Appointment.id,
            User.name,
            Organisation.name,
            count(*DONE),
            count(*(OPEN - {AssignmentState.DEFERRED})),
            count(AssignmentState.DEFERRED),
            count(AssignmentState.ABSTAINED),
            count(AssignmentState.RECUSED),
            func.max(Assignment.nudged_at),
            ~in_office(),
        )  # type: ignore[call-overload]
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .join(User, User.id == Appointment.user_id)
        .outerjoin(Organisation, Organisation.id == Appointment.organisation_id)
        .where(Assignment.round_id == round_.id, Assignment.state != AssignmentState.PROPOSED)
        .group_by(Appointment.id, User.name, Organisation.id)
    )
    found = [JudgeProgress(*row) for row in rows]
    return sorted(found, key=lambda p: (p.done / p.all if p.all else 1.0, p.name))


def aside(session: Session, round_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the assignments whose result was set aside. One statement."""
    return frozenset(
        session.scalars(
            select(Assignment.id).where(
                Assignment.round_id == round_id, Assignment.state.in_(DONE), is_aside()
            )
        )
    )


def is_aside() -> ColumnElement[bool]:
    """Say, in a statement about assignments, that the scorecard or the ballot was set aside."""
    card = exists().where(
        Scorecard.assignment_id == Assignment.id, *_of_record(Scorecard),
        Scorecard.set_aside_at.is_not(None),
    )  # fmt: skip
    ballot = exists().where(
        Ballot.round_id == Assignment.round_id, Ballot.appointment_id == Assignment.appointment_id,
        *_of_record(Ballot), Ballot.set_aside_at.is_not(None),
    )  # fmt: skip
    return card | ballot


def _of_record(kind: type[Scorecard] | type[Ballot]) -> tuple[ColumnElement[bool], ...]:
    return kind.submitted_at.is_not(None), kind.superseded_at.is_(None)


def progress_by_entry(session: Session, round_: Round) -> list[EntryProgress]:
    """Return one row per entry that the round judges, those short of reviews first."""
    waived = set(session.scalars(select(Waiver.entry_id).where(Waiver.round_id == round_.id)))
    counts: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    lost = aside(session, round_.id)
    for number, entry_id, state, is_here in session.execute(
        select(Assignment.id, Assignment.entry_id, Assignment.state, in_office())
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .where(Assignment.round_id == round_.id)
    ):
        if number in lost:
            continue
        place = 0 if state in DONE else 1 if state in OPEN else 2
        if place == 0 or (place == 1 and is_here) or state is AssignmentState.ABSTAINED:
            counts[entry_id][place] += 1
    wanted = round_.minimum_reviews
    rows = []
    for e in panel.judged_entries(session, round_):
        done, open_, abstained = counts[e.id]
        rows.append(
            EntryProgress(
                e.id, e.code, e.title, e.team.name, done, open_, abstained, wanted, e.id in waived
            )
        )
    return sorted(rows, key=lambda p: (-p.short, p.code))


def open_assignments(session: Session, round_id: uuid.UUID) -> list[Assignment]:
    """Return what judges still owe in the round, with judge and entry."""
    return list(
        session.scalars(
            select(Assignment)
            .where(Assignment.round_id == round_id, Assignment.state.in_(OPEN))
            .options(
                joinedload(Assignment.appointment).joinedload(Appointment.user),
                joinedload(Assignment.entry).joinedload(Entry.team),
            )
            .order_by(Assignment.entry_id, Assignment.id)
        )
    )
