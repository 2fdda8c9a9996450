"""Connects accounts with whom the provider of single sign-on knows."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contest.accounts import actions, address, queries
from contest.accounts.actions import sessions
from contest.accounts.models import Identity, User
from contest.accounts.sso import Claims
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.messages import outbox

UNVERIFIED = N_("The other site does not vouch for your mail address. Confirm it there first.")
TAKEN = N_(
    "There is an account with this address. Sign in to it as you always do, then connect it on"
    " the page Security."
)
ANOTHERS = N_("This identity belongs to another account.")


def join(session: Session, claims: Claims, *, locale: str, at: datetime) -> User:
    """Make an account for somebody whom nobody here knows, and connect it.

    Raises DomainError where the address belongs to an account: only who is signed in there connects it.
    """
    email = _vouched(claims)
    if queries.by_email(session, email) is not None:
        raise DomainError(TAKEN)
    user = actions.vouched_for(session, email=email, name=claims.name, locale=locale, at=at)
    connect(session, user, claims, at=at)
    return user


def connect(session: Session, user: User, claims: Claims, *, at: datetime) -> None:
    """Let the provider open this person's account from now on; every session ends.

    Raises DomainError where the provider does not vouch for the address, where that belongs to
    another account, and where the identity does.
    """
    owner = queries.by_email(session, _vouched(claims))
    if owner is not None and owner.id != user.id:
        raise DomainError(ANOTHERS)
    row = Identity(user_id=user.id, issuer=claims.issuer, subject=claims.subject, added_at=at)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise DomainError(ANOTHERS) from None
    _changed(session, user, Verb.USER_IDENTITY_ADDED, "connected", at)


def disconnect(session: Session, user: User, identity: Identity, *, at: datetime) -> None:
    """Let the provider open the account no more; every session ends."""
    session.delete(identity)
    _changed(session, user, Verb.USER_IDENTITY_REMOVED, "disconnected", at)


def _changed(session: Session, user: User, verb: Verb, what: str, at: datetime) -> None:
    sessions.end_all(session, user, at=at)
    record(session, verb, user, by=user.id, at=at)
    outbox.write(session, "factor_changed", to=user, at=at, what=what, changed_at=at)


def _vouched(claims: Claims) -> str:
    if not claims.is_verified:
        raise DomainError(UNVERIFIED)
    return address.normalised(claims.email)
