"""Reads the directory."""

import uuid
from collections.abc import Iterable

from sqlalchemy import JSON, func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.core.words import LANGUAGES
from contest.organisations.models import Kind, Organisation, Position


def by_slug(session: Session, slug: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.slug == slug))


def organisation(session: Session, organisation_id: uuid.UUID) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.id == organisation_id))


def directory(
    session: Session, *, kind: Kind | None = None, after: str = "", limit: int = 500
) -> tuple[Organisation, ...]:
    """Return organisations in the order of their addresses, those behind `after`."""
    statement = select(Organisation).where(Organisation.slug > after)
    if kind is not None:
        statement = statement.where(Organisation.kind == kind)
    return tuple(session.scalars(statement.order_by(Organisation.slug).limit(limit)))


def meant(session: Session, text: str, limit: int = 9) -> tuple[Organisation, ...]:
    """Return the organisations that somebody may mean by `text`, at most so many.

    One whose address or whole name it is hides those that only contain it. Two statements at most.
    """
    names = type_coerce(Organisation.name, JSON)
    in_languages = [names[lang].as_string() for lang in LANGUAGES]
    whole = [func.lower(name) == text.lower() for name in in_languages]
    part = [name.icontains(text, autoescape=True) for name in in_languages]
    for conditions in ([Organisation.slug == text.lower(), *whole], part):
        statement = select(Organisation).where(or_(*conditions))
        found = session.scalars(statement.order_by(Organisation.slug).limit(limit)).all()
        if found:
            return tuple(found)
    return ()


def positions_in(session: Session, organisation_id: uuid.UUID) -> tuple[Position, ...]:
    """Return who holds or held a position, with the person, present ones first."""
    return tuple(
        session.scalars(
            select(Position)
            .where(Position.organisation_id == organisation_id)
            .options(joinedload(Position.user))
            .order_by(Position.until_on.is_not(None), Position.until_on.desc(), Position.id)
        )
    )


def positions_of(session: Session, user_ids: Iterable[uuid.UUID]) -> tuple[Position, ...]:
    """Return the positions of these people, each with its organisation."""
    return tuple(
        session.scalars(
            select(Position)
            .where(Position.user_id.in_(list(user_ids)))
            .options(joinedload(Position.organisation))
            .order_by(Position.user_id, Position.id)
        )
    )


def of_domain(session: Session, domain: str) -> tuple[Organisation, ...]:
    """Return the organisations whose verified mail domain this is, or a part of which it is."""
    found = session.scalars(select(Organisation).order_by(Organisation.slug))
    return tuple(
        o for o in found if any(domain == d or domain.endswith(f".{d}") for d in o.domains)
    )


def position(session: Session, user: User, organisation: Organisation) -> Position | None:
    return session.scalar(
        select(Position).where(
            Position.user_id == user.id, Position.organisation_id == organisation.id
        )
    )


def position_by_id(session: Session, position_id: uuid.UUID) -> Position | None:
    """Return the position with its organisation."""
    return session.scalar(
        select(Position)
        .where(Position.id == position_id)
        .options(joinedload(Position.organisation))
    )
