"""Who has which role in a contest."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.contests.models.contest import Contest, Track
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base
from contest.core.text import N_
from contest.organisations.models import Organisation


class Role(enum.StrEnum):
    """What somebody is appointed to."""

    ORGANISER = "organiser"
    SCREENER = "screener"
    CHAIR = "chair"
    JUDGE = "judge"
    OBSERVER = "observer"
    SPONSOR = "sponsor"
    FOLLOW_UP = "follow-up"


STAFF = frozenset({Role.ORGANISER, Role.SCREENER, Role.CHAIR})


class Answer(enum.StrEnum):
    """What an invited person said."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Appointment(Base):
    """A person's role in a contest: invited, then accepted or declined, until it ends."""

    __tablename__ = "appointments"
    __table_args__ = (UniqueConstraint("contest_id", "user_id", "role"),)

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    track_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tracks.id"))
    bridges: Mapped[bool] = mapped_column(default=False)  # judges other tracks than theirs too
    languages: Mapped[list[str]] = mapped_column(default=list)  # a judge reads these; none: all
    title: Mapped[str] = mapped_column(String(120), default="")  # shown beside the name
    public: Mapped[bool] = mapped_column(default=False)  # shown on the public page
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[Answer | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    track: Mapped[Track | None] = relationship(lazy="raise_on_sql")

    def is_active(self) -> bool:
        return self.answer is Answer.ACCEPTED and self.ended_at is None

    def can_answer(self, at: datetime) -> Decision:
        if self.ended_at is not None:
            return deny(N_("This invitation was taken back."))
        if self.answer is not None:
            return deny(N_("This invitation is already answered."))
        if self.expires_at is not None and at >= self.expires_at:
            return deny(N_("This invitation has expired. Ask the organiser for a new one."))
        return ALLOW


def in_office(*roles: Role) -> ColumnElement[bool]:
    """Say in a statement what `Appointment.is_active` says, of `roles` if any are named."""
    active = (Appointment.answer == Answer.ACCEPTED, Appointment.ended_at.is_(None))
    return and_(Appointment.role.in_(roles), *active) if roles else and_(*active)
