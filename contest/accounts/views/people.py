"""What an administrator sees of accounts: what was refused, and where somebody is signed in."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, address, policy, queries
from contest.accounts.forms import AddressForm
from contest.accounts.models import User
from contest.accounts.signin import current, lifetimes, signed_in
from contest.accounts.views.blueprint import bp
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import done, render_form
from contest.web.requests import now, number

PAGE = 100


@bp.route("/people", methods=["GET", "POST"])
@action("accounts.people")
@signed_in
def people() -> ResponseReturnValue:
    """List what was refused lately; find a person by their address."""
    authorize(policy.may_look_after(current()))
    form = AddressForm()
    wanted: list[User] = []
    if done(form, lambda: wanted.append(_named(form.email.data or ""))):
        return redirect(url_for(".person", user_id=wanted[0].id), 303)
    page = number("page") or 0
    told = queries.refusals(db.session(), skip=page * PAGE, most=PAGE + 1)
    return render_form(
        "accounts/people.html",
        form,
        refusals=told[:PAGE],
        names=queries.names(db.session(), {r.user_id for r in told if r.user_id is not None}),
        zone=current().zone,
        older=page + 1 if len(told) > PAGE else None,
    )


@bp.get("/people/<uuid:user_id>")
@action("accounts.person")
@signed_in
def person(user_id: uuid.UUID) -> ResponseReturnValue:
    """Show where a person is signed in and what was refused to them."""
    authorize(policy.may_look_after(current()))
    user = found(queries.by_id(db.session(), user_id))
    idle, longest = lifetimes(user)
    return render_template(
        "accounts/person.html",
        user=user,
        zone=current().zone,
        sessions=queries.sessions(
            db.session(), user, begun_since=now() - longest, seen_since=now() - idle
        ),
        refusals=queries.refusals(db.session(), user=user, most=PAGE),
        names={},
    )


@bp.post("/people/<uuid:user_id>/sign-out")
@action("accounts.sign_out_other")
@signed_in
def sign_out_other(user_id: uuid.UUID) -> ResponseReturnValue:
    """End every session of a person, whose account may be in other hands."""
    authorize(policy.may_look_after(current()))
    user = found(queries.by_id(db.session(), user_id))
    actions.sign_out_everywhere(db.session(), user, by=current(), at=now())
    flash(gettext("%(name)s is signed out everywhere.", name=user.name or user.email), "success")
    return redirect(url_for(".person", user_id=user.id), 303)


def _named(typed: str) -> User:
    user = queries.by_email(db.session(), address.normalised(typed))
    if user is None or not user.active:
        raise DomainError(N_("Nobody here has this address."), field="email")
    return user
