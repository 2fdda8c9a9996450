"""Reads until when teams may write: the round's end, their own later one, or what was asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from contest.contests.models import Contest, Round
from contest.entries.models import (
    ENTRY_LIFE,
    Entry,
    Extension,
    InfoRequest,
    Leave,
    State,
    deadline,
    written_for,
)
from contest.teams.models import Team

Chance = tuple[Round, Extension | None]  # a round that a team may write for, with its own extension


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when one team writes, and for which round."""

    team: Team
    entry: Entry | None
    round: Round  # with its contest
    leave: Leave
    until: datetime
    told_at: datetime | None  # when the team learnt of a date of its own; None: it is everybody's

    def is_asked(self) -> bool:
        """Say whether it is for what a screener asked, not for handing in."""
        return self.leave.requested_until is not None

    def is_extended(self) -> bool:
        """Say whether the team has more time than the others."""
        return self.told_at is not None and not self.is_asked()


def deadlines(session: Session, *wanted: ColumnElement[bool], at: datetime) -> tuple[Deadline, ...]:
    """Return the deadline of each team that `wanted` chooses, by the team's name. Two statements.

    `wanted` speaks of Team, Contest and Entry. Left out are teams that nothing is taken from any
    more: dissolved, found ineligible, decided on. Who advanced and is through with one round
    has the deadline of the next, even before that opens.
    """
    requests = {r.entry_id: r for r in session.scalars(_requests(wanted))}  # the newest is last
    rows = session.execute(_chances(wanted)).all()
    found = []
    for _, lines in groupby(rows, key=lambda row: row[0].id):
        mine = list(lines)
        team, entry = mine[0][0], mine[0][1]
        chances = [(round_, extension) for _, _, round_, extension in mine]
        request = requests.get(entry.id) if entry is not None else None
        if (ahead := _ahead(team, entry, chances, request, at)) is not None:
            found.append(ahead)
    return tuple(found)


def ending(
    session: Session, *wanted: ColumnElement[bool], at: datetime, until: datetime
) -> tuple[Deadline, ...]:
    """Return the deadlines of `wanted` teams that pass in (at, until]. Two statements."""
    round_, extension, request = aliased(Round), aliased(Extension), aliased(InfoRequest)
    soon = or_(
        Team.contest_id.in_(
            select(round_.contest_id).where(round_.closes_at > at, round_.closes_at <= until)
        ),
        Team.id.in_(
            select(extension.team_id).where(extension.until > at, extension.until <= until)
        ),
        Entry.id.in_(select(request.entry_id).where(request.until > at, request.until <= until)),
    )
    return tuple(d for d in deadlines(session, soon, *wanted, at=at) if at < d.until <= until)


def _chances(wanted: Sequence[ColumnElement[bool]]) -> Select[Team, Entry, Round, Extension]:
    """Select every team with its entry, each round that collects, and its extension there."""
    return (
        select(Team, Entry, Round, Extension)
        .join(Contest, Contest.id == Team.contest_id)
        .join(Round, (Round.contest_id == Contest.id) & Round.opens_at.is_not(None))
        .outerjoin(Entry, Entry.team_id == Team.id)
        .outerjoin(Extension, (Extension.team_id == Team.id) & (Extension.round_id == Round.id))
        .where(Team.dissolved_at.is_(None), *wanted)
        .options(contains_eager(Round.contest))
        .order_by(Team.name, Team.id, Round.number)
    )


def _requests(wanted: Sequence[ColumnElement[bool]]) -> Select[InfoRequest]:
    """Select what was asked and is not answered, the oldest first."""
    return (
        select(InfoRequest)
        .join(Entry, Entry.id == InfoRequest.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Contest, Contest.id == Team.contest_id)
        .where(Entry.state == State.INFO_REQUESTED, InfoRequest.answered_at.is_(None), *wanted)
        .order_by(InfoRequest.at, InfoRequest.id)
    )


def _ahead(
    team: Team,
    entry: Entry | None,
    chances: Sequence[Chance],
    request: InfoRequest | None,
    at: datetime,
) -> Deadline | None:
    state = entry.state if entry is not None else State.DRAFT
    if not (ENTRY_LIFE.can(state, "submit") or ENTRY_LIFE.can(state, "submit_again")):
        return None
    if state is State.INFO_REQUESTED and request is None:
        return None
    rounds = [round_ for round_, _ in chances]
    here = written_for(rounds, state, at)
    first = rounds.index(here) if here is not None else 0
    later = chances[first:] if state is State.ADVANCED else chances[first : first + 1]
    known = [_one(team, entry, chance, request) for chance in later]
    dated = [d for d in known if d is not None]
    return next((d for d in dated if d.until > at), dated[-1] if dated else None)


def _one(
    team: Team, entry: Entry | None, chance: Chance, request: InfoRequest | None
) -> Deadline | None:
    round_, extension = chance
    leave = Leave(
        extension.until if extension is not None else None,
        request.until if request is not None else None,
        frozenset(request.question_ids) if request is not None else frozenset(),
    )
    until = deadline(round_, leave)
    if until is None:
        return None
    told_at = None
    if request is not None:
        told_at = request.at
    elif extension is not None and until == extension.until:
        told_at = extension.given_at
    return Deadline(team, entry, round_, leave, until, told_at)
