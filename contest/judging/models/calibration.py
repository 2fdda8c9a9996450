"""Calibration: a few entries that the whole panel scores, to see how alike they judge."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Appointment, Round
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base
from contest.core.text import N_
from contest.entries.models import Entry


class Calibration(Base):
    """One time at which everybody scores the same anchors. While it is open nobody sees another's.

    Held again later with the same anchors, it shows how judges drift over time.
    """

    __tablename__ = "calibrations"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    counts: Mapped[bool] = mapped_column(default=False)  # declared before anybody scored
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    anchors: Mapped[list["Anchor"]] = relationship(
        back_populates="calibration", order_by="Anchor.position", lazy="raise_on_sql"
    )

    def can_take_points(self) -> Decision:
        if self.closed_at is not None:
            return deny(N_("This calibration is closed; what was given stays as it is."))
        return ALLOW

    def can_be_compared(self) -> Decision:
        if self.closed_at is None:
            return deny(N_("Nobody sees what others gave before the calibration is closed."))
        return ALLOW


class Anchor(Base):
    """An entry that everybody scores. One that does not compete in the round is a specimen."""

    __tablename__ = "anchors"
    __table_args__ = (UniqueConstraint("calibration_id", "entry_id"),)

    calibration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calibrations.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    position: Mapped[int]

    calibration: Mapped[Calibration] = relationship(back_populates="anchors", lazy="raise_on_sql")
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")


class Reading(Base):
    """What one judge gives one anchor: points by the criterion's id, None for no view on it."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("anchor_id", "appointment_id"),)

    anchor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("anchors.id"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"), index=True)
    points: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]

    anchor: Mapped[Anchor] = relationship(lazy="raise_on_sql")
    appointment: Mapped[Appointment] = relationship(lazy="raise_on_sql")
