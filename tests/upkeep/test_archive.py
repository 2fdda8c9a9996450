"""What a backup holds comes back the same, and a file that is none does nothing."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.files import store as files
from contest.jobs import engine
from contest.jobs.outbox import enqueue
from contest.upkeep import archive
from contest.web.db import listen
from tests import databases, make
from tests.upkeep.test_invariants import Sound

SCHEMA = "7"
Parts = dict[str, bytes]


@pytest.fixture
def backup(app: Flask, session: Session, tmp_path: Path) -> Path:
    Sound(session, app.extensions["files"])
    enqueue(session, "messages.send", at=make.NOON, message_id="1")
    session.flush()
    target = tmp_path / "contest.tar"
    archive.write(session, app.extensions["files"], target, at=make.NOON, schema=SCHEMA)
    return target


def put_back(source: Path, folder: Path, *, schema: str = SCHEMA, twice: bool = False) -> Path:
    """Restore into a new database and return a backup of that."""
    folder.mkdir()
    database = create_engine(databases.new(folder))
    listen(database)
    store = files.from_url(f"file://{folder}/files")
    try:
        with Session(database) as session:
            session.connection(execution_options={"writes": True})
            archive.restore(session, store, source, schema=schema)
            if twice:
                archive.restore(session, store, source, schema=schema)
            archive.write(session, store, folder / "again.tar", at=make.NOON, schema=schema)
            assert len(engine.promised(session.connection())) >= 1
    finally:
        database.dispose()
    return folder / "again.tar"


def parts_of(source: Path) -> Parts:
    with tarfile.open(source) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]


def test_a_backup_comes_back_row_by_row_and_byte_by_byte(backup: Path, tmp_path: Path) -> None:
    first, second = parts_of(backup), parts_of(put_back(backup, tmp_path / "there"))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] in (
        [], ["jobs.jsonl", "manifest.json"], ["manifest.json"],
    )  # fmt: skip
    assert {len(p.splitlines()) for p in (first["jobs.jsonl"], second["jobs.jsonl"])} == {
        len(first["jobs.jsonl"].splitlines())
    }
    assert sum(name.startswith("bytes/") for name in first) == 1


def test_what_a_worker_does_just_now_is_still_promised_in_a_backup(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    """D13: of a letter that is on its way nobody knows yet whether it gets there."""
    enqueue(session, "messages.send", at=make.NOON, message_id="on its way")
    schema = "" if databases.in_files() else f"{engine.SCHEMA}."
    session.execute(text(f"UPDATE {schema}workflow_status SET status = 'PENDING'"))
    target = tmp_path / "busy.tar"
    archive.write(session, app.extensions["files"], target, at=make.NOON, schema=SCHEMA)
    assert b"on its way" in parts_of(target)["jobs.jsonl"]


def _changed(parts: Parts) -> None:
    name = next(name for name in parts if name.startswith("bytes/"))
    parts[name] = b"something else"


def _a_row_changed(parts: Parts) -> None:
    parts["rows/users.jsonl"] = parts["rows/users.jsonl"].replace(b"Ada", b"Eve")


def _a_part_missing(parts: Parts) -> None:
    del parts["rows/teams.jsonl"]


def _cut_off(parts: Parts) -> None:
    del parts["manifest.json"]


def _of_another_kind(parts: Parts) -> None:
    parts["manifest.json"] = json.dumps({"format": "zip"}).encode()


def _leads_out(parts: Parts) -> None:
    parts["../../etc/cron.d/contest"] = b"* * * * * root true"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_changed, "was changed"),
        (_a_row_changed, "rows/users.jsonl was changed"),
        (_a_part_missing, "rows/teams.jsonl is missing"),
        (_cut_off, "the end is missing"),
        (_of_another_kind, "the manifest is not one of ours"),
        (_leads_out, "is no part of a backup"),
    ],
)
def test_a_spoilt_archive_is_refused_with_the_reason(
    backup: Path, tmp_path: Path, spoil: Callable[[Parts], None], told: str
) -> None:
    parts = parts_of(backup)
    spoil(parts)
    spoilt = tmp_path / "spoilt.tar"
    with tarfile.open(spoilt, "w") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    with pytest.raises(archive.BadArchive, match=told):
        archive.read_manifest(spoilt)


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        member = tarfile.TarInfo("bytes/" + "0" * 64)
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(archive.BadArchive, match="no part of a backup"):
        archive.read_manifest(tmp_path / "links.tar")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"\x00\x01noise" * 100)
    with pytest.raises(archive.BadArchive, match="this is no backup"):
        archive.read_manifest(tmp_path / "noise")


def test_a_backup_of_another_schema_is_refused(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(archive.BadArchive, match="it has schema 7, this is 8"):
        put_back(backup, tmp_path / "there", schema="8")


def test_nothing_is_restored_over_an_instance_that_has_people(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(archive.BadArchive, match="has people already"):
        put_back(backup, tmp_path / "there", twice=True)


def test_a_backup_that_fails_leaves_the_old_one(app: Flask, session: Session, backup: Path) -> None:
    before = backup.read_bytes()
    session.scalars(select(User)).first()
    made = make.file(session)
    made.sha256 = "f" * 64
    session.flush()
    with pytest.raises(FileNotFoundError):
        archive.write(session, app.extensions["files"], backup, at=make.NOON, schema=SCHEMA)
    assert backup.read_bytes() == before
    assert [p.name for p in backup.parent.glob(".*.part")] == []
