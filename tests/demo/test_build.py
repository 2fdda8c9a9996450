"""The demonstrations are played through the actions, and come out the same each time."""

from datetime import UTC
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import func, select

from contest.app import create_app
from contest.contests.models import Round
from contest.core import clock
from contest.demo import build
from contest.demo.script import MOMENTS, by_jury, shanghai
from contest.entries.models import Entry, State
from contest.events import queries as events
from contest.events.models import Event
from contest.files import store
from contest.judging.models import Consensus
from contest.messages.models import Message
from contest.messages.models import State as MessageState
from contest.ranking.models import Ranking
from contest.web.db import begin_writing, db
from tests import databases
from tests.conftest import settings

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def _played(folder: Path) -> list[tuple[str, str, object]]:
    folder.mkdir()
    app = create_app(settings(folder, databases.new(folder)))
    with app.app_context():
        with db.session.begin():
            begin_writing()
            build.build(
                db.session(), "hitachi-us", "collecting", store=app.extensions["files"], key=KEY
            )
            told = db.session.execute(
                select(Event.verb, Event.subject_id, Event.at).order_by(Event.chain, Event.sequence)
            )
            rows: list[tuple[str, str, object]] = [
                (verb, str(subject), at.astimezone(UTC)) for verb, subject, at in told
            ]
        db.engine.dispose()
    return rows


def test_two_builds_do_the_same_things_to_the_same_ids_at_the_same_instants(tmp_path: Path) -> None:
    first, second = _played(tmp_path / "first"), _played(tmp_path / "second")
    assert len(first) > 60
    assert first == second


@pytest.mark.usefixtures("session")
def test_the_first_edition_plays_to_its_end_as_its_jury_judged_it_and_its_record_holds(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(build.SCENARIOS, "hitachi-us", (by_jury,))
    with app.app_context():
        session = db.session()
        at = build.build(
            session, "hitachi-us", "follow-up", store=store.from_url(f"file://{tmp_path}"), key=KEY
        )

        assert clock.now() > at  # the clock goes on
        assert events.verify(session).faults == ()
        counted = session.execute(select(Entry.state, func.count()).group_by(Entry.state))
        states = {state: number for state, number in counted}  # noqa: C416 -- typed rows
        letters = select(func.count()).where(Message.kind.in_(["advanced", "not_advanced"]))
        held = session.scalar(letters.where(Message.state == MessageState.DRAFT))
        methods = session.scalars(select(Ranking.method).join(Round).order_by(Round.number)).all()
        consensus = session.scalar(select(func.count()).select_from(Consensus))
        released = session.scalar(letters.where(Message.state == MessageState.QUEUED))
    assert held == 0
    assert released
    assert methods == ["plackett-luce", "verdicts", "points"]
    assert consensus == 1
    assert states == {State.AWARDED: 2, State.NOT_AWARDED: 1, State.NOT_ADVANCED: 2}


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_moment_lies_where_its_name_says(moment: str) -> None:
    script = shanghai()
    instants = [script.moment(m) for m in MOMENTS]
    assert instants == sorted(instants)
    assert script.announced < script.moment(moment)
