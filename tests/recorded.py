"""L1: what a request changes, and whether the record tells of it.

Every page test asks through `tests.pages.Client`, which holds each answer against this.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Table, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

# What changes while somebody types, or is only about the traffic: the step that follows is recorded.
SILENT = {
    *("idempotency_keys", "sign_ins", "used_links", "chain_heads"),
    *("drafts", "draft_answers", "draft_answer_history"),  # saved by themselves
    *(
        "scorecards",
        "scores",
        "ballots",
        "choices",
        "readings",
        "visits",
    ),  # until they are handed in
    *("assignment_plans", "ranking_runs"),  # asked for; what was computed is recorded
    *("workflow_status", "workflow_input"),  # promised; whoever does it records it
    "refusals",  # no part of the record, which they could fill
    "document_views",  # a record itself
}


# What saves a title while it is typed, and what has pictures of a file made once more.
SILENT_PLACES = re.compile(r"/teams/[^/]+/entry(/save)?|/entries/[^/]+/files/[^/]+/draw")


@dataclass
class Seen:
    """The tables that a request wrote to."""

    tables: set[str] = field(default_factory=set)

    def unrecorded(self, path: str) -> set[str]:
        """Return what was changed without an event in the same transaction."""
        if "events" in self.tables or SILENT_PLACES.fullmatch(path):
            return set()
        return self.tables - SILENT


_watching: list[Seen] = []


@contextmanager
def watching() -> Iterator[Seen]:
    """Note what is written while the block runs."""
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: UOWTransaction) -> None:
    for seen in _watching:
        seen.tables |= {thing.__tablename__ for thing in (*session.new, *session.deleted)}
        seen.tables |= {t.__tablename__ for t in session.dirty if session.is_modified(t)}


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        table = getattr(state.statement, "table", None)
        for seen in _watching:
            if isinstance(table, Table):
                seen.tables.add(table.name)
