"""Who may see a contest and set it up."""

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Appointment, Contest, Role
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_

ORGANISERS_ONLY = N_("Only the organisers of this contest may do this.")


def may_view(actor: Actor, contest: Contest) -> Decision:
    """The public page: open once the contest was announced; before that to everybody appointed."""
    if contest.is_public() or actor.runs() or actor.roles:
        return ALLOW
    return deny(N_("This contest is not announced yet."))


def may_manage(actor: Actor) -> Decision:
    """Everything an organiser sets up and decides."""
    return ALLOW if actor.runs() else deny(ORGANISERS_ONLY)


def may_oversee(actor: Actor) -> Decision:
    """The contest's overview: its staff, the site's administrator, and those who pay for it."""
    if actor.is_staff() or actor.has(Role.SPONSOR):
        return ALLOW
    return deny(N_("Only those who run this contest see this page."))


def may_create(user: User | None, *, organises: bool) -> Decision:
    """A new contest: administrators, and whoever organises one already."""
    if user is not None and (user.is_admin or organises):
        return ALLOW
    return deny(N_("Only administrators, and organisers of a contest, found new ones."))


def may_answer(user: User | None, appointment: Appointment) -> Decision:
    """An invitation is answered by the person whom it names."""
    if user is None or user.id != appointment.user_id:
        return deny(
            N_("This invitation is for somebody else. Sign in with the address it went to.")
        )
    return ALLOW
