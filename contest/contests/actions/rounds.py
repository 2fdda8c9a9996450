"""Plans rounds and moves them through their phases.

Features above check their own blockers before they move one.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.actions import parts
from contest.contests.models import Contest, Round, RoundPhase
from contest.core import orm
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue

HOW_JUDGED = ("mode", "aggregation", "budget", "ties_allowed")
BEFORE_JUDGING = frozenset({RoundPhase.PLANNED, RoundPhase.COLLECTING, RoundPhase.SCREENING})


def plan(session: Session, contest: Contest, round_: Round, *, by: User, at: datetime) -> Round:
    """Add a round after the others. Raises DomainError at the field of a date out of order."""
    last = session.scalar(select(func.max(Round.number)).where(Round.contest_id == contest.id))
    round_.contest, round_.number = contest, (last or 0) + 1
    _check_dates(round_)
    session.add(round_)
    record(
        session,
        Verb.CONTEST_PART_ADDED,
        round_,
        by=by.id,
        at=at,
        contest_id=contest.id,
        number=round_.number,
    )
    if contest.is_public():
        promise_opening(session, round_, at)
    return round_


def edit(
    session: Session,
    round_: Round,
    values: Mapping[str, object],
    *,
    seen: int,
    by: User,
    at: datetime,
) -> None:
    """Change a round; old and new dates stand in the record. `round_` comes with its contest.

    Raises DomainError at the field of a date out of order, Conflict when `seen` is not its version.
    """
    if orm.lock(session, round_).version != seen:
        raise Conflict(parts.STALE)
    changes = [
        name
        for name in HOW_JUDGED
        if values.get(name, getattr(round_, name)) != getattr(round_, name)
    ]
    if changes and round_.phase not in BEFORE_JUDGING:
        raise DomainError(N_("Judges have begun; how they judge cannot change."), field="way")
    if values.get("ladder", round_.ladder) != round_.ladder and not round_.can("collect"):
        raise DomainError(
            N_("The round is open; how ties are broken cannot change."), field="tie_1"
        )
    facts = orm.assign(round_, values)
    _check_dates(round_)
    if not facts["fields"]:
        return
    record(
        session,
        Verb.ROUND_EDITED,
        round_,
        by=by.id,
        at=at,
        contest_id=round_.contest_id,
        **facts,
    )
    if "opens_at" in facts and round_.contest.is_public():
        promise_opening(session, round_, at)


def remove(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Drop a planned round; those after it move up. Raises DomainError when something refers to it."""
    if orm.lock(session, round_).phase is not RoundPhase.PLANNED:
        raise DomainError(N_("This round has begun, so it cannot be removed."))
    parts.remove(session, round_, by=by, at=at)
    later = session.scalars(
        select(Round)
        .where(Round.contest_id == round_.contest_id, Round.number > round_.number)
        .order_by(Round.number)
    )
    for other in later.all():
        other.number -= 1
        session.flush()  # one by one: two rounds never have the same number


def promise_opening(session: Session, round_: Round, at: datetime) -> None:
    """Promise to open a planned round when its window opens; harmless when promised twice."""
    if round_.opens_at is not None and round_.phase is RoundPhase.PLANNED:
        enqueue(
            session,
            "contests.open_round",
            at=max(round_.opens_at, at),
            round_id=str(round_.id),
        )


def _check_dates(round_: Round) -> None:
    for first, last in (("opens_at", "closes_at"), ("judging_opens_at", "judging_closes_at")):
        opens, closes = getattr(round_, first), getattr(round_, last)
        if (opens is None) != (closes is None):
            missing = first if opens is None else last
            raise DomainError(N_("Give both dates, or neither."), field=missing)
        if opens is not None and closes <= opens:
            raise DomainError(N_("This must be later than the opening."), field=last)


def collect(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """Open the round for entries. The window says what is taken when; this is only its phase."""
    _move(session, round_, "collect", Verb.ROUND_OPENED, by, at)


def screen(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """End collecting: what was handed in is looked through."""
    _move(session, round_, "screen", Verb.ROUND_SCREENING_BEGUN, by, at)


def judge(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Hand the round to its judges. The seed of any lot is drawn and recorded before the first score."""
    seed = uuid.uuid4().hex[:16]
    _move(session, round_, "judge", Verb.ROUND_JUDGING_BEGUN, by, at, seed=seed)
    round_.lot_seed = seed


def deliberate(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Close the judging: scores lock, decisions are made."""
    _move(session, round_, "deliberate", Verb.ROUND_JUDGING_CLOSED, by, at)


def reopen(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Go back from deliberation to judging."""
    _move(session, round_, "reopen", Verb.ROUND_JUDGING_REOPENED, by, at)


def certify(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Fix the round's results, signed by two officers."""
    _move(session, round_, "certify", Verb.ROUND_CERTIFIED, by, at)


def publish(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """Make the round's results public."""
    _move(session, round_, "publish", Verb.ROUND_PUBLISHED, by, at)


def _move(
    session: Session,
    round_: Round,
    step: str,
    verb: Verb,
    by: User | None,
    at: datetime,
    **facts: object,
) -> None:
    before = orm.lock(session, round_).phase
    round_.move(step)
    record(
        session,
        verb,
        round_,
        by=by.id if by else None,
        at=at,
        contest_id=round_.contest_id,
        before=before,
        after=round_.phase,
        **facts,
    )
