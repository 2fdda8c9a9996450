"""Asking others into a team, and following such an invitation."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions as accounts
from contest.accounts import links
from contest.accounts import queries as people
from contest.accounts.forms import ArrivalForm
from contest.accounts.models import User
from contest.accounts.signin import begin, current, signed_in, visitor
from contest.contests.signedin import actor
from contest.core.decisions import Decision, deny
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.teams import actions, policy, queries
from contest.teams.forms import InviteForm
from contest.teams.models import TeamInvitation
from contest.teams.views.blueprint import bp, seen
from contest.web import limits
from contest.web.access import action, authorize, found, public
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.requests import now


@bp.route("/teams/<uuid:team_id>/invite", methods=["GET", "POST"])
@action("teams.invite")
@signed_in
def invite(team_id: uuid.UUID) -> ResponseReturnValue:
    """Mail somebody an invitation."""
    session, user = db.session(), current()
    team, _ = seen(team_id)
    authorize(policy.may_invite(user, team))
    form = InviteForm()
    if form.validate_on_submit():
        limits.count("team-invitations", str(user.id), rate="40 per hour")
        try:
            invitation = actions.invite(
                session, team, email=form.email.data or "", by=user, at=now()
            )
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("%(email)s is invited.", email=invitation.email), "success")
            return redirect(url_for(".show", team_id=team.id), 303)
    return render_form("teams/invite.html", form, team=team, contest=team.contest)


@bp.post("/teams/<uuid:team_id>/link")
@action("teams.open_link")
@signed_in
def open_link(team_id: uuid.UUID) -> ResponseReturnValue:
    """Make a link for whoever gets it."""
    team, _ = seen(team_id)
    authorize(policy.may_invite(current(), team))
    actions.open_link(db.session(), team, by=current(), at=now())
    flash(gettext("Whoever opens the link within 14 days can join. Take it back when all are in."),
          "success")  # fmt: skip
    return redirect(url_for(".show", team_id=team.id), 303)


@bp.post("/teams/<uuid:team_id>/invitations/<uuid:invitation_id>/revoke")
@action("teams.revoke")
@signed_in
def revoke(team_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation or the link back."""
    team, _ = seen(team_id)
    authorize(policy.may_lead(current(), team))
    invitation = found(queries.invitation(db.session(), invitation_id))
    found(invitation if invitation.team_id == team.id else None)
    actions.revoke(db.session(), invitation, by=current(), at=now())
    flash(gettext("The invitation no longer works."), "success")
    return redirect(url_for(".show", team_id=team.id), 303)


@bp.route("/join/<string:token>", methods=["GET", "POST"])
@public("teams.join")
def join(token: str) -> ResponseReturnValue:
    """Join a team by a mailed invitation or by its link, once the promises are signed."""
    session, at = db.session(), now()
    link = links.look(links.TEAM_INVITATION, token)
    invitation = _invitation(link)
    why_not = _why_not(link, invitation)
    if invitation is None or why_not is not None:
        return render_template("teams/no_way_in.html", why_not=why_not), 410
    user, team, addressee = visitor(), invitation.team, _addressee(link)
    form = ArrivalForm(user or addressee)
    if user is None:
        if addressee is not None and form.validate_on_submit():
            _come_in(addressee, form.given_name(), invitation)
            return redirect(url_for(".join", token=token), 303)
        return render_form("teams/join.html", form, team=team, contest=team.contest,
                           token=token, who=addressee, decision=None, unsigned=[])  # fmt: skip
    if team.has_member(user):
        return redirect(url_for(".show", team_id=team.id), 303)
    own = queries.own(session, team.contest_id, user)
    decision = policy.may_join(actor(team.contest), invitation, own, at)
    if form.validate_on_submit():
        authorize(decision)
        accounts.introduce(session, user, form.given_name(), at=at)
        actions.join(session, invitation, by=user, at=at)
        flash(gettext("Welcome to %(team)s.", team=team.name), "success")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_form(
        "teams/join.html",
        form,
        team=team,
        contest=team.contest,
        token=token,
        who=user,
        own=own,
        addressed_to=addressee if addressee not in {None, user} else None,
        decision=decision,
        unsigned=queries.unsigned(session, team.contest_id, user, at),
    )


def _invitation(link: links.Link) -> TeamInvitation | None:
    if link.state is links.State.FORGED:
        return None
    return queries.invitation(db.session(), uuid.UUID(link.payload["invitation"]))


def _why_not(link: links.Link, invitation: TeamInvitation | None) -> Decision | None:
    """Return why a link opens nothing any more; None while it does. Members still get through."""
    if invitation is None:
        return deny(N_("A part of the address is missing or was changed. Copy the whole line."))
    if invitation.team.has_member(visitor()):
        return None
    if link.state is links.State.EXPIRED:
        return deny(N_("This invitation has expired. Ask the team for a new one."))
    if invitation.team.dissolved_at is not None:
        return deny(N_("This team was dissolved."))
    decision = invitation.can_use(now())
    return None if decision else decision


def _addressee(link: links.Link) -> User | None:
    """Return the person whom a mailed invitation names; a shared link names nobody."""
    if "user" not in link.payload:
        return None
    return people.by_id(db.session(), uuid.UUID(link.payload["user"]))


def _come_in(user: User, name: str, invitation: TeamInvitation) -> None:
    """Sign in whom the mail was for. That works once; later they sign in as usual."""
    accounts.introduce(db.session(), user, name, at=now())
    accounts.use_link(db.session(), f"team-{invitation.id.hex}", user=user, at=now())
    accounts.sign_in(db.session(), user, how="link", at=now())
    begin(user)
