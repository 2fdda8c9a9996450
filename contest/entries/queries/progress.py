"""Reads how far a team is: what counts now, what the draft has beyond it, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contest.core.decisions import Blocker
from contest.entries.models import Entry, Question, QuestionKind, Version
from contest.entries.queries.drafts import Field, missing
from contest.teams.models import Team


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a team stands in one round."""

    version: Version | None  # what counts now: the newest one that was handed in
    changed: tuple[Question, ...]  # answered otherwise than in that version
    missing: tuple[Blocker, ...]


def progress(
    session: Session,
    team: Team,
    entry: Entry | None,
    fields: Sequence[Field],
    versions: Sequence[Version],
    *,
    at: datetime,
) -> Progress:
    """Return how far the team is; `versions` are those of the round, the newest first."""
    newest = versions[0] if versions else None
    return Progress(
        newest,
        changed(fields, newest) if newest is not None else (),
        tuple(missing(session, team, fields, title=entry.title if entry else "", at=at)),
    )


def changed(fields: Sequence[Field], version: Version) -> tuple[Question, ...]:
    """Return the questions that the draft answers otherwise than the version did."""
    then = {answer["question"]: answer for answer in version.answers}
    return tuple(f.question for f in fields if _kept(f) != _frozen(f, then.get(str(f.question.id))))


def _kept(field: Field) -> str:
    return (field.file.sha256 if field.file is not None else "") if _is_deck(field) else field.value


def _frozen(field: Field, answer: dict[str, object] | None) -> str:
    given = answer.get("file" if _is_deck(field) else "value") if answer is not None else None
    return str(given or "")


def _is_deck(field: Field) -> bool:
    return field.question.kind is QuestionKind.DECK
