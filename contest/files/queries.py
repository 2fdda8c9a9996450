"""Reads files and the pictures of their pages."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.files.models import PLAIN, File, Rendition


def file(session: Session, file_id: uuid.UUID) -> File | None:
    return session.scalar(select(File).where(File.id == file_id))


def renditions(session: Session, file_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Rendition]]:
    """Return the page pictures (without thumbnails) of each file, in the order of pages."""
    found: dict[uuid.UUID, list[Rendition]] = {file_id: [] for file_id in file_ids}
    for rendition in session.scalars(
        select(Rendition)
        .where(Rendition.file_id.in_(file_ids), Rendition.kind == "page")
        .order_by(Rendition.file_id, Rendition.page)
    ):
        found[rendition.file_id].append(rendition)
    return found


def rendition(session: Session, file_id: uuid.UUID, page: int, kind: str) -> Rendition | None:
    return session.scalar(
        select(Rendition).where(
            Rendition.file_id == file_id, Rendition.page == page, Rendition.kind == kind
        )
    )


def plain(session: Session, file_id: uuid.UUID) -> Rendition | None:
    """Return the copy of a file that says not whose it is."""
    return rendition(session, file_id, 0, PLAIN)
