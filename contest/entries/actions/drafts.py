"""Keeps what a team writes, field by field, so that two of them at once lose nothing."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.entries import answers, queries
from contest.entries.merge import merge
from contest.entries.models import (
    Draft,
    DraftAnswer,
    DraftAnswerHistory,
    Entry,
    Question,
    QuestionKind,
    State,
    can_edit,
)
from contest.events.log import Verb, record
from contest.files import actions as files
from contest.files.arrival import Arrived
from contest.files.models import File
from contest.files.room import room_for
from contest.teams.models import Team

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
REMEMBERED = 60  # revisions of a field that can still be merged with


@dataclass(frozen=True, slots=True)
class Saved:
    """What the draft now holds, and the revision under which the writer's own text is known.

    Where two texts were merged, `value` differs from what was sent, and its revision is `revision`;
    a writer who keeps their own text goes on from `own_revision`.
    """

    value: str
    revision: int
    own_revision: int


class Stale(Conflict):
    """Two people changed the same place of one field."""

    def __init__(self, mine: str, theirs: str, revision: int, by_id: uuid.UUID) -> None:
        super().__init__(N_("Somebody else changed this field meanwhile. Choose one of the two."))
        self.mine, self.theirs, self.revision, self.by_id = mine, theirs, revision, by_id


def save(
    session: Session,
    team: Team,
    round_: Round,
    question: Question,
    value: str,
    *,
    base: int,
    by: User,
    at: datetime,
) -> Saved:
    """Keep one field. `base` is the revision that the writer began from, 0 for an empty field.

    Texts that changed in different places meanwhile are merged. Raises Stale where they changed in
    the same place, DomainError when the team may not write (any more) or the value cannot be kept.
    """
    value = answers.plain(question.kind, value)
    require(answers.can_keep(question, value))
    form = queries.form(session, round_.id)
    titles = form is not None and form.titling() is question
    if titles:
        require(answers.can_title(value))
    with _opened(session, team, round_, question, by=by, at=at) as (entry, draft):
        answer = queries.answer(session, draft.id, question.id)
        if answer is None:
            answer = _first(session, draft, question, by=by, at=at)
        if answer.value == value:
            return Saved(value, answer.revision, answer.revision)
        if base == answer.revision:
            _write(session, answer, value, by=by, at=at)
            saved = Saved(value, answer.revision, answer.revision)
        else:
            saved = _reconcile(session, answer, question, value, base, by=by, at=at)
        if titles and entry.state is State.DRAFT:  # later the title is what was handed in
            entry.title = saved.value
        session.flush()
        return saved


def name(
    session: Session, team: Team, round_: Round, title: str, *, by: User, at: datetime
) -> None:
    """Give the entry its title, where no question of the form asks for it.

    Raises DomainError for one that is too long.
    """
    title = answers.plain(QuestionKind.LINE, title)
    require(answers.can_title(title))
    with _opened(session, team, round_, None, by=by, at=at) as (entry, _):
        entry.title = title
        session.flush()


def speak(
    session: Session, team: Team, round_: Round, lang: str, *, by: User, at: datetime
) -> None:
    """Say in which of the contest's languages the entry is written; "" leaves it open.

    Raises DomainError for a language that the contest does not have.
    """
    if lang and lang not in round_.contest.languages:
        raise DomainError(N_("This contest is not held in that language."), field="lang")
    with _opened(session, team, round_, None, by=by, at=at) as (entry, _):
        entry.lang = lang
        session.flush()


def attach(
    session: Session,
    team: Team,
    round_: Round,
    question: Question,
    arrived: Arrived,
    *,
    by: User,
    at: datetime,
    limit_bytes: int,
) -> File:
    """Put a file into the draft. One that was there before stays with the versions that hold it.

    Raises DomainError when all that was sent to the entry would be more than the limit.
    """
    with _opened(session, team, round_, question, by=by, at=at) as (entry, draft):
        require(room_for(arrived.size_bytes, queries.sent_bytes(session, entry), limit_bytes))
        file = files.receive(session, arrived, by=by.id, at=at)
        answer = queries.answer(session, draft.id, question.id)
        if answer is None:
            answer = _first(session, draft, question, by=by, at=at)
        answer.file_id, answer.file = file.id, file
        _write(session, answer, "", by=by, at=at)
    record(
        session,
        Verb.ENTRY_FILE_ATTACHED,
        entry,
        by=by.id,
        at=at,
        contest_id=entry.contest_id,
        round_id=round_.id,
        question_id=question.id,
        file_id=file.id,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
    )
    return file


def detach(
    session: Session, team: Team, round_: Round, question: Question, *, by: User, at: datetime
) -> None:
    """Take the file out of the draft."""
    with _opened(session, team, round_, question, by=by, at=at) as (entry, draft):
        answer = queries.answer(session, draft.id, question.id)
        if answer is None or answer.file_id is None:
            return
        file_id = answer.file_id
        answer.file_id = answer.file = None
        _write(session, answer, "", by=by, at=at)
    record(session, Verb.ENTRY_FILE_DETACHED, entry, by=by.id, at=at, contest_id=entry.contest_id,
           round_id=round_.id, question_id=question.id, file_id=file_id)  # fmt: skip


@contextmanager
def _opened(
    session: Session,
    team: Team,
    round_: Round,
    question: Question | None,
    *,
    by: User,
    at: datetime,
) -> Iterator[tuple[Entry, Draft]]:
    """Give entry and draft, begun if need be, after a check that the team may write there now.

    That the entry was begun is recorded behind what is done with it: whoever records keeps all others
    of the contest waiting until it is committed.
    """
    orm.lock(session, team)  # two first keystrokes at once begin one entry
    entry = queries.entry_of(session, team.id)
    leave = queries.leave(session, team.id, entry, round_)
    require(can_edit(entry, at, round_, leave))
    if question is not None and not leave.opens(question.id):
        raise DomainError(N_("Only the questions that were asked about again can be changed now."))
    begins = entry is None
    if entry is None:
        entry = Entry(contest=team.contest, team=team, code=_code(session, team.contest_id))
        session.add(entry)
        session.flush()
    draft = queries.draft(session, entry.id, round_.id)
    if draft is None:
        draft = Draft(entry=entry, round=round_, answers=[])
        session.add(draft)
        session.flush()
    yield entry, draft
    if begins:
        record(session, Verb.ENTRY_BEGUN, entry, by=by.id, at=at, contest_id=team.contest_id,
               team_id=team.id, round_id=round_.id)  # fmt: skip


def _code(session: Session, contest_id: uuid.UUID) -> str:
    taken = set(session.scalars(select(Entry.code).where(Entry.contest_id == contest_id)))
    while (code := "".join(secrets.choice(LETTERS) for _ in range(6))) in taken:
        pass
    return code


def _first(
    session: Session, draft: Draft, question: Question, *, by: User, at: datetime
) -> DraftAnswer:
    answer = DraftAnswer(
        draft_id=draft.id, question_id=question.id, revision=0, saved_by=by.id, saved_at=at
    )
    answer.file = None
    session.add(answer)
    session.flush()
    return answer


def _write(session: Session, answer: DraftAnswer, value: str, *, by: User, at: datetime) -> None:
    answer.value, answer.revision = value, answer.revision + 1
    answer.saved_by, answer.saved_at = by.id, at
    session.add(
        DraftAnswerHistory(
            answer_id=answer.id, revision=answer.revision, value=value, by_id=by.id, at=at
        )
    )
    session.execute(
        delete(DraftAnswerHistory).where(
            DraftAnswerHistory.answer_id == answer.id,
            DraftAnswerHistory.revision <= answer.revision - REMEMBERED,
        )
    )
    session.flush()


def _reconcile(
    session: Session,
    answer: DraftAnswer,
    question: Question,
    mine: str,
    base: int,
    *,
    by: User,
    at: datetime,
) -> Saved:
    theirs = answer.value
    ground = queries.text_at(session, answer, base)
    both = (
        merge(ground, mine, theirs)
        if question.kind is QuestionKind.TEXT and ground is not None
        else None
    )
    if both is None:
        raise Stale(mine, theirs, answer.revision, answer.saved_by)
    # The writer's own text becomes a revision too: whoever goes on from it is merged again.
    _write(session, answer, mine, by=by, at=at)
    own = answer.revision
    _write(session, answer, both, by=by, at=at)
    return Saved(both, answer.revision, own)
