"""Reads messages, always with their recipient."""

import uuid
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.messages.models import Message, State

PAGE = 100


def message(session: Session, message_id: uuid.UUID) -> Message | None:
    """Return the message."""
    return session.scalar(
        select(Message).where(Message.id == message_id).options(joinedload(Message.recipient))
    )


def outbox(
    session: Session, contest_id: uuid.UUID, state: State | None = None, *, skip: int = 0
) -> tuple[Message, ...]:
    """Return one page of a contest's messages, newest first, and one more if there are more."""
    wanted = select(Message).where(Message.contest_id == contest_id)
    if state is not None:
        wanted = wanted.where(Message.state == state)
    return tuple(
        session.scalars(
            wanted.options(joinedload(Message.recipient))
            .order_by(Message.written_at.desc(), Message.id)
            .offset(skip)
            .limit(PAGE + 1)
        )
    )


def counts(session: Session, contest_id: uuid.UUID) -> Mapping[State, int]:
    """Return how many of a contest's messages are in each state."""
    rows = session.execute(
        select(Message.state, func.count())
        .where(Message.contest_id == contest_id)
        .group_by(Message.state)
    )
    return {State(state): number for state, number in rows}


def waiting(session: Session, contest_id: uuid.UUID) -> int:
    """Return how many drafts of a contest wait until somebody has read them."""
    return counts(session, contest_id).get(State.DRAFT, 0)


def sent(session: Session) -> tuple[Message, ...]:
    """Return the newest messages that went to anybody about anything. For the development mailbox."""
    return tuple(
        session.scalars(
            select(Message)
            .where(Message.state == State.SENT)
            .options(joinedload(Message.recipient))
            .order_by(Message.sent_at.desc(), Message.id)
            .limit(PAGE)
        )
    )


def reader(session: Session, feed_token: str) -> User | None:
    """Return whose calendar has this secret address."""
    return session.scalar(
        select(User).where(
            User.feed_token == feed_token, User.active.is_(True), User.erased_at.is_(None)
        )
    )
