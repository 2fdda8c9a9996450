"""The access ledger."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.accounts.models import User
from contest.core.orm import Base
from contest.entries.models import Version
from contest.files.models import File


class DocumentView(Base):
    """One opening of a document by one person. Never changed; deleted when its time is over."""

    __tablename__ = "document_views"
    __table_args__ = (Index(None, "version_id", "at"), Index(None, "user_id", "file_id"))

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("versions.id"))
    capacity: Mapped[str] = mapped_column(String(30))  # judge, screener, chair, organiser, member
    at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    file: Mapped[File] = relationship(lazy="raise_on_sql")
    version: Mapped[Version] = relationship(lazy="raise_on_sql")
