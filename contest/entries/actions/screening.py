"""Decides who is in: eligible, ineligible by a rule, or asked for more."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.actions import rounds
from contest.contests.models import Round
from contest.core import orm
from contest.core.decisions import Blocker
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries import queries
from contest.entries.models import Entry, InfoRequest, Outcome, Screening
from contest.events.log import Verb, record
from contest.messages.outbox import write


def begin_screening(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """End collecting. Raises DomainError while the round's window or its grace is open."""
    ends = round_.grace_ends_at()
    if ends is not None and at < ends:
        raise DomainError(N_("The round still takes entries. Screening begins when it has closed."))
    rounds.screen(session, round_, by=by, at=at)


def begin_all_due(session: Session, *, at: datetime) -> int:
    """Begin the screening of every round after its window, its grace and its longest extension.

    Rounds of a contest that stands still wait: nobody could hand in meanwhile. Returns how many.
    """
    begun = 0
    for round_, extended_until in queries.closing(session, at):
        orm.lock(session, round_)  # somebody may just have moved its dates, or pressed the button
        if not round_.can("screen"):
            continue
        last = max(filter(None, (round_.grace_ends_at(), extended_until)))
        if at >= last:
            begin_screening(session, round_, by=None, at=at)
            begun += 1
    return begun


def screening_blockers(session: Session, round_: Round) -> list[Blocker]:
    """Return what keeps the judging from starting: every entry that nobody has decided on."""
    open_ones = [
        Blocker(
            N_("“%(entry)s” of %(team)s is neither eligible nor ineligible yet."),
            "entries.screen",
            {"entry": entry.title, "team": entry.team.name},
            {"entry_id": entry.id},
        )
        for entry in queries.undecided(session, round_)
    ]
    if not open_ones and round_.collects() and not queries.decided(session, round_):
        open_ones.append(
            Blocker(N_("No entry is eligible; there is nothing to judge."), "entries.index",
                    where={"slug": round_.contest.slug})
        )  # fmt: skip
    return open_ones


def start_judging(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Hand the round to the judges. Raises DomainError while an entry is undecided."""
    if blockers := screening_blockers(session, round_):
        raise DomainError(blockers[0].reason, blockers[0].facts)
    rounds.judge(session, round_, by=by, at=at)


def find_eligible(
    session: Session, entry: Entry, round_: Round, *, by: User, at: datetime, reason: str = ""
) -> Screening:
    """Let the entry take part."""
    return _decide(session, entry, round_, "find_eligible", Outcome.ELIGIBLE, Verb.ENTRY_FOUND_ELIGIBLE,
                   by=by, at=at, reason=reason)  # fmt: skip


def find_ineligible(
    session: Session,
    entry: Entry,
    round_: Round,
    *,
    rule: str,
    reason: str,
    by: User,
    at: datetime,
) -> Screening:
    """Leave the entry out by a rule of the call; the team's mail waits for an organiser to read it."""
    screening = _decide(session, entry, round_, "find_ineligible", Outcome.INELIGIBLE,
                        Verb.ENTRY_FOUND_INELIGIBLE, by=by, at=at, rule=rule, reason=reason)  # fmt: skip
    for member in entry.team.present():
        write(session, "ineligible", to=member.user, at=at, contest_id=entry.contest_id, hold=True,
              dedupe_key=f"ineligible {screening.id} {member.user_id}",
              contest_title=entry.contest.title, entry_id=str(entry.id), entry_title=entry.title,
              rule=rule, reason=reason)  # fmt: skip
    return screening


def request_info(
    session: Session,
    entry: Entry,
    round_: Round,
    question_ids: Sequence[uuid.UUID],
    *,
    message: str,
    until: datetime,
    by: User,
    at: datetime,
) -> InfoRequest:
    """Reopen the named questions for the team until a date, and tell its members.

    Raises DomainError when no question is named or the date is past.
    """
    if not question_ids:
        raise DomainError(N_("Choose at least one question."), field="questions")
    if until <= at:
        raise DomainError(N_("Choose an instant that is still to come."), field="until")
    _decide(session, entry, round_, "request_info", Outcome.INFO_REQUESTED,
            Verb.ENTRY_INFO_REQUESTED, by=by, at=at, reason=message)  # fmt: skip
    request = InfoRequest(
        entry=entry,
        round_id=round_.id,
        question_ids=[str(question_id) for question_id in question_ids],
        message=message,
        until=until,
        by_id=by.id,
        at=at,
    )
    session.add(request)
    session.flush()
    for member in entry.team.present():
        write(session, "info_requested", to=member.user, at=at, contest_id=entry.contest_id,
              dedupe_key=f"info requested {request.id} {member.user_id}",
              contest_title=entry.contest.title, team_id=str(entry.team_id),
              entry_title=entry.title, message=message, until=until,
              zone=entry.contest.zone)  # fmt: skip
    return request


def reconsider(
    session: Session, entry: Entry, round_: Round, *, reason: str, by: User, at: datetime
) -> Screening:
    """Put a decided entry back into the queue."""
    return _decide(session, entry, round_, "reconsider", Outcome.RECONSIDERED,
                   Verb.ENTRY_RECONSIDERED, by=by, at=at, reason=reason)  # fmt: skip


def _decide(
    session: Session,
    entry: Entry,
    round_: Round,
    step: str,
    outcome: Outcome,
    verb: Verb,
    *,
    by: User,
    at: datetime,
    rule: str = "",
    reason: str = "",
) -> Screening:
    before = orm.lock(session, entry).state
    entry.move(step)
    screening = Screening(
        entry=entry, round_id=round_.id, outcome=outcome, rule=rule, reason=reason, by=by, at=at
    )
    session.add(screening)
    record(session, verb, entry, by=by.id, at=at, contest_id=entry.contest_id,
           round_id=round_.id, before=before, after=entry.state)  # fmt: skip
    return screening
