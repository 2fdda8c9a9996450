"""Who may end what is kept about others. Everybody may do so about themselves."""

from contest.accounts.models import User
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_


def may_erase_others(user: User) -> Decision:
    return ALLOW if user.is_admin else deny(N_("Only administrators erase other people."))
