"""A stored ranking: an internal estimate, never the result itself."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models import Round
from contest.core.orm import Base
from contest.core.states import Life
from contest.entries.models import Entry


class Ranking(Base):
    """One computation over a round's scorecards; the same input gives the same numbers."""

    __tablename__ = "rankings"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    method: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, Any]]
    input_sha256: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(40))
    seed: Mapped[int]
    computed_at: Mapped[datetime]
    adjusted_is_official: Mapped[bool]
    notes: Mapped[list[dict[str, Any]]]  # code and facts of each sentence about the ranking
    components: Mapped[dict[str, Any]]  # variance components, agreement, severities

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    standings: Mapped[list["Standing"]] = relationship(
        back_populates="ranking", order_by="Standing.rank, Standing.id", lazy="raise_on_sql"
    )


class RunState(enum.StrEnum):
    """What became of a request for a ranking."""

    COMPUTING = "computing"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


RUN_LIFE: Life[RunState] = Life(
    {
        "finish": (frozenset({RunState.COMPUTING}), RunState.DONE),
        "stop": (frozenset({RunState.COMPUTING}), RunState.STOPPED),
        "fail": (frozenset({RunState.COMPUTING}), RunState.FAILED),
    }
)


class RankingRun(Base):
    """Somebody's request to compute a ranking, and how far it is."""

    __tablename__ = "ranking_runs"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    state: Mapped[RunState] = mapped_column(default=RunState.COMPUTING)
    stage: Mapped[str] = mapped_column(String(20), default="")
    done: Mapped[int] = mapped_column(default=0)  # judges left out so far, of `total`
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.state = RUN_LIFE.next(self.state, verb)


class Standing(Base):
    """One entry's place in a ranking; values are shares of the rubric's range, 0 to 100."""

    __tablename__ = "standings"
    __table_args__ = (UniqueConstraint("ranking_id", "entry_id"),)

    ranking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rankings.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    reviews: Mapped[int]
    raw: Mapped[float]
    median: Mapped[float]
    adjusted: Mapped[float]
    sd: Mapped[float]
    rank: Mapped[int]  # by the official value; equal published decimals share a rank
    raw_rank: Mapped[int]
    rank_low: Mapped[int]
    rank_high: Mapped[int]
    p_top: Mapped[float]
    tie_band: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how the value comes about

    ranking: Mapped[Ranking] = relationship(back_populates="standings", lazy="raise_on_sql")
    entry: Mapped[Entry] = relationship(lazy="raise_on_sql")
