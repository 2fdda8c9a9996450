"""Opens a calibration, takes what each judge gives the anchors, and closes it."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Mode, Round, RoundPhase
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.judging.actions.rubric import freeze
from contest.judging.models import (
    Anchor,
    Assignment,
    AssignmentState,
    Calibration,
    Reading,
    Rubric,
    Score,
    Scorecard,
)
from contest.judging.queries import calibrating as queries
from contest.judging.queries import panel, readiness, work
from contest.messages import outbox

FEWEST, MOST = 2, 3  # anchors: one says nothing of chance, more than three nobody reads twice
WHILE = frozenset({RoundPhase.COLLECTING, RoundPhase.SCREENING, RoundPhase.PLANNED,
                   RoundPhase.JUDGING})  # fmt: skip


def begin(
    session: Session,
    round_: Round,
    entry_ids: Collection[uuid.UUID],
    *,
    counts: bool = False,
    by: User,
    at: datetime,
) -> Calibration:
    """Give two or three anchors to everybody on the panel. The rubric is frozen meanwhile.

    `counts` declares, before anybody scores, that the points are each judge's review of these
    entries. Raises DomainError when the rubric is not whole, the entries are not to be had, another
    calibration is open, or anchors that shall count are not in the round or were given to judges.
    """
    orm.lock(session, round_)
    if round_.mode is not Mode.RUBRIC or round_.phase not in WHILE:
        raise DomainError(N_("This round is not scored by a rubric, or no longer."))
    for blocker in readiness.rubric_blockers(session, round_):
        raise DomainError(blocker.reason, blocker.facts)
    if not FEWEST <= len(set(entry_ids)) <= MOST:
        raise DomainError(N_("Choose two or three entries."), field="entries")
    offered = {c.entry.id: c for c in queries.candidates(session, round_)}
    if not set(entry_ids) <= offered.keys():
        raise DomainError(N_("Choose among the entries that are offered."), field="entries")
    if queries.open_one(session, round_.id) is not None:
        raise DomainError(N_("A calibration of this round is open already."))
    chosen = [offered[e] for e in offered if e in set(entry_ids)]
    if counts:
        _may_count(session, round_, chosen)
    made = Calibration(
        round=round_,
        number=1 + queries.newest_number(session, round_.id),
        counts=counts,
        opened_at=at,
        anchors=[Anchor(entry=c.entry, position=i) for i, c in enumerate(chosen, 1)],
    )
    session.add(made)
    freeze(session, _rubric(session, round_).id, at)
    record(session, Verb.CALIBRATION_OPENED, made, by=by.id, at=at, contest_id=round_.contest_id,
           round=round_.id, number=made.number, entries=len(chosen))  # fmt: skip
    for judge in panel.judges(session, round_.contest_id):
        outbox.write(session, "calibration_opened", to=judge.user, at=at,
                     contest_id=round_.contest_id, round=round_.title, entries=len(chosen),
                     calibration_id=str(made.id),
                     dedupe_key=f"calibration_opened:{made.id}:{judge.id}")  # fmt: skip
    return made


def _may_count(session: Session, round_: Round, chosen: Collection[queries.Candidate]) -> None:
    for candidate in chosen:
        if not candidate.competes:
            raise DomainError(
                N_("“%(entry)s” does not compete in this round, so its points cannot count."),
                {"entry": candidate.entry.title}, field="counts",
            )  # fmt: skip
        if session.scalar(
            select(
                exists().where(
                    Assignment.round_id == round_.id, Assignment.entry_id == candidate.entry.id
                )
            )
        ):
            raise DomainError(
                N_("“%(entry)s” is assigned to judges already; they would score it twice."),
                {"entry": candidate.entry.title}, field="counts",
            )  # fmt: skip


def put_points(
    session: Session,
    anchor: Anchor,
    judge: Appointment,
    criterion_id: uuid.UUID | None,
    points: int | None,
    *,
    at: datetime,
) -> Reading:
    """Write points (0 is a score), or None for no view, for one criterion of an anchor.

    Raises DomainError for points outside the scale, or once the anchor was handed in.
    """
    reading = _reading(session, anchor, judge, at)
    if reading.handed_in_at is not None:
        if reading.points.get(str(criterion_id), -1) == points:
            return reading  # a field that saved itself arrives after the whole did
        raise DomainError(N_("You have handed this anchor in. Take it back to change it."))
    rubric = _rubric(session, anchor.calibration.round)
    criterion = next((c for c in rubric.criteria if c.id == criterion_id), None)
    if criterion is None:
        raise DomainError(N_("This criterion is not in the rubric."))
    if points is not None and not criterion.low <= points <= criterion.high:
        raise DomainError(
            N_("Give %(low)s to %(high)s points."), {"low": criterion.low, "high": criterion.high}
        )
    reading.points = {**reading.points, str(criterion_id): points}
    reading.saved_at = at
    session.flush()
    return reading


def hand_in(
    session: Session,
    anchor: Anchor,
    judge: Appointment,
    *,
    material_opened: bool,
    by: User,
    at: datetime,
) -> Reading:
    """Hand in what the judge gives an anchor; nobody else sees it before the calibration is closed.

    Raises DomainError when a criterion has neither points nor “no view”, or all have none.
    """
    if not material_opened:
        raise DomainError(N_("Open the deck first: every entry is read before it is scored."))
    reading = _reading(session, anchor, judge, at)
    if reading.handed_in_at is not None:
        return reading
    criteria = _rubric(session, anchor.calibration.round).criteria
    missing = [c for c in criteria if str(c.id) not in reading.points]
    if missing:
        raise DomainError(
            N_("Still without points: %(criterion)s. Give points, 0 included, or abstain on it."),
            {"criterion": missing[0].title},
        )
    if all(points is None for points in reading.points.values()):
        raise DomainError(N_("Give points for one criterion at least."))
    reading.handed_in_at = reading.saved_at = at
    _record(session, Verb.READING_HANDED_IN, reading, anchor, by, at)
    return reading


def take_back(
    session: Session, anchor: Anchor, judge: Appointment, *, by: User, at: datetime
) -> None:
    """Open again what the judge handed in, to change it."""
    reading = _reading(session, anchor, judge, at)
    if reading.handed_in_at is None:
        raise DomainError(N_("There is nothing to take back."))
    reading.handed_in_at = None
    _record(session, Verb.READING_TAKEN_BACK, reading, anchor, by, at)


def close(session: Session, calibration: Calibration, *, by: User, at: datetime) -> int:
    """Close a calibration and show everybody the panel; return how many reviews it leaves.

    Points that were declared to count become locked scorecards, where no conflict and no other
    review stand in the way. Otherwise the rubric thaws, unless somebody has scored by it.
    """
    orm.lock(session, calibration)
    if calibration.closed_at is not None:
        raise DomainError(N_("This calibration is closed already."))
    calibration.closed_at = at
    rubric = _rubric(session, calibration.round)
    made = _count(session, calibration, rubric, at) if calibration.counts else 0
    if not made and not _is_scored_by(session, rubric):
        rubric.frozen_at = None
    record(session, Verb.CALIBRATION_CLOSED, calibration, by=by.id, at=at,
           contest_id=calibration.round.contest_id, round=calibration.round_id,
           number=calibration.number)  # fmt: skip
    return made


def _count(session: Session, calibration: Calibration, rubric: Rubric, at: datetime) -> int:
    anchors = {a.id: a for a in calibration.anchors}
    rows = session.execute(
        select(Assignment.appointment_id, Assignment.entry_id).where(
            Assignment.round_id == calibration.round_id,
            Assignment.entry_id.in_([a.entry_id for a in calibration.anchors]),
        )
    )
    taken = {(row[0], row[1]) for row in rows}
    versions = {
        a.id: work.version_to_judge(
            session, Assignment(round=calibration.round, entry_id=a.entry_id)
        )
        for a in calibration.anchors
    }
    made = 0
    for marks in queries.readings(session, calibration, rubric.criteria):
        entry_id = anchors[marks.anchor_id].entry_id
        if marks.total is None or (marks.judge, entry_id) in taken:
            continue
        assignment = Assignment(
            round=calibration.round, appointment_id=marks.judge, entry_id=entry_id,
            state=AssignmentState.LOCKED, changed_at=at,
        )  # fmt: skip
        scores = [
            Score(criterion_id=c.id, points=marks.points.get(c.id),
                  abstained=c.id not in marks.points)
            for c in rubric.criteria
        ]  # fmt: skip
        version = versions[marks.anchor_id]
        session.add(
            Scorecard(assignment=assignment, rubric_id=rubric.id, saved_at=at, submitted_at=at,
                      version_id=version.id if version else None, scores=scores)
        )  # fmt: skip
        made += 1
    return made


def _is_scored_by(session: Session, rubric: Rubric) -> bool:
    return bool(session.scalar(select(exists().where(Scorecard.rubric_id == rubric.id))))


def _rubric(session: Session, round_: Round) -> Rubric:
    rubric = panel.rubric(session, round_.id)
    if rubric is None:
        raise DomainError(N_("This round has no rubric yet."))
    return rubric


def _reading(session: Session, anchor: Anchor, judge: Appointment, at: datetime) -> Reading:
    """Return the judge's reading under lock, begun if need be."""
    require(anchor.calibration.can_take_points())
    orm.lock(session, judge)  # two devices may begin the same reading
    found = session.scalar(
        select(Reading).where(Reading.anchor_id == anchor.id, Reading.appointment_id == judge.id)
    )
    if found is not None:
        orm.lock(session, found)
        return found
    made = Reading(anchor_id=anchor.id, appointment_id=judge.id, points={}, saved_at=at)
    session.add(made)
    session.flush()
    return made


def _record(
    session: Session, verb: Verb, reading: Reading, anchor: Anchor, by: User, at: datetime
) -> None:
    record(session, verb, reading, by=by.id, at=at,
           contest_id=anchor.calibration.round.contest_id, entry=anchor.entry_id)  # fmt: skip
