"""Calibration: the chair chooses the anchors, every judge scores them alone."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.contests.models import Appointment
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.judging import policy
from contest.judging.actions import calibrating as actions
from contest.judging.forms import CalibrationForm, criterion_of, read_points, score_form
from contest.judging.models import Anchor, Assignment, Calibration, Reading, Score, Scorecard
from contest.judging.queries import calibrating as queries
from contest.judging.queries import material, panel, readiness
from contest.judging.queries.calibrating import Seat
from contest.judging.scoring import Given, total
from contest.judging.views.blueprint import as_assignment, bp, chaired, chaired_round, own_anchor
from contest.judging.views.score import Part, parts_of
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import Form, render_form
from contest.web.text import why


@bp.route("/rounds/<uuid:round_id>/calibrations", methods=["GET", "POST"])
@action("judging.calibrate")
@signed_in
def calibrations(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show who has scored the anchors, and no points; sent, open a calibration."""
    round_, user = chaired_round(round_id)
    session = db.session()
    offered, held = queries.candidates(session, round_), queries.of_round(session, round_id)

    before = [str(a.entry_id) for a in held[0].anchors] if held else []
    form = CalibrationForm(offered, entries=before)
    if form.validate_on_submit():
        try:
            with session.begin_nested():
                actions.begin(session, round_, form.chosen(), counts=form.counts.data,
                              by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The calibration is open. Every judge has been told."), "success")
            return redirect(url_for(".calibrations", round_id=round_id), 303)
    now = next((c for c in held if c.closed_at is None), None)
    return render_form(
        "judging/calibrations.html",
        form,
        contest=round_.contest,
        round=round_,
        held=held,
        now=now,
        people=_people(now) if now else [],
        offered=offered,
        can=round_.phase in actions.WHILE,
    )


def _people(calibration: Calibration) -> list[tuple[Appointment, int, int]]:
    """Return each judge with how many anchors they handed in, of how many."""
    session = db.session()
    entries = {a.id: a.entry_id for a in calibration.anchors}
    barred, done = (
        queries.barred_pairs(session, entries.values()),
        queries.handed_in(session, calibration),
    )
    rows = []
    for judge in panel.judges(session, calibration.round.contest_id):
        mine = {a for a, entry in entries.items() if (judge.id, entry) not in barred}
        rows.append((judge, len(done.get(judge.id, set()) & mine), len(mine)))
    return rows


@bp.post("/calibrations/<uuid:calibration_id>/close")
@action("judging.calibrate")
@signed_in
def calibration_close(calibration_id: uuid.UUID) -> ResponseReturnValue:
    """Close a calibration: from then on judges see their points beside the panel's."""
    calibration = found(queries.calibration(db.session(), calibration_id))
    _, user = chaired(calibration.round.contest)
    made = actions.close(db.session(), calibration, by=user, at=requests.now())
    flash(gettext("The calibration is closed. Every judge sees their own points beside the panel's."),
          "success")  # fmt: skip
    if made:
        flash(
            ngettext("%(num)s review of it counts.", "%(num)s reviews of it count.", made),
            "success",
        )
    return redirect(url_for(".calibrations", round_id=calibration.round_id), 303)


@bp.get("/calibrations/<uuid:calibration_id>")
@action("judging.calibration_index")
@signed_in
def calibration(calibration_id: uuid.UUID) -> ResponseReturnValue:
    """Show a judge the anchors that wait for them."""
    session, user = db.session(), current()
    held = found(queries.calibration(session, calibration_id))
    judge = found(queries.judgeship(session, held, user))
    steps = readiness.steps(session, user, judge, requests.now())
    if not steps.done():
        return redirect(url_for(".conflicts", slug=held.round.contest.slug), 303)
    authorize(policy.may_calibrate(user, judge, ready=steps.done()))
    if held.closed_at is not None:
        return redirect(url_for("ranking.drift", calibration_id=calibration_id), 303)
    return render_template(
        "judging/calibration.html",
        contest=held.round.contest,
        round=held.round,
        calibration=held,
        seats=queries.seats(session, held, judge),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page of an anchor shows; `assignment` is never stored."""

    anchor: Anchor
    assignment: Assignment
    seats: tuple[Seat, ...]
    reading: Reading | None
    parts: tuple[Part, ...]
    form: Form
    total: float | None
    material: material.Material

    @property
    def place(self) -> int:
        return [s.anchor.id for s in self.seats].index(self.anchor.id) + 1

    @property
    def done(self) -> int:
        return sum(s.is_in for s in self.seats)

    @property
    def is_open(self) -> bool:
        """Say whether the points are asked for, and not only shown."""
        return bool(self.anchor.calibration.can_take_points()) and (
            self.reading is None or self.reading.handed_in_at is None
        )

    @property
    def counted(self) -> int:
        return sum(part.given is not None or part.abstained for part in self.parts)

    @property
    def label(self) -> str:
        entry = self.anchor.entry
        return entry.code if self.assignment.round.blind else entry.team.name


@bp.route("/anchors/<uuid:anchor_id>", methods=["GET", "POST"])
@action("judging.anchor")
@signed_in
def anchor(anchor_id: uuid.UUID) -> ResponseReturnValue:
    """Show an anchor beside the rubric; sent, keep all points and hand them in."""
    this, judge, user = own_anchor(anchor_id)
    session, at = db.session(), requests.now()
    page = _page(this, judge, user)
    if request.method == "POST" and page.form.validate_on_submit():
        read = page.material.is_read(page.assignment.round.kind)
        try:
            with session.begin_nested():
                for part in page.parts:
                    given = page.form[part.field].data
                    if given not in {None, "", "None"}:
                        actions.put_points(session, this, judge, part.criterion.id,
                                           _points(given), at=at)  # fmt: skip
                actions.hand_in(session, this, judge, material_opened=read, by=user, at=at)
        except DomainError as error:
            page.form.reject(error)
        else:
            flash(gettext("Your points for “%(entry)s” are in. Nobody sees them before the chair"
                          " closes the calibration.", entry=this.entry.title), "success")  # fmt: skip
            return redirect(_next(this, judge), 303)
    status = 422 if page.form.errors or page.form.form_errors else 200
    return Response(render_template("judging/anchor.html", page=page, form=page.form,
                                    round=page.assignment.round, entry=this.entry,
                                    contest=page.assignment.round.contest), status)  # fmt: skip


@bp.post("/anchors/<uuid:anchor_id>/save")
@action("judging.anchor")
@signed_in
def anchor_save(anchor_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the points of one criterion. Answers JSON."""
    this, judge, _ = own_anchor(anchor_id)
    name = request.form.get("_field", "")
    try:
        points = _points(request.form.get(name, ""))
        kept = actions.put_points(
            db.session(), this, judge, criterion_of(name), points, at=requests.now()
        )
    except DomainError as error:
        return {"errors": [why(error)]}, 422
    return {"saved_at": kept.saved_at.isoformat()}


@bp.post("/anchors/<uuid:anchor_id>/undo")
@action("judging.anchor")
@signed_in
def anchor_undo(anchor_id: uuid.UUID) -> ResponseReturnValue:
    """Open again what was handed in, to change it."""
    this, judge, user = own_anchor(anchor_id)
    actions.take_back(db.session(), this, judge, by=user, at=requests.now())
    flash(gettext("Taken back: your points are a draft again."), "success")
    return redirect(url_for(".anchor", anchor_id=anchor_id), 303)


def _points(given: str) -> int | None:
    try:
        return read_points(given)[0]
    except ValueError:
        raise DomainError(N_("Choose one of the points that are offered.")) from None


def _next(this: Anchor, judge: Appointment) -> str:
    """Return where the judge goes on: to the next anchor that waits, or to the list."""
    held = found(queries.calibration(db.session(), this.calibration_id))
    for seat in queries.seats(db.session(), held, judge):
        if not seat.is_in:
            return url_for(".anchor", anchor_id=seat.anchor.id)
    return url_for(".calibration", calibration_id=held.id)


def _page(this: Anchor, judge: Appointment, user: User) -> Page:
    session = db.session()
    held = found(queries.calibration(session, this.calibration_id))
    seats = tuple(queries.seats(session, held, judge))
    reading = next((s.reading for s in seats if s.anchor.id == this.id), None)
    rubric = panel.rubric(session, held.round_id)
    card = _as_card(reading)
    parts = parts_of(rubric, card)
    assignment = as_assignment(this, judge)
    return Page(
        anchor=this,
        assignment=assignment,
        seats=seats,
        reading=reading,
        parts=parts,
        form=score_form(rubric, card),
        total=total(
            [Given(p.criterion.weight, p.criterion.low, p.criterion.high, p.given) for p in parts]
        ),
        material=material.material(session, user, assignment, requests.now()),
    )


def _as_card(reading: Reading | None) -> Scorecard | None:
    """Return what was given in the shape of a scorecard, for the form. It is never stored."""
    if reading is None:
        return None
    return Scorecard(comment="", note="", scores=[
        Score(criterion_id=uuid.UUID(criterion), points=points, abstained=points is None)
        for criterion, points in reading.points.items()
    ])  # fmt: skip
