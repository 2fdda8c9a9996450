"""What happens to messages after they were written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core.decisions import require
from contest.core.orm import lock
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.messages.models import LIFE, Message


def annotate(session: Session, message: Message, note: str, *, by: User, at: datetime) -> None:
    """Add a personal line to a draft."""
    require(LIFE.can(lock(session, message).state, "release"))
    message.note = note.strip()
    record(session, Verb.MESSAGE_EDITED, message, by=by.id, at=at, contest_id=message.contest_id)


def release(session: Session, message: Message, *, by: User, at: datetime) -> None:
    """Let a draft go, at its time or now if that has passed."""
    _queue(session, message, "release", at)
    record(
        session, Verb.MESSAGE_RELEASED, message, by=by.id, at=at,
        contest_id=message.contest_id, kind=message.kind,
    )  # fmt: skip


def send_again(session: Session, message: Message, *, by: User, at: datetime) -> None:
    """Try once more what had failed."""
    _queue(session, message, "send again", at)
    record(
        session, Verb.MESSAGE_RELEASED, message, by=by.id, at=at,
        contest_id=message.contest_id, kind=message.kind,
    )  # fmt: skip


def drop(session: Session, message: Message, *, by: User, at: datetime) -> None:
    """Decide against sending it."""
    message.state = LIFE.next(lock(session, message).state, "drop")
    record(
        session, Verb.MESSAGE_DROPPED, message, by=by.id, at=at,
        contest_id=message.contest_id, kind=message.kind,
    )  # fmt: skip


def freeze(
    session: Session, message: Message, subject: str, body: str, links: Sequence[dict[str, Any]]
) -> None:
    """Keep the text as it goes out. For a person who is gone there is nothing to send."""
    if not message.can_reach():
        message.state = LIFE.next(lock(session, message).state, "drop")
        return
    message.subject, message.body, message.links = subject, body, list(links)


def arrived(session: Session, message: Message, *, at: datetime) -> None:
    """Note that the mail server took it."""
    message.state = LIFE.next(lock(session, message).state, "arrive")
    message.sent_at, message.error = at, ""


def failed(session: Session, message: Message, *, error: str) -> None:
    """Note that it did not get out, and why."""
    if LIFE.can(lock(session, message).state, "fail"):
        message.state, message.error = LIFE.next(message.state, "fail"), error[:500]


def _queue(session: Session, message: Message, verb: str, at: datetime) -> None:
    message.state = LIFE.next(lock(session, message).state, verb)
    message.due_at, message.error = max(message.due_at, at), ""
    enqueue(session, "messages.send", at=message.due_at, message_id=str(message.id))
