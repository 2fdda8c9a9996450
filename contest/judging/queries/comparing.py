"""Votes between two entries, and who is where in the room."""

import uuid
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.models import Appointment, Mode, Role, Round, RoundPhase, in_office
from contest.entries.models import Entry
from contest.judging.models import Comparison, Outcome, Visit
from contest.judging.queries import interests, material, panel

WON = {Outcome.LEFT: 1.0, Outcome.RIGHT: 0.0, Outcome.TIE: 0.5}
STAY = timedelta(minutes=20)  # a judge who is silent for so long has left the table
AGAIN = timedelta(minutes=15)  # after which an entry that was absent or busy is offered again


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote that counts: `won` is the part of it that `left` won."""

    judge: uuid.UUID
    left: uuid.UUID
    right: uuid.UUID
    won: float


def votes(session: Session, round_: Round) -> list[Vote]:
    """Return the votes of the round that count: not those that a conflict has overtaken."""
    return _counting(_said(session, round_), interests.conflicts(session, round_.contest_id))


def _said(session: Session, round_: Round) -> Sequence[Comparison]:
    return session.scalars(
        select(Comparison)
        .where(Comparison.round_id == round_.id, Comparison.superseded_at.is_(None))
        .order_by(Comparison.appointment_id, Comparison.number)
    ).all()


def _counting(
    said: Sequence[Comparison], barred: Container[tuple[uuid.UUID, uuid.UUID]]
) -> list[Vote]:
    return [
        Vote(c.appointment_id, c.left_id, c.right_id, WON[c.outcome])
        for c in said
        if c.left_id
        and c.outcome in WON
        and (c.appointment_id, c.left_id) not in barred
        and (c.appointment_id, c.right_id) not in barred
    ]


def unseen(session: Session, round_: Round) -> int:
    """Return how many entries of the round no vote that counts is about."""
    seen = {entry for v in votes(session, round_) for entry in (v.left, v.right)}
    return sum(e.id not in seen for e in panel.judged_entries(session, round_))


def visit(session: Session, round_id: uuid.UUID, appointment_id: uuid.UUID) -> Visit | None:
    """Return where a judge stands."""
    return session.scalar(
        select(Visit).where(Visit.round_id == round_id, Visit.appointment_id == appointment_id)
    )


def visits(session: Session, round_id: uuid.UUID) -> list[Visit]:
    """Return where everybody stands, those who wait longest first."""
    found = session.scalars(select(Visit).where(Visit.round_id == round_id)).all()
    return sorted(found, key=lambda v: (v.waiting_since is None, v.waiting_since or v.since))


def of_judge(session: Session, round_id: uuid.UUID, appointment_id: uuid.UUID) -> list[Comparison]:
    """Return what a judge said and still says, newest first."""
    return list(
        session.scalars(
            select(Comparison)
            .where(
                Comparison.round_id == round_id,
                Comparison.appointment_id == appointment_id,
                Comparison.superseded_at.is_(None),
            )
            .order_by(Comparison.number.desc())
        )
    )


def newest(session: Session, round_id: uuid.UUID, appointment_id: uuid.UUID) -> Comparison | None:
    found = of_judge(session, round_id, appointment_id)
    return found[0] if found else None


def comparison(session: Session, comparison_id: uuid.UUID) -> Comparison | None:
    return session.scalar(select(Comparison).where(Comparison.id == comparison_id))


def judgeship(session: Session, round_: Round, user: User) -> Appointment | None:
    """Return the user's present judgeship in the contest of the round."""
    return session.scalar(
        select(Appointment)
        .where(
            Appointment.contest_id == round_.contest_id,
            Appointment.user_id == user.id,
            in_office(Role.JUDGE),
        )
        .options(joinedload(Appointment.user), joinedload(Appointment.contest))
    )


def rounds_of(session: Session, user: User) -> list[Round]:
    """Return the rounds in which the user compares entries now, with their contests."""
    return list(
        session.scalars(
            select(Round)
            .join(Appointment, Appointment.contest_id == Round.contest_id)
            .where(
                Appointment.user_id == user.id,
                in_office(Role.JUDGE),
                Round.mode == Mode.PAIRWISE,
                Round.phase == RoundPhase.JUDGING,
            )
            .options(joinedload(Round.contest))
            .order_by(Round.judging_closes_at, Round.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Hall:
    """The round as it is now: what there is, what each judge has seen, and which tables are taken."""

    entries: tuple[Entry, ...]
    votes: tuple[Vote, ...]
    visits: tuple[Visit, ...]
    closed: frozenset[
        tuple[uuid.UUID, uuid.UUID]
    ]  # (judge, entry): conflicts, seen, just passed by
    at: datetime

    def taken(self, but: uuid.UUID) -> set[uuid.UUID]:
        """Return the entries at which somebody else is."""
        return {
            v.next_id
            for v in self.visits
            if v.next_id and v.appointment_id != but and v.since > self.at - STAY
        }

    def ahead(self, visit: Visit) -> list[Visit]:
        """Return who has waited for longer."""
        mine = visit.waiting_since or self.at
        return [
            v for v in self.visits
            if v.waiting_since and v.waiting_since < mine
            and v.appointment_id != visit.appointment_id and v.waiting_since > self.at - STAY
        ]  # fmt: skip


def hall(session: Session, round_: Round, at: datetime) -> Hall:
    """Return the round as it is now. Six statements."""
    made, conflicts = _said(session, round_), interests.conflicts(session, round_.contest_id)
    known, closed = _counting(made, conflicts), set(conflicts)
    users = {a.user_id: a.id for a in panel.judges(session, round_.contest_id)}
    for contender in interests.contenders(session, round_.contest_id):
        closed |= {(users[u], contender.entry_id) for u in contender.members if u in users}
    for c in made:
        if c.outcome is not Outcome.SKIPPED or c.at > at - AGAIN:
            closed.add((c.appointment_id, c.right_id))
            if c.left_id:
                closed.add((c.appointment_id, c.left_id))
    waiting = material.unheard(session, round_)
    closed |= {(judge, entry) for judge in users.values() for entry in waiting}
    standing = visits(session, round_.id)
    closed |= {(v.appointment_id, v.current_id) for v in standing if v.current_id}
    return Hall(
        entries=tuple(panel.judged_entries(session, round_)),
        votes=tuple(known),
        visits=tuple(standing),
        closed=frozenset(closed),
        at=at,
    )


def titles(entries: Sequence[Entry], *, blind: bool) -> dict[uuid.UUID, tuple[str, str]]:
    """Return entry -> (title, what stands under it): the team, or the code in a blind round."""
    return {e.id: (e.title, e.code if blind else f"{e.code} · {e.team.name}") for e in entries}
