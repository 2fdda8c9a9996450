"""Finds people."""

import uuid
from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from contest.accounts.models import UsedLink, User


def by_email(session: Session, email: str) -> User | None:
    """Return the person of a normalised address."""
    return session.scalar(select(User).where(User.email == email))


def by_id(session: Session, user_id: uuid.UUID) -> User | None:
    """Return a person who may sign in."""
    return session.scalar(select(User).where(User.id == user_id, User.active.is_(True)))


def names(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what people are called: their name, or their address until they gave one."""
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return {user_id: name or email for user_id, name, email in rows}


def is_empty(session: Session) -> bool:
    """Say whether nobody has an account yet, so that the first administrator is still to come."""
    return not session.scalar(select(exists().select_from(User)))


def is_used(session: Session, number: str) -> bool:
    """Say whether a link that works once has worked."""
    return bool(session.scalar(select(exists().where(UsedLink.number == number))))
