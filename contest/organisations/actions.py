"""Keeps the directory and the positions that people hold in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core import orm
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.core.words import LANGUAGES, Words
from contest.events.log import Verb, record
from contest.organisations import queries
from contest.organisations.models import Kind, Organisation, Position

SLUG_TAKEN = N_("Another organisation has this address.")
STALE = N_("Somebody changed this meanwhile. Compare with what stands there now, then save again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the directory says about an organisation. Without a slug one is made from the name."""

    name: Words
    kind: Kind
    country: str
    slug: str = ""
    website: str = ""
    domains: tuple[str, ...] = ()
    summary: Words = field(default_factory=Words)


def create(session: Session, entry: Entry, *, by: User, at: datetime) -> Organisation:
    """Add an organisation. Raises DomainError at `slug` when the address is taken."""
    organisation = Organisation(
        slug=entry.slug or _free_slug(session, entry.name),
        name=entry.name,
        kind=entry.kind,
        country=entry.country,
        website=entry.website,
        domains=tidy_domains(entry.domains),
        summary=entry.summary,
    )
    with orm.refusing(session, SLUG_TAKEN, field="slug"):
        session.add(organisation)
    record(session, Verb.ORGANISATION_CREATED, organisation, by=by.id, at=at, kind=entry.kind)
    return organisation


def edit(
    session: Session,
    organisation: Organisation,
    values: Mapping[str, object],
    *,
    seen: int,
    by: User,
    at: datetime,
) -> None:
    """Change what the directory says. Raises Conflict when `seen` is not the present version."""
    if orm.lock(session, organisation).version != seen:
        raise Conflict(STALE)
    facts = orm.assign(organisation, values)
    if facts["fields"]:
        record(
            session,
            Verb.ORGANISATION_EDITED,
            organisation,
            by=by.id,
            at=at,
            contest_id=None,
            **facts,
        )


def take_position(
    session: Session,
    organisation: Organisation,
    person: User,
    *,
    title: str,
    by: User,
    at: datetime,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Position:
    """Note that `person` works there; noting it again updates title and dates."""
    if from_on is not None and until_on is not None and until_on < from_on:
        raise DomainError(N_("The end lies before the beginning."), field="until_on")
    position = queries.position(session, person, organisation) or Position(
        user=person, organisation=organisation
    )
    position.title, position.from_on, position.until_on = title, from_on, until_on
    session.add(position)
    record(
        session,
        Verb.POSITION_ADDED,
        position,
        by=by.id,
        at=at,
        organisation_id=organisation.id,
        person_id=person.id,
    )
    return position


def end_position(session: Session, position: Position, *, on: date, by: User, at: datetime) -> None:
    """Note that a position ended on that day; it still counts for conflicts of interest."""
    position.until_on = on
    record(
        session,
        Verb.POSITION_ENDED,
        position,
        by=by.id,
        at=at,
        organisation_id=position.organisation_id,
        person_id=position.user_id,
    )


def tidy_domains(domains: tuple[str, ...]) -> list[str]:
    """Return mail domains in lower case, each once. Raises DomainError for what is no domain."""
    tidy = list(dict.fromkeys(d.strip().lower().removeprefix("@") for d in domains if d.strip()))
    for domain in tidy:
        if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}", domain):
            raise DomainError(
                N_("“%(domain)s” is no mail domain."), {"domain": domain[:80]}, field="domains"
            )
    return tidy


def _free_slug(session: Session, name: Words) -> str:
    text, _ = name.pick(["en", *LANGUAGES])
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:50].strip("-") or "organisation"
    taken = set(
        session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(slug)))
    )
    names = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
