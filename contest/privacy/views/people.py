"""One's own data: a copy of it, and its end."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import queries as accounts
from contest.accounts.models import User
from contest.accounts.signin import current, here, signed_in
from contest.core.decisions import ALLOW
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.files.sending import send
from contest.privacy import policy, queries
from contest.privacy.actions import copying, erasing
from contest.privacy.catalogue import PROOF, STAYS, WORK
from contest.privacy.forms import EraseForm, EraseOtherForm
from contest.privacy.models import PATIENCE, ExportState
from contest.privacy.views.blueprint import bp
from contest.web import limits
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import done, render_form
from contest.web.requests import now

REASONS = (STAYS, WORK, PROOF)


@bp.get("/profile/data")
@action("privacy.show")
@signed_in
def show() -> ResponseReturnValue:
    """Show what is kept about the person, the copy they asked for, and the way to be erased."""
    user = current()
    authorize(ALLOW)  # everybody their own
    return render_template(
        "privacy/show.html", user=user, figures=queries.figures(db.session(), user),
        erasure=queries.open_erasure(db.session(), user), **_copy(user),
    )  # fmt: skip


@bp.get("/profile/data/state")
@action("privacy.poll")
@signed_in
def state() -> ResponseReturnValue:
    """Say how far the copy is. A fragment."""
    authorize(ALLOW)
    return render_template("privacy/_copy.html", user=current(), **_copy(current()))


def _copy(user: User) -> dict[str, object]:
    """Return what the page says of the newest copy; only the session that asked may fetch it."""
    export = queries.newest_export(db.session(), user)
    if (
        export is not None
        and export.state is not ExportState.FETCHED
        and export.expires_at <= now()
    ):
        export = None
    return {"export": export, "is_here": export is not None and export.sign_in == here()}


@bp.post("/profile/data")
@action("privacy.copy")
@signed_in
def copy() -> ResponseReturnValue:
    """Promise a copy of one's data."""
    user = current()
    authorize(ALLOW)
    limits.count("copies", str(user.id), rate="10 per day")
    try:
        copying.ask(db.session(), user, sign_in=found(here()), at=now())
    except DomainError as error:
        flash(gettext(error.message), "warning")
    return redirect(url_for(".show"), 303)


@bp.post("/profile/data/<uuid:export_id>/fetch")
@action("privacy.fetch")
@signed_in
def fetch(export_id: uuid.UUID) -> ResponseReturnValue:
    """Send the copy, once, to the session that asked for it."""
    user = current()
    export = found(queries.export(db.session(), user, export_id, sign_in=here()))
    authorize(ALLOW)
    return send(copying.fetch(db.session(), export, by=user, at=now()))


@bp.route("/profile/erase", methods=["GET", "POST"])
@action("privacy.erase")
@signed_in
def erase() -> ResponseReturnValue:
    """Say what is removed, what stays and why, and what stands in the way; then set the day."""
    user, session = current(), db.session()
    authorize(ALLOW)
    form = EraseForm(user.email)
    if done(form, lambda: erasing.ask(session, user, by=user, at=now())):
        flash(gettext("Your account will be erased. Until then you can take it back."), "success")
        return redirect(url_for(".show"), 303)
    return render_form(
        "privacy/erase.html", form, user=user, obstacles=queries.obstacles(session, user),
        waits=queries.open_erasure(session, user), day=now() + PATIENCE, reasons=REASONS,
    )  # fmt: skip


@bp.post("/profile/erase/take-back")
@action("privacy.take_back")
@signed_in
def take_back() -> ResponseReturnValue:
    """Stay."""
    user = current()
    authorize(ALLOW)
    erasure = queries.open_erasure(db.session(), user)
    if erasure is not None:
        erasing.take_back(db.session(), erasure, user, by=user, at=now())
        flash(gettext("Your account stays."), "success")
    return redirect(url_for(".show"), 303)


@bp.route("/people/erase", methods=["GET", "POST"])
@action("privacy.erase_other")
@signed_in
def erase_other() -> ResponseReturnValue:
    """Set the day on which somebody else is erased, with the reason, for administrators."""
    authorize(policy.may_erase_others(current()))
    form = EraseOtherForm()
    if done(form, lambda: _ask_for(form)):
        flash(gettext("The person was told. They will be erased on the day that the mail names."),
              "success")  # fmt: skip
        return redirect(url_for(".erase_other"), 303)
    return render_form("privacy/erase_other.html", form)


def _ask_for(form: EraseOtherForm) -> None:
    user = accounts.by_email(db.session(), (form.email.data or "").strip().lower())
    if user is None:
        raise DomainError(N_("Nobody here has this address."), field="email")
    erasing.ask(db.session(), user, by=current(), reason=form.reason.data or "", at=now())
