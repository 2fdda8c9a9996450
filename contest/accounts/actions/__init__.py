"""Makes and changes accounts. Passwords arrive here as hashes."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contest.accounts import address, queries
from contest.accounts.actions import sessions
from contest.accounts.models import UsedLink, User
from contest.core.errors import DomainError, Gone
from contest.core.text import N_
from contest.core.words import LANGUAGES
from contest.events.log import Verb, record
from contest.messages import outbox
from contest.web.models import KEPT, Refusal

NAME_LENGTH = 120


def invite(
    session: Session,
    *,
    email: str,
    name: str = "",
    locale: str = "en",
    by: User | None,
    at: datetime,
) -> User:
    """Return the person of this address, made if there is none: no password, address unproved.

    Raises DomainError at the field `email` for what is no address.
    """
    email = address.normalised(email)
    user = queries.by_email(session, email)
    return user or _made(session, email, name, locale, how="invited", by=by, at=at)


def sign_up(
    session: Session,
    *,
    email: str,
    name: str,
    locale: str,
    next_page: str,
    at: datetime,
    number: str = "",
) -> None:
    """Send a mail with which the owner of the address opens the account.

    Whoever has one already gets a mail that says so; to the asker both look the same.
    Raises DomainError at the field `email` for what is no address.
    """
    email = address.normalised(email)
    user = queries.by_email(session, email)
    if user is None:
        user = _made(session, email, name, locale, how="signed up", by=None, at=at)
    if not user.active:
        return
    kind = "already_registered" if user.confirmed_at else "sign_up_confirm"
    _send(session, kind, user, number, at, next=next_page)


def send_link(
    session: Session, *, email: str, next_page: str, at: datetime, number: str = ""
) -> None:
    """Mail a link that signs in, if somebody has this address; say nothing if nobody has."""
    user = _known(session, email)
    if user is not None:
        _send(session, "mail_link", user, number, at, next=next_page)


def send_reset(session: Session, *, email: str, at: datetime, number: str = "") -> None:
    """Mail a link to a new password, if somebody has this address."""
    user = _known(session, email)
    if user is not None:
        _send(session, "password_reset", user, number, at)


def first_administrator(
    session: Session, *, email: str, name: str, locale: str, password: str, at: datetime
) -> User:
    """Return the administrator of an empty instance; raise DomainError once it has anybody."""
    email = address.normalised(email)
    if not queries.is_empty(session):
        raise DomainError(N_("This instance already has an administrator."))
    user = User(
        email=email,
        name=_tidy(name),
        locale=_offered(locale),
        password=password,
        is_admin=True,
        confirmed_at=at,
    )
    session.add(user)
    session.flush()
    # The record serialises its writers, so of two who are first at once the second counts two.
    record(session, Verb.USER_CREATED, user, by=user.id, at=at, how="first")
    if session.scalar(select(func.count()).select_from(User)) != 1:
        raise DomainError(N_("This instance already has an administrator."))
    return user


def use_link(session: Session, number: str, *, user: User, at: datetime) -> None:
    """Use up the link of this number; raise Gone when it was used before."""
    try:
        with session.begin_nested():
            session.add(UsedLink(number=number, user_id=user.id, at=at))
            session.flush()
    except IntegrityError:
        raise Gone(N_("This link was already used. Each one works once.")) from None


def sign_in(session: Session, user: User, *, how: str, at: datetime, factor: str = "") -> None:
    """Note that the person signed in, by `password`, `link` or `passkey`; a link proves the address.

    Nothing is noted of somebody who has yet to prove themselves by a `factor`.
    """
    if user.has_factor() and not factor:
        return
    user.last_login_at = at
    if how == "link" and user.confirmed_at is None:
        user.confirmed_at = at
        record(session, Verb.USER_CONFIRMED, user, by=user.id, at=at)
    by = how if factor in {"", how} else f"{how}+{factor}"
    record(session, Verb.USER_SIGNED_IN, user, by=user.id, at=at, how=by)


def proved(session: Session, user: User, *, how: str, at: datetime) -> None:
    """Note that somebody who is signed in proved anew who they are."""
    record(session, Verb.USER_PROVED, user, by=user.id, at=at, how=how)


def confirm(
    session: Session, user: User, *, number: str, name: str, password: str | None, at: datetime
) -> None:
    """Open the account of somebody who followed the mailed link, with a password if they want one."""
    use_link(session, number, user=user, at=at)
    user.name = _tidy(name)
    if password is not None:
        set_password(session, user, password, by=user, at=at)
    sign_in(session, user, how="link", at=at)


def reset_password(
    session: Session, user: User, *, number: str, password: str, at: datetime
) -> None:
    """Set a new password by a mailed link, which signs out everywhere else."""
    use_link(session, number, user=user, at=at)
    set_password(session, user, password, by=user, at=at)
    sign_in(session, user, how="link", at=at)


def change_profile(
    session: Session, user: User, *, name: str, locale: str, zone: str, by: User, at: datetime
) -> None:
    """Change how the person is called and spoken to."""
    changed = [
        field
        for field, value in (("name", _tidy(name)), ("locale", _offered(locale)), ("zone", zone))
        if getattr(user, field) != value
    ]
    user.name, user.locale, user.zone = _tidy(name), _offered(locale), zone
    if changed:
        record(session, Verb.USER_CHANGED, user, by=by.id, at=at, fields=changed)


def introduce(session: Session, user: User, name: str, *, at: datetime) -> None:
    """Note how somebody who was invited by an address alone is called; a name that stands is kept."""
    if name and not user.name:
        change_profile(session, user, name=name, locale=user.locale, zone=user.zone, by=user, at=at)


def set_password(session: Session, user: User, password: str, *, by: User, at: datetime) -> None:
    """Set a password, given as its hash; every session of the person ends, and they are told."""
    had_one = user.password is not None
    user.password = password
    sessions.end_all(session, user, at=at)
    record(session, Verb.USER_PASSWORD_SET, user, by=by.id, at=at)
    if had_one:
        outbox.write(session, "password_changed", to=user, at=at, changed_at=at)


def make_administrator(session: Session, user: User, *, at: datetime) -> None:
    """Let the person administer the instance; only whoever runs the machine decides that."""
    if not user.is_admin:
        user.is_admin = True
        record(session, Verb.USER_CHANGED, user, by=None, at=at, fields=["is_admin"])


def renew_feed(session: Session, user: User, *, by: User, at: datetime) -> None:
    """Give the calendar feed a new address; the old one stops working."""
    user.feed_token = secrets.token_urlsafe(32)
    record(session, Verb.USER_FEED_RENEWED, user, by=by.id, at=at)


def sign_out_everywhere(session: Session, user: User, *, by: User, at: datetime) -> None:
    """End every session of the person."""
    sessions.end_all(session, user, at=at)
    record(session, Verb.USER_SIGNED_OUT_EVERYWHERE, user, by=by.id, at=at)


def forget_refusals(session: Session, *, at: datetime) -> None:
    """Delete what was refused too long ago."""
    session.execute(delete(Refusal).where(Refusal.since < at - KEPT))


def vouched_for(session: Session, *, email: str, name: str, locale: str, at: datetime) -> User:
    """Make the account of somebody whose address another site vouches for."""
    user = _made(session, email, name, locale, how="single sign-on", by=None, at=at)
    user.confirmed_at = at
    sign_in(session, user, how="sso", at=at)
    return user


def _made(
    session: Session, email: str, name: str, locale: str, *, how: str, by: User | None, at: datetime
) -> User:
    user = User(email=email, name=_tidy(name), locale=_offered(locale))
    session.add(user)
    record(session, Verb.USER_CREATED, user, by=by.id if by else None, at=at, how=how)
    return user


def _known(session: Session, email: str) -> User | None:
    user = queries.by_email(session, address.normalised(email))
    return user if user is not None and user.active else None


def _send(session: Session, kind: str, user: User, number: str, at: datetime, **facts: Any) -> None:
    """Mail a link of this number, once however often that is asked for."""
    number = number or uuid.uuid4().hex
    outbox.write(session, kind, to=user, at=at, dedupe_key=f"link-{number}", number=number, **facts)


def _tidy(name: str) -> str:
    return " ".join(name.split())[:NAME_LENGTH]


def _offered(locale: str) -> str:
    return locale if locale in LANGUAGES else "en"
