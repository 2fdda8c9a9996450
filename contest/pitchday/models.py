"""The stage of a pitch round."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Round
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.entries.models import Entry


class SlotState(enum.StrEnum):
    """Where one pitch stands."""

    WAITING = "waiting"
    PITCHING = "pitching"
    QUESTIONS = "questions"
    DONE = "done"
    SKIPPED = "skipped"


SLOT_LIFE: Life[SlotState] = Life(
    {
        "start": (frozenset({SlotState.WAITING, SlotState.SKIPPED}), SlotState.PITCHING),
        "question": (frozenset({SlotState.PITCHING}), SlotState.QUESTIONS),
        "finish": (frozenset({SlotState.PITCHING, SlotState.QUESTIONS}), SlotState.DONE),
        "skip": (frozenset({SlotState.WAITING}), SlotState.SKIPPED),
        "again": (frozenset({SlotState.DONE}), SlotState.WAITING),
    }
)


class Stage(Edited, Base):
    """The stage of one round and what is on it; `changes` is what the projector polls."""

    __tablename__ = "stages"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), unique=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime | None]
    changes: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(lazy="raise_on_sql")


class Draw(Base):
    """How the running order came about, so that anybody can draw it again."""

    __tablename__ = "draws"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    seed: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(60))
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")  # why it was drawn again


class Slot(Edited, Base):
    """One pitch in the running order."""

    __tablename__ = "slots"
    __table_args__ = (UniqueConstraint("stage_id", "entry_id"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"))
    position: Mapped[int]
    state: Mapped[SlotState] = mapped_column(default=SlotState.WAITING)
    started_at: Mapped[datetime | None]
    questions_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state = SLOT_LIFE.next(self.state, verb)
