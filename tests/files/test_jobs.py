from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core import clock
from contest.files import actions, queries
from contest.files.arrival import Arrived, arrive
from contest.files.models import Rendition, Scan
from contest.files.sending import store
from contest.jobs.outbox import enqueue
from tests import make
from tests.jobs import fail_promised, run_promised


def arrived(app: Flask, *, scanner: str = "") -> Arrived:
    with app.app_context():
        return arrive(
            store(), BytesIO(make.pdf(pages=2)), "deck.pdf", limit_bytes=10**6, scanner=scanner
        )


def test_the_pages_of_a_received_deck_are_drawn_once_however_often_asked(
    app: Flask, session: Session
) -> None:
    file = actions.receive(session, arrived(app), by=None, at=make.NOON)
    enqueue(session, "files.render", at=make.NOON, file_id=str(file.id))

    assert run_promised(session) == 2

    pages = queries.renditions(session, [file.id])[file.id]
    assert (file.scan, file.pages) == (Scan.CLEAN, 2)
    assert [(p.page, p.width) for p in pages] == [(1, 1200), (2, 1200)]
    assert len(session.scalars(select(Rendition)).all()) == 4
    with app.app_context():
        assert all(store().has(picture.sha256) for picture in pages)


def test_a_file_that_cannot_be_drawn_is_tried_again_and_then_given_up(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.NOON)
    file = actions.receive(session, arrived(app), by=None, at=make.NOON)
    with app.app_context():
        file.sha256 = store().put(BytesIO(b"no PDF any more"), 100).sha256
    session.flush()
    with pytest.raises(RuntimeError, match="no page can be drawn"):
        run_promised(session)

    fail_promised(session, "no page can be drawn")
    assert file.undrawable_at is None
    fail_promised(session, "no page can be drawn", final=True)
    assert file.undrawable_at == make.NOON


def test_a_scanner_that_was_away_is_asked_again_until_it_answers(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner = tmp_path / "scan"
    file = actions.receive(session, arrived(app, scanner=str(scanner)), by=None, at=make.NOON)
    assert [file.scan] == [Scan.PENDING]
    monkeypatch.setitem(app.config, "SCAN_COMMAND", str(scanner))
    with pytest.raises(RuntimeError, match="does not answer"):
        run_promised(session)

    scanner.write_text("#!/bin/sh\nexit 1\n")
    scanner.chmod(0o755)
    run_promised(session)

    assert file.scan is Scan.REFUSED
    assert "virus scanner" in file.refusal
