"""From decisions to what is published."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.contests.models import Contest, Prize, Role, Round
from contest.core.decisions import Decision as Verdict
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.entries.models import Entry
from contest.files.models import File

OFFICERS = (Role.ORGANISER, Role.CHAIR, Role.SPONSOR)  # who signs results


class Outcome(enum.StrEnum):
    """What is decided on an entry at the end of a round."""

    ADVANCE = "advance"
    NOT_ADVANCE = "not-advance"
    AWARD = "award"
    NOT_AWARD = "not-award"


class DecisionState(enum.StrEnum):
    """Whether a decision is only proposed or was applied with all others of its round."""

    PROPOSED = "proposed"
    APPLIED = "applied"


DECISION_LIFE: Life[DecisionState] = Life(  # those of a round go together, whatever each was
    {
        "apply": (frozenset(DecisionState), DecisionState.APPLIED),
        "take back": (frozenset(DecisionState), DecisionState.PROPOSED),
    }
)


class Decision(Edited, Base):
    """What is decided on one entry of one round; a departure from the order carries its reason."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    ranking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rankings.id"))
    outcome: Mapped[Outcome]
    rank: Mapped[int]
    prize_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prizes.id"))  # of an award
    departs: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    state: Mapped[DecisionState] = mapped_column(default=DecisionState.PROPOSED)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_reason: Mapped[str] = mapped_column(String(2000), default="")  # why it was taken back

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")

    def move(self, verb: str) -> None:
        """Take the step `verb`."""
        self.state = DECISION_LIFE.next(self.state, verb)


class Award(Edited, Base):
    """A prize given to an entry."""

    __tablename__ = "awards"
    __table_args__ = (UniqueConstraint("prize_id", "entry_id"),)

    prize_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prizes.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    place: Mapped[int]
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[datetime]

    prize: Mapped[Prize] = relationship(lazy="raise_on_sql")
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")


class ResultState(enum.StrEnum):
    """Where a result set stands."""

    COMPUTED = "computed"
    CERTIFIED = "certified"
    EMBARGOED = "embargoed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


RESULT_LIFE: Life[ResultState] = Life(
    {
        "certify": (frozenset({ResultState.COMPUTED}), ResultState.CERTIFIED),
        "embargo": (frozenset({ResultState.CERTIFIED}), ResultState.EMBARGOED),
        "publish": (frozenset({ResultState.EMBARGOED}), ResultState.PUBLISHED),
        "supersede": (frozenset({ResultState.PUBLISHED}), ResultState.SUPERSEDED),
        "discard": (frozenset({ResultState.COMPUTED, ResultState.CERTIFIED, ResultState.EMBARGOED}),
                    ResultState.DISCARDED),
    }
)  # fmt: skip


class ResultSet(Edited, Base):
    """A frozen snapshot of the results; numbered, signed by two officers, published at an instant."""

    __tablename__ = "result_sets"
    __table_args__ = (UniqueConstraint("contest_id", "number"),)

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    state: Mapped[ResultState] = mapped_column(default=ResultState.COMPUTED)
    body: Mapped[str] = mapped_column(Text)  # canonical JSON (RFC 8785)
    sealed: Mapped[list[dict[str, Any]]]  # what opens the body's commitments; never published
    sha256: Mapped[str] = mapped_column(String(64))  # of salt and body
    salt: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(2000), default="")  # of a correction
    computed_at: Mapped[datetime]
    computed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    certified_at: Mapped[datetime | None]
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    discard_reason: Mapped[str] = mapped_column(String(2000), default="")
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("result_sets.id"))

    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")
    signatures: Mapped[list["OfficerSignature"]] = relationship(
        back_populates="result_set", order_by="OfficerSignature.at", lazy="raise_on_sql"
    )

    def can(self, verb: str) -> Verdict:
        return RESULT_LIFE.can(self.state, verb)

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state = RESULT_LIFE.next(self.state, verb)


class OfficerSignature(Base):
    """One officer's signature under one result set; two different people are needed."""

    __tablename__ = "officer_signatures"
    __table_args__ = (UniqueConstraint("result_set_id", "user_id"),)

    result_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result_sets.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(30))
    sha256: Mapped[str] = mapped_column(String(64))  # what they signed
    at: Mapped[datetime]

    result_set: Mapped[ResultSet] = relationship(back_populates="signatures", lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class Voice(Base):
    """The letter under which a team reads one judge; drawn at random when the results come out."""

    __tablename__ = "voices"

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), unique=True)
    position: Mapped[int]  # 0 is A


class Certificate(Base):
    """A certificate for one entry, as a PDF; `code` is what the public page takes."""

    __tablename__ = "certificates"
    __table_args__ = (Index(None, "entry_id"),)

    result_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result_sets.id"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"))
    award_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("awards.id"))
    lang: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    code: Mapped[str] = mapped_column(String(32), unique=True)
    made_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
    file: Mapped[File] = relationship(lazy="raise_on_sql")
