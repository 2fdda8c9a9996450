"""What is planned, measured, said and promised on a case."""

import uuid

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.followup import policy
from contest.followup.actions import work as actions
from contest.followup.forms import (
    CheckInForm,
    EvidenceForm,
    KeptForm,
    KpiForm,
    MeasureForm,
    MilestoneForm,
    MoveForm,
    ReasonForm,
)
from contest.followup.models import Kpi, Milestone, Mood, Obligation
from contest.followup.queries import cases as queries
from contest.followup.views.blueprint import answer, bp, case_for, working
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.requests import now


@bp.route("/cases/<uuid:case_id>/milestones/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_milestone")
def add_milestone(case_id: uuid.UUID) -> ResponseReturnValue:
    """Plan a milestone."""
    case, _viewer = working(case_id)
    form = MilestoneForm()
    return answer(
        form, case, gettext("Add a milestone"), gettext("Add"),
        lambda: actions.add_milestone(
            db.session(), case, title=form.title.data or "", due_on=form.due_on.data,
            by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/milestones/<uuid:milestone_id>", methods=["GET", "POST"])
@signed_in
@action("followup.edit_milestone")
def edit_milestone(milestone_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is due or when; after a clash the page shows both."""
    milestone = found(queries.one(db.session(), Milestone, milestone_id))
    case, _viewer = working(milestone.case_id)
    authorize(actions.can_edit_milestone(case, milestone))
    form = MilestoneForm(obj=milestone)
    return answer(
        form, case, gettext("Change a milestone"), gettext("Save"),
        lambda: actions.edit_milestone(
            db.session(), case, milestone, title=form.title.data or "", due_on=form.due_on.data,
            seen=form.seen(), by=current(), at=now(),
        ),
        edited=milestone,
    )  # fmt: skip


@bp.route("/milestones/<uuid:milestone_id>/done", methods=["GET", "POST"])
@signed_in
@action("followup.finish_milestone")
def finish_milestone(milestone_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a milestone is done."""
    milestone = found(queries.one(db.session(), Milestone, milestone_id))
    case, _viewer = working(milestone.case_id)
    form = EvidenceForm()
    return answer(
        form, case, gettext("Done: %(title)s", title=milestone.title), gettext("It is done"),
        lambda: actions.finish_milestone(
            db.session(), case, milestone, evidence=form.evidence.data or "", by=current(),
            at=now(),
        ),
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/figures/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_kpi")
def add_kpi(case_id: uuid.UUID) -> ResponseReturnValue:
    """Add a figure with its target."""
    case, _viewer = working(case_id)
    form = KpiForm()
    return answer(
        form, case, gettext("Add a figure"), gettext("Add"),
        lambda: actions.add_kpi(
            db.session(), case, name=form.name.data or "", unit=form.unit.data or "",
            target=form.target.data or 0.0, baseline=form.baseline.data, by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/figures/<uuid:kpi_id>", methods=["GET", "POST"])
@signed_in
@action("followup.edit_kpi")
def edit_kpi(kpi_id: uuid.UUID) -> ResponseReturnValue:
    """Change a figure and its target; after a clash the page shows both."""
    kpi = found(queries.one(db.session(), Kpi, kpi_id))
    case, _viewer = working(kpi.case_id)
    form = KpiForm(obj=kpi)
    return answer(
        form, case, gettext("Change a figure"), gettext("Save"),
        lambda: actions.edit_kpi(
            db.session(), case, kpi, name=form.name.data or "", unit=form.unit.data or "",
            target=form.target.data or 0.0, baseline=form.baseline.data, seen=form.seen(),
            by=current(), at=now(),
        ),
        edited=kpi,
    )  # fmt: skip


@bp.route("/figures/<uuid:kpi_id>/measure", methods=["GET", "POST"])
@signed_in
@action("followup.measure")
def measure(kpi_id: uuid.UUID) -> ResponseReturnValue:
    """Add a measured value."""
    kpi = found(queries.one(db.session(), Kpi, kpi_id))
    case, _viewer = working(kpi.case_id)
    form = MeasureForm(data={"as_of": queries.today(now(), case.contest.zone)})
    return answer(
        form, case, gettext("Measured: %(name)s, in %(unit)s", name=kpi.name, unit=kpi.unit),
        gettext("Add the value"),
        lambda: actions.measure(
            db.session(), case, kpi, value=form.value.data or 0.0, as_of=form.as_of.data,
            source=form.source.data or "", by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/figures/<uuid:kpi_id>/waive", methods=["GET", "POST"])
@signed_in
@action("followup.waive")
def waive(kpi_id: uuid.UUID) -> ResponseReturnValue:
    """Let the gates pass without this figure."""
    kpi = found(queries.one(db.session(), Kpi, kpi_id))
    case, viewer = working(kpi.case_id)
    authorize(policy.may_decide(viewer, case))
    form = ReasonForm()
    return answer(
        form, case, gettext("Waive: %(name)s", name=kpi.name), gettext("Waive this figure"),
        lambda: actions.waive(db.session(), case, kpi, reason=form.text(), by=current(), at=now()),
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/check-in", methods=["GET", "POST"])
@signed_in
@action("followup.check_in")
def check_in(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say how it goes."""
    case, _viewer = working(case_id)
    form = CheckInForm()
    form.offer()
    return answer(
        form, case, gettext("Check in"), gettext("Check in"),
        lambda: actions.check_in(
            db.session(), case, mood=Mood(form.mood.data), text=form.text.data or "",
            by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/obligations/<uuid:obligation_id>/kept", methods=["GET", "POST"])
@signed_in
@action("followup.keep_obligation")
def keep_obligation(obligation_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a promise of the call was kept."""
    obligation = found(queries.one(db.session(), Obligation, obligation_id))
    case, viewer = case_for(obligation.case_id)
    authorize(policy.may_confirm_duty(viewer, case))
    form = KeptForm()
    return answer(
        form, case, gettext("Promise kept"), gettext("It was kept"),
        lambda: actions.keep_obligation(
            db.session(), case, obligation, note=form.note.data or "", by=current(), at=now()
        ),
        about=obligation.duty.title,
    )  # fmt: skip


@bp.route("/obligations/<uuid:obligation_id>/move", methods=["GET", "POST"])
@signed_in
@action("followup.move_obligation")
def move_obligation(obligation_id: uuid.UUID) -> ResponseReturnValue:
    """Let a promise of the call stand on another day, with the reason."""
    obligation = found(queries.one(db.session(), Obligation, obligation_id))
    case, viewer = case_for(obligation.case_id)
    authorize(policy.may_decide(viewer, case))
    authorize(actions.can_move_obligation(case, obligation))
    form = MoveForm(data={"due_on": obligation.due_on})
    return answer(
        form, case, gettext("Move a promise"), gettext("Move it"),
        lambda: actions.move_obligation(
            db.session(), case, obligation, due_on=form.day(), reason=form.reason.data or "",
            by=current(), at=now(),
        ),
        about=obligation.duty.title,
    )  # fmt: skip
