"""People."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base, Edited


class User(Edited, Base, UserMixin):  # type: ignore[misc]  # the mixin says "id: int"
    """A person. Invited people exist before they ever signed in; erased ones keep only their id."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), unique=True)
    locale: Mapped[str] = mapped_column(String(10), default="en")
    zone: Mapped[str] = mapped_column(String(60), default="UTC")
    is_admin: Mapped[bool] = mapped_column(default=False)
    feed_token: Mapped[str] = mapped_column(
        String(64), unique=True, default=lambda: secrets.token_urlsafe(32)
    )
    erased_at: Mapped[datetime | None]

    # Flask-Security's names
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, default=lambda: uuid.uuid4().hex
    )
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]

    roles: Any = ()  # site-wide roles are not used: appointments are per contest

    def domain(self) -> str:
        """Return the mail domain, if this person has proved that the address is theirs."""
        return self.email.rpartition("@")[2] if self.confirmed_at else ""


class UsedLink(Base):
    """A mailed sign-in or invitation link that was used; its signed number works once."""

    __tablename__ = "used_links"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
