"""Passkeys: signing in with one, adding and removing them."""

import secrets
import uuid

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, devices, queries
from contest.accounts.actions import factors as acts
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import PasskeyForm
from contest.accounts.models import User
from contest.accounts.passkeys import Site, named
from contest.accounts.signin import begin, current, safe_next, signed_in
from contest.accounts.views.blueprint import bp
from contest.accounts.views.factors import show_codes
from contest.core.decisions import ALLOW
from contest.core.errors import DomainError
from contest.web import limits, refusals
from contest.web.access import action, authorize, found, public
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.models import RefusalKind
from contest.web.requests import now

CHALLENGE = "challenge"  # of the page that is open now; answered once


@bp.route("/sign-in/passkey", methods=["GET", "POST"])
@public("accounts.passkey")
def passkey() -> ResponseReturnValue:
    """Sign in by a passkey, which is both proofs in one."""
    next_page = safe_next(request.args.get("next"))
    form = PasskeyForm()
    challenge = session.pop(CHALLENGE, "")
    if form.validate_on_submit():
        limits.count("passkey", limits.address(), rate="60 per 5 minutes")
        user = _whose(form.answer.data or "", challenge)
        if user is not None:
            actions.sign_in(db.session(), user, how="passkey", factor="passkey", at=now())
            begin(user, how="passkey", passed=True)
            return redirect(next_page, 303)
        refusals.note(RefusalKind.WRONG_PROOF)
        form.form_errors = [*form.form_errors, gettext("No account of ours has this passkey.")]
    return render_form(
        "accounts/passkey.html", form, options=_site().question(_challenge()), next_page=next_page
    )


@bp.route("/profile/security/passkey", methods=["GET", "POST"])
@action("accounts.add_passkey")
@signed_in
def add_passkey() -> ResponseReturnValue:
    """Let this device or a password manager make a passkey for the account."""
    user = current()
    authorize(ALLOW)  # everybody their own
    form = PasskeyForm()
    challenge = session.pop(CHALLENGE, "")
    if form.validate_on_submit():
        made = _site().made(form.answer.data or "", challenge) if challenge else None
        agent = devices.named(request.user_agent.string)
        try:
            codes = acts.add_passkey(db.session(), user, made, agent=agent, at=now())
        except DomainError as error:
            form.reject(error)
        else:
            begin(user, how=AGAIN, passed=True, proved=False)
            return show_codes(codes, url_for(".security"))
    own = queries.passkeys(db.session(), user)
    options = _site().wish(user, own, _challenge())
    return render_form("accounts/add_passkey.html", form, options=options)


@bp.post("/profile/passkeys/<uuid:passkey_id>/remove")
@action("accounts.remove_passkey")
@signed_in
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Let a passkey open the account no more."""
    user = current()
    authorize(ALLOW)
    own = {one.id: one for one in queries.passkeys(db.session(), user)}
    acts.remove_passkey(db.session(), user, found(own.get(passkey_id)), at=now())
    begin(user, how=AGAIN, passed=True, proved=False)
    flash(gettext("The passkey opens your account no more."), "success")
    return redirect(url_for(".security"), 303)


def _whose(answer: str, challenge: str) -> User | None:
    held = queries.passkey(db.session(), named(answer))
    if held is None or not challenge:
        return None
    count = _site().count(answer, challenge, held[0])
    return acts.use_passkey(held[0], held[1], count, at=now()) if count is not None else None


def _challenge() -> str:
    session[CHALLENGE] = secrets.token_urlsafe(32)
    return str(session[CHALLENGE])


def _site() -> Site:
    return Site(current_app.config["BASE_URL"])
