"""Asks somebody who is signed in once more who they are, before they change how they prove it."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, queries
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import CodeForm, LinkProofForm, ProofForm
from contest.accounts.models import User
from contest.accounts.signin import (
    ProofNeeded,
    begin,
    carried,
    current,
    is_password_of,
    safe_next,
    signed_in,
)
from contest.accounts.views.arriving import limit_mail, promise_mail, resumed
from contest.accounts.views.blueprint import bp
from contest.accounts.views.factors import proved
from contest.core.decisions import ALLOW
from contest.web import csrf, limits, refusals
from contest.web.access import SAFE_METHODS, action, authorize, mark_decided
from contest.web.db import db
from contest.web.errors import problem, wants_json
from contest.web.forms import render_form
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
    form = _form(user)
    if form.validate_on_submit():
        if not isinstance(form, CodeForm | ProofForm):
            limit_mail(user.email)
            promise_mail("mail_link", email=user.email, next_page=next_page)
            return redirect(url_for(".look_in_mail"), 303)
        how = proved(form, user) if isinstance(form, CodeForm) else _password(form, user)
        if how:
            actions.proved(db.session(), user, how=how, at=now())
            begin(user, how=AGAIN, passed=True)
            again = resumed(form.resume.data)
            if again is not None:
                return render_template("accounts/resend.html", **again)
            return redirect(next_page, 303)
    return _page(form, user, next_page)


@bp.app_errorhandler(ProofNeeded)
def ask_for_proof(_error: ProofNeeded) -> ResponseReturnValue:
    """Lead a reader to the page that asks, and back; a button has to be pressed again afterwards."""
    mark_decided()
    db.session.rollback()
    if wants_json():
        return problem(gettext("Prove first that it is still you: open the page Security."), 403)
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.prove", next=request.full_path.rstrip("?")), 303)
    rule = request.url_rule
    is_page = rule is not None and "GET" in (rule.methods or ())
    next_page = safe_next(request.path) if is_page else url_for("accounts.security")
    resume = "" if csrf.is_from_elsewhere() else carried()
    if not resume:
        flash(
            gettext("Nothing has changed yet. Prove that it is you, then press the button again.")
        )
        return redirect(url_for("accounts.prove", next=next_page), 303)
    response = make_response(_page(_form(current(), resume=resume), current(), next_page))
    response.status_code = 401
    return response


def _form(user: User, **values: str) -> CodeForm | LinkProofForm:
    """Return the form for what the person has; with `values` it is one that was not sent yet."""
    password = ProofForm if user.password else LinkProofForm
    kind = CodeForm if user.has_factor() else password
    return kind(formdata=None, **values) if values else kind()


def _page(form: CodeForm | LinkProofForm, user: User, next_page: str) -> ResponseReturnValue:
    return render_form(
        "accounts/prove.html",
        form,
        next_page=next_page,
        has_passkey=bool(queries.passkeys(db.session(), user)),
        email=user.email,
        again=resumed(form.resume.data),
    )


def _password(form: ProofForm, user: User) -> str:
    limits.count("password", str(user.id), rate="10 per 15 minutes")
    if form.accepts(is_password_of(user, form.password.data or "")):
        return "password"
    refusals.note(RefusalKind.WRONG_PROOF)
    return ""
