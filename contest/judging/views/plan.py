"""The page on which entries are given to judges: as a whole by the solver, or one by one by hand."""

import uuid

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import safe_next, signed_in
from contest.contests.models import Appointment, Round
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries.models import Entry
from contest.judging import policy
from contest.judging.actions import plan as actions
from contest.judging.forms import AssignForm, PlanForm
from contest.judging.models import AssignmentPlan, PlanState
from contest.judging.queries import matrix, panel, plans, preview, work
from contest.judging.views.blueprint import bp, chaired, chaired_round
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form

# The stages that the computation goes through: contest.judging.assignment takes long to import.
STAGES = ("search", "prove", "lift", "connect", "report")


@bp.get("/rounds/<uuid:round_id>/assignment")
@action("judging.plan_index")
@signed_in
def plan(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show who judges what today, and what a computed plan would change."""
    round_, _ = chaired_round(round_id)
    return _show(round_, None)


@bp.post("/rounds/<uuid:round_id>/assignment/compute")
@action("judging.plan_compute")
@signed_in
def plan_compute(round_id: uuid.UUID) -> ResponseReturnValue:
    """Promise to compute a plan."""
    round_, user = _assigning(round_id)
    form = PlanForm()
    if not form.validate_on_submit():
        return _show(round_, DomainError(N_("Choose what the plan shall be best at.")))
    actions.ask(db.session(), round_, fair=form.fair.data, by=user, at=requests.now())
    return redirect(url_for(".plan", round_id=round_id), 303)


@bp.get("/rounds/<uuid:round_id>/assignment/state")
@action("judging.plan_poll")
@signed_in
def plan_state(round_id: uuid.UUID) -> ResponseReturnValue:
    """Say how far the plan is that was asked for. A fragment."""
    round_, _ = chaired_round(round_id)
    newest = plans.newest_plan(db.session(), round_id)
    return Response(
        render_template("judging/_plan_state.html", round=round_, plan=newest, stages=STAGES)
    )


@bp.post("/plans/<uuid:plan_id>/apply")
@action("judging.plan_apply")
@signed_in
def plan_apply(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Make a plan the judges' work, as a whole."""
    made, round_, user = _plan(plan_id)
    authorize(policy.may_assign(actor(round_.contest), round_))
    try:
        with db.session().begin_nested():
            actions.apply(db.session(), made, round_, by=user, at=requests.now())
    except DomainError as error:
        return _show(round_, error)
    flash(gettext("The plan is applied. Judges with new entries have been told."), "success")
    return redirect(url_for(".plan", round_id=round_.id), 303)


@bp.post("/plans/<uuid:plan_id>/discard")
@action("judging.plan_discard")
@signed_in
def plan_discard(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Put a proposed plan away, or stop the computation."""
    made, round_, user = _plan(plan_id)
    stopped = made.state is PlanState.COMPUTING
    actions.discard(db.session(), made, round_, by=user, at=requests.now())
    flash(
        gettext("The computation is stopped. Nothing has changed.")
        if stopped
        else gettext("The plan is put away. Nothing has changed."),
        "success",
    )
    return redirect(url_for(".plan", round_id=round_.id), 303)


@bp.post("/rounds/<uuid:round_id>/assignment/add")
@action("judging.assign")
@signed_in
def assign(round_id: uuid.UUID) -> ResponseReturnValue:
    """Give one entry to one judge."""
    round_, user = _assigning(round_id)
    session = db.session()
    judges, entries = (
        panel.judges(session, round_.contest_id),
        panel.judged_entries(session, round_),
    )
    form = AssignForm(judges, entries)
    if form.validate_on_submit():
        try:
            with session.begin_nested():
                actions.add(session, round_, _judge(judges, form), _entry(entries, form),
                            by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            return _show(round_, error, form)
        flash(gettext("Assigned. The judge has been told."), "success")
        return redirect(
            safe_next(request.form.get("next"), url_for(".plan", round_id=round_id)), 303
        )
    return _show(round_, None, form)


def _judge(judges: list[Appointment], form: AssignForm) -> Appointment:
    return next(a for a in judges if str(a.id) == form.judge.data)


def _entry(entries: list[Entry], form: AssignForm) -> Entry:
    return next(e for e in entries if str(e.id) == form.entry.data)


@bp.post("/assignments/<uuid:assignment_id>/reassign")
@action("judging.reassign")
@signed_in
def reassign(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Take open work from one judge and give it to another."""
    session = db.session()
    assignment = found(work.assignment(session, assignment_id))
    round_ = assignment.round
    _, user = chaired(round_.contest)
    authorize(policy.may_assign(actor(round_.contest), round_))
    judges = panel.judges(session, round_.contest_id)
    wanted = found(next((a for a in judges if str(a.id) == request.form.get("judge")), None))
    back = safe_next(request.form.get("next"), url_for(".plan", round_id=round_.id))
    actions.reassign(session, assignment, wanted, by=user, at=requests.now())
    flash(gettext("Reassigned to %(name)s.", name=wanted.user.name), "success")
    return redirect(back, 303)


def _assigning(round_id: uuid.UUID) -> tuple[Round, User]:
    round_, user = chaired_round(round_id)
    authorize(policy.may_assign(actor(round_.contest), round_))
    return round_, user


def _plan(plan_id: uuid.UUID) -> tuple[AssignmentPlan, Round, User]:
    made = found(matrix.plan(db.session(), plan_id))
    round_, user = chaired_round(made.round_id)
    return made, round_, user


def _show(
    round_: Round,
    error: DomainError | None,
    form: AssignForm | None = None,
) -> ResponseReturnValue:
    session = db.session()
    newest = plans.newest_plan(session, round_.id)
    table = matrix.matrix(session, round_, newest)
    form = form or AssignForm([j.appointment for j in table.judges], table.entries)
    if error is not None:
        form.reject(error)
    is_proposal = newest is not None and newest.state is PlanState.PROPOSED
    return render_form(
        "judging/plan.html",
        form,
        plan_form=PlanForm(
            data={"fair": newest.report["fair"]} if newest and newest.report.get("fair") else None
        ),
        contest=round_.contest,
        round=round_,
        plan=newest,
        waiting=newest is not None and newest.state is PlanState.COMPUTING,
        failed=newest is not None and newest.state is PlanState.FAILED,
        stages=STAGES,
        table=table,
        is_table=len(table.entries) * len(table.judges) <= preview.CELLS,
        shown=preview.preview(session, round_, table, newest.report)
        if newest and is_proposal
        else None,
        left=preview.left(session, round_.id),
        may=policy.may_assign(actor(round_.contest), round_),
    )
