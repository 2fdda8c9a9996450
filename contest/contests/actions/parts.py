"""Keeps the lists of a contest: partners, challenges, tracks, prizes, duties, dates, questions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import (
    Challenge,
    Contest,
    Duty,
    Eligibility,
    Faq,
    Partnership,
    Phase,
    Prize,
    Round,
    TimelineItem,
    Track,
)
from contest.core import orm
from contest.core.errors import Conflict
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue

Ordered = Challenge | Duty | Eligibility | Faq | Partnership | Prize | Track
Part = Ordered | Round | TimelineItem  # these two stand by their number and by their date
P = TypeVar("P", bound=Part)
STALE = N_("Somebody changed this meanwhile. Compare with what stands there now, then save again.")
TWICE = N_("This stands in the list already.")
IN_USE = N_("Something else refers to this, so it cannot be removed.")


def add(session: Session, contest: Contest, part: P, *, by: User, at: datetime) -> P:
    """Put `part` at the end of its list. Raises DomainError when it stands there already."""
    part.contest_id = contest.id
    if isinstance(part, Ordered):
        model = type(part)
        last = session.scalar(
            select(func.max(model.position)).where(model.contest_id == contest.id)
        )
        part.position = (last or 0) + 1
    with orm.refusing(session, TWICE):
        session.add(part)
    record(session, Verb.CONTEST_PART_ADDED, part, by=by.id, at=at, contest_id=contest.id)
    if isinstance(part, Eligibility) and contest.phase is not Phase.DRAFT:
        enqueue(session, "teams.ask", at=at, question_id=str(part.id))
    return part


def edit(
    session: Session,
    part: Part,
    values: Mapping[str, object],
    *,
    seen: int | None,
    by: User,
    at: datetime,
) -> None:
    """Change a part. `seen` is the version that the editor had before them, None if it has none."""
    orm.lock(session, part)
    if seen is not None and not isinstance(part, Partnership) and part.version != seen:
        raise Conflict(STALE)
    with orm.refusing(session, TWICE):
        facts = orm.assign(part, values)
    if facts["fields"]:
        record(
            session,
            Verb.CONTEST_PART_EDITED,
            part,
            by=by.id,
            at=at,
            contest_id=part.contest_id,
            **facts,
        )


def move(
    session: Session,
    part: Part,
    siblings: Sequence[Part],
    by_places: int,
    *,
    by: User,
    at: datetime,
) -> None:
    """Move `part` among its siblings by so many places; beyond either end it stays at the end."""
    order = list(siblings)
    before = order.index(part)
    after = min(max(before + by_places, 0), len(order) - 1)
    order.insert(after, order.pop(before))
    for position, sibling in enumerate(order, start=1):
        if isinstance(sibling, Ordered):
            sibling.position = position
    if after != before:
        record(
            session,
            Verb.CONTEST_PART_MOVED,
            part,
            by=by.id,
            at=at,
            contest_id=part.contest_id,
            place=[before + 1, after + 1],
        )


def remove(session: Session, part: Part, *, by: User, at: datetime) -> None:
    """Take a part away. Raises DomainError when something else refers to it."""
    record(session, Verb.CONTEST_PART_REMOVED, part, by=by.id, at=at, contest_id=part.contest_id)
    with orm.refusing(session, IN_USE):
        session.delete(part)
