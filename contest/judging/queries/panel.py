"""The panel: who judges, who must not judge what, and how far everybody is."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Answer, Appointment, Role, Round, RoundKind
from contest.core.words import Words
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.judging.models import (
    Assignment,
    AssignmentPlan,
    AssignmentState,
    Conflict,
    ConflictKind,
    ConflictSource,
    Criterion,
    Declaration,
    PlanState,
    Rubric,
    Waiver,
)
from contest.judging.models.assignment import DONE, OPEN
from contest.organisations.models import Organisation, Position
from contest.teams.models import Member, Team

# Mail providers: sharing one says nothing about working together.
OPEN_DOMAINS = frozenset(
    {"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "qq.com", "163.com",
     "126.com", "proton.me", "gmx.de", "web.de", "yahoo.co.jp", "example.org"}
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """What conflicts are found from on the judge's side."""

    appointment_id: uuid.UUID
    organisations: frozenset[uuid.UUID]
    domain: str


@dataclass(frozen=True, slots=True)
class Contender:
    """What conflicts are found from on the entry's side."""

    entry_id: uuid.UUID
    organisation_id: uuid.UUID | None
    domains: frozenset[str]
    members: frozenset[uuid.UUID]


def conflict_between(
    judge: Candidate, entry: Contender, domains_of: Mapping[uuid.UUID, frozenset[str]]
) -> ConflictKind | None:
    """Return why this judge must not see this entry, as far as records tell. Pure."""
    if entry.organisation_id is not None and entry.organisation_id in judge.organisations:
        return ConflictKind.ORGANISATION
    known = {d for o in judge.organisations for d in domains_of.get(o, frozenset())}
    if judge.domain and judge.domain not in OPEN_DOMAINS:
        known.add(judge.domain)
    if known & (entry.domains - OPEN_DOMAINS):
        return ConflictKind.DOMAIN
    if entry.organisation_id is not None and known & domains_of.get(
        entry.organisation_id, frozenset()
    ):
        return ConflictKind.ORGANISATION
    return None


def candidates(session: Session, contest_id: uuid.UUID) -> list[Candidate]:
    """Return every judge that was not declined or ended, with the organisations they hold a position in."""
    rows = session.execute(
        select(Appointment, User)
        .join(User, User.id == Appointment.user_id)
        .where(
            Appointment.contest_id == contest_id,
            Appointment.role == Role.JUDGE,
            Appointment.answer.is_distinct_from(Answer.DECLINED),
            Appointment.ended_at.is_(None),
        )
    ).all()
    positions = defaultdict(set)
    for user_id, organisation_id in session.execute(
        select(Position.user_id, Position.organisation_id).where(
            Position.user_id.in_([user.id for _, user in rows]), Position.until_on.is_(None)
        )
    ):
        positions[user_id].add(organisation_id)
    return [
        Candidate(
            a.id,
            frozenset(positions[user.id] | ({a.organisation_id} if a.organisation_id else set())),
            user.domain(),
        )
        for a, user in rows
    ]


def contenders(session: Session, contest_id: uuid.UUID) -> list[Contender]:
    """Return every entry of the contest with what its team is made of. Two statements."""
    rows = session.execute(
        select(Entry.id, Team.id, Team.organisation_id)
        .join(Team, Team.id == Entry.team_id)
        .where(Entry.contest_id == contest_id)
    ).all()
    people = defaultdict(set)
    for team_id, user in session.execute(
        select(Member.team_id, User)
        .join(User, User.id == Member.user_id)
        .where(Member.contest_id == contest_id, Member.left_at.is_(None))
    ):
        people[team_id].add((user.id, user.domain()))
    return [
        Contender(
            entry_id,
            organisation_id,
            frozenset(domain for _, domain in people[team_id] if domain),
            frozenset(number for number, _ in people[team_id]),
        )
        for entry_id, team_id, organisation_id in rows
    ]


def organisation_domains(session: Session) -> dict[uuid.UUID, frozenset[str]]:
    """Return the verified mail domains of each organisation that has some."""
    rows = session.execute(select(Organisation.id, Organisation.domains))
    return {number: frozenset(domains) for number, domains in rows if domains}


def conflicts(
    session: Session, contest_id: uuid.UUID
) -> dict[tuple[uuid.UUID, uuid.UUID], Conflict]:
    """Return the conflicts in force: (appointment, entry) -> one of them."""
    found = session.scalars(
        select(Conflict)
        .join(Appointment, Appointment.id == Conflict.appointment_id)
        .where(Appointment.contest_id == contest_id, Conflict.lifted_at.is_(None))
        .order_by(Conflict.since)
    )
    return {(c.appointment_id, c.entry_id): c for c in found}


def has_conflict(session: Session, appointment_id: uuid.UUID, entry_id: uuid.UUID) -> bool:
    """Say whether a conflict in force keeps this judge from this entry."""
    return (
        session.scalar(
            select(Conflict.id)
            .where(
                Conflict.appointment_id == appointment_id,
                Conflict.entry_id == entry_id,
                Conflict.lifted_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def declaration(session: Session, appointment_id: uuid.UUID) -> Declaration | None:
    """Return the judge's declaration, if they made one."""
    return session.scalar(select(Declaration).where(Declaration.appointment_id == appointment_id))


@dataclass(frozen=True, slots=True)
class Name:
    """All that a judge sees of an entry before declaring conflicts."""

    entry_id: uuid.UUID
    title: str
    team: str
    organisation: Words | None
    members: tuple[str, ...]
    kind: ConflictKind | None  # a conflict that is already on record
    source: ConflictSource | None
    is_new: bool  # came after the judge's last declaration

    def is_on_record(self) -> bool:
        """Say whether the conflict is not the judge's to take back."""
        return self.source is not None and self.source is not ConflictSource.JUDGE


LISTED = frozenset(
    {EntryState.SUBMITTED, EntryState.ELIGIBLE, EntryState.ADVANCED, EntryState.INFO_REQUESTED}
)


def names(session: Session, appointment: Appointment) -> list[Name]:
    """Return the names that the judge checks for conflicts, by team."""
    rows = session.execute(
        select(Entry, Team, Organisation.name)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Team.organisation_id)
        .where(
            Entry.contest_id == appointment.contest_id,
            Entry.state.in_(LISTED),
        )
        .order_by(Team.name)
    ).all()
    people = defaultdict(list)
    for team_id, name in session.execute(
        select(Member.team_id, User.name)
        .join(User, User.id == Member.user_id)
        .where(Member.contest_id == appointment.contest_id, Member.left_at.is_(None))
        .order_by(User.name)
    ):
        people[team_id].append(name)
    known = {
        c.entry_id: c
        for c in session.scalars(
            select(Conflict).where(
                Conflict.appointment_id == appointment.id, Conflict.lifted_at.is_(None)
            )
        )
    }
    made = declaration(session, appointment.id)
    seen = set(made.entry_ids) if made else set()
    return [
        Name(
            entry.id,
            entry.title,
            team.name,
            organisation,
            tuple(people[team.id]),
            known[entry.id].kind if entry.id in known else None,
            known[entry.id].source if entry.id in known else None,
            str(entry.id) not in seen,
        )
        for entry, team, organisation in rows
    ]


@dataclass(frozen=True, slots=True)
class Design:
    """What an assignment is computed from. Rows are entries, columns judges, both by id order given."""

    entry_ids: tuple[uuid.UUID, ...]
    judge_ids: tuple[uuid.UUID, ...]
    affinity: tuple[tuple[float, ...], ...]
    eligible: tuple[tuple[bool, ...], ...]
    fixed: tuple[tuple[bool, ...], ...]
    before: tuple[tuple[bool, ...], ...]
    reviews: tuple[int, ...]
    lower: int
    upper: int


def design(session: Session, round_: Round) -> Design:
    """Return the round's design problem: conflicts are masks, scored pairs are fixed.

    On pitch day everybody who may hears everybody.
    """
    panel, entries = judges(session, round_.contest_id), judged_entries(session, round_)
    barred = conflicts(session, round_.contest_id)
    members = {c.entry_id: c.members for c in contenders(session, round_.contest_id)}
    pairs = {
        (a.appointment_id, a.entry_id): a.state
        for a in session.scalars(select(Assignment).where(Assignment.round_id == round_.id))
    }
    gone = {AssignmentState.RECUSED, AssignmentState.REASSIGNED, AssignmentState.WAIVED}
    kept = DONE | {AssignmentState.IN_PROGRESS, AssignmentState.ABSTAINED}

    def may(judge: Appointment, entry: Entry) -> bool:
        return (
            (judge.id, entry.id) not in barred
            and judge.user_id not in members.get(entry.id, frozenset())
            and pairs.get((judge.id, entry.id)) not in gone
        )

    def affinity(judge: Appointment, entry: Entry) -> float:
        return 0.8 if judge.track_id is not None and judge.track_id == entry.team.track_id else 0.5

    eligible = tuple(tuple(may(j, e) for j in panel) for e in entries)
    state = tuple(tuple(pairs.get((j.id, e.id)) for j in panel) for e in entries)
    pitch = round_.kind is RoundKind.PITCH
    return Design(
        tuple(e.id for e in entries),
        tuple(j.id for j in panel),
        tuple(tuple(affinity(j, e) for j in panel) for e in entries),
        eligible,
        tuple(
            tuple(s in kept and ok for s, ok in zip(*rows, strict=True))
            for rows in zip(state, eligible, strict=True)
        ),
        tuple(tuple(s in OPEN | kept for s in row) for row in state),
        tuple(sum(row) if pitch else round_.minimum_reviews for row in eligible),
        0 if pitch else round_.load_min,
        len(entries) if pitch else round_.load_max,
    )


def newest_plan(session: Session, round_id: uuid.UUID) -> AssignmentPlan | None:
    """Return the plan that is being looked at, or was applied last."""
    return session.scalar(
        select(AssignmentPlan)
        .where(AssignmentPlan.round_id == round_id, AssignmentPlan.state != PlanState.DISCARDED)
        .order_by(AssignmentPlan.state == PlanState.APPLIED, AssignmentPlan.computed_at.desc())
        .limit(1)
    )


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

    @property
    def all(self) -> int:
        return self.done + self.open + self.deferred + self.abstained


@dataclass(frozen=True, slots=True)
class EntryProgress:
    """How many reviews one entry has in one round, and how many it needs."""

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
        )  # type: ignore[call-overload]
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .join(User, User.id == Appointment.user_id)
        .outerjoin(Organisation, Organisation.id == Appointment.organisation_id)
        .where(Assignment.round_id == round_.id, Assignment.state != AssignmentState.PROPOSED)
        .group_by(Appointment.id, User.name, Organisation.id)
    )
    found = [JudgeProgress(*row) for row in rows]
    return sorted(found, key=lambda p: (p.done / p.all if p.all else 1.0, p.name))


def progress_by_entry(session: Session, round_: Round) -> list[EntryProgress]:
    """Return one row per entry that the round judges, those short of reviews first."""
    waived = set(session.scalars(select(Waiver.entry_id).where(Waiver.round_id == round_.id)))
    counts: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for entry_id, state in session.execute(
        select(Assignment.entry_id, Assignment.state).where(Assignment.round_id == round_.id)
    ):
        place = 0 if state in DONE else 1 if state in OPEN else 2
        if place < 2 or state is AssignmentState.ABSTAINED:
            counts[entry_id][place] += 1
    wanted = round_.minimum_reviews
    rows = []
    for e in judged_entries(session, round_):
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
