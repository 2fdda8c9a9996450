"""The ranking of a round, for those who decide."""

import csv
import io
import uuid
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.actor import Actor
from contest.contests.models import Round
from contest.contests.policy import may_view as may_view_contest
from contest.contests.signedin import actor
from contest.ranking import actions, policy, queries
from contest.ranking.models import Ranking
from contest.ranking.sentences import agreement, remarks
from contest.web import requests
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db

bp = Blueprint("ranking", __name__)


@bp.get("/rounds/<uuid:round_id>/ranking")
@action("ranking.show")
@signed_in
def show(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the order with how sure it is; by what the rules make official, or by the other value."""
    round_, who = _seen(round_id)
    session = db.session()
    ranking = queries.newest(session, round_id)
    may_compute = policy.may_compute(who, round_)
    page = {"contest": round_.contest, "round": round_, "ranking": ranking,
            "may_compute": may_compute, "asked": request.args.get("asked", ""),
            "waiting": _is_waiting(ranking), "decide_url": _decide_url(round_)}  # fmt: skip
    if ranking is None:
        return render_template("ranking/none.html", **page)
    by = _by(ranking)
    return render_template(
        "ranking/show.html",
        **page,
        by=by,
        lines=queries.lines(ranking.standings, by),
        bands=[band for band in queries.bands(ranking.standings) if len(band) > 1],
        judges=queries.severities(session, ranking),
        stale=queries.changed_since(session, ranking),
        remarks=remarks(session, ranking),
        agreement=agreement(ranking),
    )


@bp.get("/rounds/<uuid:round_id>/ranking/state")
@action("ranking.poll")
@signed_in
def state(round_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether the ranking that was asked for is there. A fragment."""
    round_, _ = _seen(round_id)
    ready = not _is_waiting(queries.newest(db.session(), round_id))
    return render_template("ranking/_state.html", round=round_, ready=ready)


@bp.post("/rounds/<uuid:round_id>/ranking")
@action("ranking.compute")
@signed_in
def compute(round_id: uuid.UUID) -> ResponseReturnValue:
    """Promise to compute the ranking anew."""
    round_, who = _seen(round_id)
    authorize(policy.may_compute(who, round_))
    at = requests.now()
    actions.ask(db.session(), round_, by=current(), at=at)
    flash(gettext("The ranking is being computed."), "success")
    return redirect(url_for(".show", round_id=round_id, asked=at.isoformat()), 303)


@bp.get("/rounds/<uuid:round_id>/ranking.csv")
@action("ranking.download")
@signed_in
def sheet(round_id: uuid.UUID) -> ResponseReturnValue:
    """Send the ranking as a table."""
    round_, _ = _seen(round_id)
    ranking = found(queries.newest(db.session(), round_id))
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["rank", "raw_rank", "entry", "team", "code", "reviews", "raw", "median",
                    "adjusted", "sd", "rank_low", "rank_high", "p_top", "tie_band"])  # fmt: skip
    for s in ranking.standings:
        table.writerow(
            [s.rank, s.raw_rank, _cell(s.entry.title), _cell(s.entry.team.name), s.entry.code,
             s.reviews, *(f"{v:.4f}" for v in (s.raw, s.median, s.adjusted, s.sd)), s.rank_low,
             s.rank_high, f"{s.p_top:.3f}", s.tie_band]
        )  # fmt: skip
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    name = f"{round_.contest.slug}-round-{round_.number}-ranking.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _seen(round_id: uuid.UUID) -> tuple[Round, Actor]:
    round_ = found(contests.round_(db.session(), round_id))
    who = actor(round_.contest)
    reveal(may_view_contest(who, round_.contest))
    authorize(policy.may_view(who, round_))
    return round_, who


def _decide_url(round_: Round) -> str | None:
    """Return the address where decisions are made; that page belongs to a feature above."""
    if "results.decide" not in current_app.view_functions:
        return None
    return url_for("results.decide", round_id=round_.id)


def _by(ranking: Ranking) -> str:
    asked = request.args.get("by")
    if asked in {"raw", "adjusted"}:
        return str(asked)
    return "adjusted" if ranking.adjusted_is_official else "raw"


def _is_waiting(ranking: Ranking | None) -> bool:
    try:
        asked = datetime.fromisoformat(request.args.get("asked", ""))
    except ValueError:
        return False
    return asked.tzinfo is not None and (ranking is None or ranking.computed_at < asked)


def _cell(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
