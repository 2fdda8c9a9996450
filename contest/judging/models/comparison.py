"""Judging by comparing two at a time: the votes, and where each judge stands in the room."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base


class Outcome(enum.StrEnum):
    """What a judge says of two entries."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    SKIPPED = "skipped"


class Comparison(Base):
    """One vote. A correction is a new row, the old one is superseded; nothing is overwritten.

    `left_id` is the entry that the judge had seen before; it is None where the first entry of all
    was skipped.
    """

    __tablename__ = "comparisons"
    __table_args__ = (Index(None, "round_id", "superseded_at"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"), index=True)
    number: Mapped[int]  # in the judge's own order; a correction keeps that of what it corrects
    left_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("entries.id"))
    right_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"))
    outcome: Mapped[Outcome]
    reason: Mapped[str] = mapped_column(String(30), default="")  # of a skip, from a list
    at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class Visit(Base):
    """Where a judge stands: the entry seen last, the one to see next, or a place in the queue."""

    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("round_id", "appointment_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"))
    current_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("entries.id"))
    next_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("entries.id"))
    since: Mapped[datetime]  # when `next_id` was given
    waiting_since: Mapped[datetime | None]
