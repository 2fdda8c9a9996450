"""Who judges what, who must not, and what became of it."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Appointment, Round
from contest.core.decisions import Decision
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.entries.models import Entry


class ConflictKind(enum.StrEnum):
    """Why somebody must not judge an entry."""

    ORGANISATION = "organisation"
    DOMAIN = "domain"
    FAMILY = "family"
    INVESTMENT = "investment"
    ADVISER = "adviser"
    OTHER = "other"


class ConflictSource(enum.StrEnum):
    """Who says so."""

    JUDGE = "judge"
    FOUND = "found"
    CHAIR = "chair"
    RECUSAL = "recusal"  # a judge who stepped back; unlike a declaration only the chair lifts it


class Conflict(Base):
    """A fact that keeps a judge from an entry. One that was lifted stays, with who lifted it."""

    __tablename__ = "conflicts"
    __table_args__ = (UniqueConstraint("appointment_id", "entry_id", "source"),)

    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    kind: Mapped[ConflictKind]
    source: Mapped[ConflictSource]
    note: Mapped[str] = mapped_column(String(500), default="")
    since: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class Declaration(Base):
    """That a judge looked through the names of these entries and declared every conflict among them."""

    __tablename__ = "declarations"

    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"), unique=True)
    entry_ids: Mapped[list[str]]
    at: Mapped[datetime]


class AssignmentState(enum.StrEnum):
    """Where one judge's work on one entry stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    OPENED = "opened"
    IN_PROGRESS = "in-progress"
    SCORED = "scored"
    LOCKED = "locked"
    ABSTAINED = "abstained"
    RECUSED = "recused"
    DEFERRED = "deferred"
    REASSIGNED = "reassigned"
    WAIVED = "waived"


OPEN = frozenset(
    {
        AssignmentState.ACTIVE,
        AssignmentState.OPENED,
        AssignmentState.IN_PROGRESS,
        AssignmentState.DEFERRED,
    }
)
ASSIGNMENT_LIFE: Life[AssignmentState] = Life(
    {
        "activate": (frozenset({AssignmentState.PROPOSED, AssignmentState.REASSIGNED}),
                     AssignmentState.ACTIVE),
        "open": (OPEN, AssignmentState.OPENED),
        "write": (OPEN | {AssignmentState.SCORED}, AssignmentState.IN_PROGRESS),
        "submit": (OPEN | {AssignmentState.SCORED, AssignmentState.ABSTAINED}, AssignmentState.SCORED),
        "abstain": (OPEN | {AssignmentState.SCORED}, AssignmentState.ABSTAINED),
        "resume": (frozenset({AssignmentState.ABSTAINED}), AssignmentState.OPENED),
        "recuse": (OPEN | {AssignmentState.SCORED, AssignmentState.ABSTAINED}, AssignmentState.RECUSED),
        "defer": (OPEN, AssignmentState.DEFERRED),
        "reassign": (OPEN | {AssignmentState.RECUSED, AssignmentState.ABSTAINED},
                     AssignmentState.REASSIGNED),
        "waive": (OPEN, AssignmentState.WAIVED),
        "keep": (OPEN, AssignmentState.SCORED),  # an amendment is given up
        "reinstate": (frozenset({AssignmentState.RECUSED}), AssignmentState.SCORED),
        "lock": (frozenset({AssignmentState.SCORED}), AssignmentState.LOCKED),
        "unlock": (frozenset({AssignmentState.LOCKED}), AssignmentState.SCORED),
    }
)  # fmt: skip
DONE = frozenset({AssignmentState.SCORED, AssignmentState.LOCKED})


class Assignment(Edited, Base):
    """One judge × one entry × one round."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("round_id", "appointment_id", "entry_id"),
        Index(None, "appointment_id", "state"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appointments.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assignment_plans.id"))
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.PROPOSED)
    position: Mapped[int] = mapped_column(default=0)  # in the judge's own queue
    reason: Mapped[str] = mapped_column(String(1000), default="")
    changed_at: Mapped[datetime]
    nudged_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    appointment: Mapped[Appointment] = relationship(lazy="raise_on_sql")
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")

    def can(self, verb: str) -> Decision:
        return ASSIGNMENT_LIFE.can(self.state, verb)

    def move(self, verb: str, at: datetime) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state, self.changed_at = ASSIGNMENT_LIFE.next(self.state, verb), at


class PlanState(enum.StrEnum):
    """What became of an assignment that was asked for."""

    COMPUTING = "computing"
    FAILED = "failed"
    PROPOSED = "proposed"
    APPLIED = "applied"
    DISCARDED = "discarded"


PENDING = frozenset({PlanState.COMPUTING, PlanState.PROPOSED})
PLAN_LIFE: Life[PlanState] = Life(
    {
        "propose": (frozenset({PlanState.COMPUTING}), PlanState.PROPOSED),
        "fail": (frozenset({PlanState.COMPUTING}), PlanState.FAILED),
        "apply": (frozenset({PlanState.PROPOSED}), PlanState.APPLIED),
        "discard": (PENDING | {PlanState.FAILED}, PlanState.DISCARDED),
    }
)


class AssignmentPlan(Base):
    """A computed assignment as a whole, to be looked at before it is applied."""

    __tablename__ = "assignment_plans"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    state: Mapped[PlanState] = mapped_column(default=PlanState.PROPOSED)
    seed: Mapped[int]
    input_sha256: Mapped[str] = mapped_column(String(64))
    report: Mapped[dict[str, Any]]  # while computing the `stage`, then that of `judging.proposal`
    computed_at: Mapped[datetime]
    computed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state = PLAN_LIFE.next(self.state, verb)


class Waiver(Base):
    """Leave to close a round without some reviews of an entry, with the reason."""

    __tablename__ = "waivers"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
