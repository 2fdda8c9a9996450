"""Promises work inside the running transaction."""

from datetime import datetime

import uuid_utils
from sqlalchemy.orm import Session

from contest.core import clock
from contest.jobs import engine


def enqueue(session: Session, kind: str, *, at: datetime, **ids: str) -> None:
    """Promise to run `kind` with `ids` (never objects), not before `at`.

    The promise is part of the session's transaction: it holds when that commits and is gone when it
    is rolled back. The work may be done twice, never not at all.
    """
    promise(session, engine.Promise(str(uuid_utils.uuid7()), kind, at, ids))


def promise(session: Session, promise: engine.Promise) -> None:
    """Promise work under a number of the caller's; the same number again changes nothing."""
    session.flush()
    options = engine.options(promise)
    if (pause := (promise.at - clock.now()).total_seconds()) > 0:
        options["delay_seconds"] = pause
    client = engine.promiser(session.get_bind().dialect.name)
    client.enqueue_in_transaction(session, options, *promise.arguments())
