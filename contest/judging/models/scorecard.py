"""One judge's result on one entry."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.core.orm import Base, Edited
from contest.judging.models.assignment import Assignment
from contest.judging.models.rubric import Criterion, Rubric


class Revised(Edited):
    """One revision of a judge's result. At most one is a draft (`submitted_at` is None).

    Submitting freezes it, amending starts the next revision, and nothing is overwritten.
    """

    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    set_aside_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    set_aside_reason: Mapped[str] = mapped_column(String(1000), default="")

    def set_aside(self, reason: str, by: uuid.UUID | None, at: datetime) -> None:
        """Take it out of the count; nothing is lost."""
        self.set_aside_at, self.set_aside_by, self.set_aside_reason = at, by, reason[:1000]

    def amend(self, earlier: "Revised") -> None:
        """Stay set aside if what this takes the place of is: only the chair lets it count again."""
        self.set_aside_at, self.set_aside_by = earlier.set_aside_at, earlier.set_aside_by
        self.set_aside_reason = earlier.set_aside_reason

    def counts(self) -> bool:
        """Say whether this is the judge's result of record."""
        return (
            self.submitted_at is not None
            and self.superseded_at is None
            and self.set_aside_at is None
        )


R = TypeVar("R", bound=Revised)


def shown(made: Sequence[R], *, writing: bool) -> R | None:
    """Return what its judge is shown of all revisions: a draft only while they write on it."""
    handed_in = [each for each in made if each.submitted_at is not None]
    found = made if writing else handed_in or made
    return found[-1] if found else None


class Scorecard(Revised, Base):
    """What a judge gives one entry by a rubric."""

    __tablename__ = "scorecards"
    __table_args__ = (
        UniqueConstraint("assignment_id", "revision"),
        Index(
            "uq_scorecards_draft",
            "assignment_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"))
    rubric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubrics.id"))
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("versions.id"))
    comment: Mapped[str] = mapped_column(Text, default="")  # to the team, after publication
    note: Mapped[str] = mapped_column(Text, default="")  # the judge's own

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    rubric: Mapped[Rubric] = relationship(lazy="raise_on_sql")
    scores: Mapped[list["Score"]] = relationship(
        back_populates="scorecard", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class Score(Base):
    """Points for one criterion. 0 is a score; `points` is None only where the judge abstained on it."""

    __tablename__ = "scores"
    __table_args__ = (UniqueConstraint("scorecard_id", "criterion_id"),)

    scorecard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scorecards.id"))
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"), index=True)
    points: Mapped[int | None]
    abstained: Mapped[bool] = mapped_column(default=False)

    scorecard: Mapped[Scorecard] = relationship(back_populates="scores", lazy="raise_on_sql")
    criterion: Mapped[Criterion] = relationship(lazy="raise_on_sql")
