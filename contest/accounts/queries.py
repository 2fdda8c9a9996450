"""Finds people."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from contest.accounts.models import (
    Authenticator,
    Identity,
    Passkey,
    RecoveryCode,
    SignIn,
    UsedLink,
    User,
)
from contest.web.models import Refusal

# Made once: nearly every request asks.
RUNNING = (
    select(SignIn, User)
    .join(User, User.id == SignIn.user_id)
    .where(SignIn.id == bindparam("number"), SignIn.ended_at.is_(None), User.active.is_(True))
)


def by_email(session: Session, email: str) -> User | None:
    """Return the person of a normalised address."""
    return session.scalar(select(User).where(User.email == email))


def by_id(session: Session, user_id: uuid.UUID) -> User | None:
    """Return a person who may sign in."""
    return session.scalar(select(User).where(User.id == user_id, User.active.is_(True)))


def names(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what people are called: their name, or their address until they gave one."""
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return {user_id: name or email for user_id, name, email in rows}


def is_empty(session: Session) -> bool:
    """Say whether nobody has an account yet, so that the first administrator is still to come."""
    return not session.scalar(select(exists().select_from(User)))


def is_used(session: Session, number: str) -> bool:
    """Say whether a link that works once has worked."""
    return bool(session.scalar(select(exists().where(UsedLink.number == number))))


def running(session: Session, number: uuid.UUID) -> tuple[SignIn, User] | None:
    """Return the session of this number and whose it is, unless one of them has ended."""
    row = session.execute(RUNNING, {"number": number}).one_or_none()
    return (row[0], row[1]) if row is not None else None


def sessions(
    session: Session, user: User, *, begun_since: datetime, seen_since: datetime
) -> tuple[SignIn, ...]:
    """Return the sessions of a person that still run, the latest first."""
    return tuple(
        session.scalars(
            select(SignIn)
            .where(
                SignIn.user_id == user.id,
                SignIn.ended_at.is_(None),
                SignIn.passed_at.is_not(None),
                SignIn.began_at >= begun_since,
                SignIn.seen_at >= seen_since,
            )
            .order_by(SignIn.seen_at.desc(), SignIn.began_at.desc())
        )
    )


def own_session(session: Session, user: User, number: uuid.UUID) -> SignIn | None:
    """Return a running session of this person."""
    return session.scalar(
        select(SignIn).where(
            SignIn.id == number, SignIn.user_id == user.id, SignIn.ended_at.is_(None)
        )
    )


def is_strange(session: Session, user: User, device: str) -> bool:
    """Say whether a person who signed in before did so from other devices only."""
    devices = set(
        session.scalars(
            select(SignIn.device)
            .where(SignIn.user_id == user.id, SignIn.passed_at.is_not(None))
            .distinct()
        )
    )
    return bool(devices) and device not in devices


def is_known_device(session: Session, email: str, device: str) -> bool:
    """Say whether the person of a normalised address signed in from this device before."""
    return bool(
        session.scalar(
            select(
                exists()
                .where(SignIn.device == device, SignIn.passed_at.is_not(None))
                .where(SignIn.user_id == User.id, User.email == email)
            )
        )
    )


def app(session: Session, user: User) -> Authenticator | None:
    """Return the app that makes codes for this person."""
    return session.scalar(select(Authenticator).where(Authenticator.user_id == user.id))


def passkeys(session: Session, user: User) -> tuple[Passkey, ...]:
    """Return the person's passkeys in the order in which they were added."""
    wanted = select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.added_at)
    return tuple(session.scalars(wanted))


def passkey(session: Session, credential: str) -> tuple[Passkey, User] | None:
    """Return the passkey of this name, and whose it is, if they may sign in."""
    row = session.execute(
        select(Passkey, User)
        .join(User, User.id == Passkey.user_id)
        .where(Passkey.credential == credential, User.active.is_(True))
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def identified(session: Session, issuer: str, subject: str) -> User | None:
    """Return whom the provider of single sign-on knows by this name."""
    return session.scalar(
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )


def identities(session: Session, user: User) -> tuple[Identity, ...]:
    """Return by what providers of single sign-on know the person."""
    wanted = select(Identity).where(Identity.user_id == user.id).order_by(Identity.added_at)
    return tuple(session.scalars(wanted))


def factors(session: Session, user: User) -> int:
    """Count what a person proves themselves by; recovery codes only stand in for it."""
    return len(passkeys(session, user)) + (app(session, user) is not None)


def codes_left(session: Session, user: User) -> int:
    """Count the recovery codes that were not used."""
    wanted = select(func.count()).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(wanted) or 0


def refusals(
    session: Session, *, user: User | None = None, skip: int = 0, most: int
) -> tuple[Refusal, ...]:
    """Return what was refused lately, the latest first; only what concerns the `user` if given."""
    wanted = select(Refusal).order_by(Refusal.since.desc(), Refusal.last_at.desc(), Refusal.id)
    if user is not None:
        wanted = wanted.where(Refusal.user_id == user.id)
    return tuple(session.scalars(wanted.offset(skip).limit(most)))
