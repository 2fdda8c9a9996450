"""Proposes, applies and takes back the decisions of a round."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round, RoundKind, RoundPhase
from contest.core import orm
from contest.core.decisions import ALLOW, deny, require
from contest.core.decisions import Decision as Verdict
from contest.core.errors import DomainError
from contest.core.text import N_, NN_
from contest.events.log import Verb, record
from contest.judging.queries import verdicts
from contest.messages import outbox as messages
from contest.messages.models import Message
from contest.messages.models import State as MessageState
from contest.pitchday import queries as stages
from contest.results.models import Award, Certificate, Decision, DecisionState, Outcome
from contest.results.queries import decisions as queries
from contest.teams.models import Member

MOVES = {Outcome.ADVANCE: "advance", Outcome.NOT_ADVANCE: "not_advance"}
LETTERS = {Outcome.ADVANCE: "advanced", Outcome.NOT_ADVANCE: "not_advanced"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for one entry; `reason` says why where the order says otherwise."""

    entry_id: uuid.UUID
    outcome: Outcome
    prize_id: uuid.UUID | None = None
    reason: str = ""


def can_decide(session: Session, round_: Round) -> Verdict:
    """Say whether decisions may be written now."""
    if round_.phase not in queries.DECIDABLE:
        return deny(N_("First close the judging of this round."))
    if queries.is_settled(session, round_.contest_id):
        return deny(N_("A certified result rests on these decisions. Discard it first."))
    if waiting := verdicts.waiting(session, round_):
        return deny(
            NN_(
                "The panel has yet to decide on %(count)s entry.",
                "The panel has yet to decide on %(count)s entries.",
            ),
            count=len(waiting),
        )
    return ALLOW


def propose(
    session: Session, round_: Round, choices: Sequence[Choice], *, by: User, at: datetime
) -> None:
    """Write down one choice for every entry of the round.

    Raises DomainError when a departure from the order lacks its reason, a prize has too few places
    or the decisions are already applied; nothing is changed then.
    """
    orm.lock(session, round_)
    require(can_decide(session, round_))
    table = queries.table(session, round_)
    if table.is_applied():
        raise DomainError(N_("These decisions are applied. Take them back to change them."))
    ranking = table.ranking
    if ranking is None:
        raise DomainError(N_("There is no ranking of this round yet."))
    chosen = _chosen(table, choices)
    known = {d.entry_id: d for d in queries.of_round(session, round_.id)}
    for line in chosen.lines:
        decision = known.get(line.entry_id) or Decision(
            round_id=round_.id, entry_id=line.entry_id, state=DecisionState.PROPOSED
        )
        decision.ranking_id, decision.rank = ranking.id, line.rank
        decision.outcome, decision.prize_id = line.outcome, line.prize_id
        decision.reason, decision.departs = line.reason, _departs(line)
        decision.proposed_by, decision.proposed_at = by.id, at
        session.add(decision)
    record(
        session, Verb.DECISIONS_PROPOSED, round_, by=by.id, at=at, contest_id=round_.contest_id,
        ranking_id=ranking.id, entries=len(chosen.lines),
        departures=sum(map(_departs, chosen.lines)),
    )  # fmt: skip


def apply(session: Session, round_: Round, *, by: User, at: datetime) -> int:
    """Put all decisions of the round into effect together; return how many. Twice changes nothing.

    Entries of a middle round move on or stay behind, and letters to their teams wait for release.
    Awards of the last round are written down for the officers; entries learn of them when the
    results are published.
    """
    orm.lock(session, round_)
    require(can_decide(session, round_))
    table = queries.table(session, round_)
    if table.is_applied():
        return 0
    if not table.is_decided():
        raise DomainError(N_("Some entries of this round are not decided on yet."))
    _check(table)
    decisions = queries.of_round(session, round_.id)
    ahead = _pitch_day(session, round_)
    for decision in decisions:
        decision.move("apply")
        decision.applied_at = at
    if queries.is_last(round_):
        _award(session, decisions, by=by, at=at)
    else:
        for decision in decisions:
            _move_on(session, round_, decision, ahead, by=by, at=at)
    record(
        session, Verb.DECISIONS_APPLIED, round_, by=by.id, at=at, contest_id=round_.contest_id,
        entries=len(decisions),
        favoured=sum(d.outcome in {Outcome.ADVANCE, Outcome.AWARD} for d in decisions),
        departures=sum(d.departs for d in decisions),
    )  # fmt: skip
    return len(decisions)


def take_back(session: Session, round_: Round, *, reason: str, by: User, at: datetime) -> None:
    """Undo the application: entries return to where they were, unsent letters are dropped.

    Raises DomainError when a result was certified on them or the next round is being judged.
    """
    orm.lock(session, round_)
    require(can_decide(session, round_))
    following = queries.next_round(session, round_)
    if following is not None and following.phase not in {
        RoundPhase.PLANNED,
        RoundPhase.COLLECTING,
        RoundPhase.SCREENING,
    }:
        raise DomainError(N_("The next round is already being judged."))
    decisions = queries.of_round(session, round_.id)
    if not any(d.state is DecisionState.APPLIED for d in decisions):
        return
    for decision in decisions:
        decision.move("take back")
        decision.applied_at = None
        decision.undone_reason = reason.strip()
        verb = "reinstate" if round_.number == 1 else "reinstate_advanced"
        if not queries.is_last(round_) and decision.entry.can(verb):
            before = decision.entry.state
            decision.entry.move(verb)
            record(
                session, Verb.ENTRY_REINSTATED, decision.entry, by=by.id, at=at,
                contest_id=round_.contest_id, before=before, after=decision.entry.state,
            )  # fmt: skip
    if queries.is_last(round_):
        _remove_awards(session, [d.entry_id for d in decisions])
    session.execute(
        update(Message)
        .where(Message.dedupe_key.like(f"decided:{round_.id}:%"))
        .where(Message.state == MessageState.DRAFT)
        .values(state=MessageState.DROPPED)
    )
    record(
        session, Verb.DECISIONS_TAKEN_BACK, round_, by=by.id, at=at, contest_id=round_.contest_id,
        entries=len(decisions),
    )  # fmt: skip


def _chosen(table: queries.Table, choices: Sequence[Choice]) -> queries.Table:
    by_entry = {choice.entry_id: choice for choice in choices}
    lines = []
    for line in table.lines:
        choice = by_entry.get(line.entry_id)
        if choice is None:
            raise DomainError(N_("Some entries of this round are not decided on yet."))
        prize_id = choice.prize_id if choice.outcome is Outcome.AWARD else None
        if choice.outcome is Outcome.AWARD and prize_id not in {p.id for p in table.prizes}:
            raise DomainError(N_("“%(title)s”: say which prize it takes."), {"title": line.title})
        lines.append(
            replace(
                line, outcome=choice.outcome, prize_id=prize_id,
                reason=choice.reason.strip(), is_decided=True,
            )
        )  # fmt: skip
    chosen = replace(table, lines=tuple(lines))
    _check(chosen)
    return chosen


def _check(table: queries.Table) -> None:
    for line in table.unreasoned():
        told = N_("“%(title)s” ties at the cut: say why it is chosen.")
        if _departs(line):
            told = N_("“%(title)s” departs from the order: say why.")
        raise DomainError(told, {"title": line.title})
    for prize in table.overfull():
        raise DomainError(
            N_("“%(prize)s” has %(places)s places and is given to more."),
            {"prize": prize.title.pick(["en"])[0], "places": prize.places},
        )


def _departs(line: queries.Line) -> bool:
    return (line.outcome, line.prize_id) != (line.proposed, line.proposed_prize_id)


def _pitch_day(session: Session, round_: Round) -> dict[str, Any]:
    """Return what is known of the pitch day that comes next, for the letters; nothing if none does."""
    following = queries.next_round(session, round_)
    if following is None or following.kind is not RoundKind.PITCH:
        return {}
    stage = stages.stage(session, following.id)
    return {
        "pitch_round": following.id,
        "starts_at": stage.starts_at if stage is not None else None,
        "place": stage.place if stage is not None else "",
        "zone": round_.contest.zone,
    }


def _move_on(
    session: Session,
    round_: Round,
    decision: Decision,
    ahead: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
) -> None:
    entry = decision.entry
    before = entry.state
    entry.move(MOVES[decision.outcome])
    record(
        session, Verb.ENTRY_DECIDED, entry, by=by.id, at=at, contest_id=round_.contest_id,
        round_id=round_.id, outcome=decision.outcome, before=before, after=entry.state,
    )  # fmt: skip
    for person in members(session, entry.team_id):
        messages.write(
            session, LETTERS[decision.outcome], to=person, at=at, contest_id=round_.contest_id,
            hold=True,
            dedupe_key=f"decided:{round_.id}:{entry.id}:{person.id}:{at.timestamp()}",
            contest=round_.contest.title, slug=round_.contest.slug, round=round_.title,
            entry_id=entry.id, entry_title=entry.title,
            **(ahead if decision.outcome is Outcome.ADVANCE else {}),
        )  # fmt: skip


def members(session: Session, team_id: uuid.UUID) -> list[User]:
    """Return the people who are in the team now, its lead first."""
    return list(
        session.scalars(
            select(User)
            .join(Member, Member.user_id == User.id)
            .where(Member.team_id == team_id, Member.left_at.is_(None))
            .order_by(Member.joined_at, Member.id)
        )
    )


def _award(session: Session, decisions: Sequence[Decision], *, by: User, at: datetime) -> None:
    _remove_awards(session, [d.entry_id for d in decisions])
    places: Counter[uuid.UUID] = Counter()
    for decision in decisions:  # best first
        if decision.outcome is not Outcome.AWARD or decision.prize_id is None:
            continue
        places[decision.prize_id] += 1
        session.add(
            Award(
                prize_id=decision.prize_id,
                entry_id=decision.entry_id,
                place=places[decision.prize_id],
                given_by=by.id,
                given_at=at,
            )
        )
    session.flush()


def _remove_awards(session: Session, entry_ids: Sequence[uuid.UUID]) -> None:
    awards = select(Award.id).where(Award.entry_id.in_(entry_ids))
    session.execute(
        update(Certificate).where(Certificate.award_id.in_(awards)).values(award_id=None)
    )
    session.execute(delete(Award).where(Award.entry_id.in_(entry_ids)))
