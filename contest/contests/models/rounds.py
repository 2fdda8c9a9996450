"""A round: what is collected, who judges it, how, and who advances."""

import enum
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.contests.models.contest import Contest, Phase
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.core.text import N_
from contest.core.words import Words


class RoundKind(enum.StrEnum):
    """How a round is judged: from documents, or live on a stage."""

    DESK = "desk"
    PITCH = "pitch"


class Mode(enum.StrEnum):
    """How judges express themselves."""

    RUBRIC = "rubric"
    PASS_FAIL = "pass-fail"  # noqa: S105 -- no password
    RANKING = "ranking"
    POINTS = "points"
    PAIRWISE = "pairwise"


BALLOTS = frozenset({Mode.RANKING, Mode.POINTS})  # one paper for all entries of a judge


class Aggregation(enum.StrEnum):
    """How what the judges say becomes one result, where a mode leaves a choice."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    PLACKETT_LUCE = "plackett-luce"
    BORDA = "borda"


AGGREGATIONS: Mapping[Mode, tuple[Aggregation, ...]] = {
    Mode.PASS_FAIL: (Aggregation.UNANIMOUS, Aggregation.MAJORITY),
    Mode.RANKING: (Aggregation.PLACKETT_LUCE, Aggregation.BORDA),
}


class TieBreak(enum.StrEnum):
    """What may put one of two entries with equal results before the other."""

    ADJUSTED = "adjusted"
    RAW = "raw"
    CRITERIA = "criteria"
    MEDIAN = "median"
    SUBMISSION = "submission"
    LOT = "lot"


USUAL_LADDER = (TieBreak.CRITERIA, TieBreak.MEDIAN)
UNKNOWN: Mapping[Mode, frozenset[TieBreak]] = {  # what a mode says nothing about
    Mode.RUBRIC: frozenset(),
    Mode.PASS_FAIL: frozenset({TieBreak.ADJUSTED, TieBreak.CRITERIA, TieBreak.MEDIAN}),
    Mode.RANKING: frozenset({TieBreak.CRITERIA}),
    Mode.POINTS: frozenset({TieBreak.CRITERIA}),
    Mode.PAIRWISE: frozenset({TieBreak.CRITERIA, TieBreak.MEDIAN}),
}


class RoundPhase(enum.StrEnum):
    """Where a round stands."""

    PLANNED = "planned"
    COLLECTING = "collecting"
    SCREENING = "screening"
    JUDGING = "judging"
    DELIBERATION = "deliberation"
    CERTIFIED = "certified"
    PUBLISHED = "published"


JUDGED = frozenset({RoundPhase.DELIBERATION, RoundPhase.CERTIFIED, RoundPhase.PUBLISHED})

ROUND_LIFE: Life[RoundPhase] = Life(
    {
        "collect": (frozenset({RoundPhase.PLANNED}), RoundPhase.COLLECTING),
        "screen": (frozenset({RoundPhase.COLLECTING}), RoundPhase.SCREENING),
        "judge": (frozenset({RoundPhase.PLANNED, RoundPhase.SCREENING}), RoundPhase.JUDGING),
        "deliberate": (frozenset({RoundPhase.JUDGING}), RoundPhase.DELIBERATION),
        "reopen": (frozenset({RoundPhase.DELIBERATION}), RoundPhase.JUDGING),
        "certify": (frozenset({RoundPhase.DELIBERATION}), RoundPhase.CERTIFIED),
        "publish": (frozenset({RoundPhase.CERTIFIED}), RoundPhase.PUBLISHED),
    }
)


class Round(Edited, Base):
    """One step of a contest. Entries are taken in [opens_at, closes_at), then in grace.

    A round that collects nothing (a pitch of what advanced) has no window: both are None.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("contest_id", "number"),
        CheckConstraint("closes_at > opens_at", name="window"),
        CheckConstraint("judging_closes_at > judging_opens_at", name="judging_window"),
        CheckConstraint("grace_seconds >= 0", name="grace"),
        CheckConstraint("budget > 0", name="budget"),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    kind: Mapped[RoundKind] = mapped_column(default=RoundKind.DESK)
    mode: Mapped[Mode] = mapped_column(default=Mode.RUBRIC)
    aggregation: Mapped[Aggregation | None]  # None: the only one, or the first, of the mode
    phase: Mapped[RoundPhase] = mapped_column(default=RoundPhase.PLANNED)
    title: Mapped[Words]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    grace_seconds: Mapped[int] = mapped_column(default=0)
    judging_opens_at: Mapped[datetime | None]
    judging_closes_at: Mapped[datetime | None]
    minimum_reviews: Mapped[int] = mapped_column(default=3)
    load_min: Mapped[int] = mapped_column(default=0)
    load_max: Mapped[int] = mapped_column(default=20)
    advance_count: Mapped[int | None]  # None: the last round, whose best are awarded
    blind: Mapped[bool] = mapped_column(default=False)  # judges see codes, not team names
    budget: Mapped[int] = mapped_column(default=100)  # points that a judge distributes
    ties_allowed: Mapped[bool] = mapped_column(default=False)  # in a judge's own order
    ladder: Mapped[list[str]] = mapped_column(default=lambda: list(USUAL_LADDER))
    lot_seed: Mapped[str] = mapped_column(String(40), default="")  # set when the judging begins
    pitch_seconds: Mapped[int] = mapped_column(default=300)
    questions_seconds: Mapped[int] = mapped_column(default=300)

    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")

    def collects(self) -> bool:
        return self.opens_at is not None

    def rule(self) -> Aggregation | None:
        """Return the declared aggregation; None where the mode has one only."""
        known = AGGREGATIONS.get(self.mode, ())
        return self.aggregation if self.aggregation in known else next(iter(known), None)

    def tie_breaks(self) -> tuple[TieBreak, ...]:
        """Return the declared steps that the mode of the round knows, in their order."""
        return tuple(TieBreak(s) for s in self.ladder if s not in UNKNOWN[self.mode])

    def can(self, verb: str) -> Decision:
        return ROUND_LIFE.can(self.phase, verb)

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.phase = ROUND_LIFE.next(self.phase, verb)

    def grace_ends_at(self) -> datetime | None:
        return self.closes_at and self.closes_at + timedelta(seconds=self.grace_seconds)

    def can_take_entries(self, at: datetime, extended_until: datetime | None = None) -> Decision:
        """Say whether an entry handed in at `at` is taken; needs `contest` loaded."""
        if self.contest.phase in {Phase.SUSPENDED, Phase.CANCELLED}:
            return deny(N_("The contest is %(phase)s. Nothing is lost; hand in when it goes on."),
                        phase=self.contest.phase)  # fmt: skip
        if self.opens_at is None or self.closes_at is None or not self.contest.is_public():
            return deny(N_("This round takes no entries."))
        if at < self.opens_at:
            return deny(N_("This round does not take entries yet."))
        last = max(filter(None, (self.grace_ends_at(), extended_until)))
        if at < last:
            return ALLOW
        return deny(N_("The deadline has passed. Your draft is kept as it is, nothing is lost."))
