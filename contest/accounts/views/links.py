"""Mailed links: asking for one, and coming in by one.

Following a link only shows a button, because mail scanners follow links too; pressing it uses it up.
"""

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, links, queries
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import AddressForm, ArrivalForm, ResetForm, WelcomeForm
from contest.accounts.models import User
from contest.accounts.signin import begin, hashed, safe_next, visitor
from contest.accounts.views.arriving import ask_for_code, limit_mail, promise_mail
from contest.accounts.views.blueprint import bp
from contest.core.errors import DomainError
from contest.web import limits
from contest.web.access import public
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.requests import now


@bp.route("/sign-in/link", methods=["GET", "POST"])
@public("accounts.mail_link")
def mail_link() -> ResponseReturnValue:
    """Mail a link that signs in."""
    next_page = safe_next(request.args.get("next"))
    form = AddressForm()
    if form.validate_on_submit():
        limit_mail(form.email.data or "")
        try:
            promise_mail("mail_link", email=form.email.data or "", next_page=next_page)
        except DomainError as error:
            form.reject(error)
        else:
            return redirect(url_for(".look_in_mail"), 303)
    return render_form("accounts/mail_link.html", form, next_page=next_page)


@bp.route("/forgot", methods=["GET", "POST"])
@public("accounts.forgot")
def forgot() -> ResponseReturnValue:
    """Mail a link to a new password."""
    form = AddressForm()
    if form.validate_on_submit():
        limit_mail(form.email.data or "")
        limits.count("reset", (form.email.data or "").strip().casefold(), rate="5 per day")
        try:
            promise_mail("reset", email=form.email.data or "")
        except DomainError as error:
            form.reject(error)
        else:
            return redirect(url_for(".look_in_mail"), 303)
    return render_form("accounts/forgot.html", form)


@bp.route("/enter/<string:token>", methods=["GET", "POST"])
@public("accounts.enter")
def enter(token: str) -> ResponseReturnValue:
    """Sign in by a link."""
    link, user = opened(links.ENTER, token)
    next_page = safe_next(link.payload.get("next"))
    if user is None:
        return no_longer(link)
    if link.payload.get("again"):
        begin(user)
        return redirect(next_page, 303)
    form = ArrivalForm(user)
    if form.validate_on_submit():
        actions.introduce(db.session(), user, form.given_name(), at=now())
        if visitor() is user:
            _prove_by(link, user)
            return redirect(next_page, 303)
        actions.use_link(db.session(), link.payload["number"], user=user, at=now())
        actions.sign_in(db.session(), user, how="link", at=now())
        if not begin(user):
            return ask_for_code(next_page, None)
        return redirect(next_page, 303)
    return render_form("accounts/enter.html", form, who=user.name or user.email)


@bp.route("/sign-up/<string:token>", methods=["GET", "POST"])
@public("accounts.confirm")
def confirm(token: str) -> ResponseReturnValue:
    """Open the account."""
    link, user = opened(links.CONFIRM, token)
    next_page = safe_next(link.payload.get("next"))
    if user is None:
        return no_longer(link)
    if user.confirmed_at is not None:
        return redirect(url_for(".sign_in", next=next_page), 303)
    form = WelcomeForm(name=user.name)
    if form.validate_on_submit() and form.is_good_for(name=form.name.data or "", email=user.email):
        actions.confirm(
            db.session(),
            user,
            number=link.payload["number"],
            name=form.name.data or "",
            password=hashed(form.password.data) if form.password.data else None,
            at=now(),
        )
        begin(user)
        flash(gettext("Welcome, %(name)s.", name=user.name), "success")
        return redirect(next_page, 303)
    return render_form("accounts/confirm.html", form, email=user.email)


@bp.route("/reset/<string:token>", methods=["GET", "POST"])
@public("accounts.reset")
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by a mailed link."""
    link, user = opened(links.RESET, token)
    if user is None:
        return no_longer(link)
    form = ResetForm(user)
    if form.validate_on_submit() and form.is_good_for(name=user.name, email=user.email):
        actions.introduce(db.session(), user, form.given_name(), at=now())
        actions.reset_password(
            db.session(),
            user,
            number=link.payload["number"],
            password=hashed(form.password.data or ""),
            at=now(),
        )
        if not begin(user):
            return ask_for_code("/", None)
        flash(gettext("Your new password is set. You are signed out everywhere else."), "success")
        return redirect("/", 303)
    return render_form("accounts/reset.html", form, email=user.email)


def opened(purpose: str, token: str) -> tuple[links.Link, User | None]:
    """Return what a link says and the person it lets in: nobody if it does not count any more."""
    link = links.look(purpose, token)
    if link.state is not links.State.GOOD:
        return link, None
    again = bool(link.payload.get("again"))
    if again and not current_app.config["DEVELOPMENT"]:
        return links.Link(links.State.FORGED), None
    user = queries.by_id(db.session(), uuid.UUID(link.payload["user"]))
    if user is not None and link.payload.get("epoch", user.epoch()) != user.epoch():
        return links.Link(links.State.USED, link.payload), None  # older than the password
    if user is None or (not again and queries.is_used(db.session(), link.payload["number"])):
        used = links.State.USED if user is None or visitor() is not user else links.State.GOOD
        return links.Link(used, link.payload), user if used is links.State.GOOD else None
    return link, user


def _prove_by(link: links.Link, user: User) -> None:
    """Take a link that was not used for a proof of who goes on; of two proofs it would be the weaker."""
    if not queries.is_used(db.session(), link.payload["number"]) and not user.has_factor():
        actions.use_link(db.session(), link.payload["number"], user=user, at=now())
        actions.proved(db.session(), user, how="link", at=now())
        begin(user, how=AGAIN, passed=True)


def no_longer(link: links.Link) -> ResponseReturnValue:
    """Explain why a link does nothing, and where a new one comes from."""
    next_page = safe_next(link.payload.get("next"))
    return render_template("accounts/no_longer.html", state=link.state, next_page=next_page), 410
