"""One case: its page, its owners and its way through the stages."""

import uuid
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import queries as accounts
from contest.accounts.signin import current, signed_in
from contest.events import queries as events
from contest.followup import policy
from contest.followup.actions import cases as actions
from contest.followup.actions import work
from contest.followup.forms import CloseForm, GateForm, OwnersForm, ReasonForm
from contest.followup.models import CloseReason, GateDecision, Stage
from contest.followup.queries import board
from contest.followup.queries import cases as queries
from contest.followup.views.blueprint import bp, case_for
from contest.web import merging
from contest.web.access import action, authorize
from contest.web.db import db
from contest.web.forms import done, render_form
from contest.web.requests import now

WAY = [stage for stage in Stage if stage is not Stage.CLOSED]


@bp.get("/cases/<uuid:case_id>")
@signed_in
@action("followup.show")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show a case whole."""
    case, viewer = case_for(case_id)
    session = db.session()
    kept = queries.work(session, case.id)
    history = events.of(session, case.id)
    at_gate = case.stage in queries.GATES
    return render_template(
        "followup/show.html", case=case, contest=case.contest, work=kept, way=WAY,
        stages={stage.value: stage for stage in Stage},
        today=queries.today(now(), case.contest.zone), at=now(), share=board.share,
        reached=board.reached, history=history,
        names=accounts.names(session, {e.actor_id for e in history if e.actor_id}),
        may_work=policy.may_work(viewer, case) and work.can_work(case),
        may_decide=policy.may_decide(viewer, case),
        may_own=policy.may_name_owners(viewer, case),
        may_keep=policy.may_confirm_duty(viewer, case),
        can_step=actions.can_step(case), can_close=actions.can_close(case),
        at_gate=at_gate, blockers=queries.gate_blockers(session, case) if at_gate else [],
        sees_board=policy.may_view_board(viewer.actor),
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/owners", methods=["GET", "POST"])
@signed_in
@action("followup.owners")
def owners(case_id: uuid.UUID) -> ResponseReturnValue:
    """Name the owners on both sides; two people's changes are merged."""
    case, viewer = case_for(case_id)
    authorize(policy.may_name_owners(viewer, case))
    at_sponsor = {str(p.id): p for p in queries.sponsor_people(db.session(), case.contest_id)}
    in_team = {str(m.user.id): m.user for m in case.entry.team.present()}
    make = partial(OwnersForm, list(at_sponsor.values()), list(in_team.values()), data={
        "sponsor": str(case.sponsor_owner_id or ""), "team": str(case.team_owner_id or ""),
    })  # fmt: skip
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: actions.name_owners(
            db.session(),
            case,
            at_sponsor=at_sponsor.get(form.sponsor.data),
            in_team=in_team.get(form.team.data),
            by=current(),
            at=now(),
        ),
    ):
        return _back(case_id, gettext("The owners are named; they hear of it by mail."))
    return render_form("followup/owners.html", form, case=case, contest=case.contest)


@bp.post("/cases/<uuid:case_id>/step")
@signed_in
@action("followup.step")
def step(case_id: uuid.UUID) -> ResponseReturnValue:
    """Lead the case on to its next stage."""
    case, viewer = case_for(case_id)
    authorize(policy.may_decide(viewer, case))
    actions.step(db.session(), case, by=current(), at=now())
    return _back(case_id, gettext("The case is in its next stage."))


@bp.route("/cases/<uuid:case_id>/gate", methods=["GET", "POST"])
@signed_in
@action("followup.gate")
def gate(case_id: uuid.UUID) -> ResponseReturnValue:
    """Decide go, pivot or stop."""
    case, viewer = case_for(case_id)
    authorize(policy.may_decide(viewer, case))
    form = GateForm()
    form.offer()
    if done(
        form,
        lambda: actions.decide_gate(
            db.session(),
            case,
            GateDecision(form.decision.data),
            reason=form.reason.data or "",
            by=current(),
            at=now(),
        ),
    ):
        return _back(case_id, gettext("The gate is decided."))
    return render_form(
        "followup/gate.html", form, case=case, contest=case.contest,
        kpis=queries.kpis(db.session(), case.id), share=board.share,
        blockers=queries.gate_blockers(db.session(), case),
        can=actions.can_decide_gate(db.session(), case),
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/hold", methods=["GET", "POST"])
@signed_in
@action("followup.hold")
def hold(case_id: uuid.UUID) -> ResponseReturnValue:
    """Put the case on hold."""
    case, viewer = case_for(case_id)
    authorize(policy.may_decide(viewer, case))
    form = ReasonForm()
    if done(
        form, lambda: actions.hold(db.session(), case, reason=form.text(), by=current(), at=now())
    ):
        return _back(case_id, gettext("The case is on hold."))
    return render_form("followup/hold.html", form, case=case, contest=case.contest)


@bp.post("/cases/<uuid:case_id>/resume")
@signed_in
@action("followup.resume")
def resume(case_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with the case."""
    case, viewer = case_for(case_id)
    authorize(policy.may_decide(viewer, case))
    actions.resume(db.session(), case, by=current(), at=now())
    return _back(case_id, gettext("The case goes on."))


@bp.route("/cases/<uuid:case_id>/close", methods=["GET", "POST"])
@signed_in
@action("followup.close")
def close(case_id: uuid.UUID) -> ResponseReturnValue:
    """End the case."""
    case, viewer = case_for(case_id)
    authorize(policy.may_decide(viewer, case))
    form = CloseForm()
    form.offer()
    if done(
        form,
        lambda: actions.close(
            db.session(),
            case,
            CloseReason(form.outcome.data),
            note=form.note.data or "",
            by=current(),
            at=now(),
        ),
    ):
        return _back(case_id, gettext("The case is closed."))
    return render_form("followup/close.html", form, case=case, contest=case.contest)


def _back(case_id: uuid.UUID, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for(".show", case_id=case_id), 303)
