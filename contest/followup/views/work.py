"""What is planned, measured, said, signed and kept on a case."""

import uuid
from collections.abc import Callable

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.core.errors import DomainError
from contest.files import actions as files
from contest.files import sending
from contest.files.arrival import arrive
from contest.followup import policy
from contest.followup.actions import work as actions
from contest.followup.forms import (
    AgreementForm,
    CheckInForm,
    DocumentForm,
    EvidenceForm,
    KeptForm,
    KpiForm,
    MeasureForm,
    MilestoneForm,
    ReasonForm,
    SignedForm,
)
from contest.followup.models import AgreementKind, Case, Mood
from contest.followup.policy import Viewer
from contest.followup.queries import cases as queries
from contest.followup.views.blueprint import bp, case_for
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import Form, render_form
from contest.web.requests import now

LARGEST = 50 * 1024 * 1024


@bp.route("/cases/<uuid:case_id>/milestones/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_milestone")
def add_milestone(case_id: uuid.UUID) -> ResponseReturnValue:
    """Plan a milestone."""
    case, _viewer = _working(case_id)
    form = MilestoneForm()
    return _answer(
        form, case, gettext("Add a milestone"), gettext("Add"),
        lambda: actions.add_milestone(
            db.session(), case, title=form.title.data or "", due_on=form.due_on.data,
            by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/milestones/<uuid:milestone_id>/done", methods=["GET", "POST"])
@signed_in
@action("followup.finish_milestone")
def finish_milestone(milestone_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a milestone is done."""
    milestone = found(queries.milestone(db.session(), milestone_id))
    case, _viewer = _working(milestone.case_id)
    form = EvidenceForm()
    return _answer(
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
    case, _viewer = _working(case_id)
    form = KpiForm()
    return _answer(
        form, case, gettext("Add a figure"), gettext("Add"),
        lambda: actions.add_kpi(
            db.session(), case, name=form.name.data or "", unit=form.unit.data or "",
            target=form.target.data or 0.0, baseline=form.baseline.data, by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/figures/<uuid:kpi_id>/measure", methods=["GET", "POST"])
@signed_in
@action("followup.measure")
def measure(kpi_id: uuid.UUID) -> ResponseReturnValue:
    """Add a measured value."""
    kpi = found(queries.kpi(db.session(), kpi_id))
    case, _viewer = _working(kpi.case_id)
    form = MeasureForm(data={"as_of": queries.today(now(), case.contest.zone)})
    return _answer(
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
    kpi = found(queries.kpi(db.session(), kpi_id))
    case, viewer = _working(kpi.case_id)
    authorize(policy.may_decide(viewer, case))
    form = ReasonForm()
    return _answer(
        form, case, gettext("Waive: %(name)s", name=kpi.name), gettext("Waive this figure"),
        lambda: actions.waive(db.session(), case, kpi, reason=form.text(), by=current(), at=now()),
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/check-in", methods=["GET", "POST"])
@signed_in
@action("followup.check_in")
def check_in(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say how it goes."""
    case, _viewer = _working(case_id)
    form = CheckInForm()
    form.offer()
    return _answer(
        form, case, gettext("Check in"), gettext("Check in"),
        lambda: actions.check_in(
            db.session(), case, mood=Mood(form.mood.data), text=form.text.data or "",
            by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/documents/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_document")
def add_document(case_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a file on the case."""
    case, _viewer = _working(case_id)
    form = DocumentForm()

    def keep() -> object:
        sent = form.file.data
        arrived = arrive(
            sending.store(), sent.stream, sent.filename or "", limit_bytes=LARGEST,
            scanner=current_app.config["SCAN_COMMAND"],
        )  # fmt: skip
        file = files.receive(db.session(), arrived, by=current().id, at=now())
        return actions.add_document(
            db.session(), case, file, title=form.title.data or "", by=current(), at=now()
        )

    return _answer(form, case, gettext("Add a document"), gettext("Add"), keep)


@bp.get("/case-documents/<uuid:document_id>")
@signed_in
@action("followup.download")
def document(document_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out a document of a case to those who see the case."""
    kept = found(queries.document(db.session(), document_id))
    case_for(kept.case_id)
    return sending.send(kept.file)


@bp.route("/cases/<uuid:case_id>/agreements/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_agreement")
def add_agreement(case_id: uuid.UUID) -> ResponseReturnValue:
    """Note a contract."""
    case, _viewer = _working(case_id)
    form = AgreementForm()
    form.offer()
    return _answer(
        form, case, gettext("Add an agreement"), gettext("Add"),
        lambda: actions.add_agreement(
            db.session(), case, AgreementKind(form.kind.data), signed_on=form.signed_on.data,
            expires_on=form.expires_on.data, by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/agreements/<uuid:agreement_id>/signed", methods=["GET", "POST"])
@signed_in
@action("followup.sign_agreement")
def sign_agreement(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a contract was signed."""
    agreement = found(queries.agreement(db.session(), agreement_id))
    case, _viewer = _working(agreement.case_id)
    form = SignedForm()
    return _answer(
        form, case, gettext("Agreement signed"), gettext("Note the day"),
        lambda: actions.sign_agreement(
            db.session(), case, agreement, signed_on=form.day(), by=current(), at=now()
        ),
    )  # fmt: skip


@bp.route("/obligations/<uuid:obligation_id>/kept", methods=["GET", "POST"])
@signed_in
@action("followup.keep_obligation")
def keep_obligation(obligation_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a promise of the call was kept."""
    obligation = found(queries.obligation(db.session(), obligation_id))
    case, viewer = case_for(obligation.case_id)
    authorize(policy.may_confirm_duty(viewer, case))
    form = KeptForm()
    return _answer(
        form, case, gettext("Promise kept"), gettext("It was kept"),
        lambda: actions.keep_obligation(
            db.session(), case, obligation, note=form.note.data or "", by=current(), at=now()
        ),
        about=obligation.duty.title,
    )  # fmt: skip


def _working(case_id: uuid.UUID) -> tuple[Case, Viewer]:
    case, viewer = case_for(case_id)
    authorize(policy.may_work(viewer, case))
    return case, viewer


def _answer(
    form: Form, case: Case, title: str, label: str, act: Callable[[], object], **context: object
) -> ResponseReturnValue:
    """Do what the form asks for and go back to the case, or show the form."""
    if form.validate_on_submit():
        try:
            act()
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Noted."))
            return redirect(url_for(".show", case_id=case.id), 303)
    told = {"about": None, **context}
    return render_form(
        "followup/fill.html", form, case=case, contest=case.contest, page_title=title,
        label=label, **told,
    )  # fmt: skip
