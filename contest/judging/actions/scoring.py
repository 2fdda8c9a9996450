"""One judge's acts on one entry: open, write, submit, change, abstain, defer, recuse."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from contest.accounts.models import User
from contest.contests.models import Mode, Role, Round, RoundPhase
from contest.contests.queries import appointments
from contest.core import orm
from contest.core.errors import Conflict as Stale
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.judging.actions import conflicts
from contest.judging.actions.rubric import freeze
from contest.judging.models import (
    Assignment,
    AssignmentState,
    ConflictKind,
    ConflictSource,
    Criterion,
    Rubric,
    Score,
    Scorecard,
)
from contest.judging.queries import ballots, interests, material, panel, work
from contest.messages import outbox

COMMENT_LIMIT, NOTE_LIMIT = 4000, 4000
UNHEARD = N_("This team has not been on stage yet. What you write is kept; hand it in afterwards.")
BEHIND = 1000  # what is deferred goes behind everything else


@dataclass(frozen=True, slots=True)
class Saved:
    """What the page is told about a field that was saved; `version` is that of a text, see `seal`."""

    at: datetime
    version: str = ""


def seal(text: str) -> str:
    """Return a short digest of a text: two devices that saw the same text hold the same one."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def open_(session: Session, assignment: Assignment, *, by: User, at: datetime) -> Scorecard:
    """Begin or go on with the judge's draft of this entry; the first opening is recorded."""
    orm.lock(session, assignment)
    draft = _draft(session, assignment, at)
    if assignment.state in {AssignmentState.ACTIVE, AssignmentState.DEFERRED}:
        assignment.move("open", at)
        _record(session, Verb.ASSIGNMENT_OPENED, assignment, by, at)
    return draft


def put_points(
    session: Session,
    assignment: Assignment,
    criterion_id: uuid.UUID,
    points: int | None,
    *,
    abstained: bool = False,
    by: User,
    at: datetime,
) -> Saved:
    """Write points (0 is a score), or an abstention, for one criterion into the draft.

    Raises DomainError for points outside the scale or a criterion of another rubric.
    """
    given = _handed_in(session, assignment)
    if given and any(
        s.criterion_id == criterion_id and (s.points, s.abstained) == (points, abstained)
        for s in given.scores
    ):
        return Saved(at)
    draft = open_(session, assignment, by=by, at=at)
    criterion = session.scalar(
        select(Criterion).where(
            Criterion.id == criterion_id, Criterion.rubric_id == draft.rubric_id
        )
    )
    if criterion is None:
        raise DomainError(N_("This criterion is not in the rubric."))
    if points is not None and not criterion.low <= points <= criterion.high:
        raise DomainError(
            N_("Give %(low)s to %(high)s points."), {"low": criterion.low, "high": criterion.high}
        )
    score = next((s for s in draft.scores if s.criterion_id == criterion_id), None)
    if score is None:
        score = Score(criterion_id=criterion_id, points=None)
        draft.scores.append(score)
    score.points, score.abstained = (None if abstained else points), abstained
    return _touched(session, assignment, draft, by, at)


def put_text(
    session: Session,
    assignment: Assignment,
    *,
    comment: str | None = None,
    note: str | None = None,
    seen: str | None = None,
    by: User,
    at: datetime,
) -> Saved:
    """Write the comment to the team or the judge's own note into the draft; one of them at a time.

    Raises Conflict with both texts when the stored one is not the one that `seen` seals.
    """
    name, limit = ("comment", COMMENT_LIMIT) if comment is not None else ("note", NOTE_LIMIT)
    mine = _limited((comment if comment is not None else note) or "", limit)
    given = _handed_in(session, assignment)
    if given and getattr(given, name) == mine:
        return Saved(at, seal(mine))
    draft = open_(session, assignment, by=by, at=at)
    stored: str = getattr(draft, name)
    if seen is not None and seen != seal(stored) and mine != stored:
        raise Stale(
            N_("You changed this on another device meanwhile."), {"mine": mine, "theirs": stored}
        )
    setattr(draft, name, mine)
    _touched(session, assignment, draft, by, at)
    return Saved(at, seal(mine))


def _handed_in(session: Session, assignment: Assignment) -> Scorecard | None:
    """Return what was handed in, unless the judge has begun to change it.

    A field that saved itself may arrive after the whole card did; it then changes nothing.
    """
    orm.lock(session, assignment)
    cards = work.scorecards(session, assignment.id)
    return cards[-1] if cards and cards[-1].counts() else None


def submit(
    session: Session, assignment: Assignment, *, material_opened: bool, by: User, at: datetime
) -> Scorecard:
    """Hand in the draft: it becomes the result of record and is never overwritten.

    Raises DomainError when a criterion has neither points nor an abstention, when all are abstained
    on, when there is material that the judge has not opened, or a pitch that nobody has heard.
    """
    if not material_opened:
        raise DomainError(N_("Open the deck first: every entry is read before it is scored."))
    if assignment.entry_id in material.unheard(session, assignment.round):
        raise DomainError(UNHEARD)
    draft = open_(session, assignment, by=by, at=at)
    rubric = session.scalars(
        select(Rubric).where(Rubric.id == draft.rubric_id).options(selectinload(Rubric.criteria))
    ).one()
    given = {s.criterion_id: s for s in draft.scores}
    missing = [
        c for c in rubric.criteria
        if c.id not in given or (given[c.id].points is None and not given[c.id].abstained)
    ]  # fmt: skip
    if missing and assignment.round.mode is Mode.PASS_FAIL:
        raise DomainError(N_("Say whether the entry passes."))
    if missing:
        raise DomainError(
            N_("Still without points: %(criterion)s. Give points, 0 included, or abstain on it."),
            {"criterion": missing[0].title},
        )
    if assignment.round.mode is Mode.PASS_FAIL and not draft.comment.strip():
        raise DomainError(N_("Say in a few words why."), field="comment")
    if all(s.points is None for s in given.values()):
        raise DomainError(N_("You abstained on everything. Use “Abstain” for the whole entry."))
    for earlier in work.scorecards(session, assignment.id)[:-1]:
        earlier.superseded_at = earlier.superseded_at or at
        draft.amend(earlier)
    version = work.version_to_judge(session, assignment)
    draft.submitted_at, draft.saved_at = at, at
    draft.version_id = version.id if version else None
    freeze(session, rubric.id, at)
    assignment.move("submit", at)
    verb = Verb.SCORECARD_AMENDED if draft.revision > 1 else Verb.SCORECARD_SUBMITTED
    record(session, verb, draft, by=by.id, at=at, contest_id=assignment.round.contest_id,
           assignment=assignment.id, revision=draft.revision,
           points=[given[c.id].points for c in rubric.criteria])  # fmt: skip
    return draft


def abstain(
    session: Session, assignment: Assignment, reason: str, *, by: User, at: datetime
) -> None:
    """Have no view on this entry, not even one that was handed in; can be taken up again in time."""
    _leave(session, assignment, "abstain", Verb.ASSIGNMENT_ABSTAINED, reason, by, at)
    _supersede(session, assignment, at)


def defer(session: Session, assignment: Assignment, *, by: User, at: datetime) -> None:
    """Put this entry to the end of the judge's queue; it stays open."""
    orm.lock(session, assignment)
    assignment.move("defer", at)
    assignment.position += BEHIND
    _record(session, Verb.ASSIGNMENT_DEFERRED, assignment, by, at)


def resume(session: Session, assignment: Assignment, *, by: User, at: datetime) -> None:
    """Take an abstention or a deferral back."""
    orm.lock(session, assignment)
    if assignment.state is AssignmentState.DEFERRED:
        assignment.move("open", at)
        assignment.position = max(0, assignment.position - BEHIND)
    else:
        assignment.move("resume", at)
    assignment.reason = ""
    _record(session, Verb.ASSIGNMENT_RESUMED, assignment, by, at)


def take_back(session: Session, assignment: Assignment, *, by: User, at: datetime) -> Scorecard:
    """Make what was handed in a draft again; until it is handed in anew it does not count."""
    orm.lock(session, assignment)
    if assignment.state is not AssignmentState.SCORED:
        raise DomainError(N_("There is nothing to take back."))
    draft = _draft(session, assignment, at)
    _supersede(session, assignment, at)
    assignment.move("write", at)
    _record(session, Verb.SCORECARD_TAKEN_BACK, assignment, by, at, revision=draft.revision)
    return draft


def let_off(session: Session, assignment: Assignment, step: str, at: datetime) -> None:
    """Take open work from a judge by `step`. What they handed in and were only amending stays."""
    orm.lock(session, assignment)
    handed_in = any(
        card.submitted_at is not None and card.superseded_at is None  # perhaps set aside
        for card in work.scorecards(session, assignment.id)
    ) or ballots.is_cast(session, assignment)
    assignment.move("keep" if handed_in else step, at)


def recuse(
    session: Session,
    assignment: Assignment,
    kind: ConflictKind,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> None:
    """Step back from this entry for a conflict, before or after scoring; the chair is told.

    A result that was handed in no longer counts, but stays on record.
    """
    if not reason.strip():
        raise DomainError(N_("Say in a few words what the conflict is."), field="reason")
    orm.lock(session, assignment)
    conflicts.add(
        session, assignment.appointment, assignment.entry_id, kind,
        source=ConflictSource.RECUSAL, note=reason, by=by, at=at,
    )  # fmt: skip
    if assignment.state is not AssignmentState.RECUSED:
        assignment.move("recuse", at)
        _record(session, Verb.ASSIGNMENT_RECUSED, assignment, by, at, kind=kind)
    assignment.reason = reason.strip()[:1000]
    for person in appointments(session, assignment.round.contest_id, Role.CHAIR):
        if person.is_active():
            outbox.write(session, "judge_recused", to=person.user, at=at,
                         contest_id=assignment.round.contest_id, round_id=assignment.round_id,
                         judge=assignment.appointment.user.name, entry=assignment.entry.code,
                         dedupe_key=f"judge_recused:{assignment.id}:{person.id}")  # fmt: skip


def set_aside(
    session: Session,
    scorecard: Scorecard,
    reason: str,
    *,
    contest_id: uuid.UUID,
    by: User,
    at: datetime,
) -> None:
    """Take one result out of the count, reversibly, with the reason. For the chair."""
    if not reason.strip():
        raise DomainError(N_("Say why these scores are set aside."), field="reason")
    if not scorecard.counts():
        raise DomainError(N_("These scores do not count already."))
    scorecard.set_aside(reason.strip(), by.id, at)
    record(session, Verb.SCORECARD_SET_ASIDE, scorecard, by=by.id, at=at, contest_id=contest_id)


def restore(
    session: Session, scorecard: Scorecard, *, contest_id: uuid.UUID, by: User, at: datetime
) -> None:
    """Let a result that was set aside count again; needs its assignment loaded.

    Raises DomainError while a conflict stands for which the judge stepped back.
    """
    if scorecard.set_aside_at is None:
        raise DomainError(N_("These scores are not set aside."))
    assignment = scorecard.assignment
    if assignment.state is AssignmentState.RECUSED:
        if interests.has_conflict(session, assignment.appointment_id, assignment.entry_id):
            raise DomainError(
                N_("A conflict of interest stands against these scores. Lift it first.")
            )
        assignment.move("reinstate", at)
        if session.get_one(Round, assignment.round_id).phase is not RoundPhase.JUDGING:
            assignment.move("lock", at)
    scorecard.set_aside_at, scorecard.set_aside_by, scorecard.set_aside_reason = None, None, ""
    record(session, Verb.SCORECARD_RESTORED, scorecard, by=by.id, at=at, contest_id=contest_id)


def _draft(session: Session, assignment: Assignment, at: datetime) -> Scorecard:
    cards = work.scorecards(session, assignment.id)
    if cards and cards[-1].submitted_at is None:
        return cards[-1]
    rubric = panel.rubric(session, assignment.round_id)
    if rubric is None:
        raise DomainError(N_("This round has no rubric yet."))
    last = cards[-1] if cards else None
    draft = Scorecard(
        assignment=assignment,
        rubric_id=last.rubric_id if last else rubric.id,
        revision=last.revision + 1 if last else 1,
        comment=last.comment if last else "",
        note=last.note if last else "",
        saved_at=at,
        scores=[
            Score(criterion_id=s.criterion_id, points=s.points, abstained=s.abstained)
            for s in (last.scores if last else ())
        ],
    )
    session.add(draft)
    session.flush()
    return draft


def _supersede(session: Session, assignment: Assignment, at: datetime) -> None:
    for card in work.scorecards(session, assignment.id):
        if card.submitted_at is not None and card.superseded_at is None:
            card.superseded_at = at


def _touched(
    session: Session, assignment: Assignment, draft: Scorecard, by: User, at: datetime
) -> Saved:
    draft.saved_at = at
    if assignment.state is not AssignmentState.IN_PROGRESS:
        if assignment.state is AssignmentState.SCORED:
            _record(session, Verb.SCORECARD_REOPENED, assignment, by, at, revision=draft.revision)
        assignment.move("write", at)
    session.flush()
    return Saved(at)


def _limited(text: str, limit: int) -> str:
    text = text.replace("\r\n", "\n")
    if len(text) > limit:
        raise DomainError(
            N_("At most %(limit)s characters; these are %(length)s."),
            {"limit": limit, "length": len(text)},
        )
    return text


def _leave(
    session: Session,
    assignment: Assignment,
    step: str,
    verb: Verb,
    reason: str,
    by: User,
    at: datetime,
) -> None:
    if not reason.strip():
        raise DomainError(N_("Say in a few words why."), field="reason")
    orm.lock(session, assignment)
    assignment.move(step, at)
    assignment.reason = reason.strip()[:1000]
    _record(session, verb, assignment, by, at)


def _record(
    session: Session, verb: Verb, assignment: Assignment, by: User, at: datetime, **facts: object
) -> None:
    record(session, verb, assignment, by=by.id, at=at, contest_id=assignment.round.contest_id,
           entry=assignment.entry_id, **facts)  # fmt: skip
