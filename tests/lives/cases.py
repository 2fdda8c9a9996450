"""A case of follow-up, from the award to its end."""

import uuid
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core.errors import DomainError
from contest.followup.actions import cases, work
from contest.followup.models import (
    Case,
    CloseReason,
    Gate,
    GateDecision,
    Kpi,
    Milestone,
    Stage,
    StageEntry,
)
from contest.followup.queries import cases as queries
from tests.followup.story import carried
from tests.lives.game import Game, Move, moving

ON = {  # the life of a case as the design tells it; from anywhere it may also be closed
    (Stage.AWARDED, Stage.CONTRACTING),
    (Stage.CONTRACTING, Stage.POC),
    (Stage.POC, Stage.POC_GATE),
    (Stage.POC_GATE, Stage.PILOT),
    (Stage.POC_GATE, Stage.POC),
    (Stage.PILOT, Stage.PILOT_GATE),
    (Stage.PILOT_GATE, Stage.SERVICE),
    (Stage.PILOT_GATE, Stage.PILOT),
}


class CaseGame(Game):
    """Two owners who come and go, gates, holds and ends."""

    case_id: uuid.UUID

    def begin(self, session: Session) -> None:
        told = carried(session, owned=False)
        self.case_id = told.case.id
        self.ids = told.owner.id, told.member.id, told.organiser.id
        self.ended = ""

    def load(self, session: Session) -> Case:
        found = queries.case(session, self.case_id)
        assert found is not None
        return found

    def who(self, session: Session, number: int) -> User:
        return session.get_one(User, self.ids[number])

    def own(self, session: Session, *, sponsor: bool, team: bool) -> None:
        cases.name_owners(
            session, self.thing, at_sponsor=self.who(session, 0) if sponsor else None,
            in_team=self.who(session, 1) if team else None, by=self.who(session, 2), at=self.at,
        )  # fmt: skip

    def step(self, session: Session) -> None:
        cases.step(session, self.thing, by=self.who(session, 0), at=self.at)

    def decide(self, session: Session, decision: GateDecision) -> None:
        cases.decide_gate(
            session,
            self.thing,
            decision,
            reason="As measured.",
            by=self.who(session, 0),
            at=self.at,
        )

    def hold(self, session: Session) -> None:
        cases.hold(session, self.thing, reason="Funding.", by=self.who(session, 0), at=self.at)

    def resume(self, session: Session) -> None:
        cases.resume(session, self.thing, by=self.who(session, 0), at=self.at)

    def close(self, session: Session, reason: CloseReason) -> None:
        cases.close(session, self.thing, reason, note="", by=self.who(session, 0), at=self.at)

    def figure(self, session: Session) -> None:
        work.add_kpi(session, self.thing, name="Transfers", unit="", target=9.0, baseline=None,
                     by=self.who(session, 0), at=self.at)  # fmt: skip

    def first_figure(self, session: Session) -> Kpi:
        found = queries.kpis(session, self.case_id)
        if not found:
            raise DomainError("There is no figure.")
        return found[0]

    def measure(self, session: Session) -> None:
        work.measure(session, self.thing, self.first_figure(session), value=5.0,
                     as_of=self.at.date(), source="Log", by=self.who(session, 1), at=self.at)  # fmt: skip

    def waive(self, session: Session) -> None:
        work.waive(session, self.thing, self.first_figure(session), reason="Unmeasurable.",
                   by=self.who(session, 0), at=self.at)  # fmt: skip

    def milestone(self, session: Session) -> None:
        made = work.add_milestone(session, self.thing, title="Plan", due_on=self.at.date(),
                                  by=self.who(session, 0), at=self.at)  # fmt: skip
        work.finish_milestone(
            session, self.thing, made, evidence="Seen.", by=self.who(session, 1), at=self.at
        )

    def look(self, session: Session) -> None:
        case = self.load(session)
        stages = session.scalars(
            select(StageEntry).where(StageEntry.case_id == case.id)
        ).all()  # in the order in which they were written
        way = {s.id: s for s in stages}
        assert [s.stage for s in way.values() if s.left_at is None] == [case.stage]
        gates = session.scalars(select(Gate).where(Gate.case_id == case.id)).all()
        assert len(stages) == 1 + self.steps(), (len(stages), self.path)
        if case.stage is Stage.CLOSED:
            assert case.close_reason is not None
            assert case.held_since is None
            self.ended = self.ended or self.content(session, case)
            assert self.content(session, case) == self.ended, "a closed case takes nothing more"
            if case.close_reason is CloseReason.SUCCESS:
                assert Stage.SERVICE in {s.stage for s in stages}
        else:
            assert not self.ended, "a closed case does not go on"
            assert case.close_reason is None
        left = {s.stage for s in stages if s.left_at is not None}
        if Stage.PILOT in left | {case.stage}:
            assert any(g.decision is GateDecision.GO for g in gates)
        if gates:
            assert all(
                k.measurements or k.waived_reason for k in queries.kpis(session, case.id)[:1]
            )

    def steps(self) -> int:
        return sum(
            name.split()[0] in {"step", "go", "pivot", "stop", "close"} for name in self.path
        )

    def stage(self) -> tuple[Stage, bool]:
        return self.thing.stage, self.thing.held_since is not None

    def moved(self, name: str, before: tuple[Stage, bool], after: tuple[Stage, bool]) -> None:
        (was, held), (now, _) = before, after
        if was is not now:
            assert now is Stage.CLOSED or (was, now) in ON, f"{was} to {now} by {name}"
            assert not held or name.startswith("close"), f"{name} moved a case on hold"

    def content(self, session: Session, case: Case) -> str:
        told = queries.work(session, case.id)
        milestones = session.scalars(select(Milestone).where(Milestone.case_id == case.id)).all()
        return repr((case.close_reason, len(told.gates), len(milestones), len(told.kpis),
                     [len(k.measurements) for k in told.kpis]))  # fmt: skip

    moves: ClassVar[dict[str, Move]] = {
        "own both": lambda self, s: self.own(s, sponsor=True, team=True),
        "own nobody": lambda self, s: self.own(s, sponsor=False, team=False),
        "own sponsor": lambda self, s: self.own(s, sponsor=True, team=False),
        "step": step,
        "go": lambda self, s: self.decide(s, GateDecision.GO),
        "pivot": lambda self, s: self.decide(s, GateDecision.PIVOT),
        "stop": lambda self, s: self.decide(s, GateDecision.STOP),
        "hold": hold,
        "resume": resume,
        "close success": lambda self, s: self.close(s, CloseReason.SUCCESS),
        "close lapsed": lambda self, s: self.close(s, CloseReason.LAPSED),
        "figure": figure,
        "measure": measure,
        "waive": waive,
        "milestone": milestone,
    }
    move = moving([*sorted(moves), *["step", "own both", "measure", "go"] * 2])
