"""Pages of one team: what judges said, and whether the gallery may show the entry."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.contests.actor import Actor
from contest.contests.signedin import actor
from contest.entries.models import Entry
from contest.results import policy
from contest.results.actions import consent as actions
from contest.results.queries import feedback as feedbacks
from contest.results.queries import shown as queries
from contest.results.views.blueprint import bp
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form
from contest.web.requests import now


@bp.get("/teams/<uuid:team_id>/feedback")
@signed_in
@action("results.show")
def feedback(team_id: uuid.UUID) -> ResponseReturnValue:
    """Show a team its averages and comments; before publication only to those who check them."""
    entry, who = _entry(team_id)
    published = queries.results_for(db.session(), entry.contest_id, who)
    reveal(policy.may_read_feedback(who, entry.team, released=published is not None))
    is_member = entry.team.has_member(who.user)
    only_published = is_member or published is not None
    rounds = feedbacks.feedback(db.session(), entry.id, only_published=only_published)
    ballots = feedbacks.on_ballots(db.session(), entry.id, only_published=only_published)
    return render_template(
        "results/feedback.html", contest=entry.contest, entry=entry, rounds=rounds,
        ballots=ballots, published=published, is_member=is_member,
        award=next((w for w in published.winners if w.entry_id == entry.id), None)
        if published else None,
        certificates=queries.certificates_of(db.session(), entry.id) if published else (),
    )  # fmt: skip


@bp.route("/teams/<uuid:team_id>/gallery-consent", methods=["GET", "POST"])
@signed_in
@action("results.consent")
def consent(team_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the gallery would tell, and let the lead agree to it or take that back."""
    entry, who = _entry(team_id)
    reveal(policy.may_view_consent(who, entry.team))
    may = policy.may_consent(who, entry.team)
    form = ConfirmForm()
    if request.method == "POST":
        authorize(may)
    if form.validate_on_submit():
        if entry.gallery_consent_at is None:
            actions.give(db.session(), entry, by=current(), at=now())
            flash(gettext("The gallery may show your entry."))
        else:
            actions.take_back(db.session(), entry, by=current(), at=now())
            flash(gettext("The gallery shows your entry no more."))
        return redirect(url_for(".consent", team_id=team_id), 303)
    return render_form(
        "results/consent.html", form, contest=entry.contest, entry=entry, may_consent=may,
        answers=queries.public_answers(db.session(), entry.id),
    )  # fmt: skip


def _entry(team_id: uuid.UUID) -> tuple[Entry, Actor]:
    entry = found(queries.entry_of_team(db.session(), team_id))
    return entry, actor(entry.contest)
