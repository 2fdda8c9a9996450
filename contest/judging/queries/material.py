"""What a judge reads, and whether they have opened it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import RoundKind
from contest.entries import queries as entries
from contest.entries.models import Version
from contest.entries.queries import Deck, Said
from contest.judging.models import Assignment
from contest.judging.queries import work
from contest.vault.models import DocumentView
from contest.vault.queries import OPEN_FOR


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that one assignment gives a judge to read."""

    version: Version | None
    said: tuple[Said, ...]
    decks: tuple[Deck, ...]
    unread: frozenset[uuid.UUID]  # documents that this reader never opened

    def is_read(self, kind: RoundKind) -> bool:
        """Say whether there is nothing left to open; a pitch is heard, not read."""
        return kind is RoundKind.PITCH or not self.unread


def material(session: Session, user: User, assignment: Assignment, at: datetime) -> Material:
    """Return answers and documents of the entry, without what names the team in a blind round."""
    version = work.version_to_judge(session, assignment)
    if version is None:
        return Material(None, (), (), frozenset())
    said = entries.said_in(session, version, blind=assignment.round.blind)
    given = {answer.file.id for answer in said if answer.file is not None}
    opened = last_openings(session, user, version.id)
    recent = [file_id for file_id, last in opened.items() if last > at - OPEN_FOR]
    decks = tuple(d for d in entries.decks(session, version, opened=recent) if d.file.id in given)
    return Material(version, said, decks, frozenset(given - opened.keys()))


def last_openings(session: Session, user: User, version_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Return when this person last opened each document of the version, by the ledger."""
    rows = session.execute(
        select(DocumentView.file_id, func.max(DocumentView.at))
        .where(DocumentView.version_id == version_id, DocumentView.user_id == user.id)
        .group_by(DocumentView.file_id)
    )
    return {row[0]: row[1] for row in rows}
