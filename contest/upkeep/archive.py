"""One file that holds an instance: its rows, its promised work and its bytes.

It is a tar of `rows/<table>.jsonl`, `jobs.jsonl`, `bytes/<sha256>` and, last, `manifest.json` with the
hash of each of the others. It is the same from SQLite and from PostgreSQL and goes back into either.
Rows are read in one transaction, so they are of one instant; bytes are written once and never changed,
so those that the rows refer to are whole whenever they are copied.
"""

import hashlib
import io
import json
import os
import re
import tarfile
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, Date, Enum, Numeric, Table, Uuid, insert, select, update
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core.orm import UTCDateTime
from contest.core.words import Words, WordsType
from contest.files.store import Store
from contest.jobs import engine
from contest.jobs.outbox import promise
from contest.schema import Base
from contest.upkeep.invariants import referred
from contest.web.models import Switch

FORMAT = "contest-backup-v1"
NAMES = re.compile(r"manifest\.json|jobs\.jsonl|rows/[a-z_]{1,60}\.jsonl|bytes/[0-9a-f]{64}")
MANY = 500  # rows that are inserted at one go
LARGEST = 2**31  # bytes of one part; more is no part of ours
LEFT_OUT = {"workers", Switch.__tablename__}  # of this machine and this moment


class BadArchive(Exception):
    """The file is no backup, or not whole."""


# --- writing ---


def write(
    session: Session, store: Store, target: Path, *, at: datetime, schema: str
) -> dict[str, Any]:
    """Write an archive to `target` and return its manifest; a file of that name is replaced at the end.

    The session's transaction decides which instant it shows.
    """
    scratch = target.with_name(f".{target.name}.part")
    parts: dict[str, str] = {}
    counts: dict[str, int] = {}
    try:
        with scratch.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for table in tables():
                    lines = [_line(table, row) for row in session.execute(select(table)).mappings()]
                    counts[table.name] = len(lines)
                    _add(tar, parts, f"rows/{table.name}.jsonl", "".join(lines).encode())
                waiting = [
                    json.dumps([p.kind, p.at.isoformat(), dict(p.ids), p.attempt, p.done]) + "\n"
                    for p in engine.promised(session.connection(), engine.UNDONE)
                ]
                _add(tar, parts, "jobs.jsonl", "".join(waiting).encode())
                for sha256 in sorted(referred(session)):
                    with store.local(sha256) as path:
                        tar.add(path, f"bytes/{sha256}", filter=_plain_member)
                manifest = {"format": FORMAT, "at": at.isoformat(), "schema": schema,
                            "rows": counts, "parts": parts}  # fmt: skip
                _add(tar, {}, "manifest.json", json.dumps(manifest, indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        scratch.rename(target)
        _flush_folder(target.parent)
    finally:
        scratch.unlink(missing_ok=True)
    return manifest


def tables() -> list[Table]:
    """Return what is kept, each table after those it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _add(tar: tarfile.TarFile, parts: dict[str, str], name: str, data: bytes) -> None:
    parts[name] = hashlib.sha256(data).hexdigest()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _plain_member(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owns the file here and when it came."""
    plain = tarfile.TarInfo(member.name)
    plain.size, plain.mode = member.size, 0o600
    return plain


def _line(table: Table, row: Any) -> str:
    return json.dumps([_out(row[c.name]) for c in table.columns], ensure_ascii=False) + "\n"


def _out(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Words):
        return dict(value)
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    return value


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading: the file may come from anybody ---


def read_manifest(source: Path) -> dict[str, Any]:
    """Check every part of the archive against its manifest, and return that.

    Raises BadArchive, which says what is wrong.
    """
    found: dict[str, str] = {}
    with _opened(source) as tar:
        for member in tar:
            _check_name(member, found)
            found[member.name] = _digest(_part(tar, member))
        if found.pop("manifest.json", None) is None:
            raise BadArchive("the end is missing")
        manifest = _manifest(_part(tar, tar.getmember("manifest.json")).read())
    for name, sha256 in found.items():
        if sha256 != (name[6:] if name.startswith("bytes/") else manifest["parts"].get(name)):
            raise BadArchive(f"{name} was changed")
    if missing := sorted(manifest["parts"].keys() - found.keys()):
        raise BadArchive(f"{missing[0]} is missing")
    return manifest


def _check_name(member: tarfile.TarInfo, found: dict[str, str]) -> None:
    if not member.isreg() or not NAMES.fullmatch(member.name) or member.name in found:
        raise BadArchive(f"“{member.name[:80]}” is no part of a backup")
    if member.size > LARGEST:
        raise BadArchive(f"{member.name} is too large")


def _opened(source: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(source, mode="r:")
    except (tarfile.TarError, OSError) as error:
        raise BadArchive(f"this is no backup: {error}") from error


def _manifest(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
        datetime.fromisoformat(told["at"])
        known = told["format"] == FORMAT and isinstance(told["parts"], dict)
    except (ValueError, KeyError, TypeError) as error:
        raise BadArchive("the manifest is not one of ours") from error
    if not known:
        raise BadArchive("the manifest is not one of ours")
    return dict(told)


def _part(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    part = tar.extractfile(member)
    if part is None:
        raise BadArchive(f"{member.name} cannot be read")
    return part


def _digest(part: IO[bytes]) -> str:
    try:
        return hashlib.file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive("the file ends too early") from error


def restore(session: Session, store: Store, source: Path, *, schema: str) -> dict[str, Any]:
    """Fill an empty instance from a checked archive, inside the session's transaction.

    Bytes come first: a row never refers to what is not there. Raises BadArchive when the archive is not
    whole or of another schema, or the instance is not empty.
    """
    manifest = read_manifest(source)
    if manifest["schema"] != schema:
        raise BadArchive(
            f"it has schema {manifest['schema']}, this is {schema}: restore it with the release that "
            "made it, then bring that to the newest schema"
        )
    if session.scalar(select(User.id).limit(1)) is not None:
        raise BadArchive("this instance has people already; restore into an empty one")
    with _opened(source) as tar:
        for member in tar:
            if member.name.startswith("bytes/"):
                store.put(_part(tar, member), member.size or 1)
        connection = session.connection()
        for table in tables():
            _insert(
                connection,
                table,
                _rows(table, _part(tar, tar.getmember(f"rows/{table.name}.jsonl"))),
            )
        for line in _part(tar, tar.getmember("jobs.jsonl")):
            kind, at, ids, attempt, done = json.loads(line)
            number = str(uuid.uuid4())
            promise(session, engine.Promise.read(number, (kind, at, ids, attempt, done)))
    return manifest


def _rows(table: Table, part: IO[bytes]) -> list[dict[str, Any]]:
    columns = list(table.columns)
    rows = []
    for line in part:
        values = json.loads(line)
        if not isinstance(values, list) or len(values) != len(columns):
            raise BadArchive(f"a row of {table.name} does not fit its columns")
        rows.append({c.name: _in(c, v) for c, v in zip(columns, values, strict=True)})
    return rows


def _in(column: Column[Any], value: Any) -> Any:
    kind: Any = column.type
    if value is None:
        return None
    if isinstance(kind, WordsType):
        return Words(value)
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Uuid):
        return uuid.UUID(value)
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, Numeric) and kind.asdecimal:
        return Decimal(value)
    return value


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, and what refers to a row of the same table when all of them are there."""
    own = [c.name for c in table.columns for key in c.foreign_keys if key.column.table is table]
    nothing = dict.fromkeys(own)
    for start in range(0, len(rows), MANY):
        connection.execute(insert(table), [{**r, **nothing} for r in rows[start : start + MANY]])
    for row in rows:
        if told := {name: row[name] for name in own if row[name] is not None}:
            connection.execute(update(table).where(table.c.id == row["id"]).values(told))
