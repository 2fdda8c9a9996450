"""Edits the scale of a round."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.core.words import Words
from contest.events.log import Verb, record
from contest.judging.models import Criterion, Level, Rubric
from contest.judging.queries import panel


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionInput:
    """A criterion as it is written: whole points from `low` to `high`, described levels."""

    title: Words
    help: Words
    weight: int
    low: int = 0
    high: int = 5
    levels: Mapping[int, Words] = field(default_factory=dict)


def add_criterion(
    session: Session, round_: Round, given: CriterionInput, *, by: User, at: datetime
) -> Criterion:
    """Add a criterion at the end of the round's rubric, which is begun when there is none."""
    rubric = open_rubric(session, round_)
    _check(given)
    criterion = Criterion(
        rubric_id=rubric.id,
        position=1 + max((c.position for c in rubric.criteria), default=0),
        title=given.title,
        help=given.help,
        weight=given.weight,
        low=given.low,
        high=given.high,
        levels=_levels(given),
    )
    rubric.criteria.append(criterion)
    _record(session, rubric, round_, by, at, added=True)
    return criterion


def edit_criterion(
    session: Session, criterion: Criterion, given: CriterionInput, *, by: User, at: datetime
) -> None:
    """Change a criterion of a rubric that is not frozen; needs `rubric.round` and `levels` loaded."""
    _thawed(criterion.rubric)
    _check(given)
    criterion.title, criterion.help, criterion.weight = given.title, given.help, given.weight
    criterion.low, criterion.high = given.low, given.high
    criterion.levels.clear()
    session.flush()
    criterion.levels.extend(_levels(given))
    _record(session, criterion.rubric, criterion.rubric.round, by, at, edited=True)


def remove_criterion(session: Session, criterion: Criterion, *, by: User, at: datetime) -> None:
    """Take a criterion out of a rubric that is not frozen; needs `rubric` with `round` and `criteria`."""
    rubric = criterion.rubric
    _thawed(rubric)
    rubric.criteria.remove(criterion)
    _record(session, rubric, rubric.round, by, at, removed=True)


def move_criterion(
    session: Session, criterion: Criterion, step: int, *, by: User, at: datetime
) -> None:
    """Move a criterion up (-1) or down (+1); at the end nothing happens."""
    rubric = criterion.rubric
    _thawed(rubric)
    order = sorted(rubric.criteria, key=lambda c: (c.position, str(c.id)))
    place = order.index(criterion)
    other = place + step
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for position, c in enumerate(order, start=1):
        c.position = position
    _record(session, rubric, rubric.round, by, at, moved=step)


def open_rubric(session: Session, round_: Round) -> Rubric:
    """Return the round's rubric for editing; raise DomainError when it is frozen."""
    rubric = panel.rubric(session, round_.id)
    if rubric is None:
        rubric = Rubric(round=round_, criteria=[])
        session.add(rubric)
        session.flush()
    _thawed(rubric)
    return rubric


def _thawed(rubric: Rubric) -> None:
    if rubric.frozen_at is not None:
        raise DomainError(N_("The rubric is frozen: somebody has scored by it."))


def _check(given: CriterionInput) -> None:
    if not 1 <= given.weight <= 100:
        raise DomainError(N_("A weight is 1 to 100 percent."), field="weight")
    if not given.low < given.high <= given.low + 20:
        raise DomainError(N_("The scale needs 2 to 21 steps, lowest first."), field="high")
    if any(not given.low <= points <= given.high for points in given.levels):
        raise DomainError(N_("A described level lies outside the scale."), field="levels")


def _levels(given: CriterionInput) -> list[Level]:
    return [Level(points=p, title=words) for p, words in sorted(given.levels.items()) if words]


def _record(
    session: Session, rubric: Rubric, round_: Round, by: User, at: datetime, **facts: object
) -> None:
    weights = [c.weight for c in rubric.criteria]
    record(session, Verb.RUBRIC_EDITED, rubric, by=by.id, at=at, contest_id=round_.contest_id,
           weights=weights, **facts)  # fmt: skip


def ask_for_verdicts(session: Session, round_: Round) -> None:
    """Give a round of pass or fail its scale: one criterion without a name, of which 1 is a pass."""
    last = panel.rubric(session, round_.id)
    question = Criterion(title=Words(), help=Words(), weight=100, low=0, high=1, levels=[])
    number = last.number + 1 if last else 1
    session.add(Rubric(round=round_, number=number, criteria=[question]))
    session.flush()


def freeze(session: Session, rubric_id: uuid.UUID, at: datetime) -> None:
    """Freeze the rubric at its first score."""
    rubric = session.get_one(Rubric, rubric_id)
    if rubric.frozen_at is None:
        rubric.frozen_at = at
