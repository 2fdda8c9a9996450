"""Two switches an operator turns for the whole instance; both stand in the database.

*read-only*: everything can be read, nothing is written. *held*: promised work is kept and not done, so
that a restored copy sends nobody a letter before somebody has looked at it.
"""

from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web.models import Switch

READ_ONLY, HELD = "read-only", "held"
NAMES = (READ_ONLY, HELD)
ON = select(Switch.name)  # made once: whoever writes asks


class ReadOnly(DomainError):
    """Somebody wrote while nothing may be written."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def are_on(session: Session) -> frozenset[str]:
    """Return which switches are on. One statement."""
    return frozenset(session.scalars(ON))


def require_writing(session: Session) -> None:
    """Raise ReadOnly while nothing may be written."""
    if READ_ONLY in are_on(session):
        raise ReadOnly(
            N_(
                "Nothing can be stored for a while, everything can be read. Go back: what you "
                "typed is still in the form. Send it again in a few minutes."
            )
        )


def on(session: Session, name: str) -> Switch | None:
    """Return the switch if it is on."""
    return session.scalar(select(Switch).where(Switch.name == name))


def turn_on(session: Session, name: str, *, at: datetime, reason: str) -> Switch:
    """Turn on a switch that is off."""
    turned = Switch(name=name, since=at, reason=reason)
    session.add(turned)
    session.flush()
    return turned
