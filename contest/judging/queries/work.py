"""One judge's own work: their queue and their scorecards. Nobody else's scores are read here."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import (
    Appointment,
    Contest,
    Mode,
    Phase,
    Role,
    Round,
    RoundKind,
    RoundPhase,
    in_office,
)
from contest.core.words import Words
from contest.entries.models import Attachment, Entry, Version
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Criterion,
    Rubric,
    Score,
    Scorecard,
)
from contest.judging.models.assignment import OPEN
from contest.judging.scoring import Given, total
from contest.teams.models import Team

COUNTED = frozenset(AssignmentState) - {  # what was handed in counts until its amendment is
    AssignmentState.PROPOSED,
    AssignmentState.ABSTAINED,
    AssignmentState.RECUSED,
    AssignmentState.REASSIGNED,
    AssignmentState.WAIVED,
}
SHOWN = frozenset(AssignmentState) - {  # in a list that an entry leaves when its judge steps back
    AssignmentState.PROPOSED,
    AssignmentState.RECUSED,
    AssignmentState.REASSIGNED,
}
SCORECARDS = (  # made once: every score that is saved asks
    select(Scorecard)
    .where(Scorecard.assignment_id == bindparam("assignment_id"))
    .order_by(Scorecard.revision)
    .options(selectinload(Scorecard.scores))
    .execution_options(populate_existing=True)
)


def assignment(session: Session, assignment_id: uuid.UUID) -> Assignment | None:
    """Return the assignment with round, contest, judge, entry and team. One statement."""
    return session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment_id, Assignment.state != AssignmentState.PROPOSED)
        .options(
            joinedload(Assignment.round).joinedload(Round.contest),
            joinedload(Assignment.appointment).joinedload(Appointment.user),
            joinedload(Assignment.entry).joinedload(Entry.team),
        )
    )


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One entry in a judge's queue."""

    assignment_id: uuid.UUID
    contest_slug: str
    contest_title: Words
    zone: str
    round_id: uuid.UUID
    round_title: Words
    round_kind: RoundKind
    round_phase: RoundPhase
    round_mode: Mode
    closes_at: datetime | None
    entry: str  # title
    label: str  # team, or code in a blind round
    state: AssignmentState


def queue(session: Session, user: User) -> list[QueueLine]:
    """Return what is assigned to the user in all contests, by round and their own order. One statement."""
    rows = session.execute(
        select(
            Assignment.id,
            Contest.slug,
            Contest.title,
            Contest.zone,
            Round.id,
            Round.title,
            Round.kind,
            Round.phase,
            Round.mode,
            Round.judging_closes_at,
            Entry.title,
            Team.name,
            Entry.code,
            Round.blind,
            Assignment.state,
        )
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .join(Round, Round.id == Assignment.round_id)
        .join(Contest, Contest.id == Round.contest_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .where(
            Appointment.user_id == user.id,
            in_office(Role.JUDGE),
            Assignment.state.in_(SHOWN),
        )
        .order_by(
            Round.phase != RoundPhase.JUDGING,
            Contest.announced_at.desc(),
            Round.number.desc(),
            Assignment.position,
            Entry.code,
        )
        .limit(500)
    )
    return [
        QueueLine(*row[:10], entry=row[10], label=row[12] if row[13] else row[11], state=row[14])
        for row in rows
    ]


def appointments_of(session: Session, user: User) -> list[Appointment]:
    """Return the user's present judgeships in contests that are on, with the contest."""
    return list(
        session.scalars(
            select(Appointment)
            .join(Contest, Contest.id == Appointment.contest_id)
            .where(
                Appointment.user_id == user.id,
                in_office(Role.JUDGE),
                Contest.phase.in_([Phase.ANNOUNCED, Phase.RUNNING]),
            )
            .options(joinedload(Appointment.contest))
            .order_by(Contest.announced_at.desc(), Appointment.id)
        )
    )


UNDONE = OPEN - {AssignmentState.DEFERRED}


def of_round(lines: Sequence[QueueLine], round_id: uuid.UUID) -> list[QueueLine]:
    """Return the lines of one round."""
    return [line for line in lines if line.round_id == round_id]


def following(lines: Sequence[QueueLine], assignment_id: uuid.UUID | None) -> QueueLine | None:
    """Return the next entry to score after this one, starting over at the end; deferred ones last."""
    place = next((i for i, line in enumerate(lines) if line.assignment_id == assignment_id), -1)
    ahead = [*lines[place + 1 :], *lines[: max(place, 0)]]
    for wanted in (UNDONE, OPEN):
        for line in ahead:
            if line.state in wanted and line.round_phase is RoundPhase.JUDGING:
                return line
    return None


def scorecards(session: Session, assignment_id: uuid.UUID) -> list[Scorecard]:
    """Return every revision of the judge's scorecard with its scores, oldest first.

    They are read again if they were before: a field that saves itself may have come in between.
    """
    return list(session.scalars(SCORECARDS, {"assignment_id": assignment_id}))


def version_to_judge(session: Session, assignment: Assignment) -> Version | None:
    """Return the newest version of the entry, of this round or of the last one that collected any."""
    return session.scalar(
        select(Version)
        .join(Round, Round.id == Version.round_id)
        .where(Version.entry_id == assignment.entry_id, Round.number <= assignment.round.number)
        .order_by(Round.number.desc(), Version.number.desc())
        .limit(1)
        .options(selectinload(Version.attachments).joinedload(Attachment.file))
    )


def given(rubric: Rubric, scorecard: Scorecard) -> list[Given]:
    """Return a scorecard's points in the order of the rubric's criteria."""
    points = {s.criterion_id: s.points for s in scorecard.scores}
    return [Given(c.weight, c.low, c.high, points.get(c.id)) for c in rubric.criteria]


@dataclass(frozen=True, slots=True)
class Mark:
    """One judge's total of record on one entry, 0 to 100."""

    entry_id: uuid.UUID
    appointment_id: uuid.UUID
    value: float


def marks(session: Session, round_id: uuid.UUID) -> list[Mark]:
    """Return every total that counts in the round, by entry and judge. One statement."""
    rows = session.execute(
        select(
            Assignment.entry_id,
            Assignment.appointment_id,
            Criterion.weight,
            Criterion.low,
            Criterion.high,
            Score.points,
        )
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state.in_(COUNTED),
            Scorecard.submitted_at.is_not(None),
            Scorecard.superseded_at.is_(None),
            Scorecard.set_aside_at.is_(None),
        )
        .order_by(Assignment.entry_id, Assignment.appointment_id, Criterion.position, Criterion.id)
    )
    cards: dict[tuple[uuid.UUID, uuid.UUID], list[Given]] = {}
    for entry_id, appointment_id, weight, low, high, points in rows:
        card = cards.setdefault((entry_id, appointment_id), [])
        card.append(Given(weight, low, high, points))
    totals = [(key, total(card)) for key, card in cards.items()]
    return [Mark(*key, value) for key, value in totals if value is not None]
