"""What a round asks of an entry."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Round
from contest.core.orm import Base, Edited
from contest.core.words import Words


class QuestionKind(enum.StrEnum):
    """How a question is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    LINK = "link"
    DECK = "deck"  # a PDF


class QuestionForm(Edited, Base):
    """The questions of one round; frozen by the first version handed in."""

    __tablename__ = "forms"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int] = mapped_column(default=1)
    frozen_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    questions: Mapped[list["Question"]] = relationship(
        back_populates="form",
        order_by="Question.position, Question.id",
        cascade="all, delete-orphan",
        lazy="raise_on_sql",
    )


class Question(Edited, Base):
    """One question. `limit` is characters for text, pages for a deck, the largest number else."""

    __tablename__ = "questions"

    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forms.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[QuestionKind]
    title: Mapped[Words]
    help: Mapped[Words]
    required: Mapped[bool] = mapped_column(default=True)
    limit: Mapped[int] = mapped_column(default=2000)
    choices: Mapped[list[str]] = mapped_column(default=list)
    public: Mapped[bool] = mapped_column(default=False)  # shown in the gallery with consent
    identifies: Mapped[bool] = mapped_column(default=False)  # hidden from judges of blind rounds

    form: Mapped[QuestionForm] = relationship(back_populates="questions", lazy="raise_on_sql")
