"""One line of the record, and the head of each chain."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from contest.core.orm import Base


class ChainHead(Base):
    """Where a chain stands: the row that serialises its writers, and the version of its public pages."""

    __tablename__ = "chain_heads"

    chain: Mapped[str] = mapped_column(String(36), unique=True)  # a contest's id, or "site"
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64))
    public: Mapped[int] = mapped_column(default=0)


class Event(Base):
    """Something a person or the system did. Never changed, never deleted."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index(None, "subject_id", "at"),
    )

    chain: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int]
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    facts: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Checkpoint(Base):
    """A signed word about how far a chain had come. The same line stands in a file outside."""

    __tablename__ = "checkpoints"
    __table_args__ = (UniqueConstraint("chain", "sequence"),)

    chain: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[str] = mapped_column(Text)  # the canonical text that is signed
    signature: Mapped[str] = mapped_column(String(128))  # Ed25519 over body, hex
    key: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))  # hides single events from who sees a path


# Not even by replacing a row, which on SQLite asks no trigger of deletion, nor by emptying the table.
SQLITE_GUARDS = (
    *(
        f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
        "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    """
CREATE TRIGGER events_no_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM events WHERE chain = NEW.chain AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
""",
)
POSTGRESQL_GUARDS = (
    """
CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$
""",
    """
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION events_append_only()
""",
    """
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()
""",
)
for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRESQL_GUARDS)):
    for _guard in _guards:
        event.listen(
            Event.__table__,
            "after_create",
            DDL(_guard).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
