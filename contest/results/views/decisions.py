"""Pages on which the chair and the organisers decide a round."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from contest.accounts.signin import current, signed_in
from contest.contests.models import Round
from contest.contests.signedin import actor
from contest.judging.queries import bridging
from contest.judging.queries.bridging import Gaps
from contest.messages import queries as messages
from contest.ranking import queries as rankings
from contest.results import policy
from contest.results.actions import decisions as actions
from contest.results.forms import ReasonForm, decisions_form
from contest.results.queries import decisions as queries
from contest.results.views.blueprint import bp
from contest.web import merging
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import done, render_form
from contest.web.requests import now


@bp.route("/rounds/<uuid:round_id>/decisions", methods=["GET", "POST"])
@signed_in
@action("results.decide")
def decide(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the order and what it proposes; write down what is chosen."""
    round_ = _round(round_id)
    table = queries.table(db.session(), round_)
    form = decisions_form(table)
    if merging.save_unversioned(
        form,
        lambda: decisions_form(table, formdata=None),
        lambda: actions.propose(db.session(), round_, form.choices(table), by=current(), at=now()),
    ):
        flash(gettext("The decisions are written down. Apply them when they are final."))
        return redirect(url_for(".decide", round_id=round_.id), 303)
    return render_form(
        "results/decide.html", form, round=round_, contest=round_.contest, table=table,
        gaps=_gaps(round_, table),
        is_last=queries.is_last(round_), can=actions.can_decide(db.session(), round_),
        letters=messages.waiting(db.session(), round_.contest_id),
    )  # fmt: skip


@bp.post("/rounds/<uuid:round_id>/decisions/apply")
@signed_in
@action("results.apply")
def apply(round_id: uuid.UUID) -> ResponseReturnValue:
    """Put the decisions into effect, all together."""
    round_ = _round(round_id)
    count = actions.apply(db.session(), round_, by=current(), at=now())
    flash(ngettext("%(num)s decision is applied.", "%(num)s decisions are applied.", count))
    return redirect(url_for(".decide", round_id=round_.id), 303)


@bp.route("/rounds/<uuid:round_id>/decisions/take-back", methods=["GET", "POST"])
@signed_in
@action("results.take_back")
def take_back(round_id: uuid.UUID) -> ResponseReturnValue:
    """Undo the application, with the reason."""
    round_ = _round(round_id)
    form = ReasonForm()
    if done(
        form,
        lambda: actions.take_back(db.session(), round_, reason=form.text(), by=current(), at=now()),
    ):
        flash(gettext("The decisions are open again."))
        return redirect(url_for(".decide", round_id=round_.id), 303)
    return render_form("results/take_back.html", form, round=round_, contest=round_.contest)


def _round(round_id: uuid.UUID) -> Round:
    round_ = found(queries.round_(db.session(), round_id))
    authorize(policy.may_decide(actor(round_.contest)))
    return round_


def _gaps(round_: Round, table: queries.Table) -> Gaps | None:
    """Return who could join groups of entries that share no judge."""
    session = db.session()
    if table.ranking is None or table.ranking.components.get("groups", 1) < 2:
        return None
    ranking = found(rankings.newest(session, round_.id))
    return bridging.gaps(session, round_, rankings.groups(ranking.standings))
