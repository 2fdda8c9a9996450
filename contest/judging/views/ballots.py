"""Every judge's ballot in one round as the chair sees it; some of them set aside."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import signed_in
from contest.contests.models import BALLOTS
from contest.core.errors import DomainError
from contest.judging.actions import ballots as actions
from contest.judging.forms import ReasonForm
from contest.judging.models import Ballot
from contest.judging.queries import ballots as queries
from contest.judging.queries import panel
from contest.judging.views.blueprint import bp, chaired, chaired_round
from contest.judging.views.entry import may_change
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form


@bp.get("/rounds/<uuid:round_id>/ballots")
@action("judging.ballots_index")
@signed_in
def ballots(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show what every judge gave each entry."""
    round_, _ = chaired_round(round_id)
    if round_.mode not in BALLOTS:
        found(None)
    session = db.session()
    return render_template(
        "judging/ballots.html",
        contest=round_.contest,
        round=round_,
        entries=panel.judged_entries(session, round_),
        papers=[(ballot, ballot.values()) for ballot in queries.papers(session, round_id)],
        may_change=may_change(round_.phase),
    )


@bp.route("/ballots/<uuid:ballot_id>/set-aside", methods=["GET", "POST"])
@action("judging.set_ballot_aside")
@signed_in
def ballot_set_aside(ballot_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then take one judge's ballot out of the count, reversibly."""
    ballot, user = _ballot(ballot_id)
    back = url_for(".ballots", round_id=ballot.round_id)

    form = ReasonForm()
    if form.validate_on_submit():
        try:
            actions.set_aside(
                db.session(), ballot, form.reason.data or "", by=user, at=requests.now()
            )
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Set aside: this ballot no longer counts."), "success")
            return redirect(back, 303)
    return render_form("judging/set_aside.html", form, contest=ballot.round.contest, back=back)


@bp.post("/ballots/<uuid:ballot_id>/restore")
@action("judging.restore_ballot")
@signed_in
def ballot_restore(ballot_id: uuid.UUID) -> ResponseReturnValue:
    """Let a ballot that was set aside count again."""
    ballot, user = _ballot(ballot_id)
    actions.restore(db.session(), ballot, by=user, at=requests.now())
    flash(gettext("This ballot counts again."), "success")
    return redirect(url_for(".ballots", round_id=ballot.round_id), 303)


def _ballot(ballot_id: uuid.UUID) -> tuple[Ballot, User]:
    ballot = found(queries.ballot(db.session(), ballot_id))
    _, user = chaired(ballot.round.contest)
    authorize(may_change(ballot.round.phase))
    return ballot, user
