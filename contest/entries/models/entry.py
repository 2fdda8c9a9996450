"""An entry, its drafts and its frozen versions."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Contest, Phase, Round
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.core.text import N_
from contest.entries.models.form import Question
from contest.files.models import File
from contest.teams.models import Team


class State(enum.StrEnum):
    """Where an entry stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info-requested"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    ADVANCED = "advanced"
    NOT_ADVANCED = "not-advanced"
    AWARDED = "awarded"
    NOT_AWARDED = "not-awarded"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class Lateness(enum.StrEnum):
    """By which right a version came in time."""

    ON_TIME = "on-time"
    GRACE = "grace"
    EXTENSION = "extension"
    REQUESTED = "requested"  # a screener had asked for it


LONGEST_TITLE = 200
IN_HAND = frozenset({State.SUBMITTED, State.INFO_REQUESTED, State.ELIGIBLE, State.ADVANCED})
ENTRY_LIFE: Life[State] = Life(
    {
        "submit": (frozenset({State.DRAFT, State.SUBMITTED, State.INFO_REQUESTED, State.WITHDRAWN}),
                   State.SUBMITTED),
        "submit_again": (frozenset({State.ADVANCED}), State.ADVANCED),  # for a later round
        "withdraw": (IN_HAND, State.WITHDRAWN),
        "find_eligible": (frozenset({State.SUBMITTED, State.INFO_REQUESTED}), State.ELIGIBLE),
        "find_ineligible": (frozenset({State.SUBMITTED, State.INFO_REQUESTED, State.ELIGIBLE}),
                            State.INELIGIBLE),
        "request_info": (frozenset({State.SUBMITTED}), State.INFO_REQUESTED),
        "reconsider": (frozenset({State.INELIGIBLE, State.ELIGIBLE}), State.SUBMITTED),
        "advance": (frozenset({State.ELIGIBLE, State.ADVANCED}), State.ADVANCED),
        "not_advance": (frozenset({State.ELIGIBLE, State.ADVANCED}), State.NOT_ADVANCED),
        "award": (frozenset({State.ELIGIBLE, State.ADVANCED, State.NOT_AWARDED}), State.AWARDED),
        "not_award": (frozenset({State.ELIGIBLE, State.ADVANCED, State.AWARDED}),
                      State.NOT_AWARDED),
        "reinstate": (frozenset({State.ADVANCED, State.NOT_ADVANCED}), State.ELIGIBLE),
        "reinstate_advanced": (frozenset({State.ADVANCED, State.NOT_ADVANCED}), State.ADVANCED),
        "disqualify": (IN_HAND | {State.AWARDED, State.NOT_AWARDED, State.NOT_ADVANCED},
                       State.DISQUALIFIED),
    }
)  # fmt: skip


class Entry(Edited, Base):
    """What one team hands in to a contest, over all its rounds."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("team_id"),
        UniqueConstraint("contest_id", "code"),
        Index(None, "contest_id", "state"),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"))
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    code: Mapped[str] = mapped_column(String(8))  # random; what blind judges see
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    lang: Mapped[str] = mapped_column(String(10), default="")  # it is written in; "": not said
    withdrawn_reason: Mapped[str] = mapped_column(String(1000), default="")
    gallery_consent_at: Mapped[datetime | None]
    gallery_consent_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))

    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")

    def can(self, verb: str) -> Decision:
        return ENTRY_LIFE.can(self.state, verb)

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state = ENTRY_LIFE.next(self.state, verb)


class Draft(Edited, Base):
    """What is still being written for one round; the next version is frozen from it."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("entry_id", "round_id"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    answers: Mapped[list["DraftAnswer"]] = relationship(back_populates="draft", lazy="raise_on_sql")


class DraftAnswer(Base):
    """One field of a draft. `revision` grows with each save, so two people can merge by field."""

    __tablename__ = "draft_answers"
    __table_args__ = (UniqueConstraint("draft_id", "question_id"),)

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"))
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("questions.id"))
    value: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("files.id"))
    revision: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[datetime]

    draft: Mapped[Draft] = relationship(back_populates="answers", lazy="raise_on_sql")
    question: Mapped[Question] = relationship(lazy="raise_on_sql")
    file: Mapped[File | None] = relationship(lazy="raise_on_sql")


class DraftAnswerHistory(Base):
    """What one person knew of a field at one revision: the common ground when two texts are merged."""

    __tablename__ = "draft_answer_history"
    __table_args__ = (UniqueConstraint("answer_id", "revision"),)

    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draft_answers.id"))
    revision: Mapped[int]
    value: Mapped[str] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class Version(Base):
    """A frozen, numbered state of an entry in one round. Never changed."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("entry_id", "round_id", "number"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forms.id"))
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    lateness: Mapped[Lateness]
    answers: Mapped[list[dict[str, Any]]]  # question id, title, kind, value or file's sha256
    sha256: Mapped[str] = mapped_column(String(64))  # of the canonical answers
    forgotten_at: Mapped[datetime | None]  # when the answers were removed; the proof stays

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="version", lazy="raise_on_sql"
    )


class Attachment(Base):
    """A file of a version."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("version_id", "question_id"),)

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versions.id"))
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("questions.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"), index=True)

    version: Mapped[Version] = relationship(back_populates="attachments", lazy="raise_on_sql")
    file: Mapped[File] = relationship(lazy="raise_on_sql")


class Receipt(Base):
    """The signed proof of what was handed in when. `code` is what the public page takes."""

    __tablename__ = "receipts"

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versions.id"), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    body: Mapped[str] = mapped_column(Text)  # canonical JSON (RFC 8785)
    signature: Mapped[str] = mapped_column(String(128))  # Ed25519 over body, hex
    key: Mapped[str] = mapped_column(String(64))  # public key, hex

    version: Mapped[Version] = relationship(lazy="raise_on_sql")


class Extension(Base):
    """More time for one team in one round, with the reason."""

    __tablename__ = "extensions"
    __table_args__ = (UniqueConstraint("round_id", "team_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(1000))
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[datetime]

    team: Mapped[Team] = relationship(lazy="raise_on_sql")


@dataclass(frozen=True, slots=True)
class Leave:
    """What one team may do beyond the round's window: longer, or named questions until a date."""

    extended_until: datetime | None = None
    requested_until: datetime | None = None
    question_ids: frozenset[str] = frozenset()

    def opens(self, question_id: uuid.UUID) -> bool:
        """Say whether the question may be answered: all of them, unless some were asked for."""
        return self.requested_until is None or str(question_id) in self.question_ids


NO_LEAVE = Leave()


def lateness(round_: Round, at: datetime, leave: Leave = NO_LEAVE) -> Lateness:
    """Return by which right `at` is in time; the caller knows that it is."""
    if leave.requested_until is not None:
        return Lateness.REQUESTED
    if round_.closes_at is None or at < round_.closes_at:
        return Lateness.ON_TIME
    grace = round_.grace_ends_at()
    return Lateness.GRACE if grace is not None and at < grace else Lateness.EXTENSION


def deadline(round_: Round, leave: Leave = NO_LEAVE) -> datetime | None:
    """Return until when the team writes: the round's end, later or for what was asked."""
    if leave.requested_until is not None:
        return leave.requested_until
    return max(filter(None, (round_.closes_at, leave.extended_until)), default=None)


def written_for(collecting: Sequence[Round], state: State, at: datetime) -> Round | None:
    """Return for which of the rounds that collect, in their order, a team writes.

    That is the first one; for entries that advanced, the newest that has opened.
    """
    if state is State.ADVANCED:
        opened = [r for r in collecting if r.opens_at is not None and r.opens_at <= at]
        return opened[-1] if opened else None
    return collecting[0] if collecting else None


def can_edit(entry: Entry | None, at: datetime, round_: Round, leave: Leave = NO_LEAVE) -> Decision:
    """Say whether the team may still write and hand in; `round_.contest` is loaded."""
    state = entry.state if entry is not None else State.DRAFT
    if not (ENTRY_LIFE.can(state, "submit") or ENTRY_LIFE.can(state, "submit_again")):
        return deny(N_("This entry is already decided on and cannot be changed any more."))
    if state is not State.INFO_REQUESTED:
        return round_.can_take_entries(at, leave.extended_until)
    if round_.contest.phase in {Phase.SUSPENDED, Phase.CANCELLED}:
        return deny(N_("The contest is %(phase)s. Nothing is lost; hand in when it goes on."),
                    phase=round_.contest.phase)  # fmt: skip
    if leave.requested_until is None or at >= leave.requested_until:
        return deny(
            N_("The date until which more was asked for has passed. What you wrote is kept.")
        )
    return ALLOW
