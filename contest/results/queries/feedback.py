"""Reads what judges said to one team, each judge under a letter that says nothing about them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from contest.contests.models import Mode, Round, RoundPhase
from contest.core.words import Words
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Ballot,
    Choice,
    Criterion,
    Score,
    Scorecard,
)
from contest.results.models import Voice
from contest.results.queries.sets import counted, of_ballot, of_choice

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
other = aliased(Choice)
COUNTING = frozenset({AssignmentState.SCORED, AssignmentState.LOCKED})


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """How the entry did on one criterion; `average` is None where every judge abstained on it."""

    title: Words
    weight: int
    low: int
    high: int
    average: float | None
    scores: int


@dataclass(frozen=True, slots=True)
class RoundFeedback:
    """One round's averages and the comments by letter."""

    number: int
    title: Words
    judges: int
    criteria: tuple[CriterionLine, ...]
    comments: tuple[tuple[str, str], ...]


def feedback(
    session: Session, entry_id: uuid.UUID, *, only_published: bool
) -> tuple[RoundFeedback, ...]:
    """Return the feedback of each judged round, in order. Two statements.

    Judges appear in the order of their letters, which were drawn by chance at publication. Before
    it there are none yet: comments then stand in the order of their own text.
    """
    rounds = (RoundPhase.PUBLISHED,) if only_published else tuple(RoundPhase)
    cards = session.execute(
        select(Scorecard.id, Scorecard.comment, Voice.position, Round.number, Round.title)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Round, Round.id == Assignment.round_id)
        .outerjoin(Voice, Voice.assignment_id == Assignment.id)
        .where(
            Assignment.entry_id == entry_id,
            Assignment.state.in_(COUNTING),
            Round.phase.in_(rounds),
            *counted(),
        )
    ).all()
    scores = session.execute(
        select(Score.scorecard_id, Score.points, Criterion)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Score.scorecard_id.in_([card.id for card in cards]))
    ).all()
    by_round: dict[int, list[Any]] = defaultdict(list)
    for card in cards:
        by_round[card.number].append(card)
    return tuple(_round(by_round[number], scores) for number in sorted(by_round))


@dataclass(frozen=True, slots=True)
class BallotFeedback:
    """What the judges of a round with ballots gave the entry: its mean place of `of`, or points."""

    number: int
    title: Words
    judges: int
    is_points: bool
    mean: float
    of: float


def on_ballots(
    session: Session, entry_id: uuid.UUID, *, only_published: bool
) -> tuple[BallotFeedback, ...]:
    """Return one line per round in which ballots were about the entry, in order. One statement."""
    size = select(func.count()).where(other.ballot_id == Ballot.id).scalar_subquery()
    rows = session.execute(
        select(Round, func.count(), func.avg(Choice.value), func.avg(size))
        .select_from(Assignment)
        .join(Ballot, of_ballot())
        .join(Choice, of_choice())
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Assignment.entry_id == entry_id,
            Round.phase.in_((RoundPhase.PUBLISHED,) if only_published else tuple(RoundPhase)),
            *counted(Ballot),
        )
        .group_by(Round.id)
        .order_by(Round.number)
    )
    return tuple(
        BallotFeedback(
            round_.number,
            round_.title,
            judges,
            round_.mode is Mode.POINTS,
            float(mean),
            float(round_.budget if round_.mode is Mode.POINTS else size),
        )
        for round_, judges, mean, size in rows
    )


def _round(cards: Sequence[Any], scores: Sequence[Any]) -> RoundFeedback:
    mine = {card.id for card in cards}
    drawn = all(card.position is not None for card in cards)
    ordered = sorted(cards, key=lambda c: c.position if drawn else c.comment)
    points: dict[uuid.UUID, list[int | None]] = defaultdict(list)
    criteria: dict[uuid.UUID, Criterion] = {}
    for scorecard_id, given, criterion in scores:
        if scorecard_id in mine:
            criteria[criterion.id] = criterion
            points[criterion.id].append(given)
    return RoundFeedback(
        number=cards[0].number,
        title=cards[0].title,
        judges=len(cards),
        criteria=tuple(
            _line(criterion, [p for p in points[criterion.id] if p is not None])
            for criterion in sorted(criteria.values(), key=lambda c: (c.position, c.id.hex))
        ),
        comments=tuple(
            (letter(card.position if drawn else place), card.comment.strip())
            for place, card in enumerate(ordered)
            if card.comment.strip()
        ),
    )


def _line(criterion: Criterion, given: Sequence[int]) -> CriterionLine:
    return CriterionLine(
        title=criterion.title,
        weight=criterion.weight,
        low=criterion.low,
        high=criterion.high,
        average=sum(given) / len(given) if given else None,
        scores=len(given),
    )


def letter(position: int) -> str:
    """Return the letter of a position: A to Z, then AA and so on."""
    head, tail = divmod(position, len(LETTERS))
    return (letter(head - 1) if head else "") + LETTERS[tail]
