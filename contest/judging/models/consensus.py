"""What the panel decided where its judges disagreed."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base


class Consensus(Base):
    """A decision on an entry that some judges pass and others fail. A later one supersedes it.

    It holds for the votes that it was made on, `passes` and `fails`: when a judge changes theirs,
    the entry waits again.
    """

    __tablename__ = "consensuses"
    __table_args__ = (Index(None, "round_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    passed: Mapped[bool]
    passes: Mapped[int]
    fails: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
