"""How far the judging of a round is, and its end: every shortfall settled on one screen."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from contest.accounts.signin import signed_in
from contest.contests.models import Round, RoundPhase
from contest.core.errors import DomainError
from contest.judging.actions import closing
from contest.judging.forms import ReasonForm, extend_form
from contest.judging.queries import panel, reviews, room, work
from contest.judging.views.blueprint import bp, chaired, chaired_round
from contest.web import requests
from contest.web.access import action, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, Form, render_form
from contest.web.text import sentences


@bp.get("/rounds/<uuid:round_id>/progress")
@action("judging.progress_index")
@signed_in
def progress(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show how far every judge and every entry is."""
    round_, _ = chaired_round(round_id)
    session = db.session()
    judges = reviews.progress_by_judge(session, round_)
    return render_form(
        "judging/progress.html",
        ConfirmForm(),
        contest=round_.contest,
        round=round_,
        judges=judges,
        entries=reviews.progress_by_entry(session, round_),
        lagging=[j for j in judges if j.is_awaited],
        judging=RoundPhase.JUDGING,
        soon=requests.now() - closing.ONE_DAY,
    )


@bp.post("/rounds/<uuid:round_id>/nudge")
@action("judging.nudge")
@signed_in
def nudge(round_id: uuid.UUID) -> ResponseReturnValue:
    """Remind the chosen judges, or all who owe something, once a day at most."""
    round_, user = chaired_round(round_id)
    session = db.session()
    judges = panel.judges(session, round_.contest_id)
    if "all" not in request.form:
        wanted = set(request.form.getlist("judge"))
        judges = [j for j in judges if str(j.id) in wanted]
    told = closing.nudge(session, round_, judges, by=user, at=requests.now())
    flash(
        ngettext("%(num)s judge was reminded.", "%(num)s judges were reminded.", told)
        if told
        else gettext("Nobody was reminded: one reminder a day is enough."),
        "success" if told else "warning",
    )
    return redirect(url_for(".progress", round_id=round_id), 303)


@bp.route("/rounds/<uuid:round_id>/close", methods=["GET", "POST"])
@action("judging.close")
@signed_in
def close(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show every shortfall with its cures, and end the judging when none is left."""
    round_, user = chaired_round(round_id)

    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with db.session().begin_nested():
                closing.close(db.session(), round_, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The judging is closed. The ranking is being computed."), "success")
            return redirect(
                url_for("ranking.show", round_id=round_id, asked=requests.now().isoformat()), 303
            )
    return _show(round_, form)


@bp.post("/rounds/<uuid:round_id>/reopen")
@action("judging.reopen")
@signed_in
def reopen(round_id: uuid.UUID) -> ResponseReturnValue:
    """Go back from deliberation to judging."""
    round_, user = chaired_round(round_id)
    closing.reopen(db.session(), round_, by=user, at=requests.now())
    flash(gettext("The round is open for scores again."), "success")
    return redirect(url_for(".progress", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/entries/<uuid:entry_id>/waive")
@action("judging.waive")
@signed_in
def waive(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Let an entry do with fewer reviews, with the reason."""
    round_, user = chaired_round(round_id)
    entry = found(room.entry(db.session(), round_.contest_id, entry_id))
    form = ReasonForm(prefix=f"waive-{entry_id}")
    if form.validate_on_submit():
        try:
            closing.waive(db.session(), round_, entry, form.reason.data or "",
                          by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Waived. The reason is on record."), "success")
            return redirect(url_for(".close", round_id=round_id), 303)
    return _show(round_, ConfirmForm(formdata=None), refused=form)


@bp.post("/assignments/<uuid:assignment_id>/release")
@action("judging.release")
@signed_in
def release(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Let one judge off an entry that has enough reviews."""
    assignment = found(work.assignment(db.session(), assignment_id))
    round_ = assignment.round
    _, user = chaired(round_.contest)
    form = ReasonForm(prefix=f"release-{assignment_id}")
    if form.validate_on_submit():
        closing.release(db.session(), assignment, round_, form.reason.data or "",
                        by=user, at=requests.now())  # fmt: skip
        flash(gettext("Released. The reason is on record."), "success")
        return redirect(url_for(".close", round_id=round_.id), 303)
    return _show(round_, ConfirmForm(formdata=None), refused=form)


@bp.post("/rounds/<uuid:round_id>/extend")
@action("judging.extend")
@signed_in
def extend(round_id: uuid.UUID) -> ResponseReturnValue:
    """Give the judges more time, and tell them."""
    round_, user = chaired_round(round_id)
    form = extend_form(round_.contest, round_)
    if form.validate_on_submit():
        try:
            closing.extend(db.session(), round_, form.until.data, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Extended. Judges who still owe something have been told."), "success")
            return redirect(url_for(".close", round_id=round_id), 303)
    return _show(round_, ConfirmForm(formdata=None), refused=form)


def _show(round_: Round, form: Form, *, refused: Form | None = None) -> ResponseReturnValue:
    session = db.session()
    open_ = reviews.open_assignments(session, round_.id)
    entries = reviews.progress_by_entry(session, round_)
    reasons = [refused] if refused is not None else []
    page = render_form(
        "judging/close.html",
        form,
        contest=round_.contest,
        round=round_,
        open=open_,
        short=[e for e in entries if e.short or any(a.entry_id == e.entry_id for a in open_)],
        free=room.free_judges(session, round_),
        blockers=closing.blockers(session, round_) if round_.phase is RoundPhase.JUDGING else [],
        extend=refused
        if refused is not None and "until" in refused
        else extend_form(round_.contest, round_),
        wrong=sentences(e for f in reasons for field in f for e in field.errors)
        or sentences(e for f in reasons for e in f.form_errors),
        phase=round_.phase,
        Phase=RoundPhase,
    )
    return (page[0], 422) if refused is not None else page
