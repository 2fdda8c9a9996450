"""Who may look after the accounts of others."""

from contest.accounts.models import User
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_


def may_look_after(user: User) -> Decision:
    return ALLOW if user.is_admin else deny(N_("Only administrators look after accounts."))
