"""Reads the screeners' queue and what they found."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from contest.contests.models import Contest, Phase, Round, RoundPhase, Track
from contest.core.words import Words
from contest.entries.models import Entry, Extension, InfoRequest, Screening, State, Version
from contest.teams.models import Team

TO_DECIDE = (State.SUBMITTED, State.INFO_REQUESTED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry in the queue."""

    id: uuid.UUID
    title: str
    team_name: str
    track: Words | None
    state: State
    submitted_at: datetime


def queue(session: Session, round_: Round) -> tuple[Waiting, ...]:
    """Return what was handed in to the round and is in hand, first come first. One statement."""
    newest = (
        select(Version.entry_id, func.max(Version.submitted_at).label("at"))
        .where(Version.round_id == round_.id)
        .group_by(Version.entry_id)
        .subquery()
    )
    statement = (
        select(Entry.id, Entry.title, Team.name, Track.title, Entry.state, newest.c.at)
        .join(newest, newest.c.entry_id == Entry.id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Track, Track.id == Team.track_id)
        .where(
            Entry.state.in_([*TO_DECIDE, State.ELIGIBLE, State.INELIGIBLE]),
        )
        .order_by(newest.c.at, Entry.id)
    )
    return tuple(Waiting(*found) for found in session.execute(statement))


def closing(session: Session, at: datetime) -> tuple[tuple[Round, datetime | None], ...]:
    """Return rounds that still collect though their window has ended, each with its last extension."""
    extended = (
        select(func.max(Extension.until)).where(Extension.round_id == Round.id).scalar_subquery()
    )
    rows = session.execute(
        select(Round, extended)
        .join(Contest, Contest.id == Round.contest_id)
        .where(
            Contest.phase == Phase.RUNNING,
            Round.phase == RoundPhase.COLLECTING,
            Round.closes_at <= at,
        )
        .order_by(Round.closes_at, Round.id)
    )
    return tuple((round_, until) for round_, until in rows)


def undecided(session: Session, round_: Round) -> tuple[Entry, ...]:
    """Return the entries of the round on which no screener has decided yet, with their teams."""
    handed_in = exists().where(Version.entry_id == Entry.id, Version.round_id == round_.id)
    return tuple(
        session.scalars(
            select(Entry)
            .where(Entry.contest_id == round_.contest_id, Entry.state.in_(TO_DECIDE), handed_in)
            .options(joinedload(Entry.team))
            .order_by(Entry.title, Entry.id)
        )
    )


def decided(session: Session, round_: Round) -> int:
    """Return how many entries of the round are found eligible. One statement."""
    handed_in = exists().where(Version.entry_id == Entry.id, Version.round_id == round_.id)
    return (
        session.scalar(
            select(func.count())
            .select_from(Entry)
            .where(Entry.contest_id == round_.contest_id, Entry.state == State.ELIGIBLE, handed_in)
        )
        or 0
    )


def findings(session: Session, entry_id: uuid.UUID) -> tuple[Screening, ...]:
    """Return what screeners found on the entry, newest first, each with its author."""
    return tuple(
        session.scalars(
            select(Screening)
            .where(Screening.entry_id == entry_id)
            .options(joinedload(Screening.by))
            .order_by(Screening.at.desc(), Screening.id)
        )
    )


def open_request(session: Session, entry_id: uuid.UUID) -> InfoRequest | None:
    """Return what was asked for and is not answered yet."""
    return session.scalar(
        select(InfoRequest)
        .where(InfoRequest.entry_id == entry_id, InfoRequest.answered_at.is_(None))
        .order_by(InfoRequest.at.desc())
        .limit(1)
    )
