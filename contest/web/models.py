"""What the edge remembers between requests."""

import uuid
from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base


class IdempotencyKey(Base):
    """The answer to a form that was sent once, so that sending it again changes nothing more."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    owner: Mapped[str] = mapped_column(String(64))  # a user's id, or "visitor"
    key: Mapped[uuid.UUID]
    route: Mapped[str] = mapped_column(String(400))
    body_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(index=True)


class Switch(Base):
    """A switch of the whole instance that is on; one that is off has no row."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(20), unique=True)
    since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500), default="")
