"""One judge's paper on all of their entries in a round: an order, or points."""

import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Appointment, Round
from contest.core.orm import Base
from contest.judging.models.scorecard import Revised


class Ballot(Revised, Base):
    """What a judge says of all their entries at once."""

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("round_id", "appointment_id", "revision"),
        Index(
            "uq_ballots_draft",
            "round_id",
            "appointment_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"), index=True)

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    appointment: Mapped[Appointment] = relationship(lazy="raise_on_sql")
    choices: Mapped[list["Choice"]] = relationship(
        back_populates="ballot", cascade="all, delete-orphan", lazy="raise_on_sql"
    )

    def values(self) -> dict[uuid.UUID, int]:
        """Return entry -> its place or points; an entry that is not placed yet is left out."""
        return {choice.entry_id: choice.value for choice in self.choices}


class Choice(Base):
    """One entry's place, from 1, or its points, from 0. Equal places are a tie."""

    __tablename__ = "choices"
    __table_args__ = (UniqueConstraint("ballot_id", "entry_id"),)

    ballot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ballots.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    value: Mapped[int]

    ballot: Mapped[Ballot] = relationship(back_populates="choices", lazy="raise_on_sql")
