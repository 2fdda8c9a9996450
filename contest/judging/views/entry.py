"""One entry in one round as the chair sees it: every judge's scores, some of them set aside."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import signed_in
from contest.contests.models import BALLOTS, Mode, Round, RoundPhase
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.judging.actions import scoring
from contest.judging.forms import ReasonForm
from contest.judging.models import Scorecard
from contest.judging.queries import ballots, panel, room
from contest.judging.views.blueprint import bp, chaired, chaired_round
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.text import why


@bp.get("/rounds/<uuid:round_id>/entries/<uuid:entry_id>")
@action("judging.entry_show")
@signed_in
def entry(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show what every judge gave the entry."""
    round_, _ = chaired_round(round_id)
    session = db.session()
    return render_template(
        "judging/entry.html",
        contest=round_.contest,
        round=round_,
        entry=found(room.entry(session, round_.contest_id, entry_id)),
        rubric=panel.rubric(session, round_id),
        sheets=room.sheets(session, round_, entry_id),
        may_change=may_change(round_.phase),
        papers=_papers(round_, entry_id),
    )


def _papers(round_: Round, entry_id: uuid.UUID) -> dict[uuid.UUID, tuple[int, int]]:
    """Return judge -> (place or points of the entry, how many places or points there are)."""
    if round_.mode not in BALLOTS:
        return {}
    points = round_.mode is Mode.POINTS
    papers = ((b.appointment_id, b.values()) for b in ballots.papers(db.session(), round_.id))
    return {
        judge: (values[entry_id], round_.budget if points else len(values))
        for judge, values in papers
        if entry_id in values
    }


@bp.route("/scorecards/<uuid:scorecard_id>/set-aside", methods=["GET", "POST"])
@action("judging.set_aside")
@signed_in
def set_aside(scorecard_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then take one judge's scores for an entry out of the count, reversibly."""
    card, user = _card(scorecard_id)
    contest_id, back = card.assignment.round.contest_id, _entry_url(card)

    form = ReasonForm()
    if form.validate_on_submit():
        try:
            scoring.set_aside(db.session(), card, form.reason.data or "", contest_id=contest_id,
                              by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Set aside: these scores no longer count."), "success")
            return redirect(back, 303)
    return render_form(
        "judging/set_aside.html", form, contest=card.assignment.round.contest, back=back
    )


@bp.post("/scorecards/<uuid:scorecard_id>/restore")
@action("judging.restore")
@signed_in
def restore(scorecard_id: uuid.UUID) -> ResponseReturnValue:
    """Let scores that were set aside count again."""
    card, user = _card(scorecard_id)
    contest_id = card.assignment.round.contest_id
    try:
        scoring.restore(db.session(), card, contest_id=contest_id, by=user, at=requests.now())
    except DomainError as error:
        flash(why(error), "error")
    else:
        flash(gettext("These scores count again."), "success")
    return redirect(_entry_url(card), 303)


def _card(scorecard_id: uuid.UUID) -> tuple[Scorecard, User]:
    card = found(room.scorecard(db.session(), scorecard_id))
    _, user = chaired(card.assignment.round.contest)
    authorize(may_change(card.assignment.round.phase))
    return card, user


def may_change(phase: RoundPhase) -> Decision:
    if phase in {RoundPhase.JUDGING, RoundPhase.DELIBERATION}:
        return ALLOW
    return deny(N_("The results of this round are certified; its scores stay as they are."))


def _entry_url(card: Scorecard) -> str:
    assignment = card.assignment
    return url_for(".entry", round_id=assignment.round_id, entry_id=assignment.entry_id)
