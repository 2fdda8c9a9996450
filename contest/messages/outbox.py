"""Writes messages to people inside the running transaction."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.jobs.outbox import enqueue
from contest.messages.models import Message, State, packed


def write(
    session: Session,
    kind: str,
    *,
    to: User,
    at: datetime,
    contest_id: uuid.UUID | None = None,
    hold: bool = False,
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    address: str | None = None,
    **facts: object,
) -> Message:
    """Write a message of `kind` (`templates/mail/<kind>.txt`) and promise to send it.

    `hold` leaves it as a draft that an organiser reads and releases. The same `dedupe_key` again
    returns the message that was written first. `address` is where it goes if not to the address of
    its recipient, for one that they have yet to prove. `facts` are ids, numbers, short strings, instants and
    Words; the template gets them by name, instants and Words as such.
    """
    if dedupe_key is not None:
        known = session.scalar(select(Message).where(Message.dedupe_key == dedupe_key))
        if known is not None:
            return known
    message = Message(
        kind=kind,
        recipient=to,
        address=address,
        contest_id=contest_id,
        lang=to.locale,
        facts={name: packed(value) for name, value in facts.items()},
        state=State.DRAFT if hold else State.QUEUED,
        due_at=due_at or at,
        dedupe_key=dedupe_key,
        written_at=at,
    )
    session.add(message)
    session.flush()
    if not hold:
        enqueue(session, "messages.send", at=message.due_at, message_id=str(message.id))
    return message
