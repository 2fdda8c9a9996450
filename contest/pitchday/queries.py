"""Reads the stage."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from contest.accounts.models import User
from contest.contests.models import JUDGED, Appointment, Round, RoundKind
from contest.entries.models import Entry
from contest.judging.models import Assignment, AssignmentState
from contest.messages.models import Message
from contest.messages.models import State as MessageState
from contest.pitchday.models import Draw, Slot, SlotState, Stage
from contest.teams.models import Member, Team

ON = frozenset({SlotState.PITCHING, SlotState.QUESTIONS})


def stage(session: Session, round_id: uuid.UUID) -> Stage | None:
    """Return the round's stage with round and contest."""
    return session.scalar(
        select(Stage)
        .where(Stage.round_id == round_id)
        .options(joinedload(Stage.round).joinedload(Round.contest))
    )


def slot(session: Session, slot_id: uuid.UUID) -> Slot | None:
    """Return the slot with its entry."""
    return session.scalar(select(Slot).where(Slot.id == slot_id).options(joinedload(Slot.entry)))


def arranged(session: Session, contest_id: uuid.UUID) -> list[Stage]:
    """Return the contest's stages that are still to come and have a date or a place, with rounds."""
    return list(
        session.scalars(
            select(Stage)
            .join(Stage.round)
            .where(
                Round.contest_id == contest_id,
                Round.kind == RoundKind.PITCH,
                Round.phase.not_in(JUDGED),
                Stage.starts_at.is_not(None) | (Stage.place != ""),
            )
            .options(contains_eager(Stage.round))
            .order_by(Round.number)
        )
    )


def letters(session: Session, round_: Round) -> list[Message]:
    """Return the letters that tell teams they are in this round and still wait for release."""
    waiting = session.scalars(
        select(Message).where(
            Message.contest_id == round_.contest_id,
            Message.state == MessageState.DRAFT,
            Message.kind == "advanced",
        )
    )
    return [letter for letter in waiting if letter.facts.get("pitch_round") == str(round_.id)]


def pitching(session: Session, entry_ids: Sequence[uuid.UUID]) -> list[tuple[User, uuid.UUID, str]]:
    """Return everybody in the teams of these entries, with number and title of theirs."""
    rows = session.execute(
        select(User, Entry.id, Entry.title)
        .join(Member, Member.user_id == User.id)
        .join(Entry, Entry.team_id == Member.team_id)
        .where(Entry.id.in_(entry_ids), Member.left_at.is_(None))
        .order_by(Entry.code, User.name, User.id)
    )
    return [(user, entry_id, title) for user, entry_id, title in rows]


def draws(session: Session, round_id: uuid.UUID) -> list[Draw]:
    """Return every draw of the round, the one that counts first."""
    return list(
        session.scalars(
            select(Draw).where(Draw.round_id == round_id).order_by(Draw.drawn_at.desc())
        )
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One pitch of the running order."""

    slot_id: uuid.UUID
    entry_id: uuid.UUID
    position: int
    title: str
    team: str
    code: str
    state: SlotState
    started_at: datetime | None
    questions_at: datetime | None
    ended_at: datetime | None

    def ends_at(self, round_: Round) -> datetime | None:
        """Return when the part that runs now is over."""
        if self.state is SlotState.PITCHING and self.started_at is not None:
            return self.started_at + timedelta(seconds=round_.pitch_seconds)
        if self.state is SlotState.QUESTIONS and self.questions_at is not None:
            return self.questions_at + timedelta(seconds=round_.questions_seconds)
        return None


def running_order(session: Session, round_id: uuid.UUID) -> list[Line]:
    """Return the round's pitches in order. One statement."""
    rows = session.execute(
        select(
            Slot.id,
            Slot.entry_id,
            Slot.position,
            Entry.title,
            Team.name,
            Entry.code,
            Slot.state,
            Slot.started_at,
            Slot.questions_at,
            Slot.ended_at,
        )
        .join(Stage, Stage.id == Slot.stage_id)
        .join(Entry, Entry.id == Slot.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .where(Stage.round_id == round_id)
        .order_by(Slot.position)
    )
    return [Line(*tuple(row)) for row in rows]


def unheard(session: Session, round_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the entries in the running order whose teams were not on stage, or are to be again."""
    return list(
        session.scalars(
            select(Slot.entry_id)
            .join(Stage, Stage.id == Slot.stage_id)
            .where(
                Stage.round_id == round_id,
                Slot.state.in_([SlotState.WAITING, SlotState.SKIPPED]),
            )
        )
    )


def now_on(lines: list[Line]) -> Line | None:
    """Return the pitch that is on."""
    return next((line for line in lines if line.state in ON), None)


def next_up(lines: list[Line]) -> Line | None:
    """Return the first pitch that still waits."""
    return next((line for line in lines if line.state is SlotState.WAITING), None)


@dataclass(frozen=True, slots=True)
class Mine:
    """A judge's own assignment to one pitch."""

    assignment_id: uuid.UUID
    state: AssignmentState


def mine(session: Session, round_id: uuid.UUID, user: User) -> dict[uuid.UUID, Mine]:
    """Return the user's own assignments in the round, by entry. One statement."""
    rows = session.execute(
        select(Assignment.entry_id, Assignment.id, Assignment.state)
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .where(
            Assignment.round_id == round_id,
            Appointment.user_id == user.id,
            Assignment.state.not_in([AssignmentState.PROPOSED, AssignmentState.REASSIGNED]),
        )
    )
    return {entry_id: Mine(number, state) for entry_id, number, state in rows}
