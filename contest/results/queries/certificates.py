"""Reads what certificates are made of."""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.core.words import Words
from contest.entries.models import Entry
from contest.results.models import Award, Certificate, OfficerSignature, ResultSet, ResultState
from contest.results.queries.sets import JUDGED
from contest.teams.models import Member, Team


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate to make: for whom, for what, signed by whom."""

    result_set: ResultSet
    entry: Entry
    award_id: uuid.UUID | None
    prize: Words
    members: tuple[str, ...]
    lang: str


def missing(session: Session, result_set_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return the entries of a published result that have no certificate of it yet."""
    made = (
        select(Certificate.id)
        .where(Certificate.result_set_id == result_set_id, Certificate.entry_id == Entry.id)
        .exists()
    )
    return tuple(
        session.scalars(
            select(Entry.id)
            .join(ResultSet, ResultSet.contest_id == Entry.contest_id)
            .where(
                ResultSet.id == result_set_id,
                ResultSet.state == ResultState.PUBLISHED,
                Entry.state.in_(JUDGED),
                ~made,
            )
            .order_by(Entry.id)
        )
    )


def wanted(session: Session, result_set_id: uuid.UUID, entry_id: uuid.UUID) -> Wanted | None:
    """Return what the entry's certificate says; None when it is made or the result is not out."""
    if entry_id not in missing(session, result_set_id):
        return None
    result_set = session.scalars(
        select(ResultSet)
        .where(ResultSet.id == result_set_id)
        .options(
            joinedload(ResultSet.contest),
            selectinload(ResultSet.signatures).joinedload(OfficerSignature.user),
        )
    ).one()
    entry = session.scalars(
        select(Entry)
        .where(Entry.id == entry_id)
        .options(
            joinedload(Entry.team).selectinload(Team.members).joinedload(Member.user),
        )
    ).one()
    award = next(
        (a for a in json.loads(result_set.body)["awards"] if a["entry"] == str(entry_id)), None
    )
    present = entry.team.present()
    offered = result_set.contest.languages
    leading = next((m.user.locale for m in present), "")
    return Wanted(
        result_set=result_set,
        entry=entry,
        award_id=_award_id(session, entry_id) if award else None,
        prize=Words(award["prize_title"]) if award else Words(),
        members=tuple(m.user.name for m in present if m.user.name),
        lang=leading if leading in offered else offered[0],
    )


def _award_id(session: Session, entry_id: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(select(Award.id).where(Award.entry_id == entry_id).limit(1))
