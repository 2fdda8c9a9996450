"""What judges say of each entry in a round of pass or fail, and what the panel decided."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Aggregation, Appointment, Mode, Round
from contest.judging.models import Assignment, Consensus, Score, Scorecard
from contest.judging.queries import work
from contest.judging.verdicts import verdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """The votes on one entry, and the decision of the panel if there is one."""

    passes: int
    fails: int
    rule: Aggregation
    decided: Consensus | None = None

    @property
    def by_judges(self) -> bool | None:
        """Whether it passes by the votes alone; None where they do not settle it."""
        return verdict(self.passes, self.fails, self.rule)

    @property
    def consensus(self) -> Consensus | None:
        """The decision, if one is needed and was made on these very votes."""
        made = self.decided
        if made is None or self.by_judges is not None:
            return None
        return made if (made.passes, made.fails) == (self.passes, self.fails) else None

    @property
    def passed(self) -> bool | None:
        """Whether it passes; None where it waits for the panel."""
        return self.consensus.passed if self.consensus else self.by_judges


def verdicts(session: Session, round_: Round) -> dict[uuid.UUID, Verdict]:
    """Return entry -> verdict for every entry with a vote. Two statements."""
    rule = round_.rule() or Aggregation.UNANIMOUS
    given: dict[uuid.UUID, list[bool]] = defaultdict(list)
    for mark in work.marks(session, round_.id):
        given[mark.entry_id].append(mark.value > 0)
    made = session.scalars(
        select(Consensus).where(Consensus.round_id == round_.id, Consensus.superseded_at.is_(None))
    )
    decided = {c.entry_id: c for c in made}
    return {
        entry: Verdict(sum(votes), len(votes) - sum(votes), rule, decided.get(entry))
        for entry, votes in given.items()
    }


def waiting(session: Session, round_: Round) -> list[uuid.UUID]:
    """Return the entries on which the panel has yet to decide; none in rounds of other modes."""
    if round_.mode is not Mode.PASS_FAIL:
        return []
    return [e for e, v in verdicts(session, round_).items() if v.passed is None]


@dataclass(frozen=True, slots=True)
class Word:
    """What one judge says of one entry. For the chair only."""

    judge: str
    passed: bool
    reason: str


def words(session: Session, round_id: uuid.UUID) -> dict[uuid.UUID, list[Word]]:
    """Return entry -> what each judge says of it, by name of the judge. One statement."""
    rows = session.execute(
        select(Assignment.entry_id, User.name, Score.points, Scorecard.comment)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .join(User, User.id == Appointment.user_id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state.in_(work.COUNTED),
            Scorecard.submitted_at.is_not(None),
            Scorecard.superseded_at.is_(None),
            Scorecard.set_aside_at.is_(None),
            Score.points.is_not(None),
        )
        .order_by(User.name, Assignment.id)
    )
    said: dict[uuid.UUID, list[Word]] = defaultdict(list)
    for entry_id, name, points, comment in rows:
        said[entry_id].append(Word(name, bool(points), comment))
    return said
