"""Adds, uses and removes what a person proves themselves by besides a password or their mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Update, delete, select, update
from sqlalchemy.orm import Session

from contest.accounts import factors, queries
from contest.accounts.actions import sessions
from contest.accounts.models import Authenticator, Passkey, RecoveryCode, User
from contest.accounts.passkeys import Made
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.messages import outbox

WRONG = N_("This code does not count. Each one works once; wait for the next and type that.")


def add_app(
    session: Session, user: User, secret: bytes, typed: str, *, keys: Sequence[str], at: datetime
) -> list[str]:
    """Ask for a code of this app from now on; every other session ends.

    Return recovery codes if the person had none, to be shown once.
    Raises DomainError at the field `code` when the app does not show what it should.
    """
    step = factors.matching(secret, typed, after=0, at=at)
    if step is None:
        raise DomainError(WRONG, field="code")
    session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    session.add(
        Authenticator(
            user_id=user.id, secret=factors.sealed(secret, keys), last_step=step, added_at=at
        )
    )
    return added(session, user, "app", at=at)


def added(session: Session, user: User, kind: str, *, at: datetime) -> list[str]:
    """Note a new factor, end every session, and return the first recovery codes if it is the first."""
    first = not user.has_factor()
    user.second_factor_at = user.second_factor_at or at
    sessions.end_all(session, user, at=at)
    record(session, Verb.USER_FACTOR_ADDED, user, by=user.id, at=at, kind=kind)
    outbox.write(session, "factor_changed", to=user, at=at, what="added", changed_at=at)
    return _renewed(session, user) if first else []


def remove_app(session: Session, user: User, *, at: datetime) -> None:
    """Ask for no code any more; every session ends."""
    session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    removed(session, user, "app", at=at, by=user)


def removed(session: Session, user: User, kind: str, *, at: datetime, by: User | None) -> None:
    """Note that a factor is gone; with the last one the recovery codes go, too."""
    if not queries.factors(session, user):
        user.second_factor_at = None
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    sessions.end_all(session, user, at=at)
    record(session, Verb.USER_FACTOR_REMOVED, user, by=by.id if by else None, at=at, kind=kind)
    outbox.write(session, "factor_changed", to=user, at=at, what="removed", changed_at=at)


def renew_codes(session: Session, user: User, *, at: datetime) -> list[str]:
    """Return new recovery codes, to be shown once; the old ones stop working."""
    record(session, Verb.USER_CODES_RENEWED, user, by=user.id, at=at)
    outbox.write(session, "factor_changed", to=user, at=at, what="renewed", changed_at=at)
    return _renewed(session, user)


def prove(session: Session, user: User, typed: str, *, keys: Sequence[str], at: datetime) -> str:
    """Use up a code of the app or from the paper and return which it was.

    Raises DomainError at the field `code` for any other. Of two who come with one code, one gets in.
    """
    app = queries.app(session, user)
    secret = factors.opened(app.secret, keys) if app is not None else None
    if app is not None and secret is not None:
        step = factors.matching(secret, typed, after=app.last_step, at=at)
        if step is not None and _is_used_up(
            session,
            update(Authenticator)
            .where(Authenticator.id == app.id, Authenticator.last_step < step)
            .values(last_step=step),
        ):
            return "app"
    spare = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id,
        RecoveryCode.hash == factors.hashed(typed),
        RecoveryCode.used_at.is_(None),
    )
    if _is_used_up(session, spare.values(used_at=at)):
        outbox.write(session, "factor_changed", to=user, at=at, what="used", changed_at=at)
        return "recovery"
    raise DomainError(WRONG, field="code")


def _is_used_up(session: Session, statement: Update) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], result).rowcount == 1


def _renewed(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = factors.recovery_codes()
    session.add_all(RecoveryCode(user_id=user.id, hash=factors.hashed(one)) for one in codes)
    session.flush()
    return codes


def add_passkey(
    session: Session, user: User, made: Made | None, *, agent: str, at: datetime
) -> list[str]:
    """Let a passkey open the account; every other session ends.

    Return recovery codes if the person had none. Raises DomainError for what is no key for us.
    """
    if made is None or queries.passkey(session, made.credential) is not None:
        raise DomainError(N_("The device made no passkey for this site. Try again."))
    session.add(
        Passkey(
            user_id=user.id,
            credential=made.credential,
            public_key=made.public_key,
            sign_count=made.sign_count,
            agent=agent,
            added_at=at,
        )
    )
    return added(session, user, "passkey", at=at)


def use_passkey(passkey: Passkey, user: User, count: int, *, at: datetime) -> User:
    """Note the use of a passkey and return whose it is."""
    passkey.sign_count, passkey.used_at = count, at
    return user


def remove_passkey(session: Session, user: User, passkey: Passkey, *, at: datetime) -> None:
    """Let a passkey open the account no more; every session ends."""
    session.delete(passkey)
    session.flush()
    removed(session, user, "passkey", at=at, by=user)


def reseal(session: Session, keys: Sequence[str]) -> tuple[int, int]:
    """Seal every app's secret by the first key; return how many there are, and how many cannot be opened."""
    apps = session.scalars(select(Authenticator)).all()
    lost = 0
    for app in apps:
        again = factors.resealed(app.secret, keys)
        lost += again is None
        app.secret = again or app.secret
    return len(apps), lost


def remove_all(session: Session, user: User, *, at: datetime) -> None:
    """Take everything off, for somebody who lost all of it; every session ends."""
    for table in (Authenticator, Passkey):
        session.execute(delete(table).where(table.user_id == user.id))
    removed(session, user, "all", at=at, by=None)
