"""Asks somebody who is signed in once more who they are, before they change how they prove it."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, queries
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import CodeForm, ProofForm
from contest.accounts.models import User
from contest.accounts.signin import (
    ProofNeeded,
    begin,
    current,
    is_password_of,
    safe_next,
    signed_in,
)
from contest.accounts.views.arriving import limit_mail, promise_mail
from contest.accounts.views.blueprint import bp
from contest.accounts.views.factors import proved
from contest.core.decisions import ALLOW
from contest.web import limits, refusals
from contest.web.access import action, authorize, mark_decided
from contest.web.db import db
from contest.web.errors import problem, wants_json
from contest.web.forms import Form, render_form
from contest.web.models import RefusalKind
from contest.web.requests import now


@bp.route("/sign-in/again", methods=["GET", "POST"])
@action("accounts.prove")
@signed_in
def prove() -> ResponseReturnValue:
    """Ask for what the person has: a factor if there is one, else the password, else a mailed link."""
    user = current()
    authorize(ALLOW)  # everybody their own
    next_page = safe_next(request.args.get("next"), url_for(".security"))
    form: Form = CodeForm() if user.has_factor() else ProofForm() if user.password else Form()
    if form.validate_on_submit():
        if not isinstance(form, CodeForm | ProofForm):
            limit_mail(user.email)
            promise_mail("mail_link", email=user.email, next_page=next_page)
            return redirect(url_for(".look_in_mail"), 303)
        how = proved(form, user) if isinstance(form, CodeForm) else _password(form, user)
        if how:
            actions.proved(db.session(), user, how=how, at=now())
            begin(user, how=AGAIN, passed=True)
            return redirect(next_page, 303)
    has_passkey = bool(queries.passkeys(db.session(), user))
    return render_form(
        "accounts/prove.html", form, next_page=next_page, has_passkey=has_passkey, email=user.email
    )


@bp.app_errorhandler(ProofNeeded)
def ask_for_proof(_error: ProofNeeded) -> ResponseReturnValue:
    """Lead a reader to the page that asks, and back; a button has to be pressed again afterwards."""
    mark_decided()
    db.session.rollback()
    if wants_json():
        return problem(gettext("Prove first that it is still you: open the page Security."), 403)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.prove", next=request.full_path.rstrip("?")), 303)
    flash(gettext("Nothing has changed yet. Prove that it is you, then press the button again."))
    return redirect(url_for("accounts.prove"), 303)


def _password(form: ProofForm, user: User) -> str:
    limits.count("password", str(user.id), rate="10 per 15 minutes")
    if form.accepts(is_password_of(user, form.password.data or "")):
        return "password"
    refusals.note(RefusalKind.WRONG_PROOF)
    return ""
