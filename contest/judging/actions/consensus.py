"""Settles what the judges of a round of pass or fail disagree on."""

from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round, RoundPhase
from contest.core import orm
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries.models import Entry
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.judging.models import Consensus
from contest.judging.queries import reviews, verdicts


def decide(
    session: Session,
    round_: Round,
    entry: Entry,
    passed: bool,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> Consensus:
    """Record what the panel decided on an entry, with the reason; an earlier decision stays on record.

    Raises DomainError where the judges agree, or one of them still owes a verdict.
    """
    orm.lock(session, round_)
    if len(reason.strip()) < 5:
        raise DomainError(N_("Say what the panel's decision rests on."), field="reason")
    if any(a.entry_id == entry.id for a in reviews.open_assignments(session, round_.id)):
        raise DomainError(N_("A judge still owes a verdict on this entry."))
    found = verdicts.verdicts(session, round_).get(entry.id)
    if found is None or found.by_judges is not None:
        raise DomainError(N_("The judges' own verdicts settle this entry."))
    if found.decided is not None:
        found.decided.superseded_at = at
    made = Consensus(
        round_id=round_.id,
        entry_id=entry.id,
        passed=passed,
        passes=found.passes,
        fails=found.fails,
        reason=reason.strip()[:1000],
        by_id=by.id,
        at=at,
    )
    session.add(made)
    record(session, Verb.CONSENSUS_RECORDED, made, by=by.id, at=at, contest_id=round_.contest_id,
           round=round_.id, entry=entry.id, passed=passed, passes=found.passes,
           fails=found.fails)  # fmt: skip
    if round_.phase is RoundPhase.DELIBERATION:
        enqueue(session, "ranking.compute", at=at, round_id=str(round_.id), by_id=str(by.id))
    return made
