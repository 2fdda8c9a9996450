"""Promises: rules, confidentiality, conduct, IP terms; their numbered texts; their signatures."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base
from contest.core.text import N_
from contest.core.words import Words


class Kind(enum.StrEnum):
    """What is promised."""

    RULES = "rules"  # the contest rules: signed by every team member
    IP = "ip"  # the IP terms: signed by every team member
    NDA = "nda"  # confidentiality and conduct: signed by judges and screeners
    CONFLICT = "conflict"  # the conflict declaration: signed by judges


class Undertaking(Base):
    """One promise within a scope (`contest` and its id). Its newest text in force is the one that counts."""

    __tablename__ = "undertakings"
    __table_args__ = (UniqueConstraint("scope", "scope_id", "kind"),)

    scope: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[uuid.UUID]
    kind: Mapped[Kind]
    about: Mapped[Words]  # the scope's name as signers see it: the contest's title

    texts: Mapped[list["UndertakingText"]] = relationship(
        back_populates="undertaking", order_by="UndertakingText.number", lazy="raise_on_sql"
    )

    def current(self, at: datetime) -> "UndertakingText | None":
        """Return the newest text in force at `at`."""
        return next((t for t in reversed(self.texts) if t.effective_at <= at), None)


class UndertakingText(Base):
    """A numbered text in the contest's languages. Never changed once published."""

    __tablename__ = "undertaking_texts"
    __table_args__ = (UniqueConstraint("undertaking_id", "number"),)

    undertaking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("undertakings.id"))
    number: Mapped[int]
    body: Mapped[Words]
    sha256: Mapped[str] = mapped_column(String(64))
    effective_at: Mapped[datetime]

    undertaking: Mapped[Undertaking] = relationship(back_populates="texts", lazy="raise_on_sql")

    def can_sign(self, lang: str, at: datetime) -> Decision:
        """Say whether this text may be signed in `lang`; needs the undertaking with its texts."""
        if self.effective_at > at:
            return deny(N_("This text is not in force yet."))
        current = self.undertaking.current(at)
        if current is not None and current.number != self.number:
            return deny(
                N_("Number %(number)s has replaced this text. Read and sign that one."),
                number=current.number,
            )
        if lang not in self.body:
            return deny(N_("There is no text in this language."))
        return ALLOW


class Signature(Base):
    """A person's promise of one numbered text, in the language they read it in."""

    __tablename__ = "signatures"
    __table_args__ = (UniqueConstraint("user_id", "text_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    text_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("undertaking_texts.id"), index=True)
    lang: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))  # of the text in that language
    signed_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    text: Mapped[UndertakingText] = relationship(lazy="raise_on_sql")
