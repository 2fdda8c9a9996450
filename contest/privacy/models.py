"""A person's copy of their data, a person's erasure, and what contests keep for how long."""

import enum
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.core.text import N_
from contest.files.models import File

KEPT = timedelta(hours=24)  # so long a copy waits to be fetched
PATIENCE = timedelta(days=7)  # between asking for an erasure and its day


class ExportState(enum.StrEnum):
    """What became of a copy that somebody asked for."""

    COLLECTING = "collecting"
    READY = "ready"
    FETCHED = "fetched"
    FAILED = "failed"


EXPORT_LIFE: Life[ExportState] = Life(
    {
        "keep": (frozenset({ExportState.COLLECTING, ExportState.READY}), ExportState.READY),
        "fetch": (frozenset({ExportState.READY}), ExportState.FETCHED),
        "fail": (frozenset({ExportState.COLLECTING}), ExportState.FAILED),
    }
)


class Export(Base):
    """A copy of all that is kept about a person, fetched once, from the session that asked for it."""

    __tablename__ = "exports"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    sign_in: Mapped[uuid.UUID]  # the session; no key, for that may be gone
    state: Mapped[ExportState] = mapped_column(default=ExportState.COLLECTING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("files.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]

    file: Mapped[File | None] = relationship(lazy="raise_on_sql")

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state = EXPORT_LIFE.next(self.state, verb)

    def can_be_fetched(self, at: datetime) -> Decision:
        if self.state is ExportState.FETCHED:
            return deny(N_("This copy was fetched already. Ask for a new one."))
        if self.state is not ExportState.READY or at >= self.expires_at:
            return deny(N_("This copy is not there any more. Ask for a new one."))
        return ALLOW


class Erasure(Base):
    """A person is to be erased on a day, unless it is taken back before."""

    __tablename__ = "erasures"
    __table_args__ = (
        Index(
            "uq_erasures_open",
            "user_id",
            unique=True,
            sqlite_where=text("done_at IS NULL AND taken_back_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND taken_back_at IS NULL"),
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(1000), default="")  # an administrator's
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class Class(enum.StrEnum):
    """A class of data that is kept for a time of its own."""

    ACCESS = "access"
    DRAFTS = "drafts"
    INVITATIONS = "invitations"
    NOTES = "notes"
    MESSAGES = "messages"
    LEDGER = "ledger"
    ENTRIES = "entries"


class Retention(Edited, Base):
    """How many days after its end a contest keeps each class of data; None: for ever."""

    __tablename__ = "retentions"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), unique=True)
    days: Mapped[dict[str, Any]]


class Removal(Base):
    """What a contest has forgotten: how many things of a class, and when."""

    __tablename__ = "removals"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    kind: Mapped[Class]
    things: Mapped[int]
    at: Mapped[datetime]
