"""Erases a person: their row keeps its number, and nothing says whose it was.

The record names people by that number only, so every hash stays as it is.
"""

import json
import secrets
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Text,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from contest.accounts.actions import sessions
from contest.accounts.models import User
from contest.contests.actions import people
from contest.contests.models import Appointment
from contest.contests.models.contest import LIVE
from contest.core.decisions import Blocker
from contest.core.errors import DomainError
from contest.core.orm import Base, lock
from contest.core.text import N_
from contest.entries.models import Draft, DraftAnswer, DraftAnswerHistory, Entry, Version
from contest.events.log import Verb, record
from contest.files.models import File
from contest.jobs import engine
from contest.jobs.outbox import enqueue
from contest.messages import outbox
from contest.messages.models import Message
from contest.privacy import files, queries
from contest.privacy.catalogue import KINDS, PEOPLE
from contest.privacy.models import PATIENCE, Erasure, Export
from contest.teams import actions as teams
from contest.teams import queries as in_teams
from contest.teams.models import Member, Team, TeamInvitation
from contest.web.models import IdempotencyKey

# Texts that are bound by a hash or a signature, and who is in them.
BOUND = {"events", "receipts", "versions", "result_sets", "undertaking_texts", "chain_heads"}
SHORTEST = 6  # bytes; a shorter name is also part of other words


def ask(session: Session, user: User, *, by: User, reason: str = "", at: datetime) -> Erasure:
    """Set the day on which the person is erased, and tell them how to take that back.

    Raises DomainError when it is set already, or while others would be left alone.
    """
    lock(session, user)
    if queries.open_erasure(session, user) is not None:
        raise DomainError(N_("The erasure of this account was asked for already."))
    found = queries.obstacles(session, user)
    if found:
        raise DomainError(found[0].reason, found[0].facts)
    made = Erasure(
        user_id=user.id, asked_by=by.id, reason=reason, asked_at=at, due_at=at + PATIENCE
    )
    session.add(made)
    record(session, Verb.USER_ERASURE_ASKED, user, by=by.id, at=at, due_at=made.due_at)
    outbox.write(session, "erasure_asked", to=user, at=at, day=made.due_at, reason=reason,
                 own=by.id == user.id)  # fmt: skip
    return made


def take_back(session: Session, erasure: Erasure, user: User, *, by: User, at: datetime) -> None:
    """Let the person stay."""
    lock(session, erasure)
    if erasure.done_at is None and erasure.taken_back_at is None:
        erasure.taken_back_at = at
        record(session, Verb.USER_ERASURE_TAKEN_BACK, user, by=by.id, at=at)


def carry_out(session: Session, erasure: Erasure, user: User, *, at: datetime) -> list[Blocker]:
    """Erase the person, or return what stands in the way; then they are told, once."""
    lock(session, user)
    found = queries.obstacles(session, user)
    if found:
        outbox.write(session, "erasure_waits", to=user, at=at, dedupe_key=f"erasure:{erasure.id}")
        return found
    erase(session, user, by=erasure.asked_by, at=at)
    erasure.done_at = at
    return []


def erase(session: Session, user: User, *, by: uuid.UUID, at: datetime) -> None:
    """Erase the person now. Whoever calls this has looked at what stands in the way.

    What deleted rows leave behind on the disk is overwritten by the job that this promises.
    """
    name, email = user.name, user.email
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.owner == user.fs_uniquifier))
    _leave_teams(session, user, at)
    _end_appointments(session, user, at)
    _forget_lone_drafts(session, user)
    _revoke_invitations(session, email, at)
    _take_copies(session, user)
    _forget_new_addresses(session, user)
    for kind in KINDS:
        mine = kind.mine(user.id, email)
        if kind.deleted:
            session.execute(delete(kind.of()).where(mine))
        elif kind.blanks:
            session.execute(update(kind.of()).where(mine).values(dict(kind.blanks)))
    record(session, Verb.USER_ERASED, user, by=by, at=at)
    _blank(session, user, at)
    letters: set[uuid.UUID] = set()
    for told, instead in _spellings(name, email, user):
        letters |= _letters(session, told)
        _replace(session, told, instead, everywhere=told == email)
        engine.forget_mentions(session.connection(), told)
    session.expire_all()
    enqueue(session, "privacy.scrub", at=at, letters=",".join(sorted(map(str, letters))))


def nobody(user_id: uuid.UUID) -> str:
    """Return how somebody who was erased is called, in every language: told apart, not recognised."""
    return f"N. N. {user_id.hex[:4]}"


def _blank(session: Session, user: User, at: datetime) -> None:
    sessions.end_all(session, user, at=at)
    user.name, user.email = nobody(user.id), f"{user.id.hex}@erased.invalid"
    user.password = user.confirmed_at = user.last_login_at = user.second_factor_at = None
    user.locale, user.zone, user.is_admin, user.active = "en", "UTC", False, False
    user.feed_token, user.erased_at = secrets.token_urlsafe(32), at
    session.flush()


def _leave_teams(session: Session, user: User, at: datetime) -> None:
    """Leave the teams of contests that run. Who was in a team of an earlier one stays, as a number."""
    for team in in_teams.teams_of(session, user):
        if team.contest.phase in LIVE:
            [member] = (
                m for m in in_teams.team_again(session, team).present() if m.user_id == user.id
            )
            teams.leave(session, team, member, by=user, at=at)


def _end_appointments(session: Session, user: User, at: datetime) -> None:
    mine = select(Appointment).where(Appointment.user_id == user.id, Appointment.ended_at.is_(None))
    for appointment in session.scalars(mine).all():
        people.close(session, appointment, "", by=user.id, at=at)


def _forget_lone_drafts(session: Session, user: User) -> None:
    """Delete what the person wrote in teams that nobody else was ever in and that handed in nothing."""
    others = select(Member.team_id).where(Member.user_id != user.id)
    lone = select(Entry.id, Entry.team_id).where(
        Entry.team_id.in_(select(Member.team_id).where(Member.user_id == user.id)),
        Entry.team_id.not_in(others),
        Entry.id.not_in(select(Version.entry_id)),
    )
    found = session.execute(lone).all()
    forget_drafts(session, [entry_id for entry_id, _ in found])
    for _, team_id in found:
        session.execute(
            update(Team)
            .where(Team.id == team_id)
            .values(name=nobody(team_id), name_key=str(team_id))
        )


def forget_drafts(session: Session, entry_ids: Sequence[uuid.UUID], *, titles: bool = True) -> None:
    """Delete what was being written for these entries, with its files."""
    drafts = select(Draft.id).where(Draft.entry_id.in_(entry_ids))
    answers = select(DraftAnswer.id).where(DraftAnswer.draft_id.in_(drafts))
    attached = select(DraftAnswer.file_id).where(DraftAnswer.draft_id.in_(drafts))
    loose = [i for i in session.scalars(attached) if i is not None]
    for table, mine in (
        (DraftAnswerHistory, DraftAnswerHistory.answer_id.in_(answers)),
        (DraftAnswer, DraftAnswer.draft_id.in_(drafts)),
        (Draft, Draft.entry_id.in_(entry_ids)),
    ):
        session.execute(delete(table).where(mine).execution_options(synchronize_session=False))
    if titles:
        session.execute(
            update(Entry).where(Entry.id.in_(entry_ids)).values(title="", withdrawn_reason="")
        )
    files.let_go(session, loose)


def _revoke_invitations(session: Session, email: str, at: datetime) -> None:
    """Close the invitations to this address: without one they would open the team to anybody."""
    session.execute(
        update(TeamInvitation)
        .where(TeamInvitation.email == email, TeamInvitation.used_at.is_(None),
               TeamInvitation.revoked_at.is_(None))
        .values(revoked_at=at)
    )  # fmt: skip


def _take_copies(session: Session, user: User) -> None:
    mine = select(Export).where(Export.user_id == user.id)
    held = [export.file_id for export in session.scalars(mine) if export.file_id is not None]
    session.execute(delete(Export).where(Export.user_id == user.id))
    session.execute(delete(File).where(File.id.in_(held)))


def _forget_new_addresses(session: Session, user: User) -> None:
    """Delete mail to addresses that the person never proved, also where it did not go out yet."""
    session.execute(
        delete(Message).where(Message.recipient_id == user.id, Message.address.is_not(None))
    )


def _spellings(name: str, email: str, user: User) -> Iterator[tuple[str, str]]:
    yield email, user.email
    if len(name.encode()) >= SHORTEST:
        yield name, user.name


def _replace(session: Session, told: str, instead: str, *, everywhere: bool) -> None:
    """Replace a text in what others wrote and were written: an address everywhere, a name in mail."""
    for table in Base.metadata.sorted_tables:
        if table.name in BOUND | {PEOPLE} or not (
            everywhere or table.name == Message.__tablename__
        ):
            continue
        for column in table.columns:
            kind = getattr(column.type, "impl", column.type)
            if isinstance(kind, JSON):
                _replace_in(session, column, json.dumps(told)[1:-1], json.dumps(instead)[1:-1])
            elif isinstance(kind, String):
                _replace_in(session, column, told, instead)


def _letters(session: Session, told: str) -> set[uuid.UUID]:
    """Return the messages to others whose text has this in it: copies of them may lie in a folder."""
    texts = or_(Message.subject.contains(told, autoescape=True),
                Message.body.contains(told, autoescape=True))  # fmt: skip
    return set(session.scalars(select(Message.id).where(texts)))


def _replace_in(session: Session, column: Column[Any], told: str, instead: str) -> None:
    text = cast(column, Text)
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    new: ColumnElement[Any] = func.replace(text, told, instead)
    if on_postgresql and not isinstance(column.type, String):
        new = cast(new, JSON)
    place = func.strpos(text, told) if on_postgresql else func.instr(text, told)
    session.execute(update(column.table).where(place > 0).values({column.name: new}))
