"""Runs the stage. Each act counts up `Stage.changes`, which every screen in the room polls."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Phase, Round
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.judging.queries import panel
from contest.messages.models import packed
from contest.messages.outbox import write
from contest.pitchday import drawing, policy, queries
from contest.pitchday.models import Draw, Slot, SlotState, Stage

UNTOLD = frozenset({Phase.DRAFT, Phase.CANCELLED, Phase.ARCHIVED})  # nobody hears of these


def draw(
    session: Session, round_: Round, seed: str, *, reason: str = "", by: User, at: datetime
) -> Draw:
    """Draw the running order of all entries in the round and record the seed.

    Raises DomainError without entries, once a pitch has begun, or when it is drawn again without
    saying why.
    """
    entries = {entry.code: entry for entry in panel.judged_entries(session, round_)}
    if not entries:
        raise DomainError(N_("No entry is in this round yet."))
    stage = _stage(session, round_)
    slots = list(session.scalars(select(Slot).where(Slot.stage_id == stage.id)))
    if any(slot.state is not SlotState.WAITING for slot in slots):
        raise DomainError(N_("The first pitch has begun; the order stands."))
    if slots and len(reason.strip()) < 5:
        raise DomainError(
            N_("Say why it is drawn again; the record keeps both draws."), field="reason"
        )
    for slot in slots:
        session.delete(slot)
    session.flush()
    for position, code in enumerate(drawing.order(seed, entries), start=1):
        session.add(Slot(stage_id=stage.id, entry=entries[code], position=position))
    made = Draw(
        round_id=round_.id,
        seed=seed,
        method=drawing.METHOD,
        drawn_at=at,
        drawn_by=by.id,
        reason=reason.strip()[:500],
    )
    session.add(made)
    stage.changes += 1
    record(session, Verb.ORDER_DRAWN, made, by=by.id, at=at, contest_id=round_.contest_id,
           seed=seed, entries=len(entries))  # fmt: skip
    return made


def arrange(
    session: Session,
    round_: Round,
    place: str,
    starts_at: datetime | None,
    *,
    by: User,
    at: datetime,
) -> None:
    """Say where and when the pitches are, and tell whom that concerns when it changes.

    Needs the round's contest loaded.
    """
    stage = orm.lock(session, _stage(session, round_))
    before = stage.place, stage.starts_at
    stage.place, stage.starts_at = place.strip()[:200], starts_at
    stage.changes += 1
    if before != (stage.place, stage.starts_at):
        _announce(session, round_, stage, is_moved=before != ("", None), at=at)
    record(session, Verb.STAGE_ARRANGED, stage, by=by.id, at=at, contest_id=round_.contest_id,
           starts_at=starts_at)  # fmt: skip


def _announce(
    session: Session, round_: Round, stage: Stage, *, is_moved: bool, at: datetime
) -> None:
    """Write to those who pitch and to the judges, each once; letters that still wait say it too.

    Who has yet to be told of having advanced learns both from that one letter.
    """
    waiting = queries.letters(session, round_)
    now = {"starts_at": packed(stage.starts_at), "place": stage.place}
    for letter in waiting:
        letter.facts = {**letter.facts, **now}
    if round_.contest.phase in UNTOLD or (stage.starts_at is not None and stage.starts_at <= at):
        return
    entries = queries.pitching(session, [e.id for e in panel.judged_entries(session, round_)])
    judges = [(judge.user, None, "") for judge in panel.judges(session, round_.contest_id)]
    told = {letter.recipient_id for letter in waiting}
    for user, entry_id, title in (*entries, *judges):
        if user.id in told:
            continue
        told.add(user.id)
        write(
            session, "pitch_arranged", to=user, at=at, contest_id=round_.contest_id,
            dedupe_key=f"pitch arranged {stage.id} {stage.changes} {user.id}",
            contest_title=round_.contest.title, round_id=round_.id, zone=round_.contest.zone,
            starts_at=stage.starts_at, place=stage.place, moved=is_moved,
            entry_id=entry_id, entry_title=title,
        )  # fmt: skip


def start(session: Session, stage: Stage, slot: Slot, *, by: User, at: datetime) -> None:
    """Begin a pitch. Raises DomainError while another one is on."""
    for other in _on(session, stage):
        if other.id != slot.id:
            raise DomainError(N_("Finish the pitch that is on first."))
    _move(session, stage, slot, "start", Verb.PITCH_STARTED, by, at, started_at=at)


def question(session: Session, stage: Stage, slot: Slot, *, by: User, at: datetime) -> None:
    """Go over to the judges' questions."""
    _move(session, stage, slot, "question", Verb.PITCH_QUESTIONED, by, at, questions_at=at)


def finish(session: Session, stage: Stage, slot: Slot, *, by: User, at: datetime) -> None:
    """End a pitch."""
    _move(session, stage, slot, "finish", Verb.PITCH_FINISHED, by, at, ended_at=at)


def skip(session: Session, stage: Stage, slot: Slot, *, by: User, at: datetime) -> None:
    """Pass over a team that is not there; it can still be started later."""
    _move(session, stage, slot, "skip", Verb.PITCH_SKIPPED, by, at)


def again(session: Session, stage: Stage, slot: Slot, *, by: User, at: datetime) -> None:
    """Let a pitch be held again: the microphone failed."""
    _move(session, stage, slot, "again", Verb.PITCH_REPEATED, by, at,
          started_at=None, questions_at=None, ended_at=None)  # fmt: skip


ACTS = {"start": start, "question": question, "finish": finish, "skip": skip, "again": again}


def _stage(session: Session, round_: Round) -> Stage:
    require(policy.can_change(round_))
    stage = session.scalar(select(Stage).where(Stage.round_id == round_.id))
    if stage is None:
        stage = Stage(round=round_)
        session.add(stage)
        session.flush()
    return stage


def _on(session: Session, stage: Stage) -> list[Slot]:
    return list(
        session.scalars(
            select(Slot).where(
                Slot.stage_id == stage.id,
                Slot.state.in_([SlotState.PITCHING, SlotState.QUESTIONS]),
            )
        )
    )


def _move(
    session: Session,
    stage: Stage,
    slot: Slot,
    step: str,
    verb: Verb,
    by: User,
    at: datetime,
    **times: datetime | None,
) -> None:
    require(policy.can_change(stage.round))
    orm.lock(session, slot)
    slot.move(step)
    for name, instant in times.items():
        setattr(slot, name, instant)
    stage.changes += 1
    record(session, verb, slot, by=by.id, at=at, contest_id=stage.round.contest_id,
           entry=slot.entry_id, position=slot.position)  # fmt: skip
