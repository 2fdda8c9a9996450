"""What is still missing: of a judge before an entry is shown to them, of a round before it is judged."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Round
from contest.core.decisions import ALLOW, Blocker, Decision, deny
from contest.core.text import N_, NN_
from contest.judging.queries import interests, panel
from contest.undertakings import queries as undertakings
from contest.undertakings.models import Kind, UndertakingText

OWED = (Kind.NDA, Kind.CONFLICT)


def unsigned(
    session: Session, user: User, contest_id: uuid.UUID, at: datetime
) -> list[UndertakingText]:
    """Return the promises that a judge of the contest still owes."""
    return undertakings.unsigned(session, user, "contest", contest_id, OWED, at)


@dataclass(frozen=True, slots=True)
class Steps:
    """What stands between a judge and the entries of one contest."""

    unsigned: tuple[UndertakingText, ...]
    undeclared: int

    def done(self) -> Decision:
        if self.unsigned:
            return deny(N_("Sign the undertaking of judges first."))
        if self.undeclared:
            return deny(
                NN_(
                    "Declare your conflicts first: %(count)s name is waiting.",
                    "Declare your conflicts first: %(count)s names are waiting.",
                ),
                count=self.undeclared,
            )
        return ALLOW


def steps(session: Session, user: User, appointment: Appointment, at: datetime) -> Steps:
    """Return what the judge still has to do before any entry of the contest is shown to them."""
    owed = tuple(unsigned(session, user, appointment.contest_id, at))
    return Steps(owed, 0 if owed else interests.undeclared(session, appointment))


def ready(
    session: Session, user: User, appointment: Appointment, entry_id: uuid.UUID, at: datetime
) -> Decision:
    """Say whether this judge may see and score this entry: signed, declared, no conflict."""
    return ready_after(session, steps(session, user, appointment, at), appointment, entry_id)


def ready_after(
    session: Session, known: Steps, appointment: Appointment, entry_id: uuid.UUID
) -> Decision:
    """Say the same to whom the judge's steps are known."""
    if interests.has_conflict(session, appointment.id, entry_id):
        return deny(N_("A conflict of interest keeps you from this entry."))
    return known.done()


def rubric_blockers(session: Session, round_: Round) -> list[Blocker]:
    """Return what is wrong with the round's rubric."""
    place = {"round_id": round_.id}
    rubric = panel.rubric(session, round_.id)
    if rubric is None or not rubric.criteria:
        return [Blocker(N_("“%(round)s” has no criteria to score by."), "judging.rubric",
                        {"round": round_.title}, place)]  # fmt: skip
    weight = sum(c.weight for c in rubric.criteria)
    if weight != 100:
        return [Blocker(N_("The weights of “%(round)s” sum to %(sum)s, not to 100."),
                        "judging.rubric", {"round": round_.title, "sum": weight},
                        place)]  # fmt: skip
    return []
