"""The scale of a round."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Round
from contest.core.orm import Base, Edited
from contest.core.words import Words


class Rubric(Edited, Base):
    """The weighted criteria of one round; frozen by the first score."""

    __tablename__ = "rubrics"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int] = mapped_column(default=1)
    frozen_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    criteria: Mapped[list["Criterion"]] = relationship(
        back_populates="rubric",
        order_by="Criterion.position, Criterion.id",
        cascade="all, delete-orphan",
        lazy="raise_on_sql",
    )


class Criterion(Edited, Base):
    """One weighted criterion, scored in whole points from `low` to `high`."""

    __tablename__ = "criteria"
    __table_args__ = (
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint("high > low", name="scale"),
    )

    rubric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubrics.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Words]
    help: Mapped[Words]
    weight: Mapped[int]  # percent; those of a rubric sum to 100
    low: Mapped[int] = mapped_column(default=0)
    high: Mapped[int] = mapped_column(default=5)

    rubric: Mapped[Rubric] = relationship(back_populates="criteria", lazy="raise_on_sql")
    levels: Mapped[list["Level"]] = relationship(
        back_populates="criterion",
        order_by="Level.points",
        cascade="all, delete-orphan",
        lazy="raise_on_sql",
    )

    def is_verdict(self) -> bool:
        """Say whether it asks for nothing but a pass: that of a round of pass or fail has no name."""
        return not self.title


class Level(Base):
    """What a number of points means."""

    __tablename__ = "levels"
    __table_args__ = (UniqueConstraint("criterion_id", "points"),)

    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"))
    points: Mapped[int]
    title: Mapped[Words]

    criterion: Mapped[Criterion] = relationship(back_populates="levels", lazy="raise_on_sql")
