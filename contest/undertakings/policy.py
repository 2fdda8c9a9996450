"""Who may sign which promise."""

from contest.accounts.models import User
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.undertakings.models import Signature


def may_view(user: User | None, signature: Signature) -> Decision:
    """A signature is shown to whoever gave it."""
    if user is None or signature.user_id != user.id:
        return deny(N_("This signature is somebody else's."))
    return ALLOW


def may_sign(user: User | None) -> Decision:
    """Anybody with a name may promise; the address of a text is known to those who were asked."""
    if user is None:
        return deny(N_("Sign in first, so that we know whose promise this is."))
    return ALLOW
