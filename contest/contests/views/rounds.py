"""The pages on which rounds are planned."""

import uuid
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.contests import pages, policy, queries
from contest.contests.actions import rounds
from contest.contests.forms import RoundForm
from contest.contests.models import Round
from contest.contests.signedin import actor
from contest.contests.views.blueprint import bp, managed
from contest.core.errors import DomainError
from contest.web import merging, requests
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form


@bp.get("/contests/<slug:slug>/rounds", endpoint="rounds")
@action("contests.rounds_index")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """Show the rounds with their dates and numbers."""
    contest, _ = managed(slug)
    found_rounds = queries.rounds(db.session(), contest.id)
    return render_template("contests/rounds.html", contest=contest, rounds=found_rounds)


@bp.route("/contests/<slug:slug>/rounds/new", methods=["GET", "POST"])
@action("contests.round_create")
@signed_in
def round_create(slug: str) -> ResponseReturnValue:
    """Plan one more round."""
    contest, user = managed(slug)

    form = RoundForm(contest)
    if form.validate_on_submit():
        try:
            round_ = rounds.plan(
                db.session(), contest, Round(**form.values()), by=user, at=requests.now()
            )
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The round is planned."), "success")
            return redirect(url_for(".round_edit", round_id=round_.id), 303)
    return render_form("contests/round_edit.html", form, contest=contest, round=None)


@bp.route("/rounds/<uuid:round_id>/edit", methods=["GET", "POST"])
@action("contests.round_edit")
@signed_in
def round_edit(round_id: uuid.UUID) -> ResponseReturnValue:
    """Change a round's dates and numbers."""
    round_, user = _managed(round_id)

    make = partial(RoundForm, round_.contest, obj=round_)
    form = make()

    def save(seen: int) -> None:
        values, at = form.values(), requests.now()
        rounds.edit(db.session(), round_, values, seen=seen, by=user, at=at)

    if merging.save(form, lambda: make(formdata=None), save):
        flash(gettext("The round is saved."), "success")
        return redirect(url_for(".rounds", slug=round_.contest.slug), 303)
    return render_form("contests/round_edit.html", form, contest=round_.contest, round=round_)


@bp.route("/rounds/<uuid:round_id>/remove", methods=["GET", "POST"])
@action("contests.round_remove")
@signed_in
def round_remove(round_id: uuid.UUID) -> ResponseReturnValue:
    """Ask once more, then drop a planned round that nothing refers to."""
    round_, user = _managed(round_id)

    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            rounds.remove(db.session(), round_, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Removed."), "success")
            return redirect(url_for(".rounds", slug=round_.contest.slug), 303)
    return render_form("contests/round_remove.html", form, contest=round_.contest, round=round_)


def _managed(round_id: uuid.UUID) -> tuple[Round, User]:
    round_ = found(queries.round_(db.session(), round_id))
    who = actor(round_.contest)
    reveal(policy.may_view(who, round_.contest))
    authorize(policy.may_manage(who))
    return round_, current()


bp.add_app_template_global(pages.steps, "round_steps")
