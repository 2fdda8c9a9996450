"""Signing in and out by password, signing up, and the first visit to an empty instance."""

import json
import uuid
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError

from contest.accounts import actions, address, factors, queries
from contest.accounts.forms import CodeForm, SetupForm, SignInForm, SignUpForm
from contest.accounts.models import User
from contest.accounts.signin import (
    SignInNeeded,
    begin,
    carried,
    device,
    end,
    hashed,
    is_password_of,
    safe_next,
    visitor,
    waiting,
)
from contest.accounts.views.blueprint import bp
from contest.core.errors import DomainError
from contest.jobs.outbox import enqueue
from contest.web import csrf, keys, limits, refusals
from contest.web.access import found, is_public, mark_decided, public
from contest.web.db import db
from contest.web.errors import problem, wants_json
from contest.web.forms import render_form
from contest.web.models import RefusalKind
from contest.web.requests import now
from contest.web.text import language


@bp.route("/sign-in", methods=["GET", "POST"])
@public("accounts.sign_in")
def sign_in() -> ResponseReturnValue:
    """Sign in by password; what was typed into another form meanwhile can then be sent again."""
    next_page = safe_next(request.args.get("next"))
    form = SignInForm()
    if form.validate_on_submit():
        user = _whose_password(form.email.data or "", form.password.data or "")
        if user is not None:
            actions.sign_in(db.session(), user, how="password", at=now())
            if not begin(user, how="password"):
                return ask_for_code(next_page, form.resume.data)
            again = resumed(form.resume.data)
            if again is not None:
                return render_template("accounts/resend.html", **again)
            return redirect(next_page, 303)
        form.form_errors = [
            *form.form_errors,
            gettext(
                "Address and password do not belong together. Try again, or have a link mailed."
            ),
        ]
    elif request.method == "GET" and visitor() is not None:
        return redirect(next_page, 303)
    return render_form("accounts/sign_in.html", form, next_page=next_page)


@bp.post("/sign-out")
@public("accounts.sign_out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    end()
    flash(gettext("You are signed out."), "success")
    return redirect("/", 303)


@bp.route("/sign-up", methods=["GET", "POST"])
@public("accounts.sign_up")
def sign_up() -> ResponseReturnValue:
    """Mail a link with which the account is opened; the same answer whoever asks."""
    next_page = safe_next(request.args.get("next"))
    form = SignUpForm()
    if form.validate_on_submit():
        limit_mail(form.email.data or "")
        try:
            promise_mail(
                "sign_up",
                email=form.email.data or "",
                name=form.name.data or "",
                locale=language(),
                next_page=next_page,
            )
        except DomainError as error:
            form.reject(error)
        else:
            return redirect(url_for(".look_in_mail"), 303)
    return render_form("accounts/sign_up.html", form, next_page=next_page)


@bp.get("/look-in-your-mail")
@public("accounts.show")
def look_in_mail() -> ResponseReturnValue:
    """Say that a mail is under way, if the address is right."""
    return render_template(
        "accounts/look_in_mail.html",
        has_mailbox=current_app.config["DEVELOPMENT"]
        and "messages.mailbox" in current_app.view_functions,
    )


@bp.route("/setup", methods=["GET", "POST"])
@public("accounts.setup")
def setup() -> ResponseReturnValue:
    """Make the first administrator of an empty instance; no such page afterwards."""
    found(queries.is_empty(db.session()) or None)
    form = SetupForm()
    if form.validate_on_submit() and form.is_good_for(
        name=form.name.data or "", email=form.email.data or ""
    ):
        try:
            user = actions.first_administrator(
                db.session(),
                email=form.email.data or "",
                name=form.name.data or "",
                locale=language(),
                password=hashed(form.password.data or ""),
                at=now(),
            )
        except DomainError as error:
            form.reject(error)
        else:
            begin(user, how="setup")
            return redirect("/", 303)
    return render_form("accounts/setup.html", form)


def ask_for_code(next_page: str, resume: str | None) -> ResponseReturnValue:
    """Ask for the second factor; what was typed into another form waits on the page."""
    if not resume:
        return redirect(url_for("accounts.second_factor", next=next_page), 303)
    form = CodeForm(formdata=None, resume=resume)
    return render_template("accounts/second_factor.html", form=form, next_page=next_page)


def promise_mail(kind: str, *, email: str, **facts: str) -> None:
    """Promise what a mail to this address takes. Whose it is, only the worker finds out.

    So the asker's request does the same for every address, takes as long, and reads the same.
    Raises DomainError at the field `email` for what is no address.
    """
    wanted = json.dumps({"email": address.normalised(email), **facts})
    enqueue(
        db.session(),
        f"accounts.{kind}",
        at=now(),
        asked=factors.sealed(wanted.encode(), keys.secrets(), factors.ASKED),
        number=uuid.uuid4().hex,
    )


def limit_mail(typed: str) -> None:
    """Stop with 429 when too many links are asked for, for one person or from one place."""
    limits.count("links", _plain(typed), limits.address(), rate="5 per 15 minutes")
    limits.count("links-to", _plain(typed), rate="20 per day")
    limits.count("links-from", limits.address(), rate="60 per 15 minutes")


def _whose_password(typed: str, password: str) -> User | None:
    try:
        email = address.normalised(typed)
    except DomainError:
        email = ""
    _limit_tries(typed, is_known=queries.is_known_device(db.session(), email, device()))
    user = queries.by_email(db.session(), email)
    if user is not None and not user.active:
        user = None
    if is_password_of(user, password):
        return user
    whose = user.id if user is not None else None
    refusals.note(RefusalKind.WRONG_PROOF, whose=whose, tried=_plain(typed))
    return None


def _limit_tries(typed: str, *, is_known: bool) -> None:
    """Stop with 429 when too many passwords are tried.

    A device from which this person signed in before counts for itself: strangers lock nobody out.
    """
    if is_known:
        limits.count("sign-in-known", _plain(typed), device(), rate="10 per 5 minutes")
        return
    limits.count("sign-in", _plain(typed), limits.address(), rate="10 per 5 minutes")
    limits.count("sign-in-to", _plain(typed), rate="60 per hour")
    limits.count("sign-in-from", limits.address(), rate="120 per 5 minutes")


def _plain(typed: str) -> str:
    return typed.strip().casefold()


def resumed(text: str | None) -> dict[str, Any] | None:
    """Return where to send what was typed, and what; None if there is nothing or it is not ours."""
    try:
        sent = json.loads(text or "")
        path = safe_next(str(sent["path"]), "")
        fields = [(str(name), str(value)) for name, value in sent["fields"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return {"path": path, "fields": fields, "files": bool(sent.get("files"))} if path else None


@bp.app_errorhandler(SignInNeeded)
def ask_to_sign_in(_error: SignInNeeded) -> ResponseReturnValue:
    """Send a reader to the sign-in page and back; carry what a writer has typed."""
    mark_decided()
    db.session.rollback()
    if wants_json() or "X-CSRFToken" in request.headers:
        return problem(gettext("You are signed out. Sign in in another tab, then go on here."), 401)
    if request.method in {"GET", "HEAD"}:
        door = "accounts.sign_in" if waiting() is None else "accounts.second_factor"
        return redirect(url_for(door, next=request.full_path.rstrip("?")), 303)
    resume = "" if csrf.is_from_elsewhere() else carried()
    if waiting() is not None:
        return make_response(ask_for_code(safe_next(request.path), resume), 401 if resume else 303)
    form = SignInForm(formdata=None, resume=resume)
    return (
        render_template(
            "accounts/sign_in.html",
            form=form,
            next_page=safe_next(request.path),
            again=resumed(resume),
        ),
        401,
    )


@bp.app_errorhandler(CSRFError)
def not_from_our_page(error: CSRFError) -> ResponseReturnValue:
    """Tell a session that ended or changed from a forged request; lose nothing that was typed."""
    refusals.note(RefusalKind.UNKNOWN_FORM)
    if visitor() is None and not is_public(request.endpoint):
        return ask_to_sign_in(SignInNeeded())
    db.session.rollback()
    if wants_json() or "X-CSRFToken" in request.headers:
        return problem(gettext("You signed in anew since this page was opened. Reload it."), 403)
    again = resumed(carried()) if csrf.is_surely_ours() else None
    if again is not None and not is_public(request.endpoint):
        return render_template("accounts/resend.html", **again), 400
    message = gettext("The page stood open for too long, or your browser keeps no cookies."
                      " Go back, reload the page and send it again.")  # fmt: skip
    return problem(message, error.code or 400)
