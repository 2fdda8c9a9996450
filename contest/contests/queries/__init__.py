"""Reads contests and what belongs to them. Each query loads all that its reader touches."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from contest.accounts.models import User
from contest.contests.models import (
    Appointment,
    Challenge,
    Contest,
    Duty,
    Eligibility,
    Faq,
    PartnerRole,
    Partnership,
    Prize,
    Role,
    Round,
    Series,
    TimelineItem,
    Track,
    in_office,
)

# Made once: nearly every request asks.
WHOLE = select(Contest).options(joinedload(Contest.series))
BY_SLUG = WHOLE.where(Contest.slug == bindparam("slug"))
BY_ID = WHOLE.where(Contest.id == bindparam("contest_id"))
ROUND = (
    select(Round)
    .where(Round.id == bindparam("round_id"))
    .options(joinedload(Round.contest).joinedload(Contest.series))
)

Listed = TypeVar("Listed", Track, Prize, Partnership, Challenge, Duty, Faq, Eligibility)


def by_slug(session: Session, slug: str) -> Contest | None:
    """Return the contest of that address, with its series."""
    return session.scalar(BY_SLUG, {"slug": slug})


def contest(session: Session, contest_id: uuid.UUID) -> Contest | None:
    """Return the contest with its series."""
    return session.scalar(BY_ID, {"contest_id": contest_id})


def series(session: Session, slug: str) -> Series | None:
    """Return the series of that address."""
    return session.scalar(select(Series).where(Series.slug == slug))


def editions(session: Session, series_id: uuid.UUID) -> tuple[Contest, ...]:
    """Return the contests of a series that were announced, newest first."""
    return tuple(
        session.scalars(
            select(Contest)
            .where(Contest.series_id == series_id, Contest.announced_at.is_not(None))
            .order_by(Contest.announced_at.desc(), Contest.id)
        )
    )


def all_series(session: Session) -> tuple[Series, ...]:
    """Return every series in the order of its address."""
    return tuple(session.scalars(select(Series).order_by(Series.slug)))


def organises(session: Session, user: User) -> bool:
    """Say whether `user` is an active organiser of any contest."""
    return bool(
        session.scalar(
            select(Appointment.id)
            .where(
                Appointment.user_id == user.id,
                in_office(Role.ORGANISER),
            )
            .limit(1)
        )
    )


def rounds(session: Session, contest_id: uuid.UUID) -> tuple[Round, ...]:
    """Return the contest's rounds in their order, each with the contest."""
    return tuple(
        session.scalars(
            select(Round)
            .where(Round.contest_id == contest_id)
            .options(joinedload(Round.contest))
            .order_by(Round.number)
        )
    )


def round_(session: Session, round_id: uuid.UUID) -> Round | None:
    """Return the round with its contest and that contest's series."""
    return session.scalar(ROUND, {"round_id": round_id})


def tracks(session: Session, contest_id: uuid.UUID) -> tuple[Track, ...]:
    return _in_order(session, Track, contest_id)


def prizes(session: Session, contest_id: uuid.UUID) -> tuple[Prize, ...]:
    return _in_order(session, Prize, contest_id)


def partnerships(session: Session, contest_id: uuid.UUID) -> tuple[Partnership, ...]:
    """Return the contest's partners with their organisations: sponsors first, then by position."""
    found = _in_order(session, Partnership, contest_id, joinedload(Partnership.organisation))
    order = list(PartnerRole)
    return tuple(sorted(found, key=lambda partnership: order.index(partnership.role)))


def challenges(session: Session, contest_id: uuid.UUID) -> tuple[Challenge, ...]:
    return _in_order(session, Challenge, contest_id, joinedload(Challenge.organisation))


def duties(session: Session, contest_id: uuid.UUID) -> tuple[Duty, ...]:
    """Return what the sponsor promised in the call, each with the organisation that owes it."""
    return _in_order(session, Duty, contest_id, joinedload(Duty.organisation))


def faqs(session: Session, contest_id: uuid.UUID) -> tuple[Faq, ...]:
    return _in_order(session, Faq, contest_id)


def timeline(session: Session, contest_id: uuid.UUID) -> tuple[TimelineItem, ...]:
    """Return the public dates besides those of the rounds, earliest first."""
    return tuple(
        session.scalars(
            select(TimelineItem)
            .where(TimelineItem.contest_id == contest_id)
            .order_by(TimelineItem.on, TimelineItem.id)
        )
    )


def eligibility(session: Session, contest_id: uuid.UUID) -> tuple[Eligibility, ...]:
    """Return the questions that decide whether a team may take part, in their order."""
    return _in_order(session, Eligibility, contest_id)


def _in_order(
    session: Session, kind: type[Listed], contest_id: uuid.UUID, *with_: ORMOption
) -> tuple[Listed, ...]:
    """Return the contest's things of a kind in the order that its organisers gave them."""
    return tuple(
        session.scalars(
            select(kind)
            .where(kind.contest_id == contest_id)
            .options(*with_)
            .order_by(kind.position, kind.id)
        )
    )


WITH_PERSON = (
    joinedload(Appointment.user),
    joinedload(Appointment.organisation),
    joinedload(Appointment.track),
)


def appointments(
    session: Session, contest_id: uuid.UUID, role: Role | None = None
) -> tuple[Appointment, ...]:
    """Return everybody ever invited (to `role`), with person and organisation, by role and name."""
    statement = select(Appointment).where(Appointment.contest_id == contest_id)
    if role is not None:
        statement = statement.where(Appointment.role == role)
    order = list(Role)
    return tuple(
        sorted(
            session.scalars(statement.options(*WITH_PERSON)),
            key=lambda a: (order.index(a.role), a.user.name or a.user.email, str(a.id)),
        )
    )


def active(appointments: Sequence[Appointment], *roles: Role) -> tuple[Appointment, ...]:
    """Return those that were accepted and have not ended, of `roles` if any are named."""
    return tuple(a for a in appointments if a.is_active() and (not roles or a.role in roles))


def appointment(session: Session, appointment_id: uuid.UUID) -> Appointment | None:
    """Return the appointment with its person, organisation and contest."""
    return session.scalar(
        select(Appointment)
        .where(Appointment.id == appointment_id)
        .options(*WITH_PERSON, joinedload(Appointment.contest).joinedload(Contest.series))
    )


def appointment_of(
    session: Session, contest_id: uuid.UUID, user_id: uuid.UUID, role: Role
) -> Appointment | None:
    """Return somebody's appointment to `role`, whatever became of it, with person and organisation."""
    return session.scalar(
        select(Appointment)
        .where(
            Appointment.contest_id == contest_id,
            Appointment.user_id == user_id,
            Appointment.role == role,
        )
        .options(*WITH_PERSON)
    )
