"""Going, letting go and handing over."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.teams import actions, policy, queries
from contest.teams.models import Member, Team
from contest.teams.views.blueprint import bp, seen
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, done, render_form
from contest.web.requests import now


@bp.route("/teams/<uuid:team_id>/leave", methods=["GET", "POST"])
@action("teams.leave")
@signed_in
def leave(team_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the team; the last to go dissolves it."""
    session, user = db.session(), current()
    team, _ = seen(team_id)
    decision = policy.may_leave(user, team, handed_in=queries.has_handed_in(session, team))
    authorize(decision)
    member = next(m for m in team.present() if m.user_id == user.id)
    form = ConfirmForm()
    if done(form, lambda: actions.leave(session, team, member, by=user, at=now())):
        flash(gettext("You left %(team)s.", team=team.name), "success")
        return redirect(url_for("contests.show", slug=team.contest.slug), 303)
    return render_form("teams/leave.html", form, team=team, contest=team.contest)


@bp.route("/teams/<uuid:team_id>/members/<uuid:member_id>/remove", methods=["GET", "POST"])
@action("teams.remove")
@signed_in
def remove(team_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody out of the team."""
    session, user = db.session(), current()
    team, _ = seen(team_id)
    member = _member(team, member_id)
    authorize(policy.may_remove(user, team, member))
    form = ConfirmForm()
    if done(form, lambda: actions.leave(session, team, member, by=user, at=now())):
        flash(gettext("%(name)s is no longer in the team.", name=_called(member)), "success")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_form("teams/remove.html", form, team=team, contest=team.contest, member=member)


@bp.route("/teams/<uuid:team_id>/members/<uuid:member_id>/hand-over", methods=["GET", "POST"])
@action("teams.hand_over")
@signed_in
def hand_over(team_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Make another member the lead."""
    session, user = db.session(), current()
    team, _ = seen(team_id)
    member = _member(team, member_id)
    authorize(policy.may_hand_over(user, team, member))
    form = ConfirmForm()
    if done(form, lambda: actions.hand_over(session, team, member, by=user, at=now())):
        flash(gettext("%(name)s leads the team now.", name=_called(member)), "success")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_form("teams/hand_over.html", form, team=team, contest=team.contest, member=member)


def _member(team: Team, member_id: uuid.UUID) -> Member:
    return found(next((m for m in team.present() if m.id == member_id), None))


def _called(member: Member) -> str:
    return member.user.name or member.user.email
