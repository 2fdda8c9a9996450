"""Builds the form of a round, until the first version freezes it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.core.words import Words
from contest.entries import queries
from contest.entries.models import Question, QuestionForm, QuestionKind
from contest.events.log import Verb, record

NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an organiser wrote it. `limit` as in the model."""

    kind: QuestionKind
    title: Words
    help: Words = NOTHING
    required: bool = True
    limit: int = 2000
    choices: tuple[str, ...] = ()
    public: bool = False
    identifies: bool = False


def add_question(
    session: Session, round_: Round, asked: Asked, *, by: User, at: datetime
) -> Question:
    """Put a question at the end of the round's form, which begins with its first question."""
    form = queries.form(session, round_.id)
    if form is None:
        form = QuestionForm(round=round_, questions=[])
        session.add(form)
        session.flush()
    _require_open(session, form)
    _require_choices(asked)
    last = max((q.position for q in form.questions), default=0)
    question = Question(position=last + 1, **_columns(asked))
    form.questions.append(question)
    session.flush()
    _record(session, Verb.QUESTION_ADDED, question, round_, by, at)
    return question


def edit_question(
    session: Session, round_: Round, question: Question, asked: Asked, *, by: User, at: datetime
) -> None:
    """Change a question; needs its form loaded."""
    _require_open(session, question.form)
    _require_choices(asked)
    for column, value in _columns(asked).items():
        setattr(question, column, value)
    _record(session, Verb.QUESTION_EDITED, question, round_, by, at)


def move_question(
    session: Session, round_: Round, question: Question, steps: int, *, by: User, at: datetime
) -> None:
    """Move a question by so many places, up (negative) or down; at the ends it stays."""
    _require_open(session, question.form)
    order = list(
        session.scalars(
            select(Question)
            .where(Question.form_id == question.form_id)
            .order_by(Question.position, Question.id)
        )
    )
    target = min(max(order.index(question) + steps, 0), len(order) - 1)
    order.remove(question)
    order.insert(target, question)
    for position, each in enumerate(order, start=1):
        each.position = position
    _record(session, Verb.QUESTION_MOVED, question, round_, by, at)


def remove_question(
    session: Session, round_: Round, question: Question, *, by: User, at: datetime
) -> None:
    """Take a question off the form; drafts lose what was answered to it, so it must be unanswered."""
    _require_open(session, question.form)
    if queries.is_answered(session, question.id):
        raise DomainError(
            N_("Teams have already answered this question. Make it optional instead.")
        )
    _record(session, Verb.QUESTION_REMOVED, question, round_, by, at)
    session.delete(question)
    session.flush()


def _require_open(session: Session, form: QuestionForm) -> None:
    orm.lock(session, form)
    require(form.can_change())


def _require_choices(asked: Asked) -> None:
    if asked.kind is QuestionKind.CHOICE and len(asked.choices) < 2:
        raise DomainError(N_("Offer at least two answers, one a line."), field="choices")


def _columns(asked: Asked) -> dict[str, object]:
    return {
        "kind": asked.kind,
        "title": asked.title,
        "help": asked.help,
        "required": asked.required,
        "limit": asked.limit,
        "choices": list(asked.choices),
        "public": asked.public,
        "identifies": asked.identifies,
    }


def _record(
    session: Session, verb: Verb, question: Question, round_: Round, by: User, at: datetime
) -> None:
    record(
        session,
        verb,
        question,
        by=by.id,
        at=at,
        contest_id=round_.contest_id,
        round_id=round_.id,
        kind=question.kind,
        required=question.required,
        limit=question.limit,
    )
