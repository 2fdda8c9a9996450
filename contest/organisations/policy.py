"""Who may see and change the directory."""

from contest.accounts.models import User
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.organisations.models import Position


def may_view(user: User | None) -> Decision:
    """The directory names companies, not people: everybody with an account reads it."""
    return ALLOW if user is not None else deny(N_("Sign in to read the directory."))


def may_edit(user: User | None, *, organises: bool) -> Decision:
    """Administrators, and organisers of any contest, keep the directory."""
    if user is not None and (user.is_admin or organises):
        return ALLOW
    return deny(N_("Only organisers and administrators keep the directory."))


def may_end(user: User | None, position: Position, *, organises: bool) -> Decision:
    """A position is ended by its holder or by whoever keeps the directory."""
    if user is not None and position.user_id == user.id:
        return ALLOW
    return may_edit(user, organises=organises)
