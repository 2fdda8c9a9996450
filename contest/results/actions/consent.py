"""Lets a team into the gallery, and out of it again."""

from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core import orm
from contest.entries.models import Entry
from contest.events.log import Verb, record


def give(session: Session, entry: Entry, *, by: User, at: datetime) -> None:
    """Note the team's consent to be shown; once more changes nothing."""
    orm.lock(session, entry)
    if entry.gallery_consent_at is not None:
        return
    entry.gallery_consent_at, entry.gallery_consent_by = at, by.id
    record(session, Verb.ENTRY_GALLERY_JOINED, entry, by=by.id, at=at, contest_id=entry.contest_id)


def take_back(session: Session, entry: Entry, *, by: User, at: datetime) -> None:
    """Take the entry out of the gallery; once more changes nothing."""
    orm.lock(session, entry)
    if entry.gallery_consent_at is None:
        return
    entry.gallery_consent_at, entry.gallery_consent_by = None, by.id
    record(session, Verb.ENTRY_GALLERY_LEFT, entry, by=by.id, at=at, contest_id=entry.contest_id)
