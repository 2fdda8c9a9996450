"""Who may write, read and decide on entries."""

from datetime import datetime

from contest.contests.actor import Actor
from contest.contests.models import Role, Round
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.entries.models import NO_LEAVE, Entry, Leave, can_edit
from contest.teams.models import Team

TEAM_ONLY = N_("Only the members of this team see and write its entry.")
ORGANISERS_ONLY = N_("Only the organisers of this contest may do this.")


def may_see_draft(actor: Actor, team: Team) -> Decision:
    """What is being written: its team, and nobody else."""
    return ALLOW if team.has_member(actor.user) else deny(TEAM_ONLY)


def may_write(
    actor: Actor,
    team: Team,
    entry: Entry | None,
    at: datetime,
    round_: Round,
    leave: Leave = NO_LEAVE,
) -> Decision:
    """Writing and handing in: its team, while the round, an extension or a request lets it."""
    return may_see_draft(actor, team) and can_edit(entry, at, round_, leave)


def may_withdraw(actor: Actor, entry: Entry) -> Decision:
    if not entry.team.is_led_by(actor.user):
        return deny(N_("Only the team's lead may withdraw the entry."))
    return entry.can("withdraw")


def may_view(actor: Actor, entry: Entry) -> Decision:
    """What was handed in: its team and the contest's staff; judges read it where they score."""
    if entry.team.has_member(actor.user) or actor.is_staff():
        return ALLOW
    return deny(TEAM_ONLY)


def may_read_ledger(actor: Actor, entry: Entry) -> Decision:
    """Who opened what: the team whose documents they are, and the organisers."""
    if entry.team.has_member(actor.user) or actor.runs():
        return ALLOW
    return deny(N_("Only the team and the organisers read who opened its documents."))


def may_list(actor: Actor) -> Decision:
    return (
        ALLOW if actor.is_staff() else deny(N_("Only those who run this contest see its entries."))
    )


def may_build(actor: Actor) -> Decision:
    """The form of a round."""
    return ALLOW if actor.runs() else deny(ORGANISERS_ONLY)


def may_extend(actor: Actor) -> Decision:
    """More time for one team."""
    return ALLOW if actor.runs() else deny(ORGANISERS_ONLY)


def may_screen_any(actor: Actor) -> Decision:
    """The screeners' queue."""
    if actor.runs() or actor.has(Role.SCREENER):
        return ALLOW
    return deny(N_("Only screeners and organisers decide who is eligible."))


def may_screen(actor: Actor, entry: Entry) -> Decision:
    """One finding: screeners and organisers, but nobody on their own team's entry."""
    if entry.team.has_member(actor.user):
        return deny(N_("Nobody decides on the entry of their own team."))
    return may_screen_any(actor)


def may_start_judging(actor: Actor) -> Decision:
    return ALLOW if actor.runs() else deny(ORGANISERS_ONLY)
