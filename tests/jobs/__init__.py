"""Runs in a test what the test's transaction promised."""

from datetime import datetime
from typing import Any, cast

from flask import Flask
from sqlalchemy.orm import Session

from contest.jobs import engine
from contest.jobs.registry import HANDLERS
from contest.web.db import db
from tests import make


def run_promised(session: Session, *, at: datetime = make.NOON) -> int:
    """Do everything promised for `at` or earlier, in order, in the test's own transaction.

    Also what these jobs promise in turn. Return how many jobs ran; what a handler raises comes out.
    """
    app: Flask = session.info["app"]
    ran = 0
    while True:
        due = [p for p in engine.promised(session.connection()) if p.at <= at]
        if not due:
            return ran
        for promise in due:
            with app.app_context():
                db.session.registry.set(cast(Any, session))
                try:
                    ids = dict(promise.ids)
                    for handler in HANDLERS[promise.kind]:
                        ids |= handler.do(**ids) or {}
                        assert handler.writes or not (session.dirty or session.new)
                        session.flush()
                finally:
                    db.session.registry.clear()
            engine.mark_done(session.connection(), promise.number)
            ran += 1
