"""Scorecards are written, handed in, amended and set aside while work is given and taken away."""

import uuid
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.models import Appointment, Round, RoundPhase
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.entries.models import Entry, State
from contest.judging import policy
from contest.judging.actions import closing, conflicts, plan, scoring
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictKind,
    Rubric,
    Scorecard,
)
from contest.judging.queries import readiness, work
from tests import make
from tests.lives.game import Game, Move, moving

ENDED = {AssignmentState.REASSIGNED, AssignmentState.WAIVED}
OUT = {AssignmentState.ABSTAINED, AssignmentState.RECUSED, *ENDED}


class PanelGame(Game):
    """The first judge's work on the first entry is played with; the others stand for the panel."""

    def begin(self, session: Session) -> None:
        contest = make.contest(session)
        round_ = make.round_(session, contest, phase=RoundPhase.JUDGING, minimum_reviews=1)
        chair, first, second = (make.user(session, name=n) for n in ("Chair", "Judy", "Jo"))
        judges = [make.appointment(session, contest, who) for who in (first, second)]
        entries = [
            make.entry(session, make.user(session), contest=contest, state=State.ELIGIBLE)
            for _ in range(2)
        ]
        rubric = make.rubric(session, round_)
        for judge in judges:
            make.declaration(session, judge, *entries)
        assignment = make.assignment(session, round_, judges[0], entries[0])
        done = make.assignment(session, round_, judges[1], entries[1])
        make.scorecard(session, done, rubric, 3, 3)
        self.contest_id, self.round_id = contest.id, round_.id
        self.chair_id, self.judge_id = chair.id, first.id
        self.second_id, self.entry_id = judges[1].id, entries[0].id
        self.assignment_id, self.rubric_id = assignment.id, rubric.id
        self.seen: dict[uuid.UUID, object] = {}
        self.points = 0

    thing: Assignment

    def load(self, session: Session) -> Assignment:
        found = work.assignment(session, self.assignment_id)
        assert found is not None
        return found

    def stage(self) -> AssignmentState:
        return self.thing.state

    def moved(self, name: str, before: AssignmentState, after: AssignmentState) -> None:
        if before is after:
            return
        assert before not in ENDED, f"{name} brought back what was {before}"
        if after is AssignmentState.LOCKED:
            assert (before, name) in {(AssignmentState.SCORED, "close"),
                                      (AssignmentState.RECUSED, "restore")}  # fmt: skip
        if before is AssignmentState.LOCKED:
            assert (after, name) == (AssignmentState.SCORED, "reopen")

    # What the judge does, as far as the pages let a judge.

    def judge(self, session: Session) -> User:
        judge = session.get_one(User, self.judge_id)
        mine: Assignment = self.thing
        ready = readiness.ready(session, judge, mine.appointment, mine.entry_id, self.at)
        round_ = session.get(Round, self.round_id, options=[joinedload(Round.contest)],
                             populate_existing=True)  # fmt: skip
        assert round_ is not None
        require(policy.may_score(judge, mine, ready=ready))
        return judge

    def give(self, session: Session) -> None:
        judge = self.judge(session)
        self.points = (self.points + 1) % 6
        rubric = session.get_one(Rubric, self.rubric_id, options=[joinedload(Rubric.criteria)])
        for criterion in rubric.criteria:
            scoring.put_points(session, self.thing, criterion.id, self.points, by=judge, at=self.at)

    def comment(self, session: Session) -> None:
        scoring.put_text(session, self.thing, comment=f"Clear {self.points}.",
                         by=self.judge(session), at=self.at)  # fmt: skip

    def submit(self, session: Session) -> None:
        scoring.submit(
            session, self.thing, material_opened=True, by=self.judge(session), at=self.at
        )

    def take_back(self, session: Session) -> None:
        scoring.take_back(session, self.thing, by=self.judge(session), at=self.at)

    def abstain(self, session: Session) -> None:
        scoring.abstain(session, self.thing, "Not my field.", by=self.judge(session), at=self.at)

    def defer(self, session: Session) -> None:
        scoring.defer(session, self.thing, by=self.judge(session), at=self.at)

    def resume(self, session: Session) -> None:
        scoring.resume(session, self.thing, by=self.judge(session), at=self.at)

    def recuse(self, session: Session) -> None:
        scoring.recuse(session, self.thing, ConflictKind.FAMILY, "My brother.",
                       by=self.judge(session), at=self.at)  # fmt: skip

    # What the chair does.

    def chair(self, session: Session) -> User:
        return session.get_one(User, self.chair_id)

    def card(self, session: Session) -> Scorecard:
        cards = work.scorecards(session, self.assignment_id)
        found = [c for c in cards if c.submitted_at is not None]
        if not found:
            raise DomainError("There is no scorecard.")
        return session.scalars(
            select(Scorecard).where(Scorecard.id == found[-1].id)
            .options(joinedload(Scorecard.assignment).joinedload(Assignment.round))
        ).one()  # fmt: skip

    def set_aside(self, session: Session) -> None:
        scoring.set_aside(session, self.card(session), "Mixed up.", contest_id=self.contest_id,
                          by=self.chair(session), at=self.at)  # fmt: skip

    def restore(self, session: Session) -> None:
        scoring.restore(session, self.card(session), contest_id=self.contest_id,
                        by=self.chair(session), at=self.at)  # fmt: skip

    def bar(self, session: Session) -> None:
        mine: Assignment = self.thing
        conflicts.add(session, mine.appointment, mine.entry_id, ConflictKind.ADVISER,
                      by=self.chair(session), at=self.at)  # fmt: skip

    def lift(self, session: Session) -> None:
        conflict = session.scalars(
            select(Conflict).where(Conflict.entry_id == self.entry_id, Conflict.lifted_at.is_(None))
        ).first()
        if conflict is None:
            raise DomainError("There is no conflict.")
        conflicts.lift(session, conflict, self.contest_id, "It is over.", by=self.chair(session),
                       at=self.at)  # fmt: skip

    def reassign(self, session: Session) -> None:
        other = session.scalars(
            select(Appointment).where(Appointment.id == self.second_id)
            .options(joinedload(Appointment.user))
        ).one()  # fmt: skip
        plan.reassign(session, self.thing, other, by=self.chair(session), at=self.at)

    def waive(self, session: Session) -> None:
        closing.waive(session, self.thing.round, session.get_one(Entry, self.entry_id),
                      "There is no time.", by=self.chair(session), at=self.at)  # fmt: skip

    def release(self, session: Session) -> None:
        closing.release(session, self.thing, self.thing.round, "Enough.", by=self.chair(session),
                        at=self.at)  # fmt: skip

    def close(self, session: Session) -> None:
        closing.close(session, self.thing.round, by=self.chair(session), at=self.at)

    def reopen(self, session: Session) -> None:
        closing.reopen(session, self.thing.round, by=self.chair(session), at=self.at)

    def look(self, session: Session) -> None:
        mine = self.load(session)
        cards = work.scorecards(session, self.assignment_id)
        assert [c.revision for c in cards] == list(range(1, len(cards) + 1))
        assert all(c.submitted_at is not None for c in cards[:-1]), "two drafts"
        counting = [c for c in cards if c.counts()]
        assert len(counting) <= 1, "two scorecards of one judge count"
        now = {
            c.id: (c.submitted_at, c.comment, sorted((str(s.criterion_id), s.points) for s in c.scores))
            for c in cards if c.submitted_at is not None
        }  # fmt: skip
        for number, seen in self.seen.items():
            assert now[number] == seen, "what was handed in has changed"
        self.seen.update(now)
        pairs = [(a.appointment_id, a.entry_id) for a in session.scalars(
            select(Assignment).where(Assignment.round_id == self.round_id))]  # fmt: skip
        assert len(pairs) == len(set(pairs))
        marks = [m for m in work.marks(session, self.round_id) if m.entry_id == self.entry_id
                 and m.appointment_id == mine.appointment_id]  # fmt: skip
        assert len(marks) == len(counting), f"{mine.state}: {counting} and {marks} {self.path}"
        if mine.state in OUT:
            assert not counting, f"a review counts that is {mine.state}"
        if mine.state is AssignmentState.LOCKED or mine.round.phase is RoundPhase.DELIBERATION:
            assert mine.state in {AssignmentState.LOCKED, *OUT}, f"{mine.state} in a closed round"

    moves: ClassVar[dict[str, Move]] = {
        "give": give,
        "comment": comment,
        "submit": submit,
        "take back": take_back,
        "abstain": abstain,
        "defer": defer,
        "resume": resume,
        "recuse": recuse,
        "set aside": set_aside,
        "restore": restore,
        "bar": bar,
        "lift": lift,
        "reassign": reassign,
        "waive": waive,
        "release": release,
        "close": close,
        "reopen": reopen,
    }


class ScorecardGame(PanelGame):
    """Mostly the judge."""

    names = ("give", "comment", "submit", "take back", "abstain", "defer", "resume", "set aside",
             "restore", "close", "reopen", "waive")  # fmt: skip
    move = moving([*names, "give", "submit", "submit"])


class AssignmentGame(PanelGame):
    """Mostly the chair."""

    names = ("defer", "resume", "abstain", "recuse", "bar", "lift", "reassign", "waive", "release",
             "close", "reopen", "restore", "give", "submit")  # fmt: skip
    move = moving([*names, "give", "submit"])
