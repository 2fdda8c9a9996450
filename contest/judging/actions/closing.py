"""Ends the judging of a round, with whatever is short settled by name: reassigned, waived or extended."""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.actions import rounds
from contest.contests.models import Appointment, Mode, Round, RoundKind, RoundPhase
from contest.core.decisions import Blocker
from contest.core.errors import DomainError
from contest.core.text import N_, NN_
from contest.entries.models import Entry
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.judging.actions import scoring
from contest.judging.models import Assignment, AssignmentState, Waiver
from contest.judging.queries import calibrating, comparing, panel, reviews
from contest.messages import outbox

BEFORE = (timedelta(hours=24), timedelta(hours=48))  # the nearest first
ONE_DAY = timedelta(days=1)


def nudge(
    session: Session, round_: Round, appointments: list[Appointment], *, by: User, at: datetime
) -> int:
    """Remind judges of what they owe; one reminder a day at most. Return how many were written."""
    owed: dict[uuid.UUID, list[Assignment]] = defaultdict(list)
    for assignment in _awaited(session, round_.id):
        owed[assignment.appointment_id].append(assignment)
    told = 0
    for appointment in appointments:
        mine = owed.get(appointment.id, [])
        if not mine or any(a.nudged_at and a.nudged_at > at - ONE_DAY for a in mine):
            continue
        for assignment in mine:
            assignment.nudged_at = at
        outbox.write(session, "judging_reminder", to=appointment.user, at=at,
                     contest_id=round_.contest_id, round=round_.title, open=len(mine),
                     closes_at=round_.judging_closes_at, zone=round_.contest.zone,
                     dedupe_key=f"nudge:{appointment.id}:{round_.id}:{at.isoformat()}")  # fmt: skip
        told += 1
    if told:
        record(session, Verb.JUDGES_NUDGED, round_, by=by.id, at=at, contest_id=round_.contest_id,
               judges=told)  # fmt: skip
    return told


def remind(session: Session, *, at: datetime) -> int:
    """Write to every judge who owes something, two days and one day before judging ends.

    Each step is written once, however often this runs. Returns how many messages were written.
    """
    written = 0
    for round_ in session.scalars(
        select(Round)
        .where(
            Round.phase == RoundPhase.JUDGING,
            Round.judging_closes_at > at,
            Round.judging_closes_at <= at + BEFORE[-1],
        )
        .options(joinedload(Round.contest))
    ):
        assert round_.judging_closes_at is not None  # noqa: S101 -- the statement says so
        step = next(s for s in BEFORE if at >= round_.judging_closes_at - s)
        owed: dict[uuid.UUID, list[Assignment]] = defaultdict(list)
        for assignment in _awaited(session, round_.id):
            owed[assignment.appointment_id].append(assignment)
        for appointment_id, mine in owed.items():
            outbox.write(
                session, "judging_reminder", to=mine[0].appointment.user, at=at,
                contest_id=round_.contest_id, round=round_.title, open=len(mine),
                closes_at=round_.judging_closes_at, zone=round_.contest.zone,
                dedupe_key=f"judging:{round_.id}:{appointment_id}:{step}",
            )  # fmt: skip
            written += 1
    return written


def _awaited(session: Session, round_id: uuid.UUID) -> list[Assignment]:
    """Return what is owed by those who are judges still; others are not written to."""
    return [a for a in reviews.open_assignments(session, round_id) if a.appointment.is_active()]


def waive(
    session: Session, round_: Round, entry: Entry, reason: str, *, by: User, at: datetime
) -> None:
    """Let an entry do with fewer reviews, and release the judges who still owe one, with the reason."""
    if len(reason.strip()) < 5:
        raise DomainError(
            N_("Say why fewer reviews are enough; the record keeps it."), field="reason"
        )
    session.add(
        Waiver(
            round_id=round_.id, entry_id=entry.id, reason=reason.strip()[:1000], by_id=by.id, at=at
        )
    )
    for assignment in reviews.open_assignments(session, round_.id):
        if assignment.entry_id == entry.id:
            scoring.let_off(session, assignment, "waive", at)
    record(session, Verb.REVIEWS_WAIVED, entry, by=by.id, at=at, contest_id=round_.contest_id,
           round=round_.id)  # fmt: skip


def release(
    session: Session, assignment: Assignment, round_: Round, reason: str, *, by: User, at: datetime
) -> None:
    """Let one judge off one entry that has enough reviews without them."""
    scoring.let_off(session, assignment, "waive", at)
    assignment.reason = reason.strip()[:1000]
    record(session, Verb.REVIEWS_WAIVED, assignment, by=by.id, at=at, contest_id=round_.contest_id,
           round=round_.id)  # fmt: skip


def extend(session: Session, round_: Round, until: datetime, *, by: User, at: datetime) -> None:
    """Give every judge of the round more time, and tell those who still owe something."""
    before = round_.judging_closes_at
    if until <= at or (before is not None and until <= before):
        raise DomainError(N_("Choose a time after the present end of judging."), field="until")
    round_.judging_closes_at = until
    record(session, Verb.JUDGING_EXTENDED, round_, by=by.id, at=at, contest_id=round_.contest_id,
           before=before, after=until)  # fmt: skip
    people = {a.appointment_id: a.appointment for a in _awaited(session, round_.id)}
    for appointment in people.values():
        outbox.write(session, "judging_extended", to=appointment.user, at=at,
                     contest_id=round_.contest_id, round=round_.title, closes_at=until,
                     zone=round_.contest.zone,
                     dedupe_key=f"judging_extended:{appointment.id}:{until.isoformat()}")  # fmt: skip


def blockers(session: Session, round_: Round) -> list[Blocker]:
    """Return what keeps the judging of this round from being closed."""
    found = []
    place = {"round_id": round_.id}
    open_ = reviews.open_assignments(session, round_.id)
    if open_:
        found.append(
            Blocker(
                NN_("%(count)s review is still open.", "%(count)s reviews are still open."),
                "judging.close",
                {"count": len(open_)},
                place,
            )
        )
    if calibrating.open_one(session, round_.id) is not None:
        found.append(
            Blocker(N_("The calibration is still open."), "judging.calibrations", {}, place)
        )
    if round_.mode is Mode.PAIRWISE:
        unseen = comparing.unseen(session, round_)
        if unseen:
            found.append(
                Blocker(
                    NN_(
                        "%(count)s entry was compared with nothing yet.",
                        "%(count)s entries were compared with nothing yet.",
                    ),
                    "comparing.chair",
                    {"count": unseen},
                    place,
                )
            )
        return found
    short = [
        p for p in reviews.progress_by_entry(session, round_) if p.short and _counts(round_, p)
    ]
    if short:
        found.append(
            Blocker(
                NN_(
                    "%(count)s entry has fewer reviews than the rules ask for.",
                    "%(count)s entries have fewer reviews than the rules ask for.",
                ),
                "judging.close",
                {"count": len(short)},
                place,
            )
        )
    if not panel.judged_entries(session, round_):
        found.append(Blocker(N_("No entry is in this round."), "entries.index"))
    return found


def _counts(round_: Round, progress: reviews.EntryProgress) -> bool:
    # On pitch day a short panel is settled by who was in the room: one review is the least.
    return round_.kind is not RoundKind.PITCH or progress.done < 1


def close(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Lock every score and go over to deliberation. Raises DomainError while anything is unsettled."""
    for blocker in blockers(session, round_):
        raise DomainError(blocker.reason, blocker.facts)
    _relabel(session, round_.id, AssignmentState.SCORED, "lock", at)
    rounds.deliberate(session, round_, by=by, at=at)
    enqueue(session, "ranking.compute", at=at, round_id=str(round_.id), by_id=str(by.id))


def reopen(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Go back from deliberation: scores unlock."""
    _relabel(session, round_.id, AssignmentState.LOCKED, "unlock", at)
    rounds.reopen(session, round_, by=by, at=at)


def _relabel(
    session: Session, round_id: uuid.UUID, state: AssignmentState, verb: str, at: datetime
) -> None:
    for assignment in session.scalars(
        select(Assignment).where(Assignment.round_id == round_id, Assignment.state == state)
    ):
        assignment.move(verb, at)
