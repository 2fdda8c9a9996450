"""Opens cases, names their owners, moves them through their stages."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Contest, Duty
from contest.core import orm
from contest.core.decisions import ALLOW, Decision, deny, require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.followup.models import (
    Case,
    CloseReason,
    Gate,
    GateDecision,
    Obligation,
    Stage,
    StageEntry,
)
from contest.followup.queries import cases as queries
from contest.messages import outbox as messages

# What leads on without a decision, and from where.
STEPS = {
    Stage.AWARDED: "contract",
    Stage.CONTRACTING: "start_poc",
    Stage.POC: "to_poc_gate",
    Stage.PILOT: "to_pilot_gate",
}
DECIDED = {
    (Stage.POC_GATE, GateDecision.GO): "go_pilot",
    (Stage.POC_GATE, GateDecision.PIVOT): "pivot_poc",
    (Stage.PILOT_GATE, GateDecision.GO): "go_service",
    (Stage.PILOT_GATE, GateDecision.PIVOT): "pivot_pilot",
}
HELD = N_("This case is on hold. Resume it first.")


@dataclass(frozen=True, slots=True)
class Won:
    """An entry that a published result awards."""

    entry_id: uuid.UUID
    title: str


def open_cases(
    session: Session, contest: Contest, won: Sequence[Won], *, published_at: datetime, at: datetime
) -> list[Case]:
    """Open a case for each awarded entry that has none, with the duties of the call dated.

    Raises DomainError when the contest has no sponsor.
    """
    sponsor = queries.sponsor(session, contest.id)
    if sponsor is None:
        raise DomainError(N_("The contest has no sponsor who carries the winners on."))
    duties = session.scalars(
        select(Duty).where(Duty.contest_id == contest.id).order_by(Duty.position, Duty.id)
    ).all()
    opened = []
    for winner in won:
        if queries.of_entry(session, winner.entry_id) is not None:
            continue
        case = Case(
            contest=contest,
            entry_id=winner.entry_id,
            organisation=sponsor,
            title=winner.title,
            stage=Stage.AWARDED,
            stage_since=at,
            opened_at=at,
        )
        session.add(case)
        session.flush()
        session.add(StageEntry(case_id=case.id, stage=Stage.AWARDED, entered_at=at))
        day = queries.today(published_at, contest.zone)
        session.add_all(
            Obligation(case_id=case.id, duty_id=d.id, due_on=day + timedelta(days=d.due_days))
            for d in duties
        )
        record(
            session, Verb.CASE_OPENED, case, by=None, at=at, contest_id=contest.id,
            entry_id=winner.entry_id,
        )  # fmt: skip
        opened.append(case)
    people = {p.id: p for p in (*queries.organisers(session, contest.id),
                                *queries.sponsor_people(session, contest.id))}  # fmt: skip
    for case in opened:
        for person in people.values():
            messages.write(
                session, "case_opened", to=person, at=at, contest_id=contest.id,
                dedupe_key=f"case_opened:{case.id}:{person.id}", case_id=case.id,
                title=case.title, contest=contest.title,
            )  # fmt: skip
    return opened


def name_owners(
    session: Session, case: Case, *, at_sponsor: User | None, in_team: User | None, by: User,
    at: datetime,
) -> None:  # fmt: skip
    """Say who carries the case on at the sponsor and in the team; both hear of it.

    Raises DomainError for somebody who is not of that side, and for nobody once it is under way.
    """
    orm.lock(session, case)
    _keep_both(case, at_sponsor, in_team)
    if at_sponsor is not None and at_sponsor.id not in {
        p.id for p in queries.sponsor_people(session, case.contest_id)
    }:
        raise DomainError(N_("This person has no appointment at the sponsor."), field="sponsor")
    if in_team is not None and not case.entry.team.has_member(in_team):
        raise DomainError(N_("This person is not in the team."), field="team")
    before = case.sponsor_owner_id, case.team_owner_id
    case.sponsor_owner, case.team_owner = at_sponsor, in_team
    session.flush()
    if before == (case.sponsor_owner_id, case.team_owner_id):
        return
    _note(
        session, Verb.CASE_OWNED, case, by, at, sponsor_owner=case.sponsor_owner_id,
        team_owner=case.team_owner_id,
    )  # fmt: skip
    for person, old in ((at_sponsor, before[0]), (in_team, before[1])):
        if person is not None and person.id != old:
            messages.write(
                session, "case_owner", to=person, at=at, contest_id=case.contest_id,
                case_id=case.id, title=case.title, contest=case.contest.title,
                organisation=case.organisation.name, team=case.entry.team.name,
            )  # fmt: skip


def _keep_both(case: Case, at_sponsor: User | None, in_team: User | None) -> None:
    """Refuse to leave a case that is under way without an owner on either side."""
    if case.stage in {Stage.AWARDED, Stage.CLOSED}:
        return
    if at_sponsor is None:
        raise DomainError(N_("Nobody at the sponsor owns this case."), field="sponsor")
    if in_team is None:
        raise DomainError(N_("Nobody in the team owns this case."), field="team")


def can_step(case: Case) -> Decision:
    """Say whether the case leads on to its next stage without a gate."""
    if case.held_since is not None:
        return deny(HELD)
    if case.stage not in STEPS:
        return deny(N_("From here a decision leads on, or nothing."))
    for missing in queries.unowned(case):
        return deny(missing.reason)
    return case.can(STEPS[case.stage])


def step(session: Session, case: Case, *, by: User, at: datetime) -> None:
    """Lead the case on to its next stage."""
    orm.lock(session, case)
    require(can_step(case))
    before = case.stage
    _enter(session, case, STEPS[case.stage], at)
    _note(session, Verb.CASE_MOVED, case, by, at, before=before, after=case.stage)


def can_decide_gate(session: Session, case: Case) -> Decision:
    """Say whether the gate may be decided on now."""
    if case.held_since is not None:
        return deny(HELD)
    if case.stage not in queries.GATES:
        return deny(N_("This case is at no gate."))
    found = queries.gate_blockers(session, case)
    return deny(found[0].reason, **found[0].facts) if found else ALLOW


def decide_gate(
    session: Session, case: Case, decision: GateDecision, *, reason: str, by: User, at: datetime
) -> None:
    """Decide go, pivot or stop, with the reason. A stop closes the case."""
    orm.lock(session, case)
    require(can_decide_gate(session, case))
    before = case.stage
    session.add(
        Gate(
            case_id=case.id,
            stage=before,
            decision=decision,
            reason=reason.strip(),
            decided_by=by.id,
            decided_at=at,
        )
    )
    if decision is GateDecision.STOP:
        case.close_reason, case.close_note = CloseReason.STOPPED, reason.strip()
    _enter(session, case, DECIDED.get((before, decision), "close"), at)
    _note(
        session, Verb.CASE_GATE_DECIDED, case, by, at, before=before, after=case.stage,
        decision=decision,
    )  # fmt: skip
    for person in {p.id: p for p in (case.sponsor_owner, case.team_owner) if p}.values():
        if person.id != by.id:
            messages.write(
                session, "gate_decided", to=person, at=at, contest_id=case.contest_id,
                case_id=case.id, title=case.title, contest=case.contest.title, decision=decision,
            )  # fmt: skip


def can_hold(case: Case) -> Decision:
    if case.stage is Stage.CLOSED:
        return deny(N_("This case is closed."))
    return deny(N_("This case is on hold already.")) if case.held_since is not None else ALLOW


def hold(session: Session, case: Case, *, reason: str, by: User, at: datetime) -> None:
    """Put the case on hold: nothing is overdue or silent meanwhile."""
    orm.lock(session, case)
    require(can_hold(case))
    case.held_since, case.held_reason = at, reason.strip()
    _note(session, Verb.CASE_HELD, case, by, at, stage=case.stage)


def resume(session: Session, case: Case, *, by: User, at: datetime) -> None:
    """Go on with a case that was on hold."""
    orm.lock(session, case)
    if case.held_since is None:
        return
    before = case.held_since
    case.held_since, case.held_reason = None, ""
    _note(session, Verb.CASE_RESUMED, case, by, at, held_since=before)


def can_close(case: Case) -> Decision:
    return case.can("close")


def close(
    session: Session, case: Case, reason: CloseReason, *, note: str, by: User, at: datetime
) -> None:
    """End the case; success needs that it is in service."""
    orm.lock(session, case)
    require(can_close(case))
    if reason is CloseReason.SUCCESS and case.stage is not Stage.SERVICE:
        raise DomainError(N_("Only a case in service is closed as a success."), field="outcome")
    before = case.stage
    case.close_reason, case.close_note = reason, note.strip()
    case.held_since, case.held_reason = None, ""
    _enter(session, case, "close", at)
    _note(session, Verb.CASE_CLOSED, case, by, at, before=before, after=case.stage, reason=reason)


def _enter(session: Session, case: Case, verb: str, at: datetime) -> None:
    case.move(verb, at)
    left = session.scalars(
        select(StageEntry).where(StageEntry.case_id == case.id, StageEntry.left_at.is_(None))
    )
    for entry in left:
        entry.left_at = at
    session.add(StageEntry(case_id=case.id, stage=case.stage, entered_at=at))


def _note(
    session: Session, verb: Verb, case: Case, by: User, at: datetime, **facts: object
) -> None:
    record(session, verb, case, by=by.id, at=at, contest_id=case.contest_id, **facts)
