"""What a judge reads, and whether they have opened it."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round, RoundKind
from contest.entries import queries as entries
from contest.entries.models import Attachment, Question, Version
from contest.entries.queries import Deck, Said
from contest.judging.models import Assignment
from contest.judging.queries import work
from contest.vault.models import DocumentView
from contest.vault.queries import OPEN_FOR

Unheard = Callable[[Session, uuid.UUID], Collection[uuid.UUID]]
_unheard: list[Unheard] = []


def tell_unheard(unheard: Unheard) -> None:
    """Take over how it is read which pitches are yet to come. Called once, when the app is made."""
    _unheard[:] = [unheard]


def unheard(session: Session, round_: Round) -> frozenset[uuid.UUID]:
    """Return the entries of a round with a running order whose turn on stage is yet to come."""
    if round_.kind is not RoundKind.PITCH:
        return frozenset()
    return frozenset(entry for known in _unheard for entry in known(session, round_.id))


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


def unread(
    session: Session, user: User, round_: Round, entry_ids: Sequence[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Return which of the entries have a document that this judge never opened. One statement.

    As `Material.is_read` says it of one entry.
    """
    if round_.kind is RoundKind.PITCH:
        return frozenset()
    newest_first = (Round.number.desc(), Version.number.desc())
    newest = (
        select(
            Version.id,
            Version.entry_id,
            func.row_number()
            .over(partition_by=Version.entry_id, order_by=newest_first)
            .label("place"),
        )
        .join(Round, Round.id == Version.round_id)
        .where(Version.entry_id.in_(entry_ids), Round.number <= round_.number)
        .subquery()
    )
    opened = exists().where(
        DocumentView.version_id == newest.c.id,
        DocumentView.file_id == Attachment.file_id,
        DocumentView.user_id == user.id,
    )
    left = (
        select(newest.c.entry_id)
        .join(Attachment, Attachment.version_id == newest.c.id)
        .join(Question, Question.id == Attachment.question_id)
        .where(newest.c.place == 1, ~opened)
    )
    if round_.blind:
        left = left.where(Question.identifies.is_(False))
    return frozenset(session.scalars(left))
