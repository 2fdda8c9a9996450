"""A message to one person."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.core.orm import Base
from contest.core.states import Life
from contest.core.words import Words


class State(enum.StrEnum):
    """Where a message stands."""

    DRAFT = "draft"  # waits for somebody to read and release it
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  # decided against


LIFE = Life(
    {
        "release": (frozenset({State.DRAFT}), State.QUEUED),
        "send again": (frozenset({State.FAILED}), State.QUEUED),
        "arrive": (frozenset({State.QUEUED, State.FAILED}), State.SENT),
        "fail": (frozenset({State.QUEUED, State.FAILED}), State.FAILED),
        "drop": (frozenset({State.DRAFT, State.QUEUED, State.FAILED}), State.DROPPED),
    }
)
LONGEST_NOTE = 1000
LONGEST_SUBJECT = 300


class Message(Base):
    """One mail to one person. Its text is made from `facts` until it is sent, then kept as sent."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "contest_id", "state"), Index(None, "state", "due_at"))

    kind: Mapped[str] = mapped_column(String(60))
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(254))  # when it is not the recipient's own
    contest_id: Mapped[uuid.UUID | None]
    lang: Mapped[str] = mapped_column(String(10))
    facts: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")  # a personal line added before release
    state: Mapped[State] = mapped_column(default=State.QUEUED)
    due_at: Mapped[datetime]
    dedupe_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    written_at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT), default="")
    body: Mapped[str] = mapped_column(Text, default="")  # with a mark where a secret link stands
    links: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # how to make those links
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")

    recipient: Mapped[User] = relationship(lazy="raise_on_sql")

    def can_go(self) -> bool:
        """Say whether it is on its way: neither waiting for somebody nor at its end."""
        return bool(LIFE.can(self.state, "arrive"))

    def can_reach(self) -> bool:
        """Say whether there is still somebody to write to."""
        return self.recipient.active and self.recipient.erased_at is None


def packed(value: object) -> Any:
    """Return a fact as JSON can hold it; instants and Words are marked, so that `unpacked` knows."""
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, Words):
        return {"words": value.plain()}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [packed(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def unpacked(value: Any) -> Any:
    """Undo `packed`."""
    match value:
        case {"instant": str(instant)}:
            return datetime.fromisoformat(instant)
        case {"words": dict(texts)}:
            return Words(texts)
        case list():
            return [unpacked(v) for v in value]
    return value
