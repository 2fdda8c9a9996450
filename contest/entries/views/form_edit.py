"""Organisers put the form of a round together."""

import uuid
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import Round
from contest.contests.signedin import actor
from contest.entries import actions, policy, queries
from contest.entries.forms import AskedForm
from contest.entries.models import Question
from contest.entries.views.blueprint import bp
from contest.web import merging
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, done, render_form
from contest.web.requests import now


def _round(round_id: uuid.UUID) -> Round:
    round_ = found(contests.round_(db.session(), round_id))
    authorize(policy.may_build(actor(round_.contest)))
    return round_


def _question(question_id: uuid.UUID) -> tuple[Question, Round]:
    question = found(queries.question(db.session(), question_id))
    round_ = question.form.round
    authorize(policy.may_build(actor(round_.contest)))
    return question, round_


@bp.get("/rounds/<uuid:round_id>/form")
@action("entries.form_edit")
@signed_in
def form_edit(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the questions of a round in their order."""
    round_ = _round(round_id)
    return render_form(
        "entries/form_edit.html",
        ConfirmForm(),
        round=round_,
        contest=round_.contest,
        asked=queries.form(db.session(), round_.id),
    )


@bp.route("/rounds/<uuid:round_id>/form/new", methods=["GET", "POST"])
@action("entries.question_add")
@signed_in
def question_add(round_id: uuid.UUID) -> ResponseReturnValue:
    """Ask one thing more."""
    round_ = _round(round_id)
    form = AskedForm(round_.contest.languages)
    if done(
        form,
        lambda: actions.add_question(db.session(), round_, form.asked(), by=current(), at=now()),
    ):
        flash(gettext("The question is added."), "success")
        return redirect(url_for(".form_edit", round_id=round_.id), 303)
    return render_form(
        "entries/question.html", form, round=round_, contest=round_.contest, question=None
    )


@bp.route("/questions/<uuid:question_id>/edit", methods=["GET", "POST"])
@action("entries.question_edit")
@signed_in
def question_edit(question_id: uuid.UUID) -> ResponseReturnValue:
    """Change a question; two editors' changes are merged."""
    question, round_ = _question(question_id)
    make = partial(AskedForm, round_.contest.languages, data=_filled(question))
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: actions.edit_question(
            db.session(), round_, question, form.asked(), by=current(), at=now()
        ),
    ):
        flash(gettext("The question is changed."), "success")
        return redirect(url_for(".form_edit", round_id=round_.id), 303)
    return render_form(
        "entries/question.html", form, round=round_, contest=round_.contest, question=question
    )


@bp.post("/questions/<uuid:question_id>/move")
@action("entries.question_move")
@signed_in
def question_move(question_id: uuid.UUID) -> ResponseReturnValue:
    """Move a question one place up or down."""
    question, round_ = _question(question_id)
    steps = -1 if request.form.get("where") == "up" else 1
    actions.move_question(db.session(), round_, question, steps, by=current(), at=now())
    return redirect(
        url_for(".form_edit", round_id=round_.id, _anchor=f"question-{question.id}"), 303
    )


@bp.route("/questions/<uuid:question_id>/remove", methods=["GET", "POST"])
@action("entries.question_remove")
@signed_in
def question_remove(question_id: uuid.UUID) -> ResponseReturnValue:
    """Take a question off the form."""
    question, round_ = _question(question_id)
    form = ConfirmForm()
    if done(
        form,
        lambda: actions.remove_question(db.session(), round_, question, by=current(), at=now()),
    ):
        flash(gettext("The question is gone."), "success")
        return redirect(url_for(".form_edit", round_id=round_.id), 303)
    return render_form(
        "entries/question_remove.html",
        form,
        round=round_,
        contest=round_.contest,
        question=question,
    )


def _filled(question: Question) -> dict[str, object]:
    return {
        "kind": question.kind.value,
        "title": question.title,
        "help": question.help,
        "required": question.required,
        "limit": question.limit,
        "choices": "\n".join(question.choices),
        "public": question.public,
        "identifies": question.identifies,
    }
