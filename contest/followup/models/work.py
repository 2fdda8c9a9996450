"""What is planned, measured, said and signed within a case."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.core.orm import Base, Edited
from contest.files.models import File


class Milestone(Edited, Base):
    """Something due on a day."""

    __tablename__ = "milestones"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    evidence: Mapped[str] = mapped_column(String(1000), default="")


class Kpi(Edited, Base):
    """A figure that a gate looks at. A waived one carries the reason."""

    __tablename__ = "kpis"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))
    baseline: Mapped[float | None] = mapped_column(Numeric(18, 4, asdecimal=False))
    target: Mapped[float] = mapped_column(Numeric(18, 4, asdecimal=False))
    waived_reason: Mapped[str] = mapped_column(String(1000), default="")

    measurements: Mapped[list["Measurement"]] = relationship(
        back_populates="kpi", order_by="Measurement.as_of, Measurement.id", lazy="raise_on_sql"
    )


class Measurement(Base):
    """A measured value of a KPI. Later ones do not replace earlier ones."""

    __tablename__ = "measurements"

    kpi_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("kpis.id"), index=True)
    value: Mapped[float] = mapped_column(Numeric(18, 4, asdecimal=False))
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    kpi: Mapped[Kpi] = relationship(back_populates="measurements", lazy="raise_on_sql")


class Mood(enum.StrEnum):
    """How it goes."""

    GOOD = "good"
    SLOW = "slow"
    STUCK = "stuck"


class CheckIn(Base):
    """A short word on how it goes."""

    __tablename__ = "check_ins"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    mood: Mapped[Mood]
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    by: Mapped[User] = relationship(lazy="raise_on_sql")


class AgreementKind(enum.StrEnum):
    """What kind of agreement it is."""

    NDA = "nda"
    POC = "poc"
    PILOT = "pilot"
    LICENCE = "licence"
    MEMORANDUM = "memorandum"


class Agreement(Edited, Base):
    """A contract of a case."""

    __tablename__ = "agreements"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[AgreementKind]
    signed_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("files.id"))


class CaseDocument(Base):
    """A file kept on a case."""

    __tablename__ = "case_documents"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    title: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    file: Mapped[File] = relationship(lazy="raise_on_sql")
