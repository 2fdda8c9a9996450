"""Lets a long piece of work tell how far it is, before it has ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from contest.web.db import db, write_now


@contextmanager
def aside() -> Iterator[None]:
    """Commit what the block changes, in a short transaction of its own.

    For handlers that are registered with `writes=False`; what they read before is forgotten.
    """
    write_now()
    yield
    db.session.commit()
