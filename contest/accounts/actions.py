"""Makes and changes accounts."""

from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts import address, queries
from contest.accounts.models import User
from contest.core.words import LANGUAGES
from contest.events.log import Verb, record

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
    if user is not None:
        return user
    user = User(email=email, name=_tidy(name), locale=_known(locale))
    session.add(user)
    record(session, Verb.USER_CREATED, user, by=by.id if by else None, at=at, how="invited")
    return user


def _tidy(name: str) -> str:
    return " ".join(name.split())[:NAME_LENGTH]


def _known(locale: str) -> str:
    return locale if locale in LANGUAGES else "en"
