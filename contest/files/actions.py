"""Gives stored bytes their rows."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.orm import lock
from contest.files.arrival import Arrived
from contest.files.look import INFECTED, PDF
from contest.files.models import PLAIN, File, Rendition, Scan
from contest.jobs.outbox import enqueue


def receive(session: Session, arrived: Arrived, *, by: uuid.UUID | None, at: datetime) -> File:
    """Add the row of a file that has arrived; promise its pictures, and its scan if still open."""
    file = File(
        sha256=arrived.sha256,
        size_bytes=arrived.size_bytes,
        type=arrived.type,
        name=arrived.name,
        scan=arrived.scan,
        pages=arrived.pages,
        uploaded_by=by,
        uploaded_at=at,
    )
    session.add(file)
    session.flush()
    if file.scan is Scan.PENDING:
        enqueue(session, "files.scan", at=at, file_id=str(file.id))
    if file.type == PDF:
        enqueue(session, "files.render", at=at, file_id=str(file.id))
    return file


def judge(session: Session, file: File, scan: Scan) -> None:
    """Note what the scanner said about a file that had to wait for it."""
    file.scan = scan
    file.refusal = INFECTED if scan is Scan.REFUSED else ""
    session.flush()


def give_up_drawing(session: Session, file: File, *, at: datetime) -> None:
    """Note that no pictures can be made of the file; it is read as a copy then, without its traces."""
    file.undrawable_at = at
    session.flush()
    enqueue(session, "files.plain", at=at, file_id=str(file.id))


def draw_again(session: Session, file: File, *, at: datetime) -> None:
    """Try once more to make pictures that were given up; pressed twice, it is tried once."""
    lock(session, file)
    if file.undrawable_at is not None:
        file.undrawable_at = None
        enqueue(session, "files.render", at=at, file_id=str(file.id))


def add_plain(session: Session, file: File, sha256: str) -> None:
    """Add the copy that says not whose it is, if there is none yet."""
    _add(session, file, [(0, PLAIN, sha256, 0, 0)])


def add_pictures(session: Session, file: File, drawn: list[tuple[int, str, str, int, int]]) -> None:
    """Add the pictures (page, kind, sha256, width, height) that are not there yet."""
    _add(session, file, drawn)
    file.undrawable_at = None
    session.flush()


def _add(session: Session, file: File, made: list[tuple[int, str, str, int, int]]) -> None:
    there = {
        (r.page, r.kind)
        for r in session.scalars(select(Rendition).where(Rendition.file_id == file.id))
    }
    session.add_all(
        Rendition(file_id=file.id, page=page, kind=kind, sha256=sha256, width=width, height=height)
        for page, kind, sha256, width, height in made
        if (page, kind) not in there
    )
    session.flush()
