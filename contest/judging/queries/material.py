"""What a judge reads, and whether they have opened it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import RoundKind
from contest.entries.models import Version
from contest.entries.queries import Said, said_in
from contest.files import queries as files
from contest.files.models import File, Rendition
from contest.judging.models import Assignment
from contest.judging.queries import work
from contest.vault.models import DocumentView
from contest.vault.queries import OPEN_FOR


@dataclass(frozen=True, slots=True)
class Deck:
    """A document and the pictures of its pages. `read`: opened ever; `opened`: not too long ago."""

    file: File
    pages: tuple[Rendition, ...]
    opened: bool
    read: bool


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that one assignment gives a judge to read."""

    version: Version | None
    said: tuple[Said, ...]
    decks: tuple[Deck, ...]

    def is_read(self, kind: RoundKind) -> bool:
        """Say whether there is nothing left to open; a pitch is heard, not read."""
        return kind is RoundKind.PITCH or all(deck.read for deck in self.decks)


def material(session: Session, user: User, assignment: Assignment, at: datetime) -> Material:
    """Return answers and documents of the entry, without what names the team in a blind round."""
    version = work.version_to_judge(session, assignment)
    if version is None:
        return Material(None, (), ())
    said = said_in(session, version, blind=assignment.round.blind)
    documents = [answer.file for answer in said if answer.file is not None]
    opened = last_openings(session, user, version.id)
    pages = files.renditions(session, [file.id for file in documents])
    decks = tuple(
        Deck(
            file,
            tuple(pages[file.id]),
            opened=file.id in opened and opened[file.id] > at - OPEN_FOR,
            read=file.id in opened,
        )
        for file in documents
    )
    return Material(version, said, decks)


def last_openings(session: Session, user: User, version_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Return when this person last opened each document of the version, by the ledger."""
    rows = session.execute(
        select(DocumentView.file_id, func.max(DocumentView.at))
        .where(DocumentView.version_id == version_id, DocumentView.user_id == user.id)
        .group_by(DocumentView.file_id)
    )
    return dict(rows.tuples().all())
