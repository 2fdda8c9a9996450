"""A case: one winner's way from the award to a service."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.contests.models import Contest, Duty
from contest.core.decisions import Decision
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.entries.models import Entry
from contest.organisations.models import Organisation


class Stage(enum.StrEnum):
    """Where a case stands. At a gate somebody decides: go, pivot or stop."""

    AWARDED = "awarded"
    CONTRACTING = "contracting"
    POC = "poc"
    POC_GATE = "poc-gate"
    PILOT = "pilot"
    PILOT_GATE = "pilot-gate"
    SERVICE = "service"
    CLOSED = "closed"


RUNNING = frozenset(Stage) - {Stage.CLOSED}
CASE_LIFE: Life[Stage] = Life(
    {
        "contract": (frozenset({Stage.AWARDED}), Stage.CONTRACTING),
        "start_poc": (frozenset({Stage.CONTRACTING}), Stage.POC),
        "to_poc_gate": (frozenset({Stage.POC}), Stage.POC_GATE),
        "go_pilot": (frozenset({Stage.POC_GATE}), Stage.PILOT),
        "pivot_poc": (frozenset({Stage.POC_GATE}), Stage.POC),
        "to_pilot_gate": (frozenset({Stage.PILOT}), Stage.PILOT_GATE),
        "go_service": (frozenset({Stage.PILOT_GATE}), Stage.SERVICE),
        "pivot_pilot": (frozenset({Stage.PILOT_GATE}), Stage.PILOT),
        "close": (RUNNING, Stage.CLOSED),
    }
)


class CloseReason(enum.StrEnum):
    """How a case ended."""

    SUCCESS = "success"
    STOPPED = "stopped"
    LAPSED = "lapsed"


class Case(Edited, Base):
    """One winning team's follow-up, with an owner on both sides."""

    __tablename__ = "cases"
    __table_args__ = (Index(None, "contest_id", "stage"),)

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    title: Mapped[str] = mapped_column(String(200))
    stage: Mapped[Stage] = mapped_column(default=Stage.AWARDED)
    stage_since: Mapped[datetime]
    sponsor_owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    team_owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    held_since: Mapped[datetime | None]
    held_reason: Mapped[str] = mapped_column(String(1000), default="")
    close_reason: Mapped[CloseReason | None]
    close_note: Mapped[str] = mapped_column(String(2000), default="")
    opened_at: Mapped[datetime]

    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    sponsor_owner: Mapped[User | None] = relationship(
        foreign_keys=[sponsor_owner_id], lazy="raise_on_sql"
    )
    team_owner: Mapped[User | None] = relationship(
        foreign_keys=[team_owner_id], lazy="raise_on_sql"
    )

    def can(self, verb: str) -> Decision:
        return CASE_LIFE.can(self.stage, verb)

    def move(self, verb: str, at: datetime) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.stage, self.stage_since = CASE_LIFE.next(self.stage, verb), at


class StageEntry(Base):
    """When a case was in which stage."""

    __tablename__ = "stage_entries"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    stage: Mapped[Stage]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class GateDecision(enum.StrEnum):
    """What is decided at a gate."""

    GO = "go"
    PIVOT = "pivot"
    STOP = "stop"


class Gate(Base):
    """A decision at a gate, with its reason and what the KPIs said then."""

    __tablename__ = "gates"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    stage: Mapped[Stage]
    decision: Mapped[GateDecision]
    reason: Mapped[str] = mapped_column(String(2000))
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime]

    by: Mapped[User] = relationship(lazy="raise_on_sql")


class Obligation(Edited, Base):
    """What the sponsor promised in the call, dated for one case."""

    __tablename__ = "obligations"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    duty_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duties.id"))
    due_on: Mapped[date]
    kept_at: Mapped[datetime | None]
    kept_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")

    duty: Mapped[Duty] = relationship(lazy="raise_on_sql")
    moves: Mapped[list["ObligationMove"]] = relationship(
        order_by="ObligationMove.at", lazy="raise_on_sql"
    )


class ObligationMove(Base):
    """That a promise came to stand on another day, and why."""

    __tablename__ = "obligation_moves"

    obligation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("obligations.id"), index=True)
    before: Mapped[date]
    after: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
