"""Reads what was handed in, and the proofs of it."""

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.contests.models import Contest, Round
from contest.core.words import Words
from contest.entries.models import (
    Attachment,
    Draft,
    DraftAnswer,
    Entry,
    Question,
    QuestionForm,
    QuestionKind,
    Receipt,
    State,
    Version,
)
from contest.events.log import digest
from contest.events.models import Event
from contest.files.models import File, Rendition

WITH_FILES = (selectinload(Version.attachments).joinedload(Attachment.file),)


def version(session: Session, version_id: uuid.UUID) -> Version | None:
    """Return the version with its files, its round, and its entry with contest and team."""
    return session.scalar(
        select(Version)
        .where(Version.id == version_id)
        .options(
            *WITH_FILES,
            joinedload(Version.round),
            joinedload(Version.entry).joinedload(Entry.contest).joinedload(Contest.series),
            joinedload(Version.entry).joinedload(Entry.team),
        )
    )


def versions(session: Session, entry_id: uuid.UUID) -> tuple[Version, ...]:
    """Return every version of the entry, newest first, with files and round."""
    return tuple(
        session.scalars(
            select(Version)
            .where(Version.entry_id == entry_id)
            .options(*WITH_FILES, joinedload(Version.round))
            .order_by(Version.submitted_at.desc(), Version.number.desc())
        )
    )


def latest_version(
    session: Session, entry_id: uuid.UUID, round_id: uuid.UUID | None = None
) -> Version | None:
    """Return the newest version (of that round) with its files and round."""
    statement = select(Version).where(Version.entry_id == entry_id)
    if round_id is not None:
        statement = statement.where(Version.round_id == round_id)
    return session.scalar(
        statement.options(*WITH_FILES, joinedload(Version.round))
        .order_by(Version.submitted_at.desc(), Version.number.desc())
        .limit(1)
    )


def versions_for_judging(session: Session, round_: Round) -> tuple[Version, ...]:
    """Return the version that judges of the round read, one per entry that is in it, by entry code.

    The first round judges what was found eligible, later ones what advanced. A round that collects
    nothing (a pitch day) shows what was handed in before it. With files, round, entry and team.
    """
    state = State.ELIGIBLE if round_.number == 1 else State.ADVANCED
    statement = (
        select(Version)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.contest_id == round_.contest_id, Entry.state == state)
    )
    if round_.collects():
        statement = statement.where(Version.round_id == round_.id)
    found = session.scalars(
        statement.options(
            *WITH_FILES,
            joinedload(Version.round),
            joinedload(Version.entry).joinedload(Entry.team),
        ).order_by(Entry.code, Version.submitted_at, Version.number)
    )
    return tuple({version.entry_id: version for version in found}.values())


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a version, ready to show. `file` is set for decks, `value` for the rest."""

    question_id: uuid.UUID
    title: Words
    kind: QuestionKind
    value: str
    file: File | None


def said_in(session: Session, version: Version, *, blind: bool = False) -> tuple[Said, ...]:
    """Return the version's answers in their order; `blind` leaves out what names the team.

    Needs the version's files loaded. One statement.
    """
    hidden = (
        {
            str(question_id)
            for question_id in session.scalars(
                select(Question.id)
                .join(QuestionForm)
                .where(QuestionForm.id == version.form_id, Question.identifies.is_(True))
            )
        }
        if blind
        else set()
    )
    files = {attachment.question_id: attachment.file for attachment in version.attachments}
    return tuple(
        _said(answer, files) for answer in version.answers if answer["question"] not in hidden
    )


def _said(answer: Mapping[str, object], files: Mapping[uuid.UUID, File]) -> Said:
    question_id = uuid.UUID(str(answer["question"]))
    title = answer["title"]
    return Said(
        question_id=question_id,
        title=Words(title if isinstance(title, dict) else {}),
        kind=QuestionKind(str(answer["kind"])),
        value=str(answer.get("value") or ""),
        file=files.get(question_id),
    )


def receipt(session: Session, code: str) -> Receipt | None:
    """Return the receipt with its version, round, files, and entry with contest, team and members."""
    return session.scalar(
        select(Receipt)
        .where(Receipt.code == code)
        .options(
            joinedload(Receipt.version).options(
                *WITH_FILES,
                joinedload(Version.round),
                joinedload(Version.entry).options(
                    joinedload(Entry.contest).joinedload(Contest.series), joinedload(Entry.team)
                ),
            )
        )
    )


def receipts(session: Session, entry_id: uuid.UUID) -> dict[uuid.UUID, Receipt]:
    """Return version id -> receipt of one entry."""
    return {
        receipt.version_id: receipt
        for receipt in session.scalars(
            select(Receipt).join(Version).where(Version.entry_id == entry_id)
        )
    }


def is_in_chain(session: Session, receipt: Receipt) -> bool:
    """Say whether the event that the receipt names stands unchanged at its place in the record."""
    told = json.loads(receipt.body)
    event = session.scalar(
        select(Event).where(Event.chain == told["chain"], Event.sequence == told["sequence"])
    )
    return event is not None and event.hash == told["event"] == digest(event)


def file_of(session: Session, entry_id: uuid.UUID, file_id: uuid.UUID) -> File | None:
    """Return a file that stands in a draft or a version of the entry."""
    drafted = select(DraftAnswer.file_id).join(Draft).where(Draft.entry_id == entry_id)
    attached = select(Attachment.file_id).join(Version).where(Version.entry_id == entry_id)
    return session.scalar(
        select(File).where(File.id == file_id, File.id.in_(drafted) | File.id.in_(attached))
    )


@dataclass(frozen=True, slots=True)
class Deck:
    """A file of a version as its viewer shows it. So many pages are `drawn`, that is have pictures."""

    version_id: uuid.UUID
    file: File
    drawn: int
    is_open: bool


def decks(
    session: Session, version: Version, *, opened: Collection[uuid.UUID] = ()
) -> tuple[Deck, ...]:
    """Return the version's files; `opened` are those that the reader has opened. One statement.

    Needs the version's attachments loaded.
    """
    files = [attachment.file for attachment in version.attachments]
    if not files:
        return ()
    drawn = {
        row.file_id: row.pages
        for row in session.execute(
            select(Rendition.file_id, func.count().label("pages"))
            .where(Rendition.file_id.in_([f.id for f in files]), Rendition.kind == "page")
            .group_by(Rendition.file_id)
        )
    }
    return tuple(Deck(version.id, f, drawn.get(f.id, 0), f.id in opened) for f in files)
