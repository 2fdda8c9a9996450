"""What a judge can do with an entry other than score it: abstain, put off, step back, undo."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import signed_in
from contest.contests.models import BALLOTS
from contest.core.errors import DomainError
from contest.judging import policy
from contest.judging.actions import scoring
from contest.judging.forms import ReasonForm, RecuseForm
from contest.judging.models import Assignment, AssignmentState
from contest.judging.models.assignment import DONE
from contest.judging.queries import work
from contest.judging.views.blueprint import bp, own, with_undo
from contest.web import requests
from contest.web.access import action, authorize
from contest.web.db import db
from contest.web.forms import render_form


@bp.route("/assignments/<uuid:assignment_id>/abstain", methods=["GET", "POST"])
@action("judging.abstain")
@signed_in
def abstain(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then note that the judge has no view on the entry."""
    assignment, user = _owed(assignment_id)

    form = ReasonForm()
    if form.validate_on_submit():
        try:
            scoring.abstain(
                db.session(), assignment, form.reason.data or "", by=user, at=requests.now()
            )
        except DomainError as error:
            form.reject(error)
        else:
            flash(with_undo(gettext("You abstained from this entry."), assignment), "success")
            return _next(user, assignment)
    return render_form("judging/abstain.html", form, assignment=assignment, entry=assignment.entry)


@bp.post("/assignments/<uuid:assignment_id>/defer")
@action("judging.defer")
@signed_in
def defer(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Put the entry to the end of the judge's list."""
    assignment, user = _owed(assignment_id)
    scoring.defer(db.session(), assignment, by=user, at=requests.now())
    sentence = gettext("“%(entry)s” waits at the end of your list.", entry=assignment.entry.title)
    flash(with_undo(sentence, assignment), "success")
    return _next(user, assignment)


@bp.route("/assignments/<uuid:assignment_id>/recuse", methods=["GET", "POST"])
@action("judging.recuse")
@signed_in
def recuse(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Explain what stepping back means, ask for the conflict, and take the judge off the entry."""
    assignment, user = _owed(assignment_id)

    form = RecuseForm()
    if form.validate_on_submit():
        try:
            scoring.recuse(db.session(), assignment, form.conflict(), form.reason.data or "",
                           by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("You stepped back from this entry. The chair has been told."), "success")
            return _next(user, assignment)
    return render_form(
        "judging/recuse.html",
        form,
        assignment=assignment,
        entry=assignment.entry,
        scored=assignment.state in DONE,
    )


@bp.post("/assignments/<uuid:assignment_id>/undo")
@action("judging.undo")
@signed_in
def undo(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Take back the last act: scores become a draft again, an abstention or deferral is gone."""
    assignment, user = _owed(assignment_id)
    session, at = db.session(), requests.now()
    if assignment.state is AssignmentState.SCORED and assignment.round.mode in BALLOTS:
        return redirect(url_for(".ballot", round_id=assignment.round_id), 303)
    if assignment.state is AssignmentState.SCORED:
        scoring.take_back(session, assignment, by=user, at=at)
        flash(gettext("Taken back: your scores are a draft again and do not count yet."), "success")
    else:
        scoring.resume(session, assignment, by=user, at=at)
        flash(gettext("Taken back: this entry is open again."), "success")
    return redirect(url_for(".score", assignment_id=assignment_id), 303)


def _owed(assignment_id: uuid.UUID) -> tuple[Assignment, User]:
    """Return one's own assignment in a round that takes scores; stepping back needs no declaration."""
    assignment, user = own(assignment_id)
    authorize(policy.can_take_scores(assignment.round))
    return assignment, user


def _next(user: User, assignment: Assignment) -> ResponseReturnValue:
    db.session().flush()
    if assignment.round.mode in BALLOTS:
        return redirect(url_for(".ballot", round_id=assignment.round_id), 303)
    lines = work.of_round(work.queue(db.session(), user), assignment.round_id)
    following = work.following(lines, assignment.id)
    if following is None or following.assignment_id == assignment.id:
        return redirect(url_for(".queue"), 303)
    return redirect(url_for(".score", assignment_id=following.assignment_id), 303)
