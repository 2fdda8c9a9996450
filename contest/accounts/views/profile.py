"""One's own account."""

from flask import current_app, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions
from contest.accounts.forms import ProfileForm
from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.accounts.views.blueprint import bp
from contest.core.decisions import ALLOW
from contest.web.access import action, authorize
from contest.web.db import db
from contest.web.forms import Form, render_form
from contest.web.requests import now


@bp.route("/profile", methods=["GET", "POST"])
@action("accounts.profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Show the account; change name, language and zone."""
    user = current()
    authorize(ALLOW)  # everybody their own
    form = ProfileForm.of(user)
    if form.validate_on_submit():
        actions.change_profile(
            db.session(),
            user,
            name=form.name.data or "",
            locale=form.locale.data,
            zone=form.zone.data,
            by=user,
            at=now(),
        )
        session["lang"] = user.locale
        response = redirect(url_for(".profile"), 303)
        response.delete_cookie("lang")  # what was chosen here counts from now on
        flash(gettext("Saved."), "success")
        return response
    return _page(user, form)


@bp.post("/profile/feed")
@action("accounts.renew_feed")
@signed_in
def renew_feed() -> ResponseReturnValue:
    """Give the calendar feed a new address."""
    user = current()
    authorize(ALLOW)
    actions.renew_feed(db.session(), user, by=user, at=now())
    flash(gettext("The calendar has a new address. The old one stopped working."), "success")
    return redirect(url_for(".profile"), 303)


def _page(user: User, form: Form) -> ResponseReturnValue:
    has_feed = "messages.calendar" in current_app.view_functions
    feed = url_for("messages.calendar", token=user.feed_token) if has_feed else None
    return render_form("accounts/profile.html", form, user=user,
                       feed=feed and current_app.config["BASE_URL"] + feed)  # fmt: skip
