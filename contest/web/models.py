"""What the edge remembers between requests."""

import enum
import uuid
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint
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


WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=30)  # what was refused


class RefusalKind(enum.StrEnum):
    """Why somebody was not let do what they tried."""

    WRONG_PROOF = "wrong-proof"
    FORGED_LINK = "forged-link"
    UNKNOWN_FORM = "unknown-form"
    TOO_OFTEN = "too-often"
    NOT_ALLOWED = "not-allowed"
    BAD_FILE = "bad-file"


class Refusal(Base):
    """How often something was refused within ten minutes, rounded down: no address, no text.

    `user_id` is whose account was tried, or who tried. Kept for `KEPT`; not part of the record.
    """

    __tablename__ = "refusals"

    kind: Mapped[RefusalKind]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    source: Mapped[str] = mapped_column(String(8))  # a mark of the network, good for a day
    endpoint: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime]
    count: Mapped[int]
