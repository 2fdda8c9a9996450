"""Lets a contest forget what it has kept for long enough."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.actions import people
from contest.contests.models import Appointment, Contest
from contest.entries.models import Attachment, Version
from contest.events.log import Verb, record
from contest.judging.models import Conflict, Scorecard
from contest.messages.models import Message
from contest.privacy import files, retention
from contest.privacy.actions.erasing import forget_drafts
from contest.privacy.models import Class, Removal, Retention
from contest.privacy.retention import RULES
from contest.teams.models import TeamInvitation
from contest.vault.models import DocumentView

Ids = Sequence[uuid.UUID]


def choose(
    session: Session, contest: Contest, days: Mapping[str, int | None], *, by: User, at: datetime
) -> None:
    """Set how many days after the contest's end each class is kept; None: for ever."""
    known = session.scalar(select(Retention).where(Retention.contest_id == contest.id))
    before = {kind.value: kept for kind, kept in retention.days(session, contest).items()}
    if before == days:
        return
    if known is None:
        known = Retention(contest_id=contest.id)
        session.add(known)
    known.days = dict(days)
    changed = [kind for kind, kept in days.items() if before[kind] != kept]
    record(session, Verb.CONTEST_RETENTION_SET, contest, by=by.id, at=at, contest_id=contest.id,
           kind=changed, before=[before[k] for k in changed], after=[days[k] for k in changed])  # fmt: skip


def keep_to(session: Session, contest: Contest, *, at: datetime) -> list[Removal]:
    """Remove what is due, and return what that was."""
    done = []
    for line in retention.foreseen(session, contest):
        if line.things and line.is_due(at):
            ids = RULES[line.kind].find(session, contest)
            REMOVE[line.kind](session, ids, at)
            session.flush()
            made = Removal(contest_id=contest.id, kind=line.kind, things=len(ids), at=at)
            session.add(made)
            record(session, Verb.CONTEST_FORGOTTEN, contest, by=None, at=at, contest_id=contest.id,
                   kind=line.kind, things=len(ids))  # fmt: skip
            done.append(made)
    return done


def _access(session: Session, ids: Ids, at: datetime) -> None:
    for appointment in session.scalars(select(Appointment).where(Appointment.id.in_(ids))):
        people.close(session, appointment, appointment.reason, by=None, at=at)


def _drafts(session: Session, ids: Ids, _at: datetime) -> None:
    forget_drafts(session, ids)


def _invitations(session: Session, ids: Ids, at: datetime) -> None:
    """Without an address an invitation would open the team to anybody, so it is revoked as well."""
    mine = TeamInvitation.id.in_(ids)
    _update(
        session,
        update(TeamInvitation).where(mine, TeamInvitation.revoked_at.is_(None)),
        revoked_at=at,
    )
    _update(session, update(TeamInvitation).where(mine), email=None)


def _notes(session: Session, ids: Ids, _at: datetime) -> None:
    _update(session, update(Scorecard).where(Scorecard.id.in_(ids)), note="")
    _update(session, update(Conflict).where(Conflict.id.in_(ids)), note="")


def _messages(session: Session, ids: Ids, _at: datetime) -> None:
    session.execute(delete(Message).where(Message.id.in_(ids)))


def _ledger(session: Session, ids: Ids, _at: datetime) -> None:
    session.execute(delete(DocumentView).where(DocumentView.id.in_(ids)))


def _entries(session: Session, ids: Ids, at: datetime) -> None:
    """Remove answers and files; what was signed over them stays and proves that they were there."""
    versions = select(Version.id).where(Version.entry_id.in_(ids))
    attached = list(
        session.scalars(select(Attachment.file_id).where(Attachment.version_id.in_(versions)))
    )
    session.execute(
        delete(Attachment)
        .where(Attachment.version_id.in_(versions))
        .execution_options(synchronize_session=False)
    )
    wanted = update(Version).where(Version.entry_id.in_(ids), Version.forgotten_at.is_(None))
    _update(session, wanted, answers=[], forgotten_at=at)
    forget_drafts(session, ids, titles=False)
    files.let_go(session, attached)


def _update(session: Session, statement: Update, **values: object) -> None:
    session.execute(statement.values(**values).execution_options(synchronize_session=False))


REMOVE: Mapping[Class, Callable[[Session, Ids, datetime], None]] = {
    Class.ACCESS: _access,
    Class.DRAFTS: _drafts,
    Class.INVITATIONS: _invitations,
    Class.NOTES: _notes,
    Class.MESSAGES: _messages,
    Class.LEDGER: _ledger,
    Class.ENTRIES: _entries,
}
