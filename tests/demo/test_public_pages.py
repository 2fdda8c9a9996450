"""While a contest is played, no act and no passing of time leaves an old public page standing."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select

from contest.accounts import actions as accounts
from contest.app import create_app
from contest.contests.models import Round
from contest.core import clock
from contest.demo import cast
from contest.demo.build import STEPS, run_promised
from contest.demo.play import Play, repeatable
from contest.demo.script import united_states
from contest.entries.models import Entry
from contest.web import finished
from contest.web.db import begin_writing, db
from tests import databases
from tests.conftest import settings

SCRIPT = united_states()
HERE = f"/contests/{SCRIPT.slug}"
PAGES = ("/", HERE, f"{HERE}/results/public", f"{HERE}/results/log", f"{HERE}/gallery")


class Watch:
    """Compares what visitors get with pages made at that moment."""

    def __init__(self, folder: Path, url: str) -> None:
        self.app = create_app(settings(folder, url, KEPT_PAGES_BYTES=2**24))
        self.fresh = create_app(settings(folder, url, KEPT_PAGES_BYTES=0))
        self.shelf = self.app.extensions[finished.EXTENSION].shelf
        self.again = 0
        self.calls: Counter[str] = Counter()
        self.shown: Counter[str] = Counter()
        self.stale: list[str] = []
        self.entries: tuple[str, ...] = ()
        self.last = SCRIPT.announced
        self._depth = 0

    def look(self, after: str) -> None:
        if clock.now() < self.last:  # the play tells one team's story after the other's
            self.shelf.clear()
        self.last = clock.now()
        for path in PAGES + self.entries:
            stood = self.shelf.get(("http", path, "en"))
            kept = _get(self.app, path)
            self.shown[path] += kept[0] == 200
            if stood is not None and self.shelf.get(("http", path, "en")) is stood:
                self.again += 1  # it was not made for this visitor
                if kept != _get(self.fresh, path):
                    self.stale.append(f"{path} after {after}")

    def follow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on look after the first call of each action, when what it did is kept."""
        for name, module in list(sys.modules.items()):
            if name.startswith("contest.") and ".actions" in name:
                for verb, action in list(vars(module).items()):
                    if isinstance(action, FunctionType) and action.__module__ == name:
                        monkeypatch.setattr(module, verb, self._watched(action))

    def _watched(self, action: FunctionType) -> Any:
        name = f"{action.__module__}.{action.__name__}"

        @wraps(action)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._depth += 1
            try:
                result = action(*args, **kwargs)
            finally:
                self._depth -= 1
            self.calls[name] += not self._depth
            if not self._depth and self.calls[name] == 1:
                db.session.commit()
                self.look(name)
                begin_writing()
            return result

        return watched


def _get(app: Flask, path: str) -> tuple[int, str]:
    answer = app.test_client(use_cookies=False).get(path)
    return answer.status_code, answer.text if answer.status_code == 200 else ""


@pytest.fixture
def watch(
    tmp_path: Path,
    database_url: str,  # noqa: ARG001 -- marks the test as of the database
) -> Iterator[Watch]:
    watch = Watch(tmp_path, databases.new(tmp_path))
    yield watch
    clock.stop(None)
    for app in (watch.app, watch.fresh):
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def play(watch: Watch, tmp_path: Path) -> Iterator[Play]:
    """A contest that is about to be announced."""
    begin = SCRIPT.announced - timedelta(days=14)
    app = create_app(settings(tmp_path, watch.app.config["DATABASE_URL"]))
    with app.app_context(), repeatable(2018):
        clock.stop(begin)
        begin_writing()
        accounts.first_administrator(
            db.session(), email=cast.ADMINISTRATOR.email, name=cast.ADMINISTRATOR.name,
            locale="en", password="*", at=begin,
        )  # fmt: skip
        yield Play(
            db.session(), SCRIPT, store=app.extensions["files"],
            key=Ed25519PrivateKey.generate(), run_promised=lambda: run_promised(db.session()),
        )  # fmt: skip
        db.session.rollback()
        db.engine.dispose()


@pytest.mark.timeout(300)
def test_no_old_page_outlives_what_made_it_old(
    watch: Watch, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    (_, announce), *steps = STEPS
    announce(play)
    play.contest.gallery_opens_at = SCRIPT.closes - timedelta(days=1)
    instants = _instants(play)
    db.session.commit()

    for instant in instants:
        clock.stop(instant)
        watch.look(f"{instant:%d %b %H:%M:%S}")
    watch.shelf.clear()

    watch.follow(monkeypatch)
    for moment, step in steps:
        begin_writing()
        play.renew()
        watch.entries = tuple(
            f"{HERE}/gallery/{number}" for number in play.session.scalars(select(Entry.id).limit(2))
        )
        step(play)
        run_promised(play.session)
        play.session.commit()
        watch.look(f"{moment}, {step.__name__}")

    assert watch.stale == []
    assert all(watch.shown[path] for path in PAGES + watch.entries)
    assert len(watch.calls) > 50
    assert watch.again > 100


def _instants(play: Play) -> list[datetime]:
    """Return instants around all that is dated, and some in between, in their order."""
    dated = {SCRIPT.announced + timedelta(days=1), SCRIPT.closes - timedelta(days=1)}
    for round_ in play.session.scalars(select(Round)):
        windows = (
            round_.opens_at,
            round_.closes_at,
            round_.judging_opens_at,
            round_.judging_closes_at,
        )
        dated |= {instant for instant in windows if instant is not None}
    return [
        instant + timedelta(seconds=seconds)
        for instant in sorted(dated)
        for seconds in (-1, 0, 100)
    ]
