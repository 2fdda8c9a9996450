"""Reads what is still being written, by which right, and what is missing before it can go."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.contests.models import Contest, Round
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.entries import answers
from contest.entries.models import (
    NO_LEAVE,
    Draft,
    DraftAnswer,
    DraftAnswerHistory,
    Entry,
    Extension,
    InfoRequest,
    Leave,
    Question,
    QuestionForm,
    State,
    deadline,
    written_for,
)
from contest.files.models import File
from contest.teams import queries as teams
from contest.teams.models import Team
from contest.undertakings.models import Kind

# Made once: every field that saves itself asks.
FORM = (
    select(QuestionForm)
    .where(QuestionForm.round_id == bindparam("round_id"))
    .options(
        selectinload(QuestionForm.questions),
        joinedload(QuestionForm.round).joinedload(Round.contest).joinedload(Contest.series),
    )
    .order_by(QuestionForm.number.desc())
    .limit(1)
)
DRAFT = (
    select(Draft)
    .where(Draft.entry_id == bindparam("entry_id"), Draft.round_id == bindparam("round_id"))
    .options(selectinload(Draft.answers).joinedload(DraftAnswer.file))
)
ANSWER = select(DraftAnswer).where(
    DraftAnswer.draft_id == bindparam("draft_id"),
    DraftAnswer.question_id == bindparam("question_id"),
)


def current_round(
    session: Session, contest_id: uuid.UUID, entry: Entry | None, at: datetime
) -> Round | None:
    """Return the round the team writes for, with its contest."""
    collecting = session.scalars(
        select(Round)
        .where(Round.contest_id == contest_id, Round.opens_at.is_not(None))
        .options(joinedload(Round.contest).joinedload(Contest.series))
        .order_by(Round.number)
    ).all()
    return written_for(collecting, entry.state if entry is not None else State.DRAFT, at)


def leave(session: Session, team_id: uuid.UUID, entry: Entry | None, round_: Round) -> Leave:
    """Return what this team may do beyond the round's window. At most two statements."""
    extended_until = session.scalar(
        select(Extension.until).where(Extension.round_id == round_.id, Extension.team_id == team_id)
    )
    if entry is None or entry.state is not State.INFO_REQUESTED:
        return Leave(extended_until) if extended_until else NO_LEAVE
    request = session.scalar(
        select(InfoRequest)
        .where(InfoRequest.entry_id == entry.id, InfoRequest.answered_at.is_(None))
        .order_by(InfoRequest.at.desc())
        .limit(1)
    )
    if request is None:
        return Leave(extended_until)
    return Leave(extended_until, request.until, frozenset(request.question_ids))


def comes_back_until(session: Session, entry: Entry, at: datetime) -> datetime | None:
    """Return until when the entry, once withdrawn, can be handed in again; None if it is too late.

    It would begin anew, with the first round. Two statements.
    """
    round_ = current_round(session, entry.contest_id, None, at)
    if round_ is None:
        return None
    ends = deadline(round_, leave(session, entry.team_id, None, round_)), round_.grace_ends_at()
    return next((end for end in ends if end is not None and at < end), None)


def form(session: Session, round_id: uuid.UUID) -> QuestionForm | None:
    """Return the round's newest form with its questions, round and contest."""
    return session.scalar(FORM, {"round_id": round_id})


def question(session: Session, question_id: uuid.UUID) -> Question | None:
    """Return the question with its form, round and contest."""
    return session.scalar(
        select(Question)
        .where(Question.id == question_id)
        .options(
            joinedload(Question.form)
            .joinedload(QuestionForm.round)
            .joinedload(Round.contest)
            .joinedload(Contest.series)
        )
    )


def is_answered(session: Session, question_id: uuid.UUID) -> bool:
    """Say whether any draft holds an answer to the question."""
    return session.scalar(select(exists().where(DraftAnswer.question_id == question_id))) or False


def draft(session: Session, entry_id: uuid.UUID, round_id: uuid.UUID) -> Draft | None:
    """Return the draft with its answers and their files."""
    return session.scalar(DRAFT, {"entry_id": entry_id, "round_id": round_id})


def answer(session: Session, draft_id: uuid.UUID, question_id: uuid.UUID) -> DraftAnswer | None:
    return session.scalar(ANSWER, {"draft_id": draft_id, "question_id": question_id})


def text_at(session: Session, answer: DraftAnswer, revision: int) -> str | None:
    """Return the field's text as somebody knew it at that revision; None when that is too long ago."""
    if revision == 0:
        return ""
    return session.scalar(
        select(DraftAnswerHistory.value).where(
            DraftAnswerHistory.answer_id == answer.id, DraftAnswerHistory.revision == revision
        )
    )


@dataclass(frozen=True, slots=True)
class Field:
    """A question with what the draft has for it."""

    question: Question
    value: str = ""
    file: File | None = None
    revision: int = 0
    saved_at: datetime | None = None
    is_open: bool = True


def fields(form: QuestionForm, draft: Draft | None, leave: Leave = NO_LEAVE) -> tuple[Field, ...]:
    """Return the form's questions in their order, each with its answer so far."""
    known = {a.question_id: a for a in draft.answers} if draft is not None else {}
    made = []
    for question in form.questions:
        found, is_open = known.get(question.id), leave.opens(question.id)
        made.append(
            Field(question, found.value, found.file, found.revision, found.saved_at, is_open)
            if found is not None
            else Field(question, is_open=is_open)
        )
    return tuple(made)


def missing(
    session: Session, team: Team, fields: Sequence[Field], *, title: str, at: datetime
) -> list[Blocker]:
    """Return what keeps the draft from being handed in, each with the page that mends it."""
    here = {"team_id": team.id}
    found = [
        Blocker(decision.reason, "entries.write", decision.facts,
                {**here, "_anchor": f"question-{field.question.id}"})
        for field in fields
        if not (decision := answers.can_submit(field.question, field.value, field.file))
    ]  # fmt: skip
    if not title:
        found.insert(0, Blocker(N_("The entry has no title yet."), "entries.write", where=here))
    found.extend(
        Blocker(
            N_("The answer to “%(question)s” keeps your team from taking part.")
            if question.is_wrong()
            else N_("“%(question)s” is not answered yet."),
            "teams.eligibility", {"question": question.text}, here,
        )
        for question in teams.open_questions(session, team)
    )  # fmt: skip
    found.extend(
        Blocker(
            UNSIGNED[text.undertaking.kind],
            "undertakings.sign",
            {"name": member.user.name or member.user.email},
            {"text_id": text.id},
        )
        for member, text in teams.owed(session, team, at)
    )
    return found


UNSIGNED = {
    Kind.RULES: N_("%(name)s has not signed the contest rules."),
    Kind.IP: N_("%(name)s has not signed the IP terms."),
}


def teams_of(session: Session, contest_id: uuid.UUID) -> tuple[Team, ...]:
    """Return the contest's teams by name."""
    return tuple(
        session.scalars(
            select(Team).where(Team.contest_id == contest_id).order_by(Team.name, Team.id)
        )
    )


def extensions(session: Session, round_id: uuid.UUID) -> tuple[Extension, ...]:
    """Return who has more time in the round, with the teams, longest first."""
    return tuple(
        session.scalars(
            select(Extension)
            .where(Extension.round_id == round_id)
            .options(joinedload(Extension.team))
            .order_by(Extension.until.desc(), Extension.id)
        )
    )
