"""Gives an account another mail address: when its owner proved who they are, and that it is theirs."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from contest.accounts import actions, address, queries
from contest.accounts.actions import sessions
from contest.accounts.models import User
from contest.core.errors import DomainError
from contest.core.orm import lock
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.messages import outbox

Moved = Callable[[Session, str, str], None]
_moved: list[Moved] = []


def register(functions: Iterable[Moved]) -> None:
    """Name what else goes by addresses: each function gets the old and the new one."""
    _moved[:] = functions


def send_link(
    session: Session, user: User, *, email: str, asked: str, number: str, at: datetime
) -> None:
    """Mail a link to the new address; whoever has an account by it already is told so instead."""
    email = address.normalised(email)
    owner = queries.by_email(session, email)
    if owner is None:
        outbox.write(session, "new_address", to=user, at=at, address=email,
                     dedupe_key=f"link-{number}", number=number, asked=asked)  # fmt: skip
    elif owner.id != user.id:
        actions.sign_up(session, email=email, name="", locale=owner.locale, next_page="/", at=at,
                        number=number)  # fmt: skip


def change(session: Session, user: User, *, email: str, number: str, at: datetime) -> None:
    """Let the account go by the new address; every session ends, and the old address is told.

    Raises Gone when the link was used, DomainError when somebody else has the address meanwhile.
    """
    actions.use_link(session, number, user=user, at=at)
    lock(session, user)
    if queries.by_email(session, email) is not None:
        raise DomainError(N_("There is an account with this address already."))
    old, user.email, user.confirmed_at = user.email, email, at
    sessions.end_all(session, user, at=at)
    for moved in _moved:
        moved(session, old, email)
    record(session, Verb.USER_ADDRESS_CHANGED, user, by=user.id, at=at)
    outbox.write(session, "address_changed", to=user, at=at, address=old, changed_at=at)
