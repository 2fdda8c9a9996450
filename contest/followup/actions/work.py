"""Milestones, figures, check-ins, documents, agreements, promises kept, and reminders of them."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.core import orm
from contest.core.decisions import ALLOW, Decision, deny, require
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.files.models import File
from contest.files.room import room_for
from contest.followup.models import (
    Agreement,
    AgreementKind,
    Case,
    CaseDocument,
    CheckIn,
    Kpi,
    Measurement,
    Milestone,
    Mood,
    Obligation,
    ObligationMove,
    Stage,
)
from contest.followup.queries import board
from contest.followup.queries import cases as queries
from contest.messages import outbox as messages


def can_work(case: Case) -> Decision:
    """Say whether anything may be added to the case."""
    return deny(N_("This case is closed.")) if case.stage is Stage.CLOSED else ALLOW


def add_milestone(
    session: Session, case: Case, *, title: str, due_on: date, by: User, at: datetime
) -> Milestone:
    require(can_work(orm.lock(session, case)))
    made = Milestone(case_id=case.id, title=title.strip(), due_on=due_on)
    session.add(made)
    session.flush()
    _note(session, Verb.CASE_MILESTONE_ADDED, case, by, at, milestone_id=made.id,
          due_on=due_on.isoformat())  # fmt: skip
    return made


def edit_milestone(
    session: Session, case: Case, milestone: Milestone, *, title: str, due_on: date, seen: int,
    by: User, at: datetime,
) -> None:  # fmt: skip
    """Change what is due or when, until it is done. `seen` is the version that was changed."""
    require(can_edit_milestone(orm.lock(session, case), milestone))
    facts = _changed(session, milestone, seen, title=title.strip(), due_on=due_on)
    if facts:
        _note(session, Verb.CASE_MILESTONE_EDITED, case, by, at, milestone_id=milestone.id, **facts)


def can_edit_milestone(case: Case, milestone: Milestone) -> Decision:
    if milestone.done_at is not None:
        return deny(N_("This milestone is done; it stays as it was reached."))
    return can_work(case)


def finish_milestone(
    session: Session, case: Case, milestone: Milestone, *, evidence: str, by: User, at: datetime
) -> None:
    """Note that it is done and what shows it; once more changes nothing."""
    require(can_work(orm.lock(session, case)))
    orm.lock(session, milestone)
    if milestone.done_at is not None:
        return
    milestone.done_at, milestone.done_by, milestone.evidence = at, by.id, evidence.strip()
    _note(session, Verb.CASE_MILESTONE_DONE, case, by, at, milestone_id=milestone.id,
          due_on=milestone.due_on.isoformat())  # fmt: skip


def add_kpi(
    session: Session, case: Case, *, name: str, unit: str, target: float, baseline: float | None,
    by: User, at: datetime,
) -> Kpi:  # fmt: skip
    """Add a figure that the gates look at."""
    require(can_work(orm.lock(session, case)))
    _require_a_way(baseline, target)
    made = Kpi(
        case_id=case.id, name=name.strip(), unit=unit.strip(), target=target, baseline=baseline,
        measurements=[],
    )  # fmt: skip
    session.add(made)
    session.flush()
    _note(session, Verb.CASE_KPI_ADDED, case, by, at, kpi_id=made.id)
    return made


def edit_kpi(
    session: Session, case: Case, kpi: Kpi, *, name: str, unit: str, target: float,
    baseline: float | None, seen: int, by: User, at: datetime,
) -> None:  # fmt: skip
    """Change a figure; the record keeps the old target. A measured one keeps its unit.

    `seen` is the version that was changed.
    """
    require(can_work(orm.lock(session, case)))
    _require_a_way(baseline, target)
    if kpi.measurements and unit.strip() != kpi.unit:
        raise DomainError(N_("What is measured already keeps its unit."), field="unit")
    facts = _changed(
        session, kpi, seen, name=name.strip(), unit=unit.strip(), target=target, baseline=baseline
    )
    if facts:
        _note(session, Verb.CASE_KPI_EDITED, case, by, at, kpi_id=kpi.id, **facts)


def _require_a_way(baseline: float | None, target: float) -> None:
    if baseline is not None and baseline == target:
        raise DomainError(N_("A target equal to the baseline asks for nothing."), field="target")


def measure(
    session: Session, case: Case, kpi: Kpi, *, value: float, as_of: date, source: str, by: User,
    at: datetime,
) -> Measurement:  # fmt: skip
    """Add a measured value; earlier ones stay."""
    require(can_work(orm.lock(session, case)))
    if as_of > queries.today(at, case.contest.zone):
        raise DomainError(N_("This day has not come yet."), field="as_of")
    made = Measurement(kpi=kpi, value=value, as_of=as_of, source=source.strip(), by_id=by.id, at=at)
    session.add(made)
    session.flush()
    _note(session, Verb.CASE_KPI_MEASURED, case, by, at, kpi_id=kpi.id, value=value,
          as_of=as_of.isoformat())  # fmt: skip
    return made


def waive(session: Session, case: Case, kpi: Kpi, *, reason: str, by: User, at: datetime) -> None:
    """Let the gates pass without this figure, with the reason."""
    require(can_work(orm.lock(session, case)))
    orm.lock(session, kpi)
    kpi.waived_reason = reason.strip()
    _note(session, Verb.CASE_KPI_WAIVED, case, by, at, kpi_id=kpi.id)


def check_in(
    session: Session, case: Case, *, mood: Mood, text: str, by: User, at: datetime
) -> CheckIn:
    """Say how it goes. When it is stuck, the owners and the organisers hear of it."""
    require(can_work(orm.lock(session, case)))
    made = CheckIn(case_id=case.id, mood=mood, text=text.strip(), by_id=by.id, at=at)
    session.add(made)
    session.flush()
    _note(session, Verb.CASE_CHECKED_IN, case, by, at, check_in_id=made.id, mood=mood)
    if mood is Mood.STUCK:
        people = [case.sponsor_owner, case.team_owner]
        people.extend(queries.organisers(session, case.contest_id))
        for person in {p.id: p for p in people if p is not None and p.id != by.id}.values():
            messages.write(
                session, "case_stuck", to=person, at=at, contest_id=case.contest_id,
                dedupe_key=f"case_stuck:{made.id}:{person.id}", case_id=case.id,
                title=case.title, contest=case.contest.title,
            )  # fmt: skip
    return made


def add_document(
    session: Session, case: Case, file: File, *, title: str, by: User, at: datetime,
    limit_bytes: int,
) -> CaseDocument:  # fmt: skip
    """Keep a file on the case. Raises DomainError when all its files would be more than the limit."""
    require(can_work(orm.lock(session, case)))
    require(room_for(file.size_bytes, queries.sent_bytes(session, case), limit_bytes))
    made = CaseDocument(case_id=case.id, file=file, title=title.strip(), by_id=by.id, at=at)
    session.add(made)
    session.flush()
    _note(session, Verb.CASE_DOCUMENT_ADDED, case, by, at, document_id=made.id, file_id=file.id)
    return made


def add_agreement(
    session: Session, case: Case, kind: AgreementKind, *, signed_on: date | None,
    expires_on: date | None, by: User, at: datetime,
) -> Agreement:  # fmt: skip
    """Note a contract of the case, signed already or still open."""
    require(can_work(orm.lock(session, case)))
    if signed_on is not None and expires_on is not None and expires_on <= signed_on:
        raise DomainError(N_("It cannot expire before it is signed."), field="expires_on")
    made = Agreement(case_id=case.id, kind=kind, signed_on=signed_on, expires_on=expires_on)
    session.add(made)
    session.flush()
    _note(session, Verb.CASE_AGREEMENT_ADDED, case, by, at, agreement_id=made.id, kind=kind)
    return made


def sign_agreement(
    session: Session, case: Case, agreement: Agreement, *, signed_on: date, by: User, at: datetime
) -> None:
    """Note on which day the contract was signed."""
    require(can_work(orm.lock(session, case)))
    orm.lock(session, agreement)
    if agreement.expires_on is not None and agreement.expires_on <= signed_on:
        raise DomainError(N_("It cannot expire before it is signed."), field="signed_on")
    before = agreement.signed_on
    agreement.signed_on = signed_on
    _note(session, Verb.CASE_AGREEMENT_SIGNED, case, by, at, agreement_id=agreement.id,
          before=before.isoformat() if before else None, after=signed_on.isoformat())  # fmt: skip


def keep_obligation(
    session: Session, case: Case, obligation: Obligation, *, note: str, by: User, at: datetime
) -> None:
    """Note that a promise of the call was kept; once more changes nothing."""
    orm.lock(session, obligation)
    if obligation.kept_at is not None:
        return
    obligation.kept_at, obligation.kept_by, obligation.note = at, by.id, note.strip()
    _note(session, Verb.CASE_OBLIGATION_KEPT, case, by, at, obligation_id=obligation.id,
          due_on=obligation.due_on.isoformat())  # fmt: skip


def can_move_obligation(case: Case, obligation: Obligation) -> Decision:
    """Say whether the promise may still come to stand on another day."""
    if obligation.kept_at is not None:
        return deny(N_("This promise is kept already."))
    return can_work(case)


def move_obligation(
    session: Session, case: Case, obligation: Obligation, *, due_on: date, reason: str, by: User,
    at: datetime,
) -> None:  # fmt: skip
    """Let a promise of the call stand on another day; the case keeps why."""
    orm.lock(session, obligation)
    require(can_move_obligation(case, obligation))
    before = obligation.due_on
    if due_on == before:
        raise DomainError(N_("It is due on that day already."), field="due_on")
    session.add(
        ObligationMove(
            obligation_id=obligation.id, before=before, after=due_on, reason=reason.strip(),
            by_id=by.id, at=at,
        )
    )  # fmt: skip
    obligation.due_on = due_on
    _note(session, Verb.CASE_OBLIGATION_MOVED, case, by, at, obligation_id=obligation.id,
          before=before.isoformat(), after=due_on.isoformat())  # fmt: skip


def remind(session: Session, *, at: datetime) -> int:
    """Remind both owners of what is due within a week, and again when it is overdue; each once.

    A promise of the sponsor is also brought to the organisers. Return how many letters there are.
    """
    due = board.due(session, at=at)
    cases = {
        case.id: case
        for case in session.scalars(
            select(Case)
            .where(Case.id.in_({d.case_id for d in due}))
            .options(
                joinedload(Case.contest), joinedload(Case.sponsor_owner),
                joinedload(Case.team_owner),
            )
        )
    }  # fmt: skip
    written = 0
    for thing in due:
        case = cases[thing.case_id]
        people = [case.sponsor_owner]
        people.extend(
            [case.team_owner] if thing.kind == "milestone"
            else queries.organisers(session, case.contest_id)
        )  # fmt: skip
        when = "overdue" if thing.is_overdue else "soon"
        for person in {p.id: p for p in people if p is not None}.values():
            messages.write(
                session, "case_due", to=person, at=at, contest_id=case.contest_id,
                dedupe_key=f"case_due:{thing.thing_id}:{thing.due_on}:{when}:{person.id}",
                case_id=case.id, title=case.title, thing=thing.title, thing_kind=thing.kind,
                due_on=thing.due_on.isoformat(), is_overdue=thing.is_overdue,
                contest=case.contest.title,
            )  # fmt: skip
            written += 1
    return written


STALE = N_("Somebody changed this meanwhile. Compare with what stands there now, then save again.")
PROSE = frozenset({"title", "name"})  # the record tells that they changed, not what they say


def _changed(
    session: Session, thing: Milestone | Kpi, seen: int, **values: object
) -> dict[str, object]:
    """Set what differs and return facts for the record; Conflict when `seen` is not the newest."""
    orm.lock(session, thing)
    if thing.version != seen:
        raise Conflict(STALE)
    facts = orm.assign(thing, values)
    session.flush()
    return {n: v for n, v in facts.items() if n not in PROSE} if facts["fields"] else {}


def _note(
    session: Session, verb: Verb, case: Case, by: User, at: datetime, **facts: object
) -> None:
    record(session, verb, case, by=by.id, at=at, contest_id=case.contest_id, **facts)
