"""Begins and ends the sessions of a person."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from contest.accounts import queries
from contest.accounts.models import SignIn, User
from contest.events.log import Verb, record
from contest.messages import outbox

AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Begun:
    """A session as it begins."""

    number: uuid.UUID
    how: str
    waits: bool
    at: datetime
    proved_at: datetime | None
    is_strong: bool = False


def begin(session: Session, user: User, begun: Begun, *, agent: str, device: str) -> None:
    """Open a session; the person is told when the device is none of theirs so far.

    One that `waits` for the second factor opens nothing, and nobody is told of it; nor when the
    person goes on by `AGAIN`, after a change that ended all sessions.
    """
    at = begun.at
    if not begun.waits and begun.how != AGAIN and queries.is_strange(session, user, device):
        outbox.write(session, "new_device", to=user, at=at, agent=agent, seen_at=at)
    session.add(
        SignIn(
            id=begun.number,
            user_id=user.id,
            how=begun.how,
            agent=agent,
            device=device,
            began_at=at,
            passed_at=None if begun.waits else at,
            proved_at=None if begun.waits else begun.proved_at,
            is_strong=begun.is_strong,
            seen_at=at,
        )
    )
    session.flush()


def seen(session: Session, number: uuid.UUID, *, at: datetime) -> None:
    """Note that a session is in use."""
    session.execute(update(SignIn).where(SignIn.id == number).values(seen_at=at))


def end(session: Session, number: uuid.UUID, *, at: datetime) -> None:
    """End one session; it stays ended."""
    session.execute(
        update(SignIn).where(SignIn.id == number, SignIn.ended_at.is_(None)).values(ended_at=at)
    )


def end_one(session: Session, one: SignIn, user: User, *, at: datetime) -> None:
    """End a session that the person chose from their list."""
    end(session, one.id, at=at)
    record(session, Verb.USER_SESSION_ENDED, user, by=user.id, at=at)


def end_all(session: Session, user: User, *, at: datetime) -> None:
    """End every session of the person, this one and half-finished sign-ins included."""
    user.fs_uniquifier = uuid.uuid4().hex
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
    )
    session.flush()
