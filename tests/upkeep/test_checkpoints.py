"""L3: the record is signed every hour and stands, a file per day, where an operator keeps it outside."""

import logging
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from contest.contests.models import Role
from contest.events.checkpoints import Line
from contest.events.log import Verb, record
from contest.events.models import Checkpoint
from contest.jobs.registry import PERIODS
from contest.upkeep import jobs
from tests import make
from tests.jobs import as_worker, run_promised
from tests.pages import Client


@pytest.fixture
def folder(app: Flask, noon: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    del noon
    monkeypatch.setitem(app.config, "CHECKPOINTS_URL", f"file://{tmp_path}")
    return tmp_path


def an_hour_passes(session: Session, folder: Path) -> list[str]:
    """Do the hour's work and return what stands in the files afterwards."""
    with as_worker(session):
        jobs.sign(at=make.NOON)
    run_promised(session)
    return (folder / "checkpoints-2030-06-01.jsonl").read_text().splitlines()


def test_each_hour_adds_what_moved_and_nothing_that_stood_goes(
    session: Session, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert PERIODS["upkeep.checkpoint"] == timedelta(hours=1)
    ada = make.user(session)
    record(session, Verb.USER_CREATED, ada, by=ada.id, at=make.NOON)
    first = an_hour_passes(session, folder)
    assert an_hour_passes(session, folder) == first  # nothing happened
    record(session, Verb.USER_CHANGED, ada, by=ada.id, at=make.NOON)
    second = an_hour_passes(session, folder)
    assert [Line.read(line).told()["sequence"] for line in second] == [1, 2]
    assert second[:1] == first

    session.execute(delete(Checkpoint))  # as when a backup of before is put back
    record(session, Verb.USER_CHANGED, ada, by=ada.id, at=make.NOON)
    with caplog.at_level(logging.ERROR):
        third = an_hour_passes(session, folder)

    assert third[:2] == second
    assert len(third) == 3
    assert "2 checkpoints of 2030-06-01 are not in the database" in caplog.text


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("", "file:///srv/files-checkpoints"),
        ("s3://elsewhere/contest", "s3://elsewhere/contest"),
    ],
)
def test_they_stand_where_the_setting_says_or_beside_the_files(given: str, place: str) -> None:
    config = {"CHECKPOINTS_URL": given, "FILES_URL": "file:///srv/files/"}

    assert jobs.place(config) == place


def test_officers_read_up_to_where_the_record_is_signed_and_keep_it(
    client: Client, session: Session, folder: Path
) -> None:
    contest = make.contest(session)
    mia = make.user(session)
    make.appointment(session, contest, mia, role=Role.ORGANISER)
    record(session, Verb.CONTEST_EDITED, contest, by=mia.id, at=make.NOON, contest_id=contest.id)
    an_hour_passes(session, folder)
    url = f"/contests/{contest.slug}/history"
    client.sign_in(mia)

    assert "Signed up to number 1" in client.page(url).text

    kept = Line.read(client.get(f"{url}/checkpoints").text.strip())
    assert kept.told()["chain"] == str(contest.id)
    client.sign_in(make.user(session))
    assert client.get(f"{url}/checkpoints").status_code == 404


def test_whoever_the_setting_names_gets_each_hour_by_mail(
    app: Flask, session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", f"file://{folder}/mail")
    monkeypatch.setitem(app.config, "CHECKPOINTS_MAIL", "a@example.org,b@example.org")
    ada = make.user(session)
    record(session, Verb.USER_CREATED, ada, by=ada.id, at=make.NOON)

    stands = an_hour_passes(session, folder)
    an_hour_passes(session, folder)  # nothing happened: no mail

    sent = [
        message_from_bytes(path.read_bytes(), policy=SMTP) for path in folder.glob("mail/*.eml")
    ]
    assert sorted(letter["To"] for letter in sent) == ["a@example.org", "b@example.org"]
    for letter in sent:
        [file] = letter.iter_attachments()
        assert file.get_content().decode().splitlines() == stands
