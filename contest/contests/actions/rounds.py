"""Moves rounds through their phases. Features above check their own blockers before they call."""

from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core import orm
from contest.events.log import Verb, record


def collect(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """Open the round for entries. The window says what is taken when; this is only its phase."""
    _move(session, round_, "collect", Verb.ROUND_OPENED, by, at)


def screen(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """End collecting: what was handed in is looked through."""
    _move(session, round_, "screen", Verb.ROUND_SCREENING_BEGUN, by, at)


def judge(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Hand the round to its judges."""
    _move(session, round_, "judge", Verb.ROUND_JUDGING_BEGUN, by, at)


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
    )
