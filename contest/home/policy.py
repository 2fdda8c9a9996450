"""Who may look across a contest's features, and who is told that something waits."""

import uuid
from collections.abc import Collection, Mapping

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.home.models import Matter
from contest.results.models import OFFICERS

CHAIRS = frozenset({Role.ORGANISER, Role.CHAIR})
CARRIES_ON = frozenset({Role.ORGANISER, Role.SPONSOR})
# Whom a matter concerns. What is somebody's own (their answer, their scores, their entry, the cases
# that they own) concerns them whatever their roles are.
CONCERNS: Mapping[Matter, frozenset[Role]] = {
    Matter.ANNOUNCE: frozenset({Role.ORGANISER}),
    Matter.INVITATIONS: frozenset({Role.ORGANISER}),
    Matter.SCREEN: frozenset({Role.ORGANISER, Role.SCREENER}),
    Matter.BEGIN_JUDGING: CHAIRS,
    Matter.FIND_JUDGES: CHAIRS,
    Matter.CLOSE_JUDGING: CHAIRS,
    Matter.DECIDE: CHAIRS,
    Matter.COMPUTE: CHAIRS,
    Matter.SIGN: frozenset(OFFICERS),
    Matter.SET_DATE: CHAIRS,
    Matter.LETTERS: CHAIRS,
    Matter.CONCLUDE: frozenset({Role.ORGANISER}),
    Matter.OWNERS: CARRIES_ON,
    Matter.GATE: CARRIES_ON,
    Matter.MILESTONES: CARRIES_ON,
    Matter.PROMISES: CARRIES_ON,
}


def concerned(
    roles: Mapping[uuid.UUID, Collection[Role]],
) -> dict[Matter, frozenset[uuid.UUID]]:
    """Return the contests in which each matter concerns somebody who has these roles in them."""
    return {
        matter: frozenset(contest for contest, held in roles.items() if told.intersection(held))
        for matter, told in CONCERNS.items()
    }


def may_read_history(actor: Actor) -> Decision:
    """The record of a whole contest, of a round, and what else speaks of a thing."""
    if actor.runs():
        return ALLOW
    return deny(N_("Only the contest's organisers may read its history."))


def may_read_site_history(user: User) -> Decision:
    """The record of what happened outside all contests: accounts, organisations, switches."""
    if user.is_admin:
        return ALLOW
    return deny(N_("Only administrators may read the history of the site."))
