"""Reads what is to be decided in a round: the order, what it proposes, and what was chosen."""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.contests.models import Prize, Round, RoundPhase, TieBreak, Track
from contest.core.words import Words
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.ranking.models import Ranking, Standing
from contest.results.models import Decision, DecisionState, Outcome, ResultSet, ResultState
from contest.results.order import Proposal, Ranked, Seats, advancing, awarding
from contest.teams.models import Team

FAILED = "fail"  # a verdict of the judges: never proposed
SETTLED = frozenset({ResultState.CERTIFIED, ResultState.EMBARGOED})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the round: where it stands, what the order proposes, what was chosen."""

    entry_id: uuid.UUID
    title: str
    team: str
    track: Words | None
    rank: int  # 0: nobody reviewed it
    rank_low: int
    rank_high: int
    adjusted: float | None
    raw: float | None
    reviews: int
    tie_band: int
    tied: bool
    proposed: Outcome
    proposed_prize_id: uuid.UUID | None
    outcome: Outcome
    prize_id: uuid.UUID | None
    reason: str
    departs: bool
    is_decided: bool  # a decision is stored
    is_applied: bool
    verdict: str = ""  # "pass" or "fail" in a round of those
    settled_by: str = ""  # the declared step that decided among equals

    def needs_reason(self) -> bool:
        """A choice off the order, or the favoured side of a tie at the cut, needs its reason."""
        off = (self.outcome, self.prize_id) != (self.proposed, self.proposed_prize_id)
        return off or (self.tied and self.outcome in {Outcome.ADVANCE, Outcome.AWARD})


@dataclass(frozen=True, slots=True)
class Table:
    """All that is decided in one round. `ranking` is None when nothing was ranked yet."""

    ranking: Ranking | None
    prizes: tuple[Prize, ...]
    lines: tuple[Line, ...]

    def is_decided(self) -> bool:
        return bool(self.lines) and all(line.is_decided for line in self.lines)

    def is_applied(self) -> bool:
        return bool(self.lines) and all(line.is_applied for line in self.lines)

    def unreasoned(self) -> tuple[Line, ...]:
        """Return the choices that still lack their reason."""
        return tuple(line for line in self.lines if line.needs_reason() and not line.reason)

    def overfull(self) -> tuple[Prize, ...]:
        """Return the prizes given to more entries than they have places."""
        given = Counter(line.prize_id for line in self.lines if line.outcome is Outcome.AWARD)
        return tuple(prize for prize in self.prizes if given[prize.id] > prize.places)


def is_last(round_: Round) -> bool:
    """The last round's best are awarded; those of any other go on to the next."""
    return round_.advance_count is None


def round_(session: Session, round_id: uuid.UUID) -> Round | None:
    """Return the round with its contest."""
    return session.scalar(
        select(Round).where(Round.id == round_id).options(joinedload(Round.contest))
    )


def rounds(session: Session, contest_id: uuid.UUID) -> tuple[Round, ...]:
    return tuple(
        session.scalars(select(Round).where(Round.contest_id == contest_id).order_by(Round.number))
    )


def next_round(session: Session, round_: Round) -> Round | None:
    return session.scalar(
        select(Round)
        .where(Round.contest_id == round_.contest_id, Round.number > round_.number)
        .order_by(Round.number)
        .limit(1)
    )


def newest_ranking(session: Session, round_id: uuid.UUID) -> Ranking | None:
    return session.scalar(
        select(Ranking)
        .where(Ranking.round_id == round_id)
        .order_by(Ranking.computed_at.desc(), Ranking.id)
        .limit(1)
    )


def of_round(session: Session, round_id: uuid.UUID) -> tuple[Decision, ...]:
    """Return the round's decisions with their entries, best first."""
    return tuple(
        session.scalars(
            select(Decision)
            .where(Decision.round_id == round_id)
            .options(joinedload(Decision.entry).joinedload(Entry.team).selectinload(Team.members))
            .order_by(Decision.rank, Decision.id)
        )
    )


def prizes(session: Session, contest_id: uuid.UUID) -> tuple[Prize, ...]:
    return tuple(
        session.scalars(
            select(Prize).where(Prize.contest_id == contest_id).order_by(Prize.position, Prize.id)
        )
    )


def is_settled(session: Session, contest_id: uuid.UUID) -> bool:
    """Say whether a result is certified and not out yet: until then nothing is decided anew."""
    return (
        session.scalar(
            select(ResultSet.id)
            .where(ResultSet.contest_id == contest_id, ResultSet.state.in_(SETTLED))
            .limit(1)
        )
        is not None
    )


def table(session: Session, round_: Round) -> Table:
    """Return what is decided in the round. Four statements, however many entries."""
    ranking = newest_ranking(session, round_.id)
    known = {d.entry_id: d for d in _decisions(session, round_.id)}
    rows = session.execute(
        select(Entry.id, Entry.title, Entry.state, Team.name, Team.track_id, Track.title, Standing)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Track, Track.id == Team.track_id)
        .outerjoin(
            Standing,
            (Standing.entry_id == Entry.id)
            & (Standing.ranking_id == (ranking.id if ranking else None)),
        )
        .where(Entry.contest_id == round_.contest_id)
        .where(Entry.state.in_(_up_for_decision(round_)) | Entry.id.in_(known))
        .where(Entry.state.not_in({EntryState.WITHDRAWN, EntryState.DISQUALIFIED}))
    ).all()
    offered = prizes(session, round_.contest_id) if is_last(round_) else ()
    # What even the tie-break leaves equal stands in the order of random ids, not of names.
    ordered = sorted(rows, key=lambda row: (_place(row[6]) or 10**6, row[0].hex))
    proposal = _proposal(round_, ordered, offered)
    return Table(
        ranking,
        offered,
        tuple(_line(round_, row, proposal, known.get(row[0])) for row in ordered),
    )


def _up_for_decision(round_: Round) -> frozenset[EntryState]:
    came = EntryState.ELIGIBLE if round_.number == 1 else EntryState.ADVANCED
    if is_last(round_):
        return frozenset({came, EntryState.AWARDED, EntryState.NOT_AWARDED})
    return frozenset({came})


def _decisions(session: Session, round_id: uuid.UUID) -> list[Decision]:
    return list(session.scalars(select(Decision).where(Decision.round_id == round_id)))


def _proposal(round_: Round, rows: list[Any], offered: tuple[Prize, ...]) -> Proposal[uuid.UUID]:
    ranked = [Ranked(row[0], _place(row[6]), row[4]) for row in rows]
    if round_.advance_count is not None:
        return advancing(ranked, round_.advance_count)
    return awarding(ranked, [Seats(p.id, p.places, p.track_id) for p in offered])


def _place(standing: Standing | None) -> int:
    """Return the place after the declared tie-break, 0 without a review and for who failed."""
    if standing is None or standing.details.get("verdict") == FAILED:
        return 0
    return int(standing.details.get("position", standing.rank))


def _step(standing: Standing | None) -> str:
    """Return the step of the tie-break that put an entry where it is; a criterion stands for all."""
    rung = standing.details.get("rung") if standing else None
    if not rung:
        return ""
    return str(rung) if rung in set(TieBreak) else TieBreak.CRITERIA.value


def _line(
    round_: Round, row: Any, proposal: Proposal[uuid.UUID], decision: Decision | None
) -> Line:
    entry_id, title, _state, team, _track_id, track, standing = row
    better, worse = (
        (Outcome.AWARD, Outcome.NOT_AWARD)
        if is_last(round_)
        else (Outcome.ADVANCE, Outcome.NOT_ADVANCE)
    )
    proposed = better if entry_id in proposal.favoured else worse
    proposed_prize = proposal.favoured.get(entry_id)
    return Line(
        entry_id=entry_id,
        title=title,
        team=team,
        track=track,
        rank=standing.rank if standing else 0,
        rank_low=standing.rank_low if standing else 0,
        rank_high=standing.rank_high if standing else 0,
        adjusted=standing.adjusted if standing else None,
        raw=standing.raw if standing else None,
        reviews=standing.reviews if standing else 0,
        tie_band=standing.tie_band if standing else 0,
        tied=entry_id in proposal.tied,
        proposed=proposed,
        proposed_prize_id=proposed_prize,
        outcome=decision.outcome if decision else proposed,
        prize_id=decision.prize_id if decision else proposed_prize,
        reason=decision.reason if decision else "",
        departs=bool(decision and decision.departs),
        is_decided=decision is not None,
        is_applied=bool(decision and decision.state is DecisionState.APPLIED),
        verdict=standing.details.get("verdict", "") if standing else "",
        settled_by=_step(standing),
    )


DECIDABLE = frozenset({RoundPhase.DELIBERATION, RoundPhase.CERTIFIED, RoundPhase.PUBLISHED})
