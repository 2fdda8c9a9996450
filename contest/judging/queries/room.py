"""The chair's view: the people of the panel, their conflicts, each round at a glance, one entry."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests import queries as contests
from contest.contests.models import Appointment, Contest, Role, Round, RoundPhase
from contest.entries.models import Entry
from contest.judging.fitting import misfit
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictKind,
    ConflictSource,
    Declaration,
    Rubric,
    Scorecard,
)
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import interests, panel, readiness, work
from contest.judging.queries.interests import Candidate
from contest.judging.scoring import total
from contest.teams.models import Team
from contest.undertakings import queries as undertakings
from contest.undertakings.models import Signature

LOAD = OPEN | DONE


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One person of the panel and what they have done so far."""

    appointment: Appointment
    expired: bool
    signed: bool
    declared: bool
    conflicts: int
    load: int
    done: int


def people(session: Session, contest: Contest, at: datetime) -> list[PanelRow]:
    """Return everybody who was ever asked to judge and not released. Six statements."""
    appointments = [
        a for a in contests.appointments(session, contest.id, Role.JUDGE) if a.ended_at is None
    ]
    owed = {
        text.id
        for text in undertakings.current_texts(session, "contest", contest.id, readiness.OWED, at)
    }
    signed = defaultdict(set)
    for user_id, text_id in session.execute(
        select(Signature.user_id, Signature.text_id).where(
            Signature.text_id.in_(owed), Signature.revoked_at.is_(None)
        )
    ):
        signed[user_id].add(text_id)
    listed = {
        str(number)
        for number in session.scalars(
            select(Entry.id).where(
                Entry.contest_id == contest.id, Entry.state.in_(interests.LISTED)
            )
        )
    }
    ids = [a.id for a in appointments]
    declared = {
        appointment_id: set(entry_ids)
        for appointment_id, entry_ids in session.execute(
            select(Declaration.appointment_id, Declaration.entry_ids).where(
                Declaration.appointment_id.in_(ids)
            )
        )
    }
    barred = defaultdict(set)
    for appointment_id, entry_id in interests.conflicts(session, contest.id):
        barred[appointment_id].add(entry_id)
    loads = {
        appointment_id: (load, done)
        for appointment_id, load, done in session.execute(
            select(
                Assignment.appointment_id,
                func.count().filter(Assignment.state.in_(LOAD)),
                func.count().filter(Assignment.state.in_(DONE)),
            )
            .where(Assignment.appointment_id.in_(ids))
            .group_by(Assignment.appointment_id)
        )
    }
    return [
        PanelRow(
            a,
            expired=a.answer is None and a.expires_at is not None and a.expires_at <= at,
            signed=owed <= signed[a.user_id],
            declared=a.id in declared and listed <= declared[a.id],
            conflicts=len(barred[a.id]),
            load=loads.get(a.id, (0, 0))[0],
            done=loads.get(a.id, (0, 0))[1],
        )
        for a in appointments
    ]


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One conflict as the chair reads it."""

    id: uuid.UUID
    judge: str
    entry_id: uuid.UUID
    team: str
    kind: ConflictKind
    source: ConflictSource
    note: str
    since: datetime
    lifted_at: datetime | None
    lifted_by: str | None


def conflict_rows(session: Session, contest_id: uuid.UUID) -> list[ConflictRow]:
    """Return every conflict on record, those in force first. One statement."""
    judge, lifter = User.__table__.alias(), User.__table__.alias()
    rows = session.execute(
        select(
            Conflict.id, judge.c.name, Conflict.entry_id, Team.name, Conflict.kind,
            Conflict.source, Conflict.note, Conflict.since, Conflict.lifted_at, lifter.c.name,
        )
        .join(Appointment, Appointment.id == Conflict.appointment_id)
        .join(judge, judge.c.id == Appointment.user_id)
        .join(Entry, Entry.id == Conflict.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(lifter, lifter.c.id == Conflict.lifted_by)
        .where(Appointment.contest_id == contest_id)
        .order_by(Conflict.lifted_at.is_not(None), judge.c.name, Team.name, Conflict.id)
        .limit(1000)
    )  # fmt: skip
    return [ConflictRow(*row) for row in rows]


def conflict(session: Session, conflict_id: uuid.UUID) -> tuple[Conflict, Appointment] | None:
    """Return a conflict and the judge's appointment, with person and contest."""
    found = session.scalar(select(Conflict).where(Conflict.id == conflict_id))
    if found is None:
        return None
    appointment = contests.appointment(session, found.appointment_id)
    return (found, appointment) if appointment is not None else None


def would_conflict(
    session: Session, contest_id: uuid.UUID, organisation_id: uuid.UUID | None, email: str
) -> tuple[int, int]:
    """Return (conflicted, all): how many entries records would keep from such a person."""
    domain = email.rpartition("@")[2].strip().lower()
    organisations = frozenset({organisation_id} if organisation_id else ())
    somebody = Candidate(uuid.UUID(int=0), organisations, domain)
    domains = interests.organisation_domains(session)
    entries = interests.contenders(session, contest_id)
    hit = [e for e in entries if interests.conflict_between(somebody, e, domains) is not None]
    return len(hit), len(entries)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round at a glance."""

    round: Round
    done: int
    open: int
    weight: int | None  # sum of the rubric's weights; None: no criteria
    next: str  # the endpoint of the next step


NEXT = {
    RoundPhase.PLANNED: "judging.plan",
    RoundPhase.COLLECTING: "judging.rubric",
    RoundPhase.SCREENING: "judging.plan",
    RoundPhase.JUDGING: "judging.progress",
    RoundPhase.DELIBERATION: "ranking.show",
    RoundPhase.CERTIFIED: "ranking.show",
    RoundPhase.PUBLISHED: "ranking.show",
}


def rounds(session: Session, contest_id: uuid.UUID) -> list[RoundRow]:
    """Return every round of the contest with how far its judging is. Three statements."""
    found = contests.rounds(session, contest_id)
    ids = [r.id for r in found]
    counts = {
        round_id: (done, open_)
        for round_id, done, open_ in session.execute(
            select(
                Assignment.round_id,
                func.count().filter(Assignment.state.in_(DONE)),
                func.count().filter(Assignment.state.in_(OPEN)),
            )
            .where(Assignment.round_id.in_(ids))
            .group_by(Assignment.round_id)
        )
    }
    rubrics: dict[uuid.UUID, Rubric] = {
        r.round_id: r
        for r in session.scalars(
            select(Rubric)
            .where(Rubric.round_id.in_(ids))
            .order_by(Rubric.number)
            .options(selectinload(Rubric.criteria))
        )
    }
    return [
        RoundRow(
            r,
            *counts.get(r.id, (0, 0)),
            sum(c.weight for c in rubrics[r.id].criteria) if r.id in rubrics else None,
            NEXT[r.phase],
        )
        for r in found
    ]


def entries_of(session: Session, contest_id: uuid.UUID) -> list[Entry]:
    """Return the entries that judges may be kept from, with their teams, by team."""
    return list(
        session.scalars(
            select(Entry)
            .join(Team, Team.id == Entry.team_id)
            .where(Entry.contest_id == contest_id, Entry.state.in_(interests.LISTED))
            .options(joinedload(Entry.team))
            .order_by(Team.name)
        )
    )


def entry(session: Session, contest_id: uuid.UUID, entry_id: uuid.UUID) -> Entry | None:
    """Return an entry of the contest with its team."""
    return session.scalar(
        select(Entry)
        .where(Entry.id == entry_id, Entry.contest_id == contest_id)
        .options(joinedload(Entry.team))
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One judge's work on one entry, with every revision. For the chair only."""

    assignment: Assignment
    card: Scorecard | None  # the newest that was handed in
    total: float | None
    points: tuple[int | None, ...]  # by criterion; None: no view
    revisions: int
    barred: bool  # a conflict in force stands against it


def sheets(session: Session, round_: Round, entry_id: uuid.UUID) -> list[Sheet]:
    """Return what every judge gave an entry in a round, by name of the judge. Five statements."""
    assignments = session.scalars(
        select(Assignment)
        .where(
            Assignment.round_id == round_.id,
            Assignment.entry_id == entry_id,
            Assignment.state != AssignmentState.PROPOSED,
        )
        .options(joinedload(Assignment.appointment).joinedload(Appointment.user))
    ).all()
    cards: dict[uuid.UUID, list[Scorecard]] = defaultdict(list)
    for card in session.scalars(
        select(Scorecard)
        .where(
            Scorecard.assignment_id.in_([a.id for a in assignments]),
            Scorecard.submitted_at.is_not(None),
        )
        .options(selectinload(Scorecard.scores))
        .order_by(Scorecard.revision)
    ):
        cards[card.assignment_id].append(card)
    rubric = panel.rubric(session, round_.id)
    barred = set(
        session.scalars(
            select(Conflict.appointment_id).where(
                Conflict.entry_id == entry_id, Conflict.lifted_at.is_(None)
            )
        )
    )
    found = [_sheet(a, rubric, cards[a.id], a.appointment_id in barred) for a in assignments]
    return sorted(found, key=lambda s: (s.assignment.appointment.user.name, str(s.assignment.id)))


def _sheet(
    assignment: Assignment, rubric: Rubric | None, cards: Sequence[Scorecard], barred: bool
) -> Sheet:
    card = next((c for c in reversed(cards) if c.superseded_at is None), None)
    if card is None or rubric is None:
        return Sheet(assignment, None, None, (), len(cards), barred)
    given = work.given(rubric, card)
    points = tuple(g.points for g in given)
    return Sheet(assignment, card, total(given), points, len(cards), barred)


def scorecard(session: Session, scorecard_id: uuid.UUID) -> Scorecard | None:
    """Return a scorecard with its assignment, round and contest."""
    return session.scalar(
        select(Scorecard)
        .where(Scorecard.id == scorecard_id)
        .options(
            joinedload(Scorecard.assignment).joinedload(Assignment.round).joinedload(Round.contest)
        )
    )


def free_judges(
    session: Session, round_: Round, *, limit: int = 4
) -> dict[uuid.UUID, list[Appointment]]:
    """Return entry -> judges who could still take it: no conflict, not in it, least loaded first."""
    judges = panel.judges(session, round_.contest_id)
    entries = {e.id: e for e in panel.judged_entries(session, round_)}
    barred = set(interests.conflicts(session, round_.contest_id))
    members = {c.entry_id: c.members for c in interests.contenders(session, round_.contest_id)}
    taken: set[tuple[uuid.UUID, uuid.UUID]] = set()
    loads: dict[uuid.UUID, int] = defaultdict(int)
    for judge_id, entry_id, state in session.execute(
        select(Assignment.appointment_id, Assignment.entry_id, Assignment.state).where(
            Assignment.round_id == round_.id, Assignment.state != AssignmentState.REASSIGNED
        )
    ):
        taken.add((judge_id, entry_id))
        loads[judge_id] += state in OPEN
    ordered = sorted(judges, key=lambda a: (loads[a.id], a.user.name))
    return {
        entry_id: [
            j
            for j in ordered
            if (j.id, entry_id) not in barred | taken
            and j.user_id not in people
            and (entry_id not in entries or misfit(j, entries[entry_id]) is None)
        ][:limit]
        for entry_id, people in members.items()
    }
