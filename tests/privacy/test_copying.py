"""P1: a copy holds every row and file about a person, and nothing of others."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.errors import DomainError
from contest.files.models import File
from contest.judging.models import Conflict
from contest.messages.models import Message, State
from contest.privacy import collecting, queries
from contest.privacy.actions import copying
from contest.privacy.catalogue import KINDS
from contest.privacy.models import Export, ExportState
from tests import make
from tests.jobs import run_promised
from tests.pages import Client
from tests.privacy.canary import Canary, canary, rows_with


@pytest.fixture
def people(app: Flask, session: Session) -> tuple[Canary, Canary]:
    store = app.extensions["files"]
    return canary(session, store, "CNRY-ada"), canary(session, store, "CNRY-bob")


def copied(app: Flask, session: Session, person: Canary) -> dict[str, bytes]:
    target = io.BytesIO()
    steps: list[int] = []
    collecting.write(session, app.extensions["files"], person.user, target, steps.append)
    assert steps == list(range(1, collecting.STEPS + 1))
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_p1_every_row_that_names_the_person_or_their_words_is_in_the_copy(
    app: Flask, session: Session, people: tuple[Canary, Canary]
) -> None:
    ada = people[0]
    got = copied(app, session, ada)
    tables = {kind.called(): kind.table for kind in KINDS}
    listed = {
        (tables[name.removesuffix(".json")], row["id"])
        for name, text in got.items()
        if name.endswith(".json")
        for row in json.loads(text)
    }
    about = rows_with(session, *ada.words, *ada.kept, ids=(ada.user.id,))
    others = {  # Bob's letter is his, and a team and its entry are the team's
        ("messages", str(m.id))
        for m in session.scalars(select(Message))
        if m.recipient_id != ada.user.id
    }
    assert {pair for pair in about - listed if pair[0] not in {"teams", "entries"}} <= others
    assert len(listed) >= 20
    assert [text for name, text in got.items() if name.startswith("files/")] == [b"CNRY-ada-deck"]


def test_p1_nothing_of_another_person_is_in_the_copy(
    app: Flask, session: Session, people: tuple[Canary, Canary]
) -> None:
    ada, bob = people
    told = b"".join(copied(app, session, ada).values()).decode()
    assert [word for word in (*bob.words, *bob.kept) if word in told] == []
    others = {str(u) for u in session.scalars(select(Message.recipient_id)) if u != ada.user.id}
    assert [number for number in (*others, str(bob.user.id)) if number in told] == []


def test_no_secret_is_in_the_copy(
    app: Flask, session: Session, people: tuple[Canary, Canary]
) -> None:
    user = people[0].user
    user.password = "$argon2id$secret"
    told = b"".join(copied(app, session, people[0]).values()).decode()
    assert [
        s for s in (user.password, user.feed_token, user.fs_uniquifier, "sealed") if s in told
    ] == []


def test_what_others_found_about_a_judge_does_not_say_about_whom(
    app: Flask, session: Session, people: tuple[Canary, Canary]
) -> None:
    conflict = session.scalars(select(Conflict).where(Conflict.note == "CNRY-ada-conflict")).one()
    conflict.source = conflict.source.FOUND
    session.flush()
    got = copied(app, session, people[0])
    [row] = json.loads(got["conflicts_found.json"])
    assert row.keys() >= {"kind", "since"}
    assert not row.keys() & {"entry_id", "note"}


def test_a_letter_that_waits_for_its_release_is_not_in_the_copy(
    app: Flask, session: Session, people: tuple[Canary, Canary]
) -> None:
    held = make.message(session, people[0].user, hold=True, text="You have won")
    assert held.state is State.DRAFT
    told = b"".join(copied(app, session, people[0]).values())
    assert b"You have won" not in told
    assert str(held.id).encode() not in told


def test_a_copy_is_made_by_a_job_and_fetched_once_from_the_session_that_asked(
    client: Client, session: Session
) -> None:
    ada = make.user(session, name="Ada Canary")
    client.sign_in(ada)
    assert client.post("/profile/data").status_code == 303
    assert "Collecting your data" in client.page("/profile/data").text
    run_promised(session)
    page = client.page("/profile/data").text
    assert "Your copy is ready" in page

    export = queries.newest_export(session, ada)
    assert export is not None
    address = f"/profile/data/{export.id}/fetch"
    assert address in page
    elsewhere = client.application.test_client()
    elsewhere.sign_in(ada)  # type: ignore[attr-defined]
    assert elsewhere.post(address).status_code == 404
    stranger = client.application.test_client()
    stranger.sign_in(make.user(session))  # type: ignore[attr-defined]
    assert stranger.post(address).status_code == 404

    got = client.post(address)
    assert got.status_code == 200
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in got.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(got.data)) as archive:
        assert json.loads(archive.read("users.json"))[0]["name"] == "Ada Canary"
    assert client.post(address).status_code == 422


def test_a_copy_expires_and_is_thrown_away(app: Flask, session: Session) -> None:
    ada = make.user(session)
    export = copying.ask(session, ada, sign_in=ada.id, at=make.NOON)
    with pytest.raises(DomainError, match="collected already"):
        copying.ask(session, ada, sign_in=ada.id, at=make.NOON)
    kept = app.extensions["files"].put(io.BytesIO(b"zip"), 100)
    copying.keep(session, export, sha256=kept.sha256, size_bytes=3, at=make.NOON)
    later = make.NOON + timedelta(hours=24)
    with pytest.raises(DomainError, match="not there any more"):
        copying.fetch(session, export, by=ada, at=later)
    assert copying.throw_away(session, later) == 1
    assert session.scalars(select(Export)).all() == []
    assert session.scalars(select(File)).all() == []


def test_a_copy_that_cannot_be_made_says_so(session: Session) -> None:
    ada = make.user(session)
    export = copying.ask(session, ada, sign_in=ada.id, at=make.NOON)
    session.flush()
    copying.give_up(session, export.id)
    session.refresh(export)
    assert export.state is ExportState.FAILED
