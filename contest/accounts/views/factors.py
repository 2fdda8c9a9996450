"""The second factor: asked for on the way in, set up and taken off in one's own account."""

from typing import Any

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, factors, queries
from contest.accounts.actions import factors as acts
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import CodeForm
from contest.accounts.models import User
from contest.accounts.signin import (
    FactorNeeded,
    begin,
    current,
    safe_next,
    signed_in,
    visitor,
    waiting,
)
from contest.accounts.views.arriving import resumed
from contest.accounts.views.blueprint import bp
from contest.core.decisions import ALLOW
from contest.core.errors import DomainError
from contest.web import keys, limits, refusals
from contest.web.access import action, authorize, mark_decided, public
from contest.web.db import db
from contest.web.errors import problem, wants_json
from contest.web.forms import Form, render_form
from contest.web.models import RefusalKind
from contest.web.requests import now

SETTING_UP = "app"  # the sealed secret of an app that is not yet proved to show it


@bp.route("/sign-in/second-factor", methods=["GET", "POST"])
@public("accounts.second_factor")
def second_factor() -> ResponseReturnValue:
    """Finish signing in by a code."""
    next_page = safe_next(request.args.get("next"))
    who = waiting()
    if who is None:
        after = url_for(".sign_in", next=next_page) if visitor() is None else next_page
        return redirect(after, 303)
    sign_in, user = who
    form = CodeForm()
    if form.validate_on_submit() and (factor := proved(form, user)):
        actions.sign_in(db.session(), user, how=sign_in.how, factor=factor, at=now())
        begin(user, how=sign_in.how, passed=True)
        again = resumed(form.resume.data)
        if again is not None:
            return render_template("accounts/resend.html", **again)
        return redirect(next_page, 303)
    has_passkey = bool(queries.passkeys(db.session(), user))
    return render_form(
        "accounts/second_factor.html", form, next_page=next_page, has_passkey=has_passkey
    )


@bp.route("/profile/security/app", methods=["GET", "POST"])
@action("accounts.add_app")
@signed_in
def add_app() -> ResponseReturnValue:
    """Set up an authenticator app; the first factor comes with recovery codes."""
    user = current()
    authorize(ALLOW)  # everybody their own
    next_page = safe_next(request.args.get("next"), url_for(".security"))
    secret = _being_set_up() or factors.new_secret()
    form = CodeForm()
    if form.validate_on_submit():
        limit_codes(user)
        try:
            codes = acts.add_app(
                db.session(), user, secret, form.code.data or "", keys=keys.secrets(), at=now()
            )
        except DomainError as error:
            form.reject(error)
        else:
            begin(user, how=AGAIN, passed=True, proved=False)
            return show_codes(codes, next_page)
    session.setdefault(SETTING_UP, factors.sealed(secret, keys.secrets(), factors.SETTING_UP))
    address = factors.address(secret, email=user.email, issuer="Contest")
    return render_form(
        "accounts/add_app.html",
        form,
        picture=segno.make(address, error="m", micro=False).svg_data_uri(scale=5, light="white"),
        secret=factors.written(secret),
        has_one=queries.app(db.session(), user) is not None,
        asked="next" in request.args,
    )


@bp.route("/profile/security/app/remove", methods=["GET", "POST"])
@action("accounts.remove_app")
@signed_in
def remove_app() -> ResponseReturnValue:
    """Take the authenticator app off, with one last code."""
    user = current()
    authorize(ALLOW)
    form = CodeForm()
    if form.validate_on_submit() and proved(form, user):
        acts.remove_app(db.session(), user, at=now())
        begin(user, how=AGAIN, passed=True, proved=False)
        flash(gettext("No code of the app is asked for any more."), "success")
        return redirect(url_for(".security"), 303)
    return render_form("accounts/remove_app.html", form)


@bp.route("/profile/security/codes", methods=["GET", "POST"])
@action("accounts.renew_codes")
@signed_in
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them, this once."""
    user = current()
    authorize(ALLOW)
    form = CodeForm() if queries.app(db.session(), user) is not None else Form()
    if (
        user.has_factor()
        and form.validate_on_submit()
        and (not isinstance(form, CodeForm) or proved(form, user))
    ):
        return show_codes(acts.renew_codes(db.session(), user, at=now()), url_for(".security"))
    return render_form("accounts/renew_codes.html", form)


@bp.app_errorhandler(FactorNeeded)
def ask_for_factor(_error: FactorNeeded) -> ResponseReturnValue:
    """Lead somebody whose role asks for a second factor to setting one up, and back."""
    mark_decided()
    db.session.rollback()
    if wants_json() or request.method not in {"GET", "HEAD"}:
        return problem(gettext("Your role asks for a second factor. Set one up first."), 403)
    return redirect(url_for("accounts.add_app", next=request.full_path.rstrip("?")), 303)


def limit_codes(user: User) -> None:
    """Stop with 429 when somebody tries too many codes, wherever from."""
    for rate in ("5 per 5 minutes", "20 per hour", "50 per day"):
        limits.count("second-factor", str(user.id), rate=rate)


def show_codes(codes: list[str], next_page: str) -> ResponseReturnValue:
    """Show new recovery codes; there is no way to see them again."""
    if not codes:
        flash(gettext("It is set up. You are signed out everywhere else."), "success")
        return redirect(next_page, 303)
    return render_template("accounts/codes.html", codes=codes, next_page=next_page)


def proved(form: Any, user: User) -> str:
    """Return by what a sent code proves the person; "" when it does not, which the form then says."""
    limit_codes(user)
    try:
        return acts.prove(db.session(), user, form.code.data or "", keys=keys.secrets(), at=now())
    except DomainError as error:
        refusals.note(RefusalKind.WRONG_PROOF, whose=user.id)
        form.reject(error)
        return ""


def _being_set_up() -> bytes | None:
    return factors.opened(session.get(SETTING_UP, ""), keys.secrets(), factors.SETTING_UP)
