"""Counts what is sent to the database."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Give a list that fills with the statements of the block; what was pending is sent before."""
    session.flush()
    connection = session.connection()
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def tables_under_the_head(statements: Sequence[str]) -> set[str]:
    """Return the tables that are spoken to from when the head of the chain is taken (C8).

    Until the transaction ends, all who do anything in the contest wait.
    """
    first = next(n for n, said in enumerate(statements) if "FROM chain_heads" in said)
    spoken = r"\b(?:FROM|INTO|UPDATE) (\w+)"
    return {found[1] for said in statements[first:] if (found := re.search(spoken, said))}
