"""A person's copy of their data: asked for, made, fetched once, thrown away."""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.orm import lock
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.files.models import File, Scan
from contest.jobs.outbox import enqueue
from contest.privacy import collecting, queries
from contest.privacy.models import KEPT, Export, ExportState

ZIP = "application/zip"


def ask(session: Session, user: User, *, sign_in: uuid.UUID, at: datetime) -> Export:
    """Promise a copy to this session; one that waits from before is there no more."""
    before = queries.newest_export(session, user)
    if before is not None and before.state is ExportState.COLLECTING and before.expires_at > at:
        raise DomainError(N_("Your data is being collected already."))
    session.execute(
        update(Export)
        .where(Export.user_id == user.id, Export.state == ExportState.READY)
        .values(expires_at=at)
    )
    made = Export(
        user_id=user.id, sign_in=sign_in, total=collecting.STEPS, asked_at=at, expires_at=at + KEPT
    )
    session.add(made)
    record(session, Verb.USER_COPY_ASKED, user, by=user.id, at=at)
    enqueue(session, "privacy.copy", at=at, export_id=str(made.id))
    return made


def keep(session: Session, export: Export, *, sha256: str, size_bytes: int, at: datetime) -> None:
    """Note that the copy is there."""
    file = File(
        sha256=sha256, size_bytes=size_bytes, type=ZIP, name="contest.zip", scan=Scan.CLEAN,
        uploaded_by=export.user_id, uploaded_at=at,
    )  # fmt: skip
    session.add(file)
    session.flush()
    export.move("keep")
    export.file_id, export.expires_at = file.id, at + KEPT


def fetch(session: Session, export: Export, *, by: User, at: datetime) -> File:
    """Give the copy out, this once."""
    lock(session, export)
    require(export.can_be_fetched(at))
    export.move("fetch")
    export.fetched_at = at
    record(session, Verb.USER_COPY_FETCHED, by, by=by.id, at=at)
    return session.scalars(select(File).where(File.id == export.file_id)).one()


def give_up(session: Session, export_id: uuid.UUID) -> None:
    """Note that the copy could not be made."""
    session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state == ExportState.COLLECTING)
        .values(state=ExportState.FAILED)
    )


def throw_away(session: Session, at: datetime) -> int:
    """Delete the copies that were fetched a while ago or that nobody came for; return how many."""
    old = list(session.scalars(select(Export).where(Export.expires_at <= at)))
    files = [export.file_id for export in old if export.file_id is not None]
    for export in old:
        session.delete(export)
    session.flush()
    for file in session.scalars(select(File).where(File.id.in_(files))):
        session.delete(file)
    return len(old)
