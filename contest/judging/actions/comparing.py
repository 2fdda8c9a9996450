"""One judge's acts in a round where two entries are compared at a time."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Round
from contest.core import orm
from contest.core.errors import Conflict as Stale
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.judging.actions import conflicts
from contest.judging.models import Comparison, ConflictKind, Outcome, Visit
from contest.judging.queries import comparing

SAID = frozenset({Outcome.LEFT, Outcome.RIGHT, Outcome.TIE})
ABSENT, BUSY, CONFLICT = REASONS = ("absent", "busy", "conflict")


def begin(session: Session, round_: Round, judge: Appointment, *, at: datetime) -> Visit:
    """Return where the judge stands, at the door if they have just come in.

    The round is locked first: two judges are never sent to the same table.
    """
    orm.lock(session, round_)
    visit = comparing.visit(session, round_.id, judge.id)
    if visit is None:
        visit = Visit(round_id=round_.id, appointment_id=judge.id, since=at)
        session.add(visit)
        session.flush()
    return visit


def send(session: Session, visit: Visit, entry_id: uuid.UUID | None, *, at: datetime) -> None:
    """Send the judge to an entry, or into the queue when every table they may see is busy."""
    visit.next_id, visit.since = entry_id, at
    visit.waiting_since = None if entry_id else visit.waiting_since or at
    session.flush()


def arrive(visit: Visit, seen: uuid.UUID | None) -> None:
    """Note that the judge has seen their first entry; there is nothing to compare it with yet."""
    _still(visit, None, seen)
    visit.current_id, visit.next_id = visit.next_id, None


def vote(
    session: Session,
    round_: Round,
    visit: Visit,
    outcome: Outcome,
    *,
    pair: tuple[uuid.UUID | None, uuid.UUID | None],
    by: User,
    at: datetime,
) -> Comparison:
    """Say which of the two is better. `pair` is what the judge had before them.

    Raises Conflict when the judge stands elsewhere by now, as after a second device.
    """
    _still(visit, *pair)
    if outcome not in SAID or visit.current_id is None or visit.next_id is None:
        raise DomainError(N_("Choose one of the two, or say that they are equally good."))
    made = _put(session, round_, visit, outcome, "", at)
    visit.current_id, visit.next_id = visit.next_id, None
    _record(session, Verb.COMPARISON_MADE, round_, made, by, at, outcome=outcome)
    return made


def skip(
    session: Session,
    round_: Round,
    judge: Appointment,
    visit: Visit,
    reason: str,
    *,
    pair: tuple[uuid.UUID | None, uuid.UUID | None],
    by: User,
    at: datetime,
) -> Comparison:
    """Pass the next entry by. A conflict goes on record; for other reasons it may come again."""
    _still(visit, *pair)
    if reason not in REASONS or visit.next_id is None:
        raise DomainError(N_("Say why you pass this entry by."), field="reason")
    if reason == CONFLICT:
        conflicts.add(session, judge, visit.next_id, ConflictKind.OTHER, by=by, at=at)
    made = _put(session, round_, visit, Outcome.SKIPPED, reason, at)
    visit.next_id = None
    _record(session, Verb.COMPARISON_SKIPPED, round_, made, by, at, reason=reason)
    return made


def undo(
    session: Session, round_: Round, visit: Visit, made: Comparison, *, by: User, at: datetime
) -> None:
    """Take the judge's last vote back and put the same two before them again."""
    newest = comparing.newest(session, round_.id, visit.appointment_id)
    if newest is None or newest.id != made.id:
        raise DomainError(N_("Only your last vote can be taken back; correct an earlier one."))
    made.superseded_at = at
    visit.current_id, visit.next_id = made.left_id, made.right_id
    visit.since, visit.waiting_since = at, None
    _record(session, Verb.COMPARISON_UNDONE, round_, made, by, at)


def correct(
    session: Session, round_: Round, made: Comparison, outcome: Outcome, *, by: User, at: datetime
) -> Comparison:
    """Say something else about two entries compared before; the first word stays on record."""
    orm.lock(session, made)
    if made.superseded_at is not None or made.outcome not in SAID or outcome not in SAID:
        raise DomainError(N_("This vote was changed meanwhile."))
    made.superseded_at = at
    anew = Comparison(
        round_id=made.round_id,
        appointment_id=made.appointment_id,
        number=made.number,
        left_id=made.left_id,
        right_id=made.right_id,
        outcome=outcome,
        at=at,
    )
    session.add(anew)
    session.flush()
    _record(session, Verb.COMPARISON_CORRECTED, round_, anew, by, at, outcome=outcome,
            before=made.outcome)  # fmt: skip
    return anew


def _still(visit: Visit, current: uuid.UUID | None, next_: uuid.UUID | None) -> None:
    if (visit.current_id, visit.next_id) != (current, next_) or next_ is None:
        raise Stale(
            N_("You have gone on since, perhaps on another device. Here is where you stand.")
        )


def _put(
    session: Session, round_: Round, visit: Visit, outcome: Outcome, reason: str, at: datetime
) -> Comparison:
    assert visit.next_id is not None  # noqa: S101 -- the caller has looked
    last = session.scalar(
        select(func.max(Comparison.number)).where(
            Comparison.round_id == round_.id, Comparison.appointment_id == visit.appointment_id
        )
    )
    made = Comparison(
        round_id=round_.id,
        appointment_id=visit.appointment_id,
        number=(last or 0) + 1,
        left_id=visit.current_id,
        right_id=visit.next_id,
        outcome=outcome,
        reason=reason,
        at=at,
    )
    session.add(made)
    session.flush()
    return made


def _record(
    session: Session,
    verb: Verb,
    round_: Round,
    made: Comparison,
    by: User,
    at: datetime,
    **facts: object,
) -> None:
    record(session, verb, made, by=by.id, at=at, contest_id=round_.contest_id,
           round=round_.id, left=made.left_id, right=made.right_id, **facts)  # fmt: skip
