"""The workers that are alive."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base


class Worker(Base):
    """A worker process under a name that the next one takes over once this one is silent.

    The job engine knows it by that name and says so at each job it has begun.
    """

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    token: Mapped[str] = mapped_column(String(36))  # whose turn it is to carry the name
    seen_at: Mapped[datetime]
