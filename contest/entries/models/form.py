"""What a round asks of an entry."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Round
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base, Edited
from contest.core.text import N_
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

    def titling(self) -> "Question | None":
        """Return the question whose answer is the entry's title: the first one-line one."""
        return next((q for q in self.questions if q.kind is QuestionKind.LINE), None)

    def can_change(self) -> Decision:
        """Say whether questions may still change: until the first entry was handed in."""
        if self.frozen_at is None:
            return ALLOW
        return deny(N_("The form is frozen: an entry was already handed in with it."))


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
