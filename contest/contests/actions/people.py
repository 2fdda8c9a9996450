"""Appoints people to a contest and ends their appointments."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.accounts.models import User
from contest.contests import queries
from contest.contests.models import Answer, Appointment, Contest, Role
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.messages import outbox

ANSWER_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whom an organiser wants for what."""

    email: str
    name: str
    role: Role
    title: str = ""
    organisation_id: uuid.UUID | None = None
    track_id: uuid.UUID | None = None
    bridges: bool = False
    languages: Sequence[str] = ()
    public: bool = False


def invite(
    session: Session, contest: Contest, invitation: Invitation, *, by: User, at: datetime
) -> Appointment:
    """Offer a role by mail; the person is made if nobody has the address yet.

    Whoever declined or was released before is asked anew. Raises DomainError at the field `email`
    for somebody who holds the role or has an open invitation.
    """
    person = accounts.invite(
        session,
        email=invitation.email,
        name=invitation.name,
        locale=contest.languages[0],
        by=by,
        at=at,
    )
    known = queries.appointment_of(session, contest.id, person.id, invitation.role)
    if known is not None and (known.is_active() or known.can_answer(at)):
        raise DomainError(N_("This person has this role, or was asked already."), field="email")
    appointment = known or Appointment(contest=contest, user=person, role=invitation.role)
    appointment.title, appointment.public = invitation.title, invitation.public
    appointment.organisation_id = invitation.organisation_id
    appointment.track_id, appointment.bridges = invitation.track_id, invitation.bridges
    appointment.languages = list(invitation.languages)
    session.add(appointment)
    _offer(session, appointment, by, at)
    return appointment


def edit(
    session: Session,
    appointment: Appointment,
    values: Mapping[str, object],
    *,
    by: User,
    at: datetime,
) -> None:
    """Change how somebody's role is shown and what it is about; the role itself is offered anew."""
    orm.lock(session, appointment)
    changed = orm.assign(appointment, values)["fields"]
    if changed:
        record(
            session,
            Verb.APPOINTMENT_EDITED,
            appointment,
            by=by.id,
            at=at,
            contest_id=appointment.contest_id,
            role=appointment.role,
            fields=changed,
        )


def reinvite(session: Session, appointment: Appointment, *, by: User, at: datetime) -> None:
    """Ask again: the link sent before no longer works. `appointment` comes with its person."""
    orm.lock(session, appointment)
    if appointment.is_active():
        raise DomainError(N_("This person has accepted already."))
    _offer(session, appointment, by, at)


def accept(session: Session, appointment: Appointment, *, at: datetime) -> None:
    """Take the role on. Raises DomainError for an invitation that expired, was answered or withdrawn."""
    _answer(session, appointment, Answer.ACCEPTED, "", Verb.APPOINTMENT_ACCEPTED, at)


def decline(session: Session, appointment: Appointment, reason: str, *, at: datetime) -> None:
    """Say no, and perhaps why. The organisers are told, and only they read the reason."""
    _answer(session, appointment, Answer.DECLINED, reason, Verb.APPOINTMENT_DECLINED, at)
    contest, person = appointment.contest, appointment.user
    for organiser in queries.active(queries.appointments(session, contest.id, Role.ORGANISER)):
        outbox.write(
            session, "invitation_declined", to=organiser.user, at=at, contest_id=contest.id,
            dedupe_key=f"declined:{appointment.id}:{appointment.invited_at}:{organiser.user_id}",
            person=person.name or person.email, role=appointment.role.value,
            contest=contest.title, slug=contest.slug,
        )  # fmt: skip


def end(session: Session, appointment: Appointment, reason: str, *, by: User, at: datetime) -> None:
    """End an appointment or take an invitation back; its rights are gone with this transaction.

    Raises DomainError for the last organiser: a contest is never left alone.
    """
    orm.lock(session, appointment)
    if appointment.ended_at is not None:
        raise DomainError(N_("This appointment has ended already."))
    if appointment.role is Role.ORGANISER and appointment.is_active():
        people = queries.appointments(session, appointment.contest_id, Role.ORGANISER)
        if len(queries.active(people)) == 1:
            raise DomainError(N_("Appoint another organiser first: somebody must be in charge."))
    close(session, appointment, reason, by=by.id, at=at)


def close(
    session: Session, appointment: Appointment, reason: str, *, by: uuid.UUID | None, at: datetime
) -> None:
    """End an appointment whoever is left: for somebody who is erased, and for contests that are over."""
    appointment.ended_at, appointment.reason = at, reason
    record(
        session,
        Verb.APPOINTMENT_ENDED,
        appointment,
        by=by,
        at=at,
        contest_id=appointment.contest_id,
        role=appointment.role,
    )


def _offer(session: Session, appointment: Appointment, by: User, at: datetime) -> None:
    appointment.invited_at, appointment.expires_at = at, at + ANSWER_WITHIN
    appointment.answer = appointment.answered_at = appointment.ended_at = None
    appointment.reason = ""
    record(
        session,
        Verb.APPOINTMENT_OFFERED,
        appointment,
        by=by.id,
        at=at,
        contest_id=appointment.contest_id,
        role=appointment.role,
    )
    outbox.write(
        session,
        "appointment_invitation",
        to=appointment.user,
        at=at,
        contest_id=appointment.contest_id,
        appointment_id=str(appointment.id),
        invited_at=at.isoformat(),
        expires_at=appointment.expires_at,
        role=appointment.role.value,
        contest=appointment.contest.title,
    )


def _answer(
    session: Session,
    appointment: Appointment,
    answer: Answer,
    reason: str,
    verb: Verb,
    at: datetime,
) -> None:
    orm.lock(session, appointment)
    require(appointment.can_answer(at))
    appointment.answer, appointment.answered_at, appointment.reason = answer, at, reason
    record(
        session,
        verb,
        appointment,
        by=appointment.user_id,
        at=at,
        contest_id=appointment.contest_id,
        role=appointment.role,
    )
