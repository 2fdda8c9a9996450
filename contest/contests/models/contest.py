"""A contest: one run of a series, with its texts, partners, tracks and prizes."""

import enum
import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.core.decisions import Decision
from contest.core.orm import Base, Edited
from contest.core.states import Life
from contest.core.words import Words
from contest.organisations.models import Organisation


class Phase(enum.StrEnum):
    """Where a contest stands. Windows open and close by the clock; people move phases."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    RUNNING = "running"
    CONCLUDED = "concluded"
    ARCHIVED = "archived"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


LIVE = frozenset({Phase.ANNOUNCED, Phase.RUNNING})
CONTEST_LIFE: Life[Phase] = Life(
    {
        "announce": (frozenset({Phase.DRAFT}), Phase.ANNOUNCED),
        "begin": (frozenset({Phase.ANNOUNCED}), Phase.RUNNING),
        "conclude": (frozenset({Phase.RUNNING}), Phase.CONCLUDED),
        "archive": (frozenset({Phase.CONCLUDED}), Phase.ARCHIVED),
        "suspend": (LIVE, Phase.SUSPENDED),
        "resume": (frozenset({Phase.SUSPENDED}), Phase.RUNNING),
        "cancel": (LIVE | {Phase.DRAFT, Phase.SUSPENDED}, Phase.CANCELLED),
    }
)


class IpTerms(enum.StrEnum):
    """Who owns what a team hands in."""

    TEAM_KEEPS = "team-keeps"  # the team keeps everything; the sponsor may read
    OPTION = "option"  # the sponsor may negotiate first for a licence
    LICENCE = "licence"  # winners grant a licence


class PartnerRole(enum.StrEnum):
    """What an organisation is to a contest."""

    SPONSOR = "sponsor"
    INCUBATOR = "incubator"
    PARTNER = "partner"
    MEDIA = "media"


class Series(Edited, Base):
    """A family of contests over years and countries."""

    __tablename__ = "series"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Words]


class Contest(Edited, Base):
    """One run of a series: its own zone, languages, rules and rounds."""

    __tablename__ = "contests"

    series_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("series.id"), index=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    edition: Mapped[str] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2))
    zone: Mapped[str] = mapped_column(String(60))
    languages: Mapped[list[str]]
    second_factor_roles: Mapped[list[str]] = mapped_column(default=list)
    phase: Mapped[Phase] = mapped_column(default=Phase.DRAFT)
    title: Mapped[Words]
    tagline: Mapped[Words]
    brief: Mapped[Words]
    ip_terms: Mapped[IpTerms | None]
    colour: Mapped[str] = mapped_column(String(7), default="")  # "#rrggbb" or the house's own
    team_max: Mapped[int] = mapped_column(default=8)
    announced_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    gallery_opens_at: Mapped[datetime | None]
    halt_reason: Mapped[str] = mapped_column(
        String(1000), default=""
    )  # shown while it stands still

    series: Mapped[Series] = relationship(lazy="raise_on_sql")

    def is_public(self) -> bool:
        return self.announced_at is not None

    def asks_for_factor(self, roles: Collection[str]) -> bool:
        """Say whether somebody in these roles works here only with a second factor."""
        return not set(self.second_factor_roles).isdisjoint(roles)

    def can(self, verb: str) -> Decision:
        return CONTEST_LIFE.can(self.phase, verb)

    def move(self, verb: str) -> None:
        """Take the step `verb`; raise DomainError when it does not lead on from here."""
        self.phase = CONTEST_LIFE.next(self.phase, verb)


class Partnership(Base):
    """An organisation's part in a contest."""

    __tablename__ = "partnerships"
    __table_args__ = (UniqueConstraint("contest_id", "organisation_id", "role"),)

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[PartnerRole]
    position: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class Challenge(Edited, Base):
    """A sponsor's public brief inside a contest."""

    __tablename__ = "challenges"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Words]
    brief: Mapped[Words]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class Track(Edited, Base):
    """A parallel division of a contest."""

    __tablename__ = "tracks"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Words]
    summary: Mapped[Words]


class Prize(Edited, Base):
    """What is won, by how many."""

    __tablename__ = "prizes"
    __table_args__ = (CheckConstraint("places > 0", name="places"),)

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    track_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tracks.id"))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Words]
    benefits: Mapped[Words]
    places: Mapped[int] = mapped_column(default=1)
    amount_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3), default="")


class Duty(Edited, Base):
    """What the sponsor promises the winners in the call; dated once there are winners."""

    __tablename__ = "duties"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Words]
    due_days: Mapped[int]  # days after publication of the results

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class TimelineItem(Edited, Base):
    """A public date besides those of the rounds."""

    __tablename__ = "timeline_items"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    on: Mapped[date] = mapped_column("on_date")
    title: Mapped[Words]


class Faq(Edited, Base):
    """A frequently asked question and its answer."""

    __tablename__ = "faqs"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    question: Mapped[Words]
    answer: Mapped[Words]


class Eligibility(Edited, Base):
    """A yes-or-no question on whether a team may take part, and what a wrong answer means."""

    __tablename__ = "eligibility_questions"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    question: Mapped[Words]
    expected: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[Words]  # shown to a team whose answer differs
