"""One judge's acts on their ballot: write, hand in, take back; and the chair's, who may set it aside."""

import uuid
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Mode, Round
from contest.core import orm
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.entries.models import Entry
from contest.events.log import Verb, record
from contest.judging.models import Assignment, AssignmentState, Ballot, Choice
from contest.judging.queries import ballots, material

Order = Sequence[Sequence[uuid.UUID]]
"""Entries best first; those that share a place stand in one group."""

CHANGED = N_("You changed this on another device meanwhile.")


def put_points(
    session: Session,
    round_: Round,
    judge: Appointment,
    given: Mapping[uuid.UUID, int],
    *,
    seen: Mapping[uuid.UUID, Container[int]] | None = None,
    at: datetime,
) -> None:
    """Write the points of some entries into the draft; their sum matters when it is handed in.

    `seen` holds, for some of them, the points that the judge had before them.

    Raises DomainError for an entry that the judge does not judge, or points outside the budget;
    Conflict with theirs (entry -> points) where neither what was seen nor what is given is stored.
    """
    if not all(0 <= points <= round_.budget for points in given.values()):
        raise DomainError(N_("Give 0 to %(budget)s points."), {"budget": round_.budget})

    def change(before: Values, _: Sequence[uuid.UUID]) -> Values:
        theirs = {
            entry: before.get(entry, 0)
            for entry, points in given.items()
            if seen is not None and entry in seen
            if before.get(entry, 0) != points and before.get(entry, 0) not in seen[entry]
        }
        if theirs:
            raise Conflict(CHANGED, {"theirs": theirs})
        return {**before, **given}

    _write(session, round_, judge, change, at)


def put_order(
    session: Session,
    round_: Round,
    judge: Appointment,
    order: Order,
    *,
    seen: Sequence[Order] | None = None,
    at: datetime,
) -> None:
    """Write the order into the draft; entries that are left out are not placed yet.

    `seen` holds the orders that the judge had before them.

    Raises DomainError for an entry that the judge does not judge, one that stands there twice, or a
    shared place where the rules allow none; Conflict with theirs (an Order) where neither an order
    that was seen nor this one is stored.
    """
    placed = [entry for group in order for entry in group]
    if len(set(placed)) != len(placed):
        raise DomainError(N_("An entry has one place only."))
    if not round_.ties_allowed and any(len(group) > 1 for group in order):
        raise DomainError(N_("Two entries cannot share a place here."))
    places = {entry: place for place, group in enumerate(order, start=1) for entry in group}

    def change(before: Values, slate: Sequence[uuid.UUID]) -> Values:
        stored = ballots.order(before, slate)
        if seen is not None and all(_sets(stored) != _sets(known) for known in (*seen, order)):
            raise Conflict(CHANGED, {"theirs": stored})
        return places

    _write(session, round_, judge, change, at)


def _sets(order: Order) -> list[set[uuid.UUID]]:
    return [set(group) for group in order]


def submit(
    session: Session,
    round_: Round,
    judge: Appointment,
    *,
    unread: Sequence[Entry],
    by: User,
    at: datetime,
) -> Ballot:
    """Hand in the draft: it becomes the result of record and is never overwritten.

    Raises DomainError when an entry was not opened or heard, or not placed, or the points are not spent
    exactly.
    """
    orm.lock(session, judge)
    slate = ballots.slate(session, round_.id, judge.id)
    if not slate:
        raise DomainError(N_("There is no entry to judge."))
    if unread:
        raise DomainError(
            N_("Open “%(entry)s” first: every entry is read before it is judged."),
            {"entry": unread[0].title},
        )
    unheard = material.unheard(session, round_)
    if waiting := [a.entry for a in slate if a.entry_id in unheard]:
        raise DomainError(
            N_(
                "“%(entry)s” has not been on stage yet. What you write is kept; hand it in afterwards."
            ),
            {"entry": waiting[0].title},
        )
    draft = _draft(session, round_, judge, at)
    values = _complete(round_, draft.values(), [a.entry for a in slate])
    _fill(draft, values)
    for earlier in ballots.revisions(session, round_.id, judge.id)[:-1]:
        earlier.superseded_at = earlier.superseded_at or at
        draft.amend(earlier)
    draft.submitted_at, draft.saved_at = at, at
    for assignment in slate:
        assignment.move("submit", at)
    verb = Verb.BALLOT_AMENDED if draft.revision > 1 else Verb.BALLOT_SUBMITTED
    record(session, verb, draft, by=by.id, at=at, contest_id=round_.contest_id, round=round_.id,
           revision=draft.revision, points=[[str(e), v] for e, v in values.items()])  # fmt: skip
    return draft


def _complete(
    round_: Round, given: Mapping[uuid.UUID, int], entries: Sequence[Entry]
) -> dict[uuid.UUID, int]:
    """Return a value for each entry, or raise DomainError for what is missing or too much."""
    if round_.mode is Mode.POINTS:
        points = {e.id: given.get(e.id, 0) for e in entries}
        if (spent := sum(points.values())) != round_.budget:
            raise DomainError(
                N_(
                    "You have given %(spent)s points. Give exactly %(budget)s, neither more nor less."
                ),
                {"spent": spent, "budget": round_.budget},
            )
        return points
    missing = next((e for e in entries if e.id not in given), None)
    if missing is not None:
        raise DomainError(N_("Still without a place: %(entry)s."), {"entry": missing.title})
    order = ballots.order(given, [e.id for e in entries])
    return {entry: place for place, group in enumerate(order, start=1) for entry in group}


def take_back(
    session: Session, round_: Round, judge: Appointment, *, by: User, at: datetime
) -> Ballot:
    """Make what was handed in a draft again; until it is handed in anew it does not count."""
    orm.lock(session, judge)
    made = ballots.revisions(session, round_.id, judge.id)
    counting = [b for b in made if b.submitted_at is not None and b.superseded_at is None]
    if not counting:
        raise DomainError(N_("There is nothing to take back."))
    draft = _draft(session, round_, judge, at)
    for ballot in counting:
        ballot.superseded_at = at
    _in_progress(ballots.slate(session, round_.id, judge.id), at)
    record(session, Verb.BALLOT_TAKEN_BACK, draft, by=by.id, at=at, contest_id=round_.contest_id,
           round=round_.id, revision=draft.revision)  # fmt: skip
    return draft


def set_aside(session: Session, ballot: Ballot, reason: str, *, by: User, at: datetime) -> None:
    """Take a whole ballot out of the count, reversibly, with the reason; needs `round`. For the chair."""
    if not reason.strip():
        raise DomainError(N_("Say why this ballot is set aside."), field="reason")
    if not ballot.counts():
        raise DomainError(N_("This ballot does not count already."))
    ballot.set_aside_at, ballot.set_aside_by = at, by.id
    ballot.set_aside_reason = reason.strip()[:1000]
    record(session, Verb.BALLOT_SET_ASIDE, ballot, by=by.id, at=at,
           contest_id=ballot.round.contest_id, round=ballot.round_id)  # fmt: skip


def restore(session: Session, ballot: Ballot, *, by: User, at: datetime) -> None:
    """Let a ballot that was set aside count again; needs `round`."""
    if ballot.set_aside_at is None:
        raise DomainError(N_("This ballot is not set aside."))
    ballot.set_aside_at, ballot.set_aside_by, ballot.set_aside_reason = None, None, ""
    record(session, Verb.BALLOT_RESTORED, ballot, by=by.id, at=at,
           contest_id=ballot.round.contest_id, round=ballot.round_id)  # fmt: skip


Values = Mapping[uuid.UUID, int]


def _write(
    session: Session,
    round_: Round,
    judge: Appointment,
    change: Callable[[Values, Sequence[uuid.UUID]], Values],
    at: datetime,
) -> None:
    """Change the draft, a function of it and of the slate.

    What was handed in stays as it is while nothing differs from it.
    """
    orm.lock(session, judge)
    made = ballots.revisions(session, round_.id, judge.id)
    before = made[-1].values() if made else {}
    slate = ballots.slate(session, round_.id, judge.id)
    after = change(before, [a.entry_id for a in slate])
    if not after.keys() - before.keys() <= {a.entry_id for a in slate}:
        raise DomainError(N_("This entry is not assigned to you."))
    if made and made[-1].counts() and after == before:
        return
    draft = _draft(session, round_, judge, at)
    if made and draft.id != made[-1].id:
        record(session, Verb.BALLOT_REOPENED, draft, by=judge.user_id, at=at,
               contest_id=round_.contest_id, round=round_.id, revision=draft.revision)  # fmt: skip
    _fill(draft, after)
    draft.saved_at = at
    for assignment in slate:
        if assignment.state in {AssignmentState.ACTIVE, AssignmentState.DEFERRED}:
            record(session, Verb.ASSIGNMENT_OPENED, assignment, by=judge.user_id, at=at,
                   contest_id=round_.contest_id, entry=assignment.entry_id)  # fmt: skip
    _in_progress(slate, at)
    session.flush()


def _draft(session: Session, round_: Round, judge: Appointment, at: datetime) -> Ballot:
    made = ballots.revisions(session, round_.id, judge.id)
    if made and made[-1].submitted_at is None:
        return made[-1]
    last = made[-1] if made else None
    draft = Ballot(
        round_id=round_.id,
        appointment_id=judge.id,
        revision=last.revision + 1 if last else 1,
        saved_at=at,
        choices=[Choice(entry_id=e, value=v) for e, v in (last.values() if last else {}).items()],
    )
    session.add(draft)
    session.flush()
    return draft


def _fill(draft: Ballot, values: Values) -> None:
    kept = {choice.entry_id: choice for choice in draft.choices if choice.entry_id in values}
    for entry_id, value in values.items():
        kept.setdefault(entry_id, Choice(entry_id=entry_id)).value = value
    draft.choices = list(kept.values())


def _in_progress(slate: Sequence[Assignment], at: datetime) -> None:
    for assignment in slate:
        if assignment.state is not AssignmentState.IN_PROGRESS:
            assignment.move("write", at)
