"""Runs in a test what the test's transaction promised."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from contest.jobs import engine
from contest.jobs.registry import FAILURES, HANDLERS
from contest.web.db import db
from tests import make


def run_promised(session: Session, *, at: datetime = make.NOON) -> int:
    """Do everything promised for `at` or earlier, in order, in the test's own transaction.

    Also what these jobs promise in turn. Return how many jobs ran; what a handler raises comes out.
    """
    ran = 0
    while due := [p for p in engine.promised(session.connection()) if p.at <= at]:
        for promise in due:
            with as_worker(session):
                ids = dict(promise.ids)
                for handler in HANDLERS[promise.kind]:
                    ids |= handler.do(**ids) or {}
                    assert handler.writes or not (session.dirty or session.new)
                    session.flush()
            engine.mark_done(session.connection(), promise.number)
            ran += 1
    return ran


def fail_promised(session: Session, error: str, *, final: bool = False) -> None:
    """Do what the worker does when everything promised has just failed with `error`."""
    for promise in engine.promised(session.connection()):
        with as_worker(session):
            FAILURES[promise.kind](error=error, final=final, **promise.ids)
            session.flush()


@contextmanager
def as_worker(session: Session) -> Iterator[None]:
    app: Flask = session.info["app"]
    with app.app_context():
        db.session.registry.set(cast(Any, session))
        event.listen(session, "do_orm_execute", _afresh)
        try:
            yield
        finally:
            event.remove(session, "do_orm_execute", _afresh)
            db.session.registry.clear()


def _afresh(state: ORMExecuteState) -> None:
    """Read what requests changed meanwhile, as a worker with a session of its own does."""
    if state.is_select and not state.is_column_load:
        state.update_execution_options(populate_existing=True)
