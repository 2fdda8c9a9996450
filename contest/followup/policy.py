"""Who sees a case and who does what on it. Everybody else does not know that it exists."""

import enum
from dataclasses import dataclass

from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.followup.models import Case

NOT_YOURS = N_("This case is not yours.")


class Side(enum.StrEnum):
    """From which side somebody works on a case."""

    ORGANISER = "organiser"
    SPONSOR = "sponsor"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Viewer:
    """An actor and whether they are in the case's team now."""

    actor: Actor
    is_member: bool = False

    def owns_for_sponsor(self, case: Case) -> bool:
        user = self.actor.user
        return user is not None and case.sponsor_owner_id == user.id

    def side(self, case: Case) -> Side | None:
        """Return the side from which they work, the organiser's first; None for everybody else."""
        if self.actor.runs():
            return Side.ORGANISER
        if self.owns_for_sponsor(case) or self.actor.has(Role.SPONSOR):
            return Side.SPONSOR
        return Side.TEAM if self.is_member else None


def may_view(viewer: Viewer, case: Case) -> Decision:
    """The two owners, the team, the sponsor's people and the organisers."""
    return ALLOW if viewer.side(case) is not None else deny(NOT_YOURS)


def may_view_board(actor: Actor) -> Decision:
    """Organisers and the sponsor see every case; a follow-up owner the cases they own."""
    if actor.runs() or actor.has(Role.SPONSOR, Role.FOLLOW_UP):
        return ALLOW
    return deny(NOT_YOURS)


def sees_all(actor: Actor) -> bool:
    """Say whether the board holds every case for them, or only those they own."""
    return actor.runs() or actor.has(Role.SPONSOR)


def may_name_owners(viewer: Viewer, case: Case) -> Decision:
    """Organisers and the sponsor say who carries a case on."""
    if viewer.side(case) in {Side.ORGANISER, Side.SPONSOR}:
        return ALLOW
    return deny(N_("The organisers and the sponsor name the owners."))


def may_work(viewer: Viewer, case: Case) -> Decision:
    """Milestones, check-ins, figures, documents: whoever sees the case works on it."""
    return may_view(viewer, case)


def may_decide(viewer: Viewer, case: Case) -> Decision:
    """Stages, gates, holding, closing, promises kept: the sponsor's side and the organisers."""
    if viewer.side(case) in {Side.ORGANISER, Side.SPONSOR}:
        return ALLOW
    return deny(N_("The sponsor's owner and the organisers decide this."))


def may_confirm_duty(viewer: Viewer, case: Case) -> Decision:
    """That a promise was kept is said by those who gained from it, or by the organisers."""
    if viewer.side(case) in {Side.ORGANISER, Side.TEAM}:
        return ALLOW
    return deny(N_("The team or the organisers confirm that a promise was kept."))
