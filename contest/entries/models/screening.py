"""What screeners find."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.core.orm import Base
from contest.entries.models.entry import Entry


class Outcome(enum.StrEnum):
    """What a screening ended with."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    INFO_REQUESTED = "info-requested"
    RECONSIDERED = "reconsidered"


class Screening(Base):
    """One finding on one entry. The newest counts; earlier ones stay."""

    __tablename__ = "screenings"
    __table_args__ = (Index(None, "entry_id", "at"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    outcome: Mapped[Outcome]
    rule: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(2000), default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
    by: Mapped[User] = relationship(lazy="raise_on_sql")


class InfoRequest(Base):
    """Named questions reopened for one team until a date."""

    __tablename__ = "info_requests"

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    question_ids: Mapped[list[str]]
    message: Mapped[str] = mapped_column(String(2000))
    until: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
