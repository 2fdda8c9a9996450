"""The pages of the directory. They stand here because organisers of contests keep it."""

import uuid
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import address
from contest.accounts import queries as people
from contest.accounts.models import User
from contest.accounts.signin import current, safe_next, signed_in
from contest.contests.queries import organises
from contest.core.decisions import Decision
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.organisations import actions, policy, queries
from contest.organisations.forms import OrganisationForm, PositionForm, suggestions
from contest.web import merging, requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form

PAGE = 500
bp = Blueprint("organisations", __name__, url_prefix="/organisations")


@bp.get("")
@action("organisations.index")
@signed_in
def index() -> ResponseReturnValue:
    """Show the directory, or what of it has a name like the one looked for."""
    session, user = db.session(), current()
    authorize(policy.may_view(user))
    wanted = request.args.get("q", "").strip()[:120]
    return render_template(
        "organisations/index.html",
        organisations=queries.meant(session, wanted, limit=PAGE)
        if wanted
        else queries.directory(session),
        wanted=wanted,
        may_edit=_may_edit(user),
    )


@bp.get("/names")
@action("organisations.names_index")
@signed_in
def names() -> ResponseReturnValue:
    """Offer names for what somebody has typed so far, as JSON."""
    authorize(policy.may_view(current()))
    return {"names": suggestions(request.args.get("q", "").strip()[:120])}


@bp.route("/new", methods=["GET", "POST"])
@action("organisations.create")
@signed_in
def create() -> ResponseReturnValue:
    """Add an organisation, then go back to where it was missing."""
    user = current()
    authorize(_may_edit(user))
    back = safe_next(request.args.get("next"), url_for(".index"))

    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            actions.create(db.session(), form.entry(), by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The organisation is in the directory."), "success")
            return redirect(back, 303)
    return render_form("organisations/edit.html", form, organisation=None, back=back)


@bp.route("/<slug:slug>", methods=["GET", "POST"])
@action("organisations.take_position")
@signed_in
def show(slug: str) -> ResponseReturnValue:
    """Show an organisation and who works there; take note of one more position."""
    session, user = db.session(), current()
    organisation = found(queries.by_slug(session, slug))
    authorize(policy.may_view(user))
    may_edit = _may_edit(user)

    form = PositionForm()
    if not may_edit:
        del form.email
    if form.validate_on_submit():
        try:
            person = _person(form, user)
            actions.take_position(
                session,
                organisation,
                person,
                title=(form.title.data or "").strip(),
                from_on=form.from_on.data,
                by=user,
                at=requests.now(),
            )
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The position is noted."), "success")
            return redirect(url_for(".show", slug=slug), 303)
    positions = queries.positions_in(session, organisation.id)
    return render_form(
        "organisations/show.html",
        form,
        organisation=organisation,
        positions=positions,
        may_edit=may_edit,
        sees_history=user.is_admin,
        may_end={p.id for p in positions if policy.may_end(user, p, organises=bool(may_edit))},
    )


def _person(form: PositionForm, user: User) -> User:
    """Return whose position it is; raise DomainError for somebody without an account."""
    typed = form.email.data if form.email is not None else ""
    if not typed:
        return user
    person = people.by_email(db.session(), address.normalised(typed))
    if person is None:
        raise DomainError(N_("Nobody here has this address yet."), field="email")
    return person


@bp.route("/<slug:slug>/edit", methods=["GET", "POST"])
@action("organisations.edit")
@signed_in
def edit(slug: str) -> ResponseReturnValue:
    """Change what the directory says."""
    session, user = db.session(), current()
    organisation = found(queries.by_slug(session, slug))
    authorize(_may_edit(user))

    make = partial(OrganisationForm, obj=organisation)
    form = make()

    def save(seen: int) -> None:
        actions.edit(session, organisation, form.values(), seen=seen, by=user, at=requests.now())

    if merging.save(form, lambda: make(formdata=None), save):
        flash(gettext("Saved."), "success")
        return redirect(url_for(".show", slug=slug), 303)
    return render_form(
        "organisations/edit.html", form, organisation=organisation, back=url_for(".show", slug=slug)
    )


@bp.post("/positions/<uuid:position_id>/end")
@action("organisations.end_position")
@signed_in
def position_end(position_id: uuid.UUID) -> ResponseReturnValue:
    """Note that somebody has left."""
    session, user, at = db.session(), current(), requests.now()
    position = found(queries.position_by_id(session, position_id))
    authorize(policy.may_end(user, position, organises=organises(session, user)))
    actions.end_position(session, position, on=at.date(), by=user, at=at)
    return redirect(url_for(".show", slug=position.organisation.slug), 303)


def _may_edit(user: User) -> Decision:
    return policy.may_edit(user, organises=organises(db.session(), user))
