"""Whoever writes is served in turn, told when it cannot be, and never twice for one sending."""

import threading
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pysqlite3
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contest.app import create_app
from contest.core import clock
from contest.files.models import File
from contest.files.store import NoRoom, Store, from_url
from contest.web import db as database
from contest.web import requests
from contest.web.db import Busy, begin_writing, db
from tests import make
from tests.conftest import settings
from tests.pages import Client

NOW = datetime(2030, 6, 1, 12, 0, 10, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> Flask:
    """An app with an SQLite file of its own, which others may lock."""
    return create_app(settings(tmp_path, f"sqlite:///{tmp_path}/own.db"))


def test_a_writer_that_could_not_begin_keeps_nobody_waiting(own: Flask, tmp_path: Path) -> None:
    stranger = pysqlite3.connect(tmp_path / "own.db", isolation_level=None)
    with own.app_context():
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            begin_writing(patience=0.05)
        stranger.execute("COMMIT")
        db.session.rollback()

    def write() -> None:
        with own.app_context():
            begin_writing(patience=0.5)
            written.set()

    written = threading.Event()
    other = threading.Thread(target=write)
    other.start()
    other.join()

    assert written.is_set()
    stranger.close()


def test_whoever_waits_too_long_for_their_turn_is_told(own: Flask) -> None:
    outcomes: list[type[Exception]] = []

    def write() -> None:
        with own.app_context():
            try:
                begin_writing(patience=0.05)
            except Busy as busy:
                outcomes.append(type(busy))

    with own.app_context():
        begin_writing()
        others = [threading.Thread(target=write) for _ in range(database.WRITERS + 2)]
        for other in others:
            other.start()
        for other in others:
            other.join()

    assert outcomes == [Busy] * (database.WRITERS + 2)


def test_nothing_is_written_any_more_when_a_disk_has_failed(
    own: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_broken", [])  # D17

    database.doubt(FileNotFoundError(2, "no such file"))
    assert not database.is_in_doubt()
    database.doubt(OSError(5, "Input/output error"))

    assert database.is_in_doubt()
    with own.app_context(), pytest.raises(Busy):
        begin_writing()


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("t=1906545602.5", 2.5),
        ("1906545602.500000", 2.5),
        ("t=1906545602500", 2.5),
        ("t=1906545602500000", 2.5),
        ("t=1906545699", 10),  # not yet
        ("t=1906541000", 10),  # too long ago to be believed
        ("", 10),
        ("yesterday", 10),
    ],
)
def test_a_request_came_when_our_proxy_says_it_came(stamp: str, seconds: float) -> None:
    came = requests.arrival(stamp, NOW)  # T1

    assert (came - NOW.replace(second=0)).total_seconds() == seconds


def test_nobody_but_a_proxy_of_ours_says_when_a_request_came(app: Flask) -> None:
    with app.test_request_context(headers={"X-Request-Start": "t=1"}):
        app.preprocess_request()

        assert not app.config["ARRIVAL_HEADER"]
        assert abs((clock.now() - requests.now()).total_seconds()) < 60


def test_a_file_that_is_sent_twice_comes_in_once(client: Client, session: Session) -> None:
    ada = make.user(session)
    contest = make.contest(session)
    deck = make.form(session, make.round_(session, contest)).questions[1]
    team = make.team(session, ada, contest=contest)
    client.sign_in(ada)
    pdf = make.pdf()
    key = str(uuid4())

    def send(content: bytes) -> tuple[int, str | None]:
        answer = client.post(
            f"/teams/{team.id}/entry/files/{deck.id}",
            data={f"q-{deck.id}": (BytesIO(content), "deck.pdf"), "_key": key},
        )
        return answer.status_code, answer.headers.get("Location")

    first = send(pdf)

    assert send(pdf) == first == (201, f"/teams/{team.id}/entry")  # D2
    assert send(make.pdf(pages=2))[0] == 422  # D3
    assert session.scalar(select(func.count()).select_from(File)) == 1


def test_a_form_that_broke_off_is_not_taken_for_whole(client: Client, session: Session) -> None:
    ada = make.user(session, name="Ada")
    client.sign_in(ada)

    def send(**environ: object) -> int:
        whole = {"wsgi.input": BytesIO(b"name=Ad"), "wsgi.input_terminated": True,
                 "CONTENT_TYPE": "application/x-www-form-urlencoded", **environ}  # fmt: skip
        return client.post("/profile", environ_overrides=whole).status_code

    assert send(CONTENT_LENGTH="17") == 400  # D19
    assert send(CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked") == 411
    session.refresh(ada)
    assert ada.name == "Ada"


def test_who_could_not_be_served_gets_what_they_typed_back(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make.user(session)
    client.sign_in(ada)

    def locked(_patience: float = 0) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr("contest.web.idempotency.begin_writing", locked)
    answer = client.post("/profile", data={"name": "Ada & Co", "_key": "k"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert 'name="name" value="Ada &amp; Co"' in answer.text
    assert 'name="_key" value="k"' in answer.text


def test_what_fails_while_it_is_kept_is_not_acknowledged(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(make.user(session))
    client.application.config["PROPAGATE_EXCEPTIONS"] = False

    def full() -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr("contest.web.requests.db.session.commit", full)
        answer = client.post("/profile", data={"name": "Ada", "locale": "en", "zone": "UTC"})
    client.application.config["PROPAGATE_EXCEPTIONS"] = None

    assert answer.status_code == 503  # D7


def test_a_page_says_so_when_nobody_can_be_asked_who_is_asking(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(make.user(session))

    def gone(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server is starting up"))

    monkeypatch.setattr("contest.accounts.queries.running", gone)
    answer = client.get("/profile")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")  # D9
    assert "This page cannot be shown just now" in answer.text


def test_a_nearly_full_disk_takes_texts_and_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contest.files.store.SPARED_BYTES", 1 << 60)
    store: Store = from_url(f"file://{tmp_path}/files")

    with pytest.raises(NoRoom):
        store.put(BytesIO(b"a deck"), 100)
