"""Calibrations: their anchors, one judge's own points, and everybody's once they are closed."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Appointment, Role, Round, in_office
from contest.core.words import Words
from contest.entries.models import Entry, Version
from contest.entries.models import State as EntryState
from contest.judging.models import Anchor, Calibration, Conflict, Criterion, Reading
from contest.judging.queries import panel
from contest.judging.scoring import Given, total
from contest.teams.models import Member

# A specimen was handed in once and does not compete: judges train on it, and nobody wins by it.
SPECIMENS = frozenset({EntryState.INELIGIBLE, EntryState.NOT_ADVANCED})


def of_round(session: Session, round_id: uuid.UUID) -> list[Calibration]:
    """Return the calibrations of a round with their anchors, the newest first."""
    return list(
        session.scalars(
            select(Calibration)
            .where(Calibration.round_id == round_id)
            .options(*_WHOLE)
            .order_by(Calibration.number.desc())
        )
    )


_WHOLE = (
    joinedload(Calibration.round).joinedload(Round.contest),
    selectinload(Calibration.anchors).joinedload(Anchor.entry).joinedload(Entry.team),
)


def calibration(session: Session, calibration_id: uuid.UUID) -> Calibration | None:
    """Return a calibration with round, contest, anchors, entries and teams."""
    return session.scalar(
        select(Calibration).where(Calibration.id == calibration_id).options(*_WHOLE)
    )


def open_one(session: Session, round_id: uuid.UUID) -> Calibration | None:
    """Return the calibration of the round that takes points now."""
    return session.scalar(
        select(Calibration).where(Calibration.round_id == round_id, Calibration.closed_at.is_(None))
    )


def anchor(session: Session, anchor_id: uuid.UUID) -> Anchor | None:
    """Return an anchor with its entry, team, calibration, round and contest."""
    return session.scalar(
        select(Anchor)
        .where(Anchor.id == anchor_id)
        .options(
            joinedload(Anchor.entry).joinedload(Entry.team),
            joinedload(Anchor.calibration).joinedload(Calibration.round).joinedload(Round.contest),
        )
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may become an anchor."""

    entry: Entry
    competes: bool


def candidates(session: Session, round_: Round) -> list[Candidate]:
    """Return what the chair may choose from: the round's entries, then specimens, by code."""
    judged = {e.id for e in panel.judged_entries(session, round_)}
    handed_in = select(Version.entry_id).where(Version.entry_id == Entry.id)
    found = session.scalars(
        select(Entry)
        .where(
            Entry.contest_id == round_.contest_id,
            Entry.id.in_(judged) | (Entry.state.in_(SPECIMENS) & handed_in.exists()),
        )
        .options(joinedload(Entry.team))
        .order_by(Entry.code)
    )
    rows = [Candidate(entry, entry.id in judged) for entry in found]
    return sorted(rows, key=lambda row: not row.competes)


def judgeship(session: Session, calibration: Calibration, user: User) -> Appointment | None:
    """Return the user's present judgeship in the contest of the calibration."""
    return session.scalar(
        select(Appointment)
        .where(
            Appointment.contest_id == calibration.round.contest_id,
            Appointment.user_id == user.id,
            in_office(Role.JUDGE),
        )
        .options(joinedload(Appointment.user))
    )


@dataclass(frozen=True, slots=True)
class Seat:
    """One judge before one anchor."""

    anchor: Anchor
    reading: Reading | None

    @property
    def is_in(self) -> bool:
        return self.reading is not None and self.reading.handed_in_at is not None

    @property
    def is_begun(self) -> bool:
        return self.reading is not None and bool(self.reading.points)


def seats(session: Session, calibration: Calibration, judge: Appointment) -> list[Seat]:
    """Return the anchors that no conflict keeps from the judge, with what they gave. Three statements."""
    barred = barred_pairs(session, [a.entry_id for a in calibration.anchors])
    mine = {
        r.anchor_id: r
        for r in session.scalars(
            select(Reading).where(
                Reading.appointment_id == judge.id,
                Reading.anchor_id.in_([a.id for a in calibration.anchors]),
            )
        )
    }
    return [
        Seat(a, mine.get(a.id)) for a in calibration.anchors if (judge.id, a.entry_id) not in barred
    ]


def barred_pairs(
    session: Session, entries: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return (judge, entry) of a conflict in force, of one's own team, or of a language not read.

    Three statements. Tracks keep nobody from an anchor: the panel is compared as a whole.
    """
    conflicts = session.execute(
        select(Conflict.appointment_id, Conflict.entry_id).where(
            Conflict.entry_id.in_(entries), Conflict.lifted_at.is_(None)
        )
    )
    teams = session.execute(
        select(Appointment.id, Entry.id)
        .join(Member, Member.user_id == Appointment.user_id)
        .join(Entry, Entry.team_id == Member.team_id)
        .where(
            Entry.id.in_(entries),
            Appointment.contest_id == Entry.contest_id,
            Member.left_at.is_(None),
        )
    )
    languages = session.execute(
        select(Appointment.id, Entry.id, Appointment.languages, Entry.lang)
        .join(Entry, Entry.contest_id == Appointment.contest_id)
        .where(Entry.id.in_(entries), Entry.lang != "", Appointment.role == Role.JUDGE)
    )
    unread = (
        (judge, entry) for judge, entry, reads, lang in languages if reads and lang not in reads
    )
    return {(row[0], row[1]) for row in (*conflicts, *teams, *unread)}


@dataclass(frozen=True, slots=True)
class Due:
    """A calibration as it stands in a judge's list."""

    calibration_id: uuid.UUID
    round_title: Words
    contest_title: Words
    is_open: bool
    done: int
    all: int


def due(session: Session, user: User) -> list[Due]:
    """Return the calibrations of the user's present judgeships, the open ones first. Six statements."""
    judgeships = {
        a.contest_id: a.id
        for a in session.scalars(
            select(Appointment).where(
                Appointment.user_id == user.id,
                in_office(Role.JUDGE),
            )
        )
    }
    if not judgeships:
        return []
    found = session.scalars(
        select(Calibration)
        .join(Round, Round.id == Calibration.round_id)
        .where(Round.contest_id.in_(judgeships))
        .options(
            joinedload(Calibration.round).joinedload(Round.contest),
            selectinload(Calibration.anchors),
        )
        .order_by(Calibration.closed_at.is_not(None), Calibration.opened_at.desc())
        .limit(20)
    ).all()
    if not found:
        return []
    anchors = [a for c in found for a in c.anchors]
    given = set(
        session.scalars(
            select(Reading.anchor_id).where(
                Reading.anchor_id.in_([a.id for a in anchors]),
                Reading.appointment_id.in_(judgeships.values()),
                Reading.handed_in_at.is_not(None),
            )
        )
    )
    barred = barred_pairs(session, {a.entry_id for a in anchors})
    rows = []
    for c in found:
        judge = judgeships[c.round.contest_id]
        mine = [a for a in c.anchors if (judge, a.entry_id) not in barred]
        done = sum(a.id in given for a in mine)
        if mine and (c.closed_at is None or done):
            rows.append(
                Due(
                    c.id, c.round.title, c.round.contest.title, c.closed_at is None, done, len(mine)
                )
            )
    return rows


def handed_in(session: Session, calibration: Calibration) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return judge -> anchors they handed in: who is how far, and no points. One statement."""
    rows = session.execute(
        select(Reading.appointment_id, Reading.anchor_id)
        .join(Anchor, Anchor.id == Reading.anchor_id)
        .where(Anchor.calibration_id == calibration.id, Reading.handed_in_at.is_not(None))
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for judge, anchor_id in rows:
        found[judge].add(anchor_id)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Marks:
    """One judge's points on one anchor, by criterion; `total` is 0 to 100."""

    judge: uuid.UUID
    name: str
    anchor_id: uuid.UUID
    points: Mapping[uuid.UUID, int]
    total: float | None


def readings(
    session: Session, calibration: Calibration, criteria: Sequence[Criterion]
) -> list[Marks]:
    """Return what everybody handed in, without those whom a conflict keeps from the anchor.

    For closed calibrations only: before, nobody may see it.
    """
    entry = {a.id: a.entry_id for a in calibration.anchors}
    barred = barred_pairs(session, set(entry.values()))
    rows = session.execute(
        select(Reading, User.name)
        .join(Appointment, Appointment.id == Reading.appointment_id)
        .join(User, User.id == Appointment.user_id)
        .where(Reading.anchor_id.in_(entry), Reading.handed_in_at.is_not(None))
        .order_by(User.name, Reading.appointment_id)
    )
    return [
        _marks(reading, name, criteria)
        for reading, name in rows
        if (reading.appointment_id, entry[reading.anchor_id]) not in barred
    ]


def _marks(reading: Reading, name: str, criteria: Sequence[Criterion]) -> Marks:
    points = points_of(reading, criteria)
    parts = [Given(c.weight, c.low, c.high, points.get(c.id)) for c in criteria]
    return Marks(reading.appointment_id, name, reading.anchor_id, points, total(parts))


def points_of(reading: Reading, criteria: Sequence[Criterion]) -> dict[uuid.UUID, int]:
    """Return the points by criterion; what a later change of the rubric leaves without meaning is out."""
    found = {}
    for c in criteria:
        points = reading.points.get(str(c.id))
        if points is not None and c.low <= points <= c.high:
            found[c.id] = points
    return found


def newest_number(session: Session, round_id: uuid.UUID) -> int:
    """Return the number of the round's newest calibration, 0 before the first."""
    return (
        session.scalar(select(func.max(Calibration.number)).where(Calibration.round_id == round_id))
        or 0
    )
