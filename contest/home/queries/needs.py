"""What waits for one person, found in the state of everything. One statement, however much there is."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from contest.accounts.models import User
from contest.contests.models import (
    Appointment,
    Contest,
    Mode,
    Phase,
    Role,
    Round,
    RoundKind,
    RoundPhase,
    in_office,
)
from contest.core.orm import UTCDateTime
from contest.core.words import Words
from contest.entries.models import Entry, Version
from contest.entries.models import State as EntryState
from contest.entries.queries.screening import TO_DECIDE
from contest.followup.models import Case, Milestone, Obligation, Stage
from contest.home.models import Matter
from contest.judging.models import Anchor, Assignment, Calibration, Conflict, Reading, Waiver
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries.reviews import is_aside
from contest.messages.models import Message
from contest.messages.models import State as MessageState
from contest.results.models import (
    Decision,
    DecisionState,
    OfficerSignature,
    ResultSet,
    ResultState,
)
from contest.teams.models import Member

PATIENCE = timedelta(days=7)  # how long an invitation may go unanswered before anybody is told
WORKED_ON = (Phase.DRAFT, Phase.ANNOUNCED, Phase.RUNNING)
ON_THEIR_WAY = (
    ResultState.COMPUTED,
    ResultState.CERTIFIED,
    ResultState.EMBARGOED,
    ResultState.PUBLISHED,
)
NOTHING = cast(null(), Uuid)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits. `thing_id` is what its page asks for besides the contest, if anything."""

    matter: Matter
    slug: str
    contest: Words
    zone: str
    count: int
    thing_id: uuid.UUID | None
    round: Words | None
    judging_closes_at: datetime | None
    case: str | None


class Asker:
    """Places in the statement: who asks, when, and the contests in which a matter concerns them."""

    user_id = bindparam("user_id", type_=Uuid())
    at = bindparam("at", type_=UTCDateTime())
    long_ago = bindparam("long_ago", type_=UTCDateTime())
    yesterday = bindparam("yesterday", type_=Date())

    def __init__(self, matter: Matter) -> None:
        self.contests = bindparam(matter.name, type_=Uuid(), expanding=True)


def _asked(user: User, at: datetime) -> dict[str, object]:
    """Return what stands in these places; yesterday is the newest day that is over everywhere on earth."""
    yesterday = (at - timedelta(hours=12)).date() - timedelta(days=1)
    return {"user_id": user.id, "at": at, "long_ago": at - PATIENCE, "yesterday": yesterday}


def waiting(
    session: Session,
    user: User,
    concerned: Mapping[Matter, Collection[uuid.UUID]],
    at: datetime,
    *,
    within: uuid.UUID | None = None,
) -> tuple[Need, ...]:
    """Return what waits for `user`, in the order of the matters, of one contest if it is named.

    `concerned` says in which contests they are told of what others do too (`policy.concerned`).
    """
    told = {matter.name: list(concerned.get(matter, ())) for matter in ASK}
    rows = session.execute(
        EVERYWHERE if within is None else WITHIN, {**_asked(user, at), **told, "within": within}
    )
    order = list(Matter)
    needs = (Need(Matter(row[0]), *row[1:]) for row in rows)
    return tuple(sorted(needs, key=lambda need: order.index(need.matter)))


def _rows(contest: Any, thing: Any = NOTHING, count: Any = None) -> Select[Any]:
    """Begin the select of one matter: the contest, the thing in it, and how many of it."""
    many = literal(1) if count is None else count
    return select(contest.label("contest"), thing.label("thing"), many.label("count"))


def _answer(asker: Asker) -> Select[Any]:
    return _rows(Appointment.contest_id, Appointment.id).where(
        Appointment.user_id == asker.user_id,
        Appointment.answer.is_(None),
        Appointment.ended_at.is_(None),
        Appointment.expires_at > asker.at,
    )


def _announce(asker: Asker) -> Select[Any]:
    return _rows(Contest.id).where(Contest.id.in_(asker.contests), Contest.phase == Phase.DRAFT)


def _invitations(asker: Asker) -> Select[Any]:
    return (
        _rows(Appointment.contest_id, count=func.count())
        .join(Contest, Contest.id == Appointment.contest_id)
        .where(
            Appointment.contest_id.in_(asker.contests),
            Contest.phase.in_(WORKED_ON),
            Appointment.answer.is_(None),
            Appointment.ended_at.is_(None),
            Appointment.invited_at <= asker.long_ago,
        )
        .group_by(Appointment.contest_id)
    )


def _complete(asker: Asker) -> Select[Any]:
    return (
        _rows(Entry.contest_id, Entry.team_id)
        .join(Member, Member.team_id == Entry.team_id)
        .where(
            Member.user_id == asker.user_id,
            Member.left_at.is_(None),
            Entry.state == EntryState.INFO_REQUESTED,
        )
    )


def _screen(asker: Asker) -> Select[Any]:
    return (
        _rows(Round.contest_id, count=func.count(Entry.id.distinct()))
        .join(Version, Version.round_id == Round.id)
        .join(Entry, Entry.id == Version.entry_id)
        .where(_round_in(asker, RoundPhase.SCREENING), Entry.state == EntryState.SUBMITTED)
        .group_by(Round.contest_id)
    )


def _begin_judging(asker: Asker) -> Select[Any]:
    """Find rounds whose entries are all screened, and pitches whose finalists are decided."""
    before = aliased(Round)
    came = exists().where(Version.round_id == Round.id, Version.entry_id == Entry.id)
    finalists = exists().where(
        before.contest_id == Round.contest_id,
        before.number == Round.number - 1,
        Decision.round_id == before.id,
        Decision.state == DecisionState.APPLIED,
    )
    screened = (Round.phase == RoundPhase.SCREENING) & ~exists().where(
        Entry.state.in_(TO_DECIDE), came
    )
    planned = (Round.phase == RoundPhase.PLANNED) & Round.opens_at.is_(None) & finalists
    return _rows(Round.contest_id, Round.id).where(
        _round_in(asker),
        (screened & exists().where(Entry.state == EntryState.ELIGIBLE, came)) | planned,
    )


def _score(asker: Asker) -> Select[Any]:
    return (
        _rows(Round.contest_id, Round.id, func.count())
        .join(Assignment, Assignment.round_id == Round.id)
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .where(
            Round.phase == RoundPhase.JUDGING,
            Assignment.state.in_(OPEN),
            Appointment.user_id == asker.user_id,
            in_office(Role.JUDGE),
        )
        .group_by(Round.contest_id, Round.id)
    )


def _calibrate(asker: Asker) -> Select[Any]:
    """Find open calibrations with an anchor that the asker has not handed in, and may."""
    given = exists().where(
        Reading.anchor_id == Anchor.id,
        Reading.appointment_id == Appointment.id,
        Reading.handed_in_at.is_not(None),
    )
    barred = exists().where(
        Conflict.appointment_id == Appointment.id,
        Conflict.entry_id == Anchor.entry_id,
        Conflict.lifted_at.is_(None),
    )
    return (
        _rows(Round.contest_id, Round.id, func.count())
        .join(Calibration, Calibration.round_id == Round.id)
        .join(Anchor, Anchor.calibration_id == Calibration.id)
        .join(Appointment, Appointment.contest_id == Round.contest_id)
        .where(
            Calibration.closed_at.is_(None),
            Appointment.user_id == asker.user_id,
            in_office(Role.JUDGE),
            ~given,
            ~barred,
        )
        .group_by(Round.contest_id, Round.id)
    )


def _find_judges(asker: Asker) -> Select[Any]:
    """Find entries that would be short of reviews even if every judge finished."""
    at_work = (
        select(func.count(Assignment.id))
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .where(
            Assignment.round_id == Round.id,
            Assignment.entry_id == Entry.id,
            (Assignment.state.in_(DONE) & ~is_aside()) | (Assignment.state.in_(OPEN) & in_office()),
        )
        .scalar_subquery()
    )
    waived = exists().where(Waiver.round_id == Round.id, Waiver.entry_id == Entry.id)
    judged = ((Round.number == 1) & (Entry.state == EntryState.ELIGIBLE)) | (
        (Round.number > 1) & (Entry.state == EntryState.ADVANCED)
    )
    return (
        _rows(Round.contest_id, Round.id, func.count())
        .join(Entry, Entry.contest_id == Round.contest_id)
        .where(
            _round_in(asker, RoundPhase.JUDGING),
            Round.kind == RoundKind.DESK,
            Round.mode != Mode.PAIRWISE,
            judged,
            ~waived,
            at_work < Round.minimum_reviews,
        )
        .group_by(Round.contest_id, Round.id)
    )


def _close_judging(asker: Asker) -> Select[Any]:
    return _rows(Round.contest_id, Round.id).where(
        _round_in(asker, RoundPhase.JUDGING), Round.judging_closes_at <= asker.at
    )


def _decide(asker: Asker) -> Select[Any]:
    return _rows(Round.contest_id, Round.id).where(
        _round_in(asker, RoundPhase.DELIBERATION), ~_is_decided()
    )


def _compute(asker: Asker) -> Select[Any]:
    live = exists().where(
        ResultSet.contest_id == Round.contest_id, ResultSet.state.in_(ON_THEIR_WAY)
    )
    return _rows(Round.contest_id).where(
        _round_in(asker, RoundPhase.DELIBERATION),
        Round.advance_count.is_(None),
        _is_decided(),
        ~live,
    )


def _sign(asker: Asker) -> Select[Any]:
    signed = exists().where(
        OfficerSignature.result_set_id == ResultSet.id, OfficerSignature.user_id == asker.user_id
    )
    return _rows(ResultSet.contest_id).where(
        ResultSet.contest_id.in_(asker.contests), ResultSet.state == ResultState.COMPUTED, ~signed
    )


def _set_date(asker: Asker) -> Select[Any]:
    return _rows(ResultSet.contest_id).where(
        ResultSet.contest_id.in_(asker.contests), ResultSet.state == ResultState.CERTIFIED
    )


def _letters(asker: Asker) -> Select[Any]:
    return (
        _rows(Message.contest_id, count=func.count())
        .where(Message.contest_id.in_(asker.contests), Message.state == MessageState.DRAFT)
        .group_by(Message.contest_id)
    )


def _conclude(asker: Asker) -> Select[Any]:
    of_it = Round.contest_id == Contest.id
    return _rows(Contest.id).where(
        Contest.id.in_(asker.contests),
        Contest.phase == Phase.RUNNING,
        exists().where(of_it),
        ~exists().where(of_it, Round.phase != RoundPhase.PUBLISHED),
    )


def _owners(asker: Asker) -> Select[Any]:
    return (
        _rows(Case.contest_id, count=func.count())
        .where(
            Case.contest_id.in_(asker.contests),
            Case.stage != Stage.CLOSED,
            Case.sponsor_owner_id.is_(None) | Case.team_owner_id.is_(None),
        )
        .group_by(Case.contest_id)
    )


def _gate(asker: Asker) -> Select[Any]:
    return _rows(Case.contest_id, Case.id).where(
        Case.stage.in_([Stage.POC_GATE, Stage.PILOT_GATE]),
        Case.held_since.is_(None),
        Case.contest_id.in_(asker.contests) | (Case.sponsor_owner_id == asker.user_id),
    )


def _milestones(asker: Asker) -> Select[Any]:
    return (
        _overdue(asker, Case.team_owner_id == asker.user_id)
        .join(Milestone, Milestone.case_id == Case.id)
        .where(Milestone.done_at.is_(None), Milestone.due_on <= asker.yesterday)
    )


def _promises(asker: Asker) -> Select[Any]:
    return (
        _overdue(asker)
        .join(Obligation, Obligation.case_id == Case.id)
        .where(Obligation.kept_at.is_(None), Obligation.due_on <= asker.yesterday)
    )


def _overdue(asker: Asker, *others: ColumnElement[bool]) -> Select[Any]:
    mine = Case.contest_id.in_(asker.contests) | (Case.sponsor_owner_id == asker.user_id)
    for other in others:
        mine |= other
    return (
        _rows(Case.contest_id, Case.id, func.count())
        .where(mine, Case.stage != Stage.CLOSED, Case.held_since.is_(None))
        .group_by(Case.contest_id, Case.id)
    )


def _round_in(asker: Asker, phase: RoundPhase | None = None) -> ColumnElement[bool]:
    """Take rounds of the asker's contests that are running, in one phase if it is named."""
    running = exists().where(Contest.id == Round.contest_id, Contest.phase == Phase.RUNNING)
    taken = Round.contest_id.in_(asker.contests) & running
    return taken if phase is None else taken & (Round.phase == phase)


def _is_decided() -> ColumnElement[bool]:
    return exists().where(Decision.round_id == Round.id, Decision.state == DecisionState.APPLIED)


ASK: Mapping[Matter, Callable[[Asker], Select[Any]]] = {
    Matter.ANSWER: _answer,
    Matter.ANNOUNCE: _announce,
    Matter.INVITATIONS: _invitations,
    Matter.COMPLETE: _complete,
    Matter.SCREEN: _screen,
    Matter.BEGIN_JUDGING: _begin_judging,
    Matter.CALIBRATE: _calibrate,
    Matter.SCORE: _score,
    Matter.FIND_JUDGES: _find_judges,
    Matter.CLOSE_JUDGING: _close_judging,
    Matter.DECIDE: _decide,
    Matter.COMPUTE: _compute,
    Matter.SIGN: _sign,
    Matter.SET_DATE: _set_date,
    Matter.LETTERS: _letters,
    Matter.CONCLUDE: _conclude,
    Matter.OWNERS: _owners,
    Matter.GATE: _gate,
    Matter.MILESTONES: _milestones,
    Matter.PROMISES: _promises,
}


def _statement() -> Select[Any]:
    found = union_all(
        *(
            ask(Asker(matter)).add_columns(literal(matter.value).label("matter"))
            for matter, ask in ASK.items()
        )
    ).subquery()
    return (
        select(
            found.c.matter,
            Contest.slug,
            Contest.title,
            Contest.zone,
            found.c.count,
            found.c.thing,
            Round.title,
            Round.judging_closes_at,
            Case.title,
        )
        .join(Contest, Contest.id == found.c.contest)
        .outerjoin(Round, Round.id == found.c.thing)
        .outerjoin(Case, Case.id == found.c.thing)
        .order_by(Contest.announced_at.desc(), Contest.id, Round.number, Case.title, found.c.thing)
        .limit(200)
    )


# Made once: to write it takes longer than to ask it.
EVERYWHERE = _statement()
WITHIN = EVERYWHERE.where(Contest.id == bindparam("within"))
