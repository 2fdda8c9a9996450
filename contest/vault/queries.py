"""Reads the ledger, and what of a version's documents somebody may look at now."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Role, Round
from contest.core.words import Words
from contest.entries import queries as entries
from contest.entries.models import Version
from contest.entries.queries import Deck
from contest.files.models import File
from contest.vault.models import DocumentView

OPEN_FOR = timedelta(hours=12)  # after an opening was noted, its pages are sent for so long


def is_open(
    session: Session, user_id: uuid.UUID, version_id: uuid.UUID, file_id: uuid.UUID, at: datetime
) -> bool:
    """Say whether the person's opening of the file is in the ledger, not too long ago."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    DocumentView.user_id == user_id,
                    DocumentView.version_id == version_id,
                    DocumentView.file_id == file_id,
                    DocumentView.at > at - OPEN_FOR,
                )
            )
        )
    )


def has_opened(
    session: Session, user_id: uuid.UUID, version_ids: Sequence[uuid.UUID]
) -> set[uuid.UUID]:
    """Return those of the versions of which the person ever opened a file."""
    return set(
        session.scalars(
            select(DocumentView.version_id)
            .where(DocumentView.user_id == user_id, DocumentView.version_id.in_(version_ids))
            .distinct()
        )
    )


def decks(session: Session, version: Version, user: User, at: datetime) -> tuple[Deck, ...]:
    """Return the version's files for one reader; needs its attachments loaded. Two statements."""
    seen = session.scalars(
        select(DocumentView.file_id).where(
            DocumentView.user_id == user.id,
            DocumentView.version_id == version.id,
            DocumentView.at > at - OPEN_FOR,
        )
    )
    return entries.decks(session, version, opened=set(seen))


@dataclass(frozen=True, slots=True)
class Opening:
    """One line of the ledger."""

    at: datetime
    user_id: uuid.UUID
    name: str
    capacity: str
    file_name: str
    sha256: str
    round_title: Words
    number: int


def ledger(session: Session, entry_id: uuid.UUID, *, limit: int = 2000) -> tuple[Opening, ...]:
    """Return who opened which document of the entry, newest first. One statement."""
    statement = (
        select(
            DocumentView.at,
            DocumentView.user_id,
            User.name,
            DocumentView.capacity,
            File.name,
            File.sha256,
            Round.title,
            Version.number,
        )
        .join(User, User.id == DocumentView.user_id)
        .join(File, File.id == DocumentView.file_id)
        .join(Version, Version.id == DocumentView.version_id)
        .join(Round, Round.id == Version.round_id)
        .where(Version.entry_id == entry_id)
        .order_by(DocumentView.at.desc(), DocumentView.id)
        .limit(limit)
    )
    return tuple(Opening(*found) for found in session.execute(statement))


def without_judges(openings: Sequence[Opening]) -> tuple[Opening, ...]:
    """Return the lines with judges numbered instead of named, as a team reads them before the end."""
    numbers: dict[uuid.UUID, int] = {}
    for opening in reversed(openings):
        if opening.capacity == Role.JUDGE:
            numbers.setdefault(opening.user_id, len(numbers) + 1)
    return tuple(
        Opening(
            o.at, uuid.UUID(int=0), f"#{numbers[o.user_id]}", o.capacity, o.file_name, o.sha256,
            o.round_title, o.number,
        )
        if o.capacity == Role.JUDGE
        else o
        for o in openings
    )  # fmt: skip
