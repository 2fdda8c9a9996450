"""Another mail address for one's account: asked for here, confirmed by a link to the new one."""

import json

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import factors, links
from contest.accounts.actions import addresses
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.forms import AddressForm
from contest.accounts.signin import begin, current, signed_in, visitor
from contest.accounts.views.arriving import limit_mail, promise_mail
from contest.accounts.views.blueprint import bp
from contest.accounts.views.links import no_longer, opened
from contest.core.decisions import ALLOW
from contest.web import keys
from contest.web.access import action, authorize, found, public
from contest.web.db import db
from contest.web.forms import ConfirmForm, done, render_form
from contest.web.requests import now


@bp.route("/profile/address", methods=["GET", "POST"])
@action("accounts.new_address")
@signed_in
def new_address() -> ResponseReturnValue:
    """Mail a link to the address that the account is to go by; the same answer whoever has it."""
    user = current()
    authorize(ALLOW)  # everybody their own
    form = AddressForm()
    if form.validate_on_submit():
        limit_mail(form.email.data or "")
    if done(
        form,
        lambda: promise_mail("new_address", email=form.email.data or "", user_id=str(user.id)),
    ):
        return redirect(url_for(".look_in_mail"), 303)
    return render_form("accounts/new_address.html", form, user=user)


@bp.route("/profile/address/<string:token>", methods=["GET", "POST"])
@public("accounts.confirm_address")
def confirm_address(token: str) -> ResponseReturnValue:
    """Let the account go by the address to which this link was mailed."""
    link, user = opened(links.ADDRESS, token)
    if user is None:
        return no_longer(link)
    asked = found(factors.opened(link.payload["asked"], keys.secrets(), factors.ASKED))
    email, number = str(json.loads(asked)["email"]), str(link.payload["number"])
    form, is_here = ConfirmForm(), visitor() is user
    if done(
        form,
        lambda: addresses.change(db.session(), user, email=email, number=number, at=now()),
    ):
        if is_here:
            begin(user, how=AGAIN, passed=True, proved=False)
        flash(gettext("Your account goes by %(email)s now.", email=email), "success")
        return redirect(url_for(".profile" if is_here else ".sign_in"), 303)
    return render_form("accounts/confirm_address.html", form, email=email)
