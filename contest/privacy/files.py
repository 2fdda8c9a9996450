"""Lets go of files: their rows at once, their bytes when nobody can be about to refer to them."""

import time
import uuid
from collections.abc import Iterable

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from contest.core.orm import Base
from contest.files.models import File, Rendition
from contest.files.store import Store
from contest.vault.models import DocumentView

GRACE_SECONDS = 24 * 3600  # bytes arrive before their row
GO_WITH_IT = {Rendition.__tablename__, DocumentView.__tablename__}


def let_go(session: Session, file_ids: Iterable[uuid.UUID]) -> int:
    """Delete those of the files that nothing refers to any more; return how many."""
    wanted = set(file_ids)
    free = wanted - set(session.scalars(_still_used(wanted)))
    for table in (Rendition, DocumentView):
        session.execute(
            delete(table)
            .where(table.file_id.in_(free))
            .execution_options(synchronize_session=False)
        )
    session.execute(
        delete(File).where(File.id.in_(free)).execution_options(synchronize_session=False)
    )
    return len(free)


def _still_used(wanted: set[uuid.UUID]) -> Select[uuid.UUID]:
    columns = [
        key.parent
        for table in Base.metadata.sorted_tables
        if table.name not in GO_WITH_IT
        for key in table.foreign_keys
        if key.column.table.name == File.__tablename__
    ]
    used = or_(*(File.id.in_(select(c).where(c.is_not(None))) for c in columns))
    return select(File.id).where(File.id.in_(wanted), used)


def sweep(session: Session, store: Store) -> int:
    """Delete the bytes that nothing refers to and that are older than a day; return how many."""
    known = {*session.scalars(select(File.sha256)), *session.scalars(select(Rendition.sha256))}
    oldest = time.time() - GRACE_SECONDS
    found = [s for s, changed in store.all() if changed < oldest and s not in known]
    for sha256 in found:
        store.remove(sha256)
    return len(found)
