"""Reads entries and the teams behind them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.contests.models import Contest, Track
from contest.core.words import Words
from contest.entries.models import Entry, Lateness, State, Version
from contest.events import queries as events
from contest.events.log import Verb
from contest.events.models import Event
from contest.teams.models import Member, Team

WITH_MEMBERS = (
    selectinload(Team.members).joinedload(Member.user),
    joinedload(Team.track),
    joinedload(Team.organisation),
)
WITH_TEAM = (
    joinedload(Entry.contest).joinedload(Contest.series),
    joinedload(Entry.team).options(*WITH_MEMBERS),
)
# Made once: nearly every page for teams asks.
BY_ID = select(Entry).where(Entry.id == bindparam("entry_id")).options(*WITH_TEAM)
BY_TEAM = select(Entry).where(Entry.team_id == bindparam("team_id")).options(*WITH_TEAM)
TEAM = (
    select(Team)
    .where(Team.id == bindparam("team_id"))
    .options(joinedload(Team.contest).joinedload(Contest.series), *WITH_MEMBERS)
)


def entry(session: Session, entry_id: uuid.UUID) -> Entry | None:
    """Return the entry with its contest, its team and everybody in it."""
    return session.scalar(BY_ID, {"entry_id": entry_id})


def entry_of(session: Session, team_id: uuid.UUID) -> Entry | None:
    """Return the team's entry, if it has begun one, with contest, team and members."""
    return session.scalar(BY_TEAM, {"team_id": team_id})


def team(session: Session, team_id: uuid.UUID) -> Team | None:
    """Return the team with its contest and everybody in it."""
    return session.scalar(TEAM, {"team_id": team_id})


def entries_of(
    session: Session, contest_id: uuid.UUID, states: Iterable[State] | None = None
) -> tuple[Entry, ...]:
    """Return the contest's entries (in `states`) by title, with contest, team and members."""
    statement = select(Entry).where(Entry.contest_id == contest_id)
    if states is not None:
        statement = statement.where(Entry.state.in_(list(states)))
    return tuple(session.scalars(statement.options(*WITH_TEAM).order_by(Entry.title, Entry.id)))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the organisers' list: an entry and its newest version, if it has one."""

    id: uuid.UUID
    title: str
    code: str
    state: State
    team_id: uuid.UUID
    team_name: str
    track: Words | None
    number: int | None
    submitted_at: datetime | None
    lateness: Lateness | None


def rows(
    session: Session,
    contest_id: uuid.UUID,
    *,
    state: State | None = None,
    track_id: uuid.UUID | None = None,
    late: bool = False,
    limit: int = 500,
) -> tuple[Row, ...]:
    """Return the entries that match every filter, newest version first. One statement."""
    newest = (
        select(Version.entry_id, func.max(Version.submitted_at).label("at"))
        .group_by(Version.entry_id)
        .subquery()
    )
    statement = (
        select(
            Entry.id,
            Entry.title,
            Entry.code,
            Entry.state,
            Team.id,
            Team.name,
            Track.title,
            Version.number,
            Version.submitted_at,
            Version.lateness,
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Track, Track.id == Team.track_id)
        .outerjoin(newest, newest.c.entry_id == Entry.id)
        .outerjoin(Version, (Version.entry_id == Entry.id) & (Version.submitted_at == newest.c.at))
        .where(Entry.contest_id == contest_id)
        .order_by(Version.submitted_at.desc().nulls_last(), Entry.title, Entry.id)
        .limit(limit)
    )
    if state is not None:
        statement = statement.where(Entry.state == state)
    if track_id is not None:
        statement = statement.where(Team.track_id == track_id)
    if late:
        statement = statement.where(Version.lateness != Lateness.ON_TIME)
    return tuple(Row(*tuple(found)) for found in session.execute(statement))


def counts(session: Session, contest_id: uuid.UUID) -> dict[State, int]:
    """Return how many entries stand where; states without any are left out. One statement."""
    statement = (
        select(Entry.state, func.count().label("number"))
        .where(Entry.contest_id == contest_id)
        .group_by(Entry.state)
    )
    found = {row.state: row.number for row in session.execute(statement)}
    return {state: found[state] for state in State if state in found}


def sent_bytes(session: Session, entry: Entry) -> list[int]:
    """Return the sizes of all files that were ever put into the entry's drafts."""
    attached = select(Event.facts).where(
        Event.subject_id == entry.id, Event.verb == Verb.ENTRY_FILE_ATTACHED
    )
    return [facts["size_bytes"] for facts in session.scalars(attached)]


def history(session: Session, entry: Entry) -> list[Event]:
    """Return what happened to the entry, newest first."""
    return events.of(session, entry.id)
