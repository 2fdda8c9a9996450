"""How a person proves who they are, and where they are signed in."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, queries
from contest.accounts.actions import sessions
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import ChangePasswordForm
from contest.accounts.models import User
from contest.accounts.signin import (
    begin,
    current,
    hashed,
    here,
    is_password_of,
    lifetimes,
    require_proof,
    signed_in,
)
from contest.accounts.views.blueprint import bp
from contest.core.decisions import ALLOW
from contest.web import limits, refusals
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form
from contest.web.models import RefusalKind
from contest.web.requests import now


@bp.get("/profile/security")
@action("accounts.show")
@signed_in
def security() -> ResponseReturnValue:
    """Show where the person is signed in, and by what they prove who they are."""
    user = current()
    authorize(ALLOW)  # everybody their own
    idle, longest = lifetimes(user)
    return render_template(
        "accounts/security.html",
        user=user,
        this=here(),
        passkeys=queries.passkeys(db.session(), user),
        app=queries.app(db.session(), user),
        identities=queries.identities(db.session(), user),
        codes_left=queries.codes_left(db.session(), user),
        sessions=queries.sessions(
            db.session(), user, begun_since=now() - longest, seen_since=now() - idle
        ),
    )


@bp.post("/profile/sessions/<uuid:number>/end")
@action("accounts.end_session")
@signed_in
def end_session(number: uuid.UUID) -> ResponseReturnValue:
    """Sign out of one device."""
    user = current()
    authorize(ALLOW)
    one = found(queries.own_session(db.session(), user, number))
    sessions.end_one(db.session(), one, user, at=now())
    flash(gettext("You are signed out there."), "success")
    return redirect(url_for(".security"), 303)


@bp.route("/profile/sign-out-everywhere", methods=["GET", "POST"])
@action("accounts.sign_out_everywhere")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions but this one."""
    user = current()
    authorize(ALLOW)
    form = ConfirmForm()
    if form.validate_on_submit():
        actions.sign_out_everywhere(db.session(), user, by=user, at=now())
        begin(user, how=AGAIN, passed=True, proved=False)
        flash(gettext("You are signed out everywhere else."), "success")
        return redirect(url_for(".security"), 303)
    return render_form("accounts/sign_out_everywhere.html", form)


@bp.route("/profile/password", methods=["GET", "POST"])
@action("accounts.password")
@signed_in
def password() -> ResponseReturnValue:
    """Set a new password; other sessions end."""
    user = current()
    authorize(ALLOW)
    if user.password is None or user.has_factor():
        require_proof()  # else the form asks for the password, which is all that they have
    form = ChangePasswordForm()
    if (
        form.validate_on_submit()
        and _is_them(form, user)
        and form.is_good_for(name=user.name, email=user.email)
    ):
        actions.set_password(
            db.session(), user, hashed(form.password.data or ""), by=user, at=now()
        )
        begin(user, how=AGAIN, passed=True)
        flash(gettext("Your new password is set. You are signed out everywhere else."), "success")
        return redirect(url_for(".security"), 303)
    return render_form("accounts/password.html", form, has_one=user.password is not None)


def _is_them(form: ChangePasswordForm, user: User) -> bool:
    if user.password is None:
        return True
    limits.count("password", str(user.id), rate="10 per 15 minutes")
    if form.accepts(is_password_of(user, form.current.data or "")):
        return True
    refusals.note(RefusalKind.WRONG_PROOF)
    return False
