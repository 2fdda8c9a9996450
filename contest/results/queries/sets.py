"""Reads result sets for officers, and what one would say now."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.contests.models import (
    Contest,
    Prize,
    Round,
    Track,
)
from contest.core.words import Words
from contest.entries.models import Entry, Version
from contest.entries.models import State as EntryState
from contest.judging.models import Assignment, Ballot, Choice, Scorecard
from contest.judging.queries.work import COUNTED
from contest.ranking.models import Ranking
from contest.results import snapshot
from contest.results.models import (
    Award,
    Decision,
    DecisionState,
    OfficerSignature,
    ResultSet,
    ResultState,
)
from contest.teams.models import Team

LIVE = frozenset({ResultState.COMPUTED, ResultState.CERTIFIED, ResultState.EMBARGOED})
JUDGED = frozenset(
    {
        EntryState.ELIGIBLE,
        EntryState.ADVANCED,
        EntryState.NOT_ADVANCED,
        EntryState.AWARDED,
        EntryState.NOT_AWARDED,
    }
)


def result_set(session: Session, contest_id: uuid.UUID, number: int) -> ResultSet | None:
    """Return one set with its contest and signatures."""
    return session.scalar(
        _whole().where(ResultSet.contest_id == contest_id, ResultSet.number == number)
    )


def by_id(session: Session, result_set_id: uuid.UUID) -> ResultSet | None:
    """Return the set with its contest and signatures."""
    return session.scalar(_whole().where(ResultSet.id == result_set_id))


def all_sets(session: Session, contest_id: uuid.UUID) -> tuple[ResultSet, ...]:
    """Return every set of the contest with its signatures, newest first."""
    return tuple(
        session.scalars(
            _whole().where(ResultSet.contest_id == contest_id).order_by(ResultSet.number.desc())
        )
    )


def live(session: Session, contest_id: uuid.UUID) -> ResultSet | None:
    """Return the set that is on its way to publication."""
    return session.scalar(
        _whole().where(ResultSet.contest_id == contest_id, ResultSet.state.in_(LIVE))
    )


def published(session: Session, contest_id: uuid.UUID) -> ResultSet | None:
    return session.scalar(
        _whole().where(ResultSet.contest_id == contest_id, ResultSet.state == ResultState.PUBLISHED)
    )


def _whole() -> Select[ResultSet]:
    return select(ResultSet).options(
        joinedload(ResultSet.contest),
        selectinload(ResultSet.signatures).joinedload(OfficerSignature.user),
    )


def next_number(session: Session, contest_id: uuid.UUID) -> int:
    newest = session.scalar(
        select(func.max(ResultSet.number)).where(ResultSet.contest_id == contest_id)
    )
    return (newest or 0) + 1


@dataclass(frozen=True, slots=True)
class Given:
    """An award as the officers see it before it is frozen."""

    prize: Words
    place: int
    team: str
    title: str
    entry_id: uuid.UUID


def given(session: Session, contest_id: uuid.UUID) -> tuple[Given, ...]:
    """Return the awards written down now, in the order of the prizes."""
    return tuple(
        Given(prize.title, place, team, title, entry_id)
        for prize, place, team, title, entry_id in session.execute(
            select(Prize, Award.place, Team.name, Entry.title, Entry.id)
            .join(Award, Award.prize_id == Prize.id)
            .join(Entry, Entry.id == Award.entry_id)
            .join(Team, Team.id == Entry.team_id)
            .where(Prize.contest_id == contest_id)
            .order_by(Prize.position, Prize.id, Award.place)
        )
    )


def facts(session: Session, contest: Contest) -> snapshot.Facts:
    """Return all that a result of the contest says now. Six statements."""
    winners = _winners(session, contest.id)
    awarded = {w.entry for w in winners}
    others = [
        snapshot.Other(str(entry_id), team, title, state)
        for entry_id, team, title, state in _judged(session, contest.id)
        if str(entry_id) not in awarded
    ]
    return snapshot.Facts(
        contest=contest.slug,
        title=contest.title.plain(),
        winners=winners,
        others=others,
        sources=_sources(session, contest.id),
        counts=_counts(session, contest.id, len(winners) + len(others)),
    )


def _winners(session: Session, contest_id: uuid.UUID) -> list[snapshot.Winner]:
    rows = session.execute(
        select(Award.place, Prize, Entry.id, Entry.title, Team.name, Track.title)
        .join(Prize, Prize.id == Award.prize_id)
        .join(Entry, Entry.id == Award.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Track, Track.id == Team.track_id)
        .where(Prize.contest_id == contest_id)
        .order_by(Prize.position, Prize.id, Award.place)
    )
    return [
        snapshot.Winner(
            entry=str(entry_id),
            team=team,
            title=title,
            track=(track or Words()).plain(),
            prize=str(prize.id),
            prize_title=prize.title.plain(),
            place=place,
            amount_minor=prize.amount_minor,
            currency=prize.currency,
        )
        for place, prize, entry_id, title, team, track in rows
    ]


def _judged(session: Session, contest_id: uuid.UUID) -> list[tuple[uuid.UUID, str, str, str]]:
    """Everybody judged; what becomes of them in the last round follows from the awards."""
    rows = session.execute(
        select(Entry.id, Team.name, Entry.title, Entry.state)
        .join(Team, Team.id == Entry.team_id)
        .where(Entry.contest_id == contest_id, Entry.state.in_(JUDGED))
    )
    return [
        (
            entry_id,
            team,
            title,
            (state if state is EntryState.NOT_ADVANCED else EntryState.NOT_AWARDED).value,
        )
        for entry_id, team, title, state in rows
    ]


def _sources(session: Session, contest_id: uuid.UUID) -> list[snapshot.Source]:
    rows = session.execute(
        select(
            Round.number,
            Ranking.method,
            Ranking.input_sha256,
            func.count(Decision.id),
            func.count(Decision.id).filter(Decision.departs.is_(True)),
        )
        .join(Decision, Decision.round_id == Round.id)
        .join(Ranking, Ranking.id == Decision.ranking_id)
        .where(Round.contest_id == contest_id, Decision.state == DecisionState.APPLIED)
        .group_by(Round.number, Ranking.method, Ranking.input_sha256)
        .order_by(Round.number, Ranking.input_sha256)
    )
    return [snapshot.Source(*row) for row in rows]


def _counts(session: Session, contest_id: uuid.UUID, judged: int) -> dict[str, int]:
    handed_in, countries = session.execute(
        select(func.count(Entry.id.distinct()), func.count(Team.country.distinct()))
        .join(Team, Team.id == Entry.team_id)
        .where(
            Entry.contest_id == contest_id,
            select(Version.id).where(Version.entry_id == Entry.id).exists(),
        )
    ).one()
    given = select(Assignment.id, Assignment.appointment_id).join(
        Round, (Round.id == Assignment.round_id) & (Round.contest_id == contest_id)
    )
    cards = given.join(Scorecard, Scorecard.assignment_id == Assignment.id).where(*counted())
    choices = given.join(Ballot, of_ballot()).join(Choice, of_choice()).where(*counted(Ballot))
    each = cards.union(choices).subquery()
    reviews, judges = session.execute(
        select(func.count(), func.count(each.c.appointment_id.distinct())).select_from(each)
    ).one()
    return {
        "entries": handed_in,
        "judged": judged,
        "countries": countries,
        "reviews": reviews,
        "judges": judges,
    }


def counted(of: type[Scorecard] | type[Ballot] = Scorecard) -> tuple[Any, ...]:
    """Return the conditions under which a scorecard or ballot is a judge's result of record."""
    return of.submitted_at.is_not(None), of.superseded_at.is_(None), of.set_aside_at.is_(None)


def of_ballot() -> ColumnElement[bool]:
    """Match assignments that still count with their judge's ballot."""
    return (
        (Ballot.round_id == Assignment.round_id)
        & (Ballot.appointment_id == Assignment.appointment_id)
        & Assignment.state.in_(COUNTED)
    )


def of_choice() -> ColumnElement[bool]:
    """Match what a ballot says of an assignment's entry."""
    return (Choice.ballot_id == Ballot.id) & (Choice.entry_id == Assignment.entry_id)


def is_fresh(session: Session, result_set: ResultSet) -> bool:
    """Say whether the set still says what a new one would say."""
    nonces = {opening["entry"]: opening["nonce"] for opening in result_set.sealed}
    again = snapshot.freeze(facts(session, result_set.contest), salt=result_set.salt, nonces=nonces)
    return again.sha256 == result_set.sha256


def frozen(result_set: ResultSet) -> tuple[Given, ...]:
    """Return the awards as this set says them."""
    return tuple(
        Given(Words(a["prize_title"]), a["place"], a["team"], a["title"], uuid.UUID(a["entry"]))
        for a in text(result_set)["awards"]
    )


def text(result_set: ResultSet) -> dict[str, Any]:
    """Return what the set says, parsed."""
    told: dict[str, Any] = json.loads(result_set.body)
    return told
