"""People."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
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
    second_factor_at: Mapped[datetime | None]  # since when a password or a link is not enough

    roles: Any = ()  # site-wide roles are not used: appointments are per contest

    def has_factor(self) -> bool:
        """Say whether this person proves themselves by something they own, too."""
        return self.second_factor_at is not None

    def epoch(self) -> str:
        """Return what mailed links carry that end with the sessions, when all of them are ended."""
        return self.fs_uniquifier[:8]

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


class SignIn(Base):
    """A session of a person on one device. Its number stands in the signed cookie; ended ones count no more.

    `passed_at` is empty while the second factor is awaited: until then the session opens nothing.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id", "device"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    how: Mapped[str] = mapped_column(String(20))
    agent: Mapped[str] = mapped_column(String(60), default="")
    device: Mapped[str] = mapped_column(String(64), default="")
    began_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]  # when the person last showed who they are
    is_strong: Mapped[bool] = mapped_column(default=False)  # by two factors, as single sign-on told
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Identity(Base):
    """Whom the provider of single sign-on knows as this person: its own name for them, not their address."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    added_at: Mapped[datetime]


class Authenticator(Base):
    """The secret that a person's app makes codes from, sealed; each step of time counts once."""

    __tablename__ = "authenticators"
    __table_args__ = (UniqueConstraint("user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    secret: Mapped[str] = mapped_column(String(300))
    last_step: Mapped[int]
    added_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code on paper that stands in for a lost device, once. Only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("hash"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key that a device or a password manager keeps for this site; ours is the public half."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("credential"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    credential: Mapped[str] = mapped_column(String(1400))
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    agent: Mapped[str] = mapped_column(String(60), default="")
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
