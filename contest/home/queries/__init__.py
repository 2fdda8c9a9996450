"""Reads for the start page: what is on, and what awaits one person. Few statements, however much there is."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Answer, Appointment, Contest, Phase, Role, Round, in_office
from contest.core.words import Words
from contest.entries import queries as entries
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.followup.models import Case, Stage
from contest.judging.models import Assignment
from contest.judging.models.assignment import DONE, OPEN
from contest.teams.models import Member, Team

SHOWN = frozenset(Phase) - {Phase.DRAFT, Phase.CANCELLED, Phase.SUSPENDED, Phase.ARCHIVED}


@dataclass(frozen=True, slots=True)
class ContestCard:
    """A public contest as the start page shows it."""

    slug: str
    title: Words
    tagline: Words
    edition: str
    country: str
    zone: str
    colour: str
    phase: Phase
    closes_at: datetime | None


def public_contests(session: Session) -> list[ContestCard]:
    """Return announced contests, the newest first. One statement."""
    closes = (
        select(func.min(Round.closes_at)).where(Round.contest_id == Contest.id).scalar_subquery()
    )
    rows = session.execute(
        select(
            Contest.slug,
            Contest.title,
            Contest.tagline,
            Contest.edition,
            Contest.country,
            Contest.zone,
            Contest.colour,
            Contest.phase,
            closes,
        )
        .where(Contest.announced_at.is_not(None), Contest.phase.in_(SHOWN))
        .order_by(Contest.announced_at.desc(), Contest.id)
        .limit(60)
    )
    return [ContestCard(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class RoleCard:
    """One appointment of mine and how far its work is."""

    contest_id: uuid.UUID
    slug: str
    title: Words
    edition: str
    phase: Phase
    role: Role
    appointment_id: uuid.UUID
    answer: Answer | None
    done: int
    open: int
    waiting: int  # entries to screen


@dataclass(frozen=True, slots=True)
class TeamCard:
    """One team of mine and its entry."""

    slug: str
    title: Words
    team_id: uuid.UUID
    team: str
    entry_title: str | None
    state: EntryState | None
    closes_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One follow-up that I own on either side."""

    case_id: uuid.UUID
    title: str
    stage: Stage
    since: datetime


def my_roles(session: Session, user: User) -> list[RoleCard]:
    """Return my appointments that have not ended, with the work in them. One statement."""

    def count(states: frozenset[object]) -> object:
        return (
            select(func.count())
            .where(Assignment.appointment_id == Appointment.id, Assignment.state.in_(states))
            .scalar_subquery()
        )

    waiting = (
        select(func.count())
        .where(Entry.contest_id == Contest.id, Entry.state == EntryState.SUBMITTED)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Contest.id,
            Contest.slug,
            Contest.title,
            Contest.edition,
            Contest.phase,
            Appointment.role,
            Appointment.id,
            Appointment.answer,
            count(DONE),  # type: ignore[call-overload]
            count(OPEN),
            waiting,
        )
        .join(Contest, Contest.id == Appointment.contest_id)
        .where(
            Appointment.user_id == user.id,
            Appointment.ended_at.is_(None),
            Appointment.answer.is_distinct_from(Answer.DECLINED),
        )
        .order_by(Contest.phase == Phase.ARCHIVED, Contest.announced_at.desc(), Appointment.role)
        .limit(100)
    )
    return [RoleCard(*row) for row in rows]


MINE = (  # made once: every page of a workspace asks
    select(Contest.slug, Contest.title, Contest.edition, Appointment.role)
    .outerjoin(
        Appointment,
        (Appointment.contest_id == Contest.id)
        & (Appointment.user_id == bindparam("user_id"))
        & in_office(),
    )
    .where(
        Contest.phase != Phase.ARCHIVED,
        Appointment.id.is_not(None)
        | exists().where(
            Team.contest_id == Contest.id,
            Member.team_id == Team.id,
            Member.user_id == bindparam("user_id"),
            Member.left_at.is_(None),
        ),
    )
    .order_by(Contest.announced_at.is_not(None), Contest.announced_at.desc(), Contest.id)
    .limit(100)
)


@dataclass(frozen=True, slots=True)
class Mine:
    """A contest that I work in, or (without a role) compete in."""

    slug: str
    title: Words
    edition: str
    role: Role | None


def my_contests(session: Session, user: User) -> list[Mine]:
    """Return the contests that are not archived in which I have a role or a team, newest first.

    Where somebody has several roles, the first one counts. One statement.
    """
    rows = session.execute(MINE, {"user_id": user.id})
    found: dict[str, Mine] = {}
    order = [*Role, None]
    for mine in sorted((Mine(*row) for row in rows), key=lambda mine: order.index(mine.role)):
        found.setdefault(mine.slug, mine)
    return list(found.values())


def judges_somewhere(session: Session, user: User) -> bool:
    """Say whether somebody is or was a judge in any contest. One statement."""
    return session.scalar(
        select(select(Appointment.id).where(
            Appointment.user_id == user.id, Appointment.role == Role.JUDGE,
            Appointment.answer == Answer.ACCEPTED,
        ).exists())
    ) or False  # fmt: skip


def my_teams(session: Session, user: User, at: datetime) -> list[TeamCard]:
    """Return my teams with their entries and until when each is written. Three statements."""
    own = select(Member.team_id).where(Member.user_id == user.id, Member.left_at.is_(None))
    until = {d.team.id: d.until for d in entries.deadlines(session, Team.id.in_(own), at=at)}
    rows = session.execute(
        select(
            Contest.slug,
            Contest.title,
            Team.id,
            Team.name,
            Entry.title,
            Entry.state,
            Contest.zone,
        )
        .join(Member, Member.team_id == Team.id)
        .join(Contest, Contest.id == Team.contest_id)
        .outerjoin(Entry, Entry.team_id == Team.id)
        .where(Member.user_id == user.id, Member.left_at.is_(None))
        .order_by(Member.joined_at.desc())
        .limit(50)
    )
    return [
        TeamCard(slug, title, team_id, team, entry, state, until.get(team_id), zone)
        for slug, title, team_id, team, entry, state, zone in rows
    ]


def my_cases(session: Session, user: User) -> list[CaseCard]:
    """Return the running follow-ups that I own. One statement."""
    rows = session.execute(
        select(Case.id, Case.title, Case.stage, Case.stage_since)
        .where(
            (Case.sponsor_owner_id == user.id) | (Case.team_owner_id == user.id),
            Case.stage != Stage.CLOSED,
        )
        .order_by(Case.stage_since)
        .limit(50)
    )
    return [CaseCard(*row) for row in rows]
