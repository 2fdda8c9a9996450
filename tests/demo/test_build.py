"""The demonstrations are played through the actions, and come out the same each time."""

import uuid
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.__main__ import _introduce as introduce
from contest.accounts.models import User
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
from contest.web.db import db
from tests.conftest import settings

ROLES = {
    "organiser", "screener", "chair", "judge", "team lead", "team member", "sponsor",
    "follow-up owner",
}  # fmt: skip
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


Told = dict[tuple[str, int], tuple[str, uuid.UUID, datetime]]


def _played(session: Session, until: str, folder: Path) -> tuple[datetime, Told]:
    """Build the first edition up to a moment; return its instant and what the record then holds."""
    files = store.from_url(f"file://{folder}")
    at = build.build(session, "hitachi-us", until, store=files, key=KEY)
    return at, {
        (e.chain, e.sequence): (e.verb, e.subject_id, e.at) for e in session.scalars(select(Event))
    }


@pytest.mark.usefixtures("session")
def test_a_second_build_does_the_same_plays_to_its_end_its_record_holds_and_a_link_per_role_opens(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(build.SCENARIOS, "hitachi-us", (by_jury,))
    with app.app_context():
        session = db.session()
        _, first = _played(session, "collecting", tmp_path / "first")
        assert len(build.faces(session, "hitachi-us")) == len(ROLES) + 1  # from the first day on
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Event)) == 0
        at, second = _played(session, "follow-up", tmp_path / "second")

        assert clock.now() > at  # the clock goes on
        assert len(first) > 60
        last = max(instant for _, _, instant in first.values())
        assert first == {place: told for place, told in second.items() if told[2] <= last}
        assert events.verify(session).faults == ()
        counted = session.execute(select(Entry.state, func.count()).group_by(Entry.state))
        states = {state: number for state, number in counted}  # noqa: C416 -- typed rows
        letters = select(func.count()).where(Message.kind.in_(["advanced", "not_advanced"]))
        held = session.scalar(letters.where(Message.state == MessageState.DRAFT))
        methods = session.scalars(select(Ranking.method).join(Round).order_by(Round.number)).all()
        consensus = session.scalar(select(func.count()).select_from(Consensus))
        released = session.scalar(letters.where(Message.state == MessageState.QUEUED))
        faces = build.faces(session, "hitachi-us")
        mails = {user.id: user.email for user in session.scalars(select(User))}
        session.commit()
    assert held == 0
    assert released
    assert methods == ["plackett-luce", "verdicts", "points"]
    assert consensus == 1
    assert states == {State.AWARDED: 2, State.NOT_AWARDED: 1, State.NOT_ADVANCED: 2}
    assert {face.role for face in faces} == ROLES | {"administrator"}
    introduce(settings(tmp_path, BASE_URL="http://demo.test"), "by jury", [
        {"role": f.role, "name": f.name, "user_id": str(f.user_id)} for f in faces
    ])  # fmt: skip
    printed = capsys.readouterr().out
    for face in faces:
        (line,) = (one for one in printed.splitlines() if one.strip().startswith(f"{face.role}  "))
        assert face.name in line
        browser = app.test_client()
        assert browser.get(line.partition("http://demo.test")[2]).status_code == 303
        assert mails[face.user_id] in browser.get("/profile").text


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_moment_lies_where_its_name_says(moment: str) -> None:
    script = shanghai()
    instants = [script.moment(m) for m in MOMENTS]
    assert instants == sorted(instants)
    assert script.announced < script.moment(moment)
