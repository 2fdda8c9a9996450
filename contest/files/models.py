"""A stored file and the pictures of its pages."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base


class Scan(enum.StrEnum):
    """What the look into a file found."""

    PENDING = "pending"
    CLEAN = "clean"
    REFUSED = "refused"


class File(Base):
    """Bytes on disk, by their hash; the row is per upload, so teams cannot learn of each other's files."""

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    type: Mapped[str] = mapped_column(String(100))  # by parser, never by the browser's word
    name: Mapped[str] = mapped_column(String(255))
    scan: Mapped[Scan] = mapped_column(default=Scan.PENDING)
    refusal: Mapped[str] = mapped_column(String(300), default="")
    pages: Mapped[int | None]
    undrawable_at: Mapped[datetime | None]  # when it was given up to make pictures of its pages
    uploaded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime]


PLAIN = "plain"


class Rendition(Base):
    """What we made of a file: a picture of one page, or (as page 0) a copy that says not whose it is."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("file_id", "page", "kind"),)

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    page: Mapped[int]  # from 1; 0 for the whole
    kind: Mapped[str] = mapped_column(String(20))  # "page", "thumb" or PLAIN
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
