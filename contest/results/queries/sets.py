"""Reads result sets for officers: what one would say now, and what still stands in the way."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from contest.contests.models import (
    Answer,
    Appointment,
    Contest,
    PartnerRole,
    Partnership,
    Prize,
    Round,
    RoundPhase,
    Track,
)
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.core.words import Words
from contest.entries.models import Attachment, Entry, Version
from contest.entries.models import State as EntryState
from contest.judging.models import Assignment, AssignmentState, Scorecard
from contest.ranking.models import Ranking
from contest.results import snapshot
from contest.results.models import (
    OFFICERS,
    Award,
    Decision,
    DecisionState,
    OfficerSignature,
    ResultSet,
    ResultState,
)
from contest.results.queries import decisions
from contest.teams.models import Team
from contest.vault.models import DocumentView

LIVE = frozenset({ResultState.COMPUTED, ResultState.CERTIFIED, ResultState.EMBARGOED})
WORKING = frozenset(
    {
        AssignmentState.ACTIVE,
        AssignmentState.OPENED,
        AssignmentState.IN_PROGRESS,
        AssignmentState.DEFERRED,
    }
)
JUDGED = frozenset(
    {
        EntryState.ELIGIBLE,
        EntryState.ADVANCED,
        EntryState.NOT_ADVANCED,
        EntryState.AWARDED,
        EntryState.NOT_AWARDED,
    }
)
DOCUMENTS_OF_JUDGES = "judge"


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
    reviews, judges = session.execute(
        select(func.count(Scorecard.id), func.count(Assignment.appointment_id.distinct()))
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.contest_id == contest_id, *counted())
    ).one()
    return {
        "entries": handed_in,
        "judged": judged,
        "countries": countries,
        "reviews": reviews,
        "judges": judges,
    }


def counted() -> tuple[Any, ...]:
    """Return the conditions under which a scorecard is a judge's result of record."""
    return (
        Scorecard.submitted_at.is_not(None),
        Scorecard.superseded_at.is_(None),
        Scorecard.set_aside_at.is_(None),
    )


def is_fresh(session: Session, result_set: ResultSet) -> bool:
    """Say whether the set still says what a new one would say."""
    nonces = {opening["entry"]: opening["nonce"] for opening in result_set.sealed}
    again = snapshot.freeze(facts(session, result_set.contest), salt=result_set.salt, nonces=nonces)
    return again.sha256 == result_set.sha256


def blockers(session: Session, contest: Contest) -> list[Blocker]:
    """Return what keeps the contest's results from being computed and signed."""
    rounds = decisions.rounds(session, contest.id)
    found = [
        *_unfinished_rounds(rounds),
        *_open_assignments(session, contest.id),
        *_decisions_missing(session, rounds),
        *_unread(session, contest.id),
        *_people(session, contest.id),
    ]
    if not any(decisions.is_last(r) for r in rounds):
        found.append(
            Blocker(N_("No round is marked as the last one, whose best are awarded."),
                    "contests.rounds")
        )  # fmt: skip
    return found


def _unfinished_rounds(rounds: Sequence[Round]) -> list[Blocker]:
    return [
        Blocker(
            N_("Round %(number)s, %(title)s, is still at “%(phase)s”."),
            "judging.close" if r.phase is RoundPhase.JUDGING else "contests.rounds",
            {"number": r.number, "title": r.title, "phase": r.phase},
            {"round_id": r.id} if r.phase is RoundPhase.JUDGING else {},
        )
        for r in rounds
        if r.phase not in decisions.DECIDABLE
    ]


def _open_assignments(session: Session, contest_id: uuid.UUID) -> list[Blocker]:
    rows = session.execute(
        select(Round.id, Round.number, func.count(Assignment.id))
        .join(Assignment, Assignment.round_id == Round.id)
        .where(Round.contest_id == contest_id, Assignment.state.in_(WORKING))
        .group_by(Round.id, Round.number)
        .order_by(Round.number)
    )
    return [
        Blocker(
            N_("Round %(number)s has %(count)s open assignments: reassign, waive or wait."),
            "judging.close",
            {"number": number, "count": count},
            {"round_id": round_id},
        )
        for round_id, number, count in rows
    ]


def _decisions_missing(session: Session, rounds: Sequence[Round]) -> list[Blocker]:
    found = []
    for round_ in rounds:
        if round_.phase not in decisions.DECIDABLE:
            continue
        table = decisions.table(session, round_)
        told = {"number": round_.number}
        where = {"round_id": round_.id}
        place = "results.decide"
        open_ = sum(not line.is_applied for line in table.lines)
        if open_:
            reason = N_("Round %(number)s: %(count)s entries are not decided on.")
            found.append(Blocker(reason, place, {**told, "count": open_}, where))
        if any(line.tied for line in table.unreasoned()):
            reason = N_("Round %(number)s: a tie at the cut is not settled with a reason.")
            found.append(Blocker(reason, place, told, where))
        for prize in table.overfull():
            reason = N_("“%(prize)s” is given to more entries than it has places.")
            found.append(Blocker(reason, place, {"prize": prize.title}, where))
        if decisions.is_last(round_) and not open_ and not any(x.prize_id for x in table.lines):
            found.append(Blocker(N_("No prize is given to anybody."), place, {}, where))
    return found


def _unread(session: Session, contest_id: uuid.UUID) -> list[Blocker]:
    """Winners with a document that no judge has opened."""
    opened = (
        select(DocumentView.id)
        .where(
            DocumentView.file_id == Attachment.file_id,
            DocumentView.version_id == Attachment.version_id,
            DocumentView.capacity == DOCUMENTS_OF_JUDGES,
        )
        .exists()
    )
    later = aliased(Version)
    replaced = (
        select(later.id)
        .where(
            later.entry_id == Version.entry_id,
            later.round_id == Version.round_id,
            later.number > Version.number,
        )
        .exists()
    )
    rows = session.execute(
        select(Entry.id, Entry.title)
        .distinct()
        .join(Award, Award.entry_id == Entry.id)
        .join(Version, Version.entry_id == Entry.id)
        .join(Attachment, Attachment.version_id == Version.id)
        .where(Entry.contest_id == contest_id, ~replaced, ~opened)
        .order_by(Entry.title, Entry.id)
    )
    return [
        Blocker(
            N_("No judge has opened a document of “%(title)s”, which is to win."),
            "vault.ledger",
            {"title": title},
            {"entry_id": entry_id},
        )
        for entry_id, title in rows
    ]


def _people(session: Session, contest_id: uuid.UUID) -> list[Blocker]:
    officers = session.scalar(
        select(func.count(Appointment.user_id.distinct())).where(
            Appointment.contest_id == contest_id,
            Appointment.role.in_(OFFICERS),
            Appointment.answer == Answer.ACCEPTED,
            Appointment.ended_at.is_(None),
        )
    )
    sponsor = session.scalar(
        select(Partnership.id)
        .where(Partnership.contest_id == contest_id, Partnership.role == PartnerRole.SPONSOR)
        .limit(1)
    )
    found = []
    if (officers or 0) < 2:
        told = N_("Two officers sign: appoint a second organiser, a chair or a sponsor.")
        found.append(Blocker(told, "contests.people"))
    if sponsor is None:
        told = N_("The contest has no sponsor who carries the winners on.")
        found.append(Blocker(told, "contests.partners"))
    return found


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
