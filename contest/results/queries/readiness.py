"""What still stands in the way of a contest's results, each with the place that mends it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from contest.contests.models import (
    Appointment,
    Contest,
    PartnerRole,
    Partnership,
    Round,
    RoundPhase,
    in_office,
)
from contest.core.decisions import Blocker
from contest.core.text import N_, NN_
from contest.entries.models import Attachment, Entry, Version
from contest.judging.models import Assignment, AssignmentState
from contest.results.models import (
    OFFICERS,
    Award,
)
from contest.results.queries import decisions
from contest.vault.models import DocumentView

WORKING = frozenset(
    {
        AssignmentState.ACTIVE,
        AssignmentState.OPENED,
        AssignmentState.IN_PROGRESS,
        AssignmentState.DEFERRED,
    }
)
DOCUMENTS_OF_JUDGES = "judge"


def blockers(session: Session, contest: Contest) -> list[Blocker]:
    """Return what keeps the contest's results from being computed and signed."""
    rounds = decisions.rounds(session, contest.id)
    found = [
        *_unfinished_rounds(rounds),
        *_open_assignments(session, contest.id),
        *_decisions_missing(session, rounds),
        *_unread(session, contest.id),
        *_people(session, contest.id),
    ]
    if not any(decisions.is_last(r) for r in rounds):
        found.append(
            Blocker(N_("No round is marked as the last one, whose best are awarded."),
                    "contests.rounds")
        )  # fmt: skip
    return found


def _unfinished_rounds(rounds: Sequence[Round]) -> list[Blocker]:
    return [
        Blocker(
            N_("Round %(number)s, %(title)s, is still at “%(phase)s”."),
            "judging.close" if r.phase is RoundPhase.JUDGING else "judging.panel",
            {"number": r.number, "title": r.title, "phase": r.phase},
            {"round_id": r.id} if r.phase is RoundPhase.JUDGING else {},
        )
        for r in rounds
        if r.phase not in decisions.DECIDABLE
    ]


def _open_assignments(session: Session, contest_id: uuid.UUID) -> list[Blocker]:
    rows = session.execute(
        select(Round.id, Round.number, func.count(Assignment.id))
        .join(Assignment, Assignment.round_id == Round.id)
        .where(Round.contest_id == contest_id, Assignment.state.in_(WORKING))
        .group_by(Round.id, Round.number)
        .order_by(Round.number)
    )
    return [
        Blocker(
            NN_(
                "Round %(number)s has %(count)s open assignment: reassign, waive or wait.",
                "Round %(number)s has %(count)s open assignments: reassign, waive or wait.",
            ),
            "judging.close",
            {"number": number, "count": count},
            {"round_id": round_id},
        )
        for round_id, number, count in rows
    ]


def _decisions_missing(session: Session, rounds: Sequence[Round]) -> list[Blocker]:
    found = []
    for round_ in rounds:
        if round_.phase not in decisions.DECIDABLE:
            continue
        table = decisions.table(session, round_)
        told = {"number": round_.number}
        where = {"round_id": round_.id}
        place = "results.decide"
        open_ = sum(not line.is_applied for line in table.lines)
        if open_:
            reason: str = NN_(
                "Round %(number)s: %(count)s entry is not decided on.",
                "Round %(number)s: %(count)s entries are not decided on.",
            )
            found.append(Blocker(reason, place, {**told, "count": open_}, where))
        if any(line.tied for line in table.unreasoned()):
            reason = N_("Round %(number)s: a tie at the cut is not settled with a reason.")
            found.append(Blocker(reason, place, told, where))
        for prize in table.overfull():
            reason = N_("“%(prize)s” is given to more entries than it has places.")
            found.append(Blocker(reason, place, {"prize": prize.title}, where))
        if decisions.is_last(round_) and not open_ and not any(x.prize_id for x in table.lines):
            found.append(Blocker(N_("No prize is given to anybody."), place, {}, where))
    return found


def _unread(session: Session, contest_id: uuid.UUID) -> list[Blocker]:
    """Winners with a document that no judge has opened."""
    opened = (
        select(DocumentView.id)
        .where(
            DocumentView.file_id == Attachment.file_id,
            DocumentView.version_id == Attachment.version_id,
            DocumentView.capacity == DOCUMENTS_OF_JUDGES,
        )
        .exists()
    )
    later = aliased(Version)
    replaced = (
        select(later.id)
        .where(
            later.entry_id == Version.entry_id,
            later.round_id == Version.round_id,
            later.number > Version.number,
        )
        .exists()
    )
    rows = session.execute(
        select(Entry.id, Entry.title)
        .distinct()
        .join(Award, Award.entry_id == Entry.id)
        .join(Version, Version.entry_id == Entry.id)
        .join(Attachment, Attachment.version_id == Version.id)
        .where(Entry.contest_id == contest_id, ~replaced, ~opened)
        .order_by(Entry.title, Entry.id)
    )
    return [
        Blocker(
            N_("No judge has opened a document of “%(title)s”, which is to win."),
            "vault.ledger",
            {"title": title},
            {"entry_id": entry_id},
        )
        for entry_id, title in rows
    ]


def _people(session: Session, contest_id: uuid.UUID) -> list[Blocker]:
    officers = session.scalar(
        select(func.count(Appointment.user_id.distinct())).where(
            Appointment.contest_id == contest_id,
            in_office(*OFFICERS),
        )
    )
    sponsor = session.scalar(
        select(Partnership.id)
        .where(Partnership.contest_id == contest_id, Partnership.role == PartnerRole.SPONSOR)
        .limit(1)
    )
    found = []
    if (officers or 0) < 2:
        told = N_("Two officers sign: appoint a second organiser, a chair or a sponsor.")
        found.append(Blocker(told, "contests.people"))
    if sponsor is None:
        told = N_("The contest has no sponsor who carries the winners on.")
        found.append(Blocker(told, "contests.partners"))
    return found
