"""Conflicts of interest: who must not judge what, by records and by what judges declare."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Answer, Appointment, Role
from contest.core.words import Words
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.judging.models import (
    Conflict,
    ConflictKind,
    ConflictSource,
    Declaration,
)
from contest.organisations.models import Organisation, Position
from contest.teams.models import Member, Team

# Mail providers: sharing one says nothing about working together.
OPEN_DOMAINS = frozenset(
    {"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "qq.com", "163.com",
     "126.com", "proton.me", "gmx.de", "web.de", "yahoo.co.jp", "example.org"}
)  # fmt: skip


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
    team_id: uuid.UUID
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


def undeclared(session: Session, appointment: Appointment) -> int:
    """Return how many names came after the judge's last declaration; all of them before the first.

    Asked for at each saved field: two statements that load no entity.
    """
    made = session.scalar(
        select(Declaration.entry_ids).where(Declaration.appointment_id == appointment.id)
    )
    listed = select(Entry.id).where(
        Entry.contest_id == appointment.contest_id, Entry.state.in_(LISTED)
    )
    return len({str(number) for number in session.scalars(listed)} - set(made or ()))


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
            team.id,
            team.name,
            organisation,
            tuple(people[team.id]),
            known[entry.id].kind if entry.id in known else None,
            known[entry.id].source if entry.id in known else None,
            str(entry.id) not in seen,
        )
        for entry, team, organisation in rows
    ]
