"""The pages on which a round's scale is written."""

import uuid
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.contests.models import Round
from contest.contests.pages import how_judged
from contest.contests.signedin import actor
from contest.core.decisions import Decision
from contest.core.errors import DomainError
from contest.judging import policy
from contest.judging.actions import rubric as actions
from contest.judging.forms import criterion_form, score_form
from contest.judging.models import Criterion, Rubric
from contest.judging.queries import panel
from contest.judging.views.blueprint import bp, chaired_round
from contest.judging.views.score import parts_of
from contest.web import merging, requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form


@bp.get("/rounds/<uuid:round_id>/rubric")
@action("judging.rubric_index")
@signed_in
def rubric(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the criteria, the sum of their weights, and how judges see them."""
    round_, _ = chaired_round(round_id)
    rubric = panel.rubric(db.session(), round_id)
    return render_template(
        "judging/rubric.html",
        round=round_,
        contest=round_.contest,
        rubric=rubric,
        weight=sum(c.weight for c in rubric.criteria) if rubric else 0,
        may_edit=_may_edit(round_, rubric),
        parts=parts_of(rubric, None),
        preview=score_form(rubric, None),
        how_judged=how_judged,
    )


@bp.route("/rounds/<uuid:round_id>/rubric/new", methods=["GET", "POST"])
@action("judging.edit_rubric")
@signed_in
def criterion_add(round_id: uuid.UUID) -> ResponseReturnValue:
    """Add a criterion."""
    round_, user = chaired_round(round_id)
    rubric = panel.rubric(db.session(), round_id)
    authorize(_may_edit(round_, rubric))

    form = criterion_form(round_.contest)
    if form.validate_on_submit():
        try:
            actions.add_criterion(db.session(), round_, form.given(), by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The criterion is added."), "success")
            return redirect(url_for(".rubric", round_id=round_id), 303)
    others = sum(c.weight for c in rubric.criteria) if rubric else 0
    return render_form("judging/criterion.html", form, contest=round_.contest, round=round_,
                       criterion=None, others=others)  # fmt: skip


@bp.route("/rounds/<uuid:round_id>/rubric/<uuid:criterion_id>", methods=["GET", "POST"])
@action("judging.edit_rubric")
@signed_in
def criterion_edit(round_id: uuid.UUID, criterion_id: uuid.UUID) -> ResponseReturnValue:
    """Change a criterion, its scale and its described levels; two editors' changes are merged."""
    round_, user, criterion = _criterion(round_id, criterion_id)

    make = partial(criterion_form, round_.contest, criterion=criterion)
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: actions.edit_criterion(
            db.session(), criterion, form.given(), by=user, at=requests.now()
        ),
    ):
        flash(gettext("The criterion is saved."), "success")
        return redirect(url_for(".rubric", round_id=round_id), 303)
    others = sum(c.weight for c in criterion.rubric.criteria if c.id != criterion.id)
    return render_form("judging/criterion.html", form, contest=round_.contest, round=round_,
                       criterion=criterion, others=others)  # fmt: skip


@bp.post("/rounds/<uuid:round_id>/rubric/<uuid:criterion_id>/<any(up, down):way>")
@action("judging.edit_rubric")
@signed_in
def criterion_move(round_id: uuid.UUID, criterion_id: uuid.UUID, way: str) -> ResponseReturnValue:
    """Move a criterion up or down."""
    _, user, criterion = _criterion(round_id, criterion_id)
    step = -1 if way == "up" else 1
    actions.move_criterion(db.session(), criterion, step, by=user, at=requests.now())
    return redirect(url_for(".rubric", round_id=round_id), 303)


@bp.route("/rounds/<uuid:round_id>/rubric/<uuid:criterion_id>/remove", methods=["GET", "POST"])
@action("judging.edit_rubric")
@signed_in
def criterion_remove(round_id: uuid.UUID, criterion_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then take a criterion out."""
    round_, user, criterion = _criterion(round_id, criterion_id)

    form = ConfirmForm()
    if form.validate_on_submit():
        actions.remove_criterion(db.session(), criterion, by=user, at=requests.now())
        flash(gettext("The criterion is gone."), "success")
        return redirect(url_for(".rubric", round_id=round_id), 303)
    return render_form("judging/criterion_remove.html", form, contest=round_.contest, round=round_,
                       criterion=criterion)  # fmt: skip


def _may_edit(round_: Round, rubric: Rubric | None) -> Decision:
    return policy.may_edit_rubric(actor(round_.contest), rubric)


def _criterion(round_id: uuid.UUID, criterion_id: uuid.UUID) -> tuple[Round, User, Criterion]:
    round_, _ = chaired_round(round_id)
    rubric = found(panel.rubric(db.session(), round_id))
    authorize(_may_edit(round_, rubric))
    rubric.round = round_
    criterion = found(next((c for c in rubric.criteria if c.id == criterion_id), None))
    return round_, current(), criterion
