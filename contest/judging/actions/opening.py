"""Hands a round to its judges, once everything stands that they need."""

from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.actions import rounds
from contest.contests.models import Mode, Round, RoundPhase
from contest.core.decisions import Blocker, require
from contest.core.errors import DomainError
from contest.core.text import N_, NN_
from contest.entries.queries import screening
from contest.judging.actions import rubric
from contest.judging.queries import calibrating, panel, readiness, reviews


def blockers(session: Session, round_: Round) -> list[Blocker]:
    """Return what keeps the judging of this round from being begun."""
    place = {"round_id": round_.id}
    found = []
    if round_.phase is RoundPhase.SCREENING and (left := screening.undecided(session, round_)):
        found.append(
            Blocker(
                NN_(
                    "%(count)s entry is not decided on in the screening.",
                    "%(count)s entries are not decided on in the screening.",
                ),
                "entries.screening",
                {"count": len(left)},
            )
        )
    if round_.mode is Mode.RUBRIC:
        found += readiness.rubric_blockers(session, round_)
    if calibrating.open_one(session, round_.id) is not None:
        found.append(
            Blocker(N_("The calibration is still open."), "judging.calibrations", {}, place)
        )
    if not panel.judges(session, round_.contest_id):
        found.append(Blocker(N_("No judge has accepted yet."), "contests.people"))
    return found + _unassigned(session, round_)


def _unassigned(session: Session, round_: Round) -> list[Blocker]:
    place = {"round_id": round_.id}
    if not panel.judged_entries(session, round_):
        return [Blocker(N_("No entry is in this round."), "entries.index")]
    if round_.mode is Mode.PAIRWISE:
        return []  # judges are sent from entry to entry as they go
    if not reviews.open_assignments(session, round_.id):
        return [Blocker(N_("Nothing is assigned to the judges yet."), "judging.plan", {}, place)]
    if short := [p for p in reviews.progress_by_entry(session, round_) if p.lacks]:
        return [
            Blocker(
                NN_(
                    "%(count)s entry has fewer judges than the rules ask for.",
                    "%(count)s entries have fewer judges than the rules ask for.",
                ),
                "judging.plan",
                {"count": len(short)},
                place,
            )
        ]
    return []


def begin(session: Session, round_: Round, *, by: User, at: datetime) -> None:
    """Open the round for scores. Raises DomainError while anything is missing."""
    require(round_.can("judge"))
    for blocker in blockers(session, round_):
        raise DomainError(blocker.reason, blocker.facts)
    if round_.mode is Mode.PASS_FAIL:
        rubric.ask_for_verdicts(session, round_)
    rounds.judge(session, round_, by=by, at=at)
