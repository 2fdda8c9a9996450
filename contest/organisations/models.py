"""Organisations and the positions people hold in them."""

import enum
import uuid
from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.core.orm import Base, Edited
from contest.core.words import Words


class Kind(enum.StrEnum):
    """What an organisation is."""

    COMPANY = "company"
    STARTUP = "startup"
    UNIVERSITY = "university"
    INCUBATOR = "incubator"
    ASSOCIATION = "association"
    MEDIA = "media"


class Organisation(Edited, Base):
    """A sponsor, partner or company; the same record stands in the directory."""

    __tablename__ = "organisations"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Words]
    kind: Mapped[Kind]
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166
    website: Mapped[str] = mapped_column(String(300), default="")
    domains: Mapped[list[str]] = mapped_column(default=list)  # verified mail domains, lower case
    summary: Mapped[Words]


class Position(Base):
    """A person's place in an organisation; what conflicts are found from."""

    __tablename__ = "positions"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
