"""Who decides, signs and publishes, and who reads what before and after."""

from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.results.models import OFFICERS
from contest.teams.models import Team


def may_decide(actor: Actor) -> Decision:
    """Propose, apply and take back the decisions of a round."""
    if actor.runs() or actor.has(Role.CHAIR):
        return ALLOW
    return deny(N_("The chair and the organisers decide."))


def may_prepare(actor: Actor) -> Decision:
    """See the results before they are out, and sign them."""
    if actor.runs() or actor.has(*OFFICERS):
        return ALLOW
    return deny(N_("Only organisers, the chair and the sponsor prepare the results."))


def may_publish(actor: Actor) -> Decision:
    """Compute, discard, date and publish results."""
    if actor.runs() or actor.has(Role.CHAIR):
        return ALLOW
    return deny(N_("The chair and the organisers publish the results."))


def capacity(actor: Actor) -> Role | None:
    """Return the role in which the actor signs, the organiser's first."""
    return next((role for role in OFFICERS if actor.has(role)), None)


def may_sign(actor: Actor) -> Decision:
    """Put one's name under a result; administrators do it as organisers only when appointed."""
    if actor.has(*OFFICERS):
        return ALLOW
    return deny(N_("Results are signed by people appointed as organiser, chair or sponsor."))


def may_read_feedback(actor: Actor, team: Team, *, released: bool) -> Decision:
    """The team once the results are out; the chair and the organisers before, to look it over."""
    if actor.runs() or actor.has(Role.CHAIR):
        return ALLOW
    if not team.has_member(actor.user):
        return deny(N_("Feedback is for the team alone."))
    return ALLOW if released else deny(N_("Feedback comes with the results."))


def may_consent(actor: Actor, team: Team) -> Decision:
    """Give or take back the consent to stand in the gallery."""
    if team.is_led_by(actor.user):
        return ALLOW
    return deny(N_("The lead of the team decides this."))


def may_view_consent(actor: Actor, team: Team) -> Decision:
    if team.has_member(actor.user) or actor.runs():
        return ALLOW
    return deny(N_("Only the team sees this."))


def may_download(actor: Actor, team: Team) -> Decision:
    """A certificate as a file."""
    if team.has_member(actor.user) or actor.runs():
        return ALLOW
    return deny(N_("The team downloads its own certificate."))
