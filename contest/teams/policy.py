"""Who may found, see, lead, join and leave a team. Pure: facts come loaded."""

from collections.abc import Sequence
from datetime import datetime

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Contest, Round
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.teams.models import (
    Member,
    Team,
    TeamInvitation,
    can_take_members,
    can_take_teams,
)

LEAD_ONLY = N_("Only the lead of the team may do this.")


def may_take_part(actor: Actor) -> Decision:
    """Whoever runs, judges or sponsors a contest does not compete in it."""
    if actor.user is None:
        return deny(N_("Sign in first, so that the team knows who you are."))
    if actor.roles:
        return deny(N_("You have an office in this contest, so you cannot compete in it."))
    return ALLOW


def may_found(
    actor: Actor, contest: Contest, rounds: Sequence[Round], own: Team | None, at: datetime
) -> Decision:
    """`own` is the team of this contest that the person is in."""
    if not (decision := may_take_part(actor)):
        return decision
    if own is not None:
        return deny(
            N_("You are in the team “%(team)s”. One person takes part once."), team=own.name
        )
    return can_take_teams(contest, rounds, at)


def may_view(actor: Actor, team: Team) -> Decision:
    """A team's page: its members, and those who run the contest."""
    if team.has_member(actor.user) or actor.is_staff():
        return ALLOW
    return deny(N_("Only the team itself and those who run the contest see this page."))


def may_list(actor: Actor) -> Decision:
    """All teams of a contest: those who run it."""
    return ALLOW if actor.is_staff() else deny(N_("Only those who run this contest see this page."))


def may_lead(user: User | None, team: Team) -> Decision:
    """Invite, answer for eligibility, change and hand over: the lead, while the contest runs."""
    if not team.is_led_by(user):
        return deny(LEAD_ONLY)
    return can_take_members(team.contest)


def may_invite(user: User | None, team: Team) -> Decision:
    return may_lead(user, team) and team.can_take_one_more(team.contest.team_max)


def may_join(actor: Actor, invitation: TeamInvitation, own: Team | None, at: datetime) -> Decision:
    """Whether the promises are signed comes on top; `own` as in `may_found`."""
    team = invitation.team
    if not (decision := may_take_part(actor)):
        return decision
    if own is not None:
        return deny(
            N_("You are in the team “%(team)s”. One person takes part once."), team=own.name
        )
    return (
        invitation.can_use(at)
        and can_take_members(team.contest)
        and team.can_take_one_more(team.contest.team_max)
    )


def may_remove(user: User | None, team: Team, member: Member) -> Decision:
    """The lead removes others; everybody leaves by themselves."""
    if user is not None and member.user_id == user.id:
        return deny(N_("To go yourself, leave the team."))
    return may_lead(user, team)


def may_hand_over(user: User | None, team: Team, member: Member) -> Decision:
    if user is not None and member.user_id == user.id:
        return deny(N_("You lead the team already."))
    return may_lead(user, team)


def may_leave(user: User | None, team: Team, *, handed_in: bool) -> Decision:
    member = next((m for m in team.present() if user is not None and m.user_id == user.id), None)
    if member is None:
        return deny(N_("You are not in this team."))
    return can_take_members(team.contest) and team.can_lose(member, handed_in=handed_in)
