"""The ranking of a round, for those who decide."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
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
from contest.contests.models import Round, TieBreak
from contest.contests.pages import tie_break
from contest.contests.policy import may_view as may_view_contest
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.judging import policy as judging
from contest.judging.models import Calibration
from contest.judging.queries import bridging, calibrating
from contest.judging.queries import panel as judged
from contest.ranking import actions, beside, computing, plot, policy, queries, verdicts
from contest.ranking.models import Ranking, RankingRun, RunState
from contest.ranking.sentences import agreement, depends, hangs, lead, method, remarks
from contest.web import requests
from contest.web.access import action, authorize, found, mark_decided, reveal, writes_late
from contest.web.db import db
from contest.web.downloads import table
from contest.web.idempotency import write_now

if TYPE_CHECKING:
    from contest.ranking.drift import Drift

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
    run = queries.newest_run(session, round_id)
    page = {"contest": round_.contest, "round": round_, "ranking": ranking, "run": run,
            "may_compute": may_compute, "asked": request.args.get("asked", ""),
            "waiting": _is_waiting(ranking, run), "decide_url": _decide_url(round_),
            "failed": run is not None and run.state is RunState.FAILED}  # fmt: skip
    if ranking is None:
        return render_template("ranking/none.html", **page)
    by = _by(ranking)
    if ranking.method == verdicts.METHOD:
        return render_template(
            "ranking/verdicts.html",
            **page,
            lines=queries.lines(ranking.standings, "adjusted"),
            ladder=_ladder(ranking),
            stale=queries.changed_since(session, ranking),
            remarks=remarks(session, ranking),
            agreement=agreement(ranking),
            votes=[(judge, hangs(judge)) for judge in queries.verdicts_by(session, ranking)],
            titles=queries.titles_of(session, _wanted(ranking)),
            may_propose=policy.may_propose(who, round_),
        )
    voters = queries.voters(session, ranking)
    lines, judges = queries.lines(ranking.standings, by), queries.severities(session, ranking)
    return render_template(
        "ranking/show.html",
        **page,
        by=by,
        lines=lines,
        plot=plot.plot(lines, ranking.parameters["top_k"]),
        bands=[band for band in queries.bands(ranking.standings) if len(band) > 1],
        titles=queries.titles_in(ranking),
        may_propose=policy.may_propose(who, round_),
        judges=judges,
        voters=voters,
        depends=depends(ranking, [*judges, *voters]),
        lead=lead(ranking),
        stale=queries.changed_since(session, ranking),
        remarks=remarks(session, ranking),
        agreement=agreement(ranking),
        method=method(ranking),
        gaps=bridging.gaps(session, round_, queries.groups(ranking.standings)),
        ladder=_ladder(ranking),
    )


@bp.get("/rounds/<uuid:round_id>/ranking/state")
@action("ranking.poll")
@signed_in
def state(round_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether the ranking that was asked for is there. A fragment."""
    round_, _ = _seen(round_id)
    session = db.session()
    run = queries.newest_run(session, round_id)
    ready = not _is_waiting(queries.newest(session, round_id), run)
    return render_template("ranking/_state.html", round=round_, ready=ready, run=run)


@bp.post("/rounds/<uuid:round_id>/ranking")
@action("ranking.compute")
@signed_in
@writes_late
def compute(round_id: uuid.UUID) -> ResponseReturnValue:
    """Compute the ranking anew where that is quick, holding up nobody who writes; else promise it."""
    computed = computing.at_once(db.session(), _computing(round_id))
    write_now()
    round_ = _computing(round_id)
    if computed is not None:
        actions.keep_at_once(db.session(), round_, computed, by=current(), at=requests.now())
        flash(gettext("The ranking is ready."), "success")
    else:
        actions.ask(db.session(), round_, by=current(), at=requests.now())
        flash(gettext("The ranking is being computed."), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


def _computing(round_id: uuid.UUID) -> Round:
    round_, who = _seen(round_id)
    authorize(policy.may_compute(who, round_))
    return round_


@bp.post("/rounds/<uuid:round_id>/ranking/stop")
@action("ranking.stop")
@signed_in
def stop(round_id: uuid.UUID) -> ResponseReturnValue:
    """Stop what is being computed."""
    round_, who = _seen(round_id)
    authorize(policy.may_compute(who, round_))
    actions.stop(db.session(), round_)
    flash(gettext("The computation is stopped. Nothing has changed."), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/ranking/reviews")
@action("ranking.propose")
@signed_in
def propose(round_id: uuid.UUID) -> ResponseReturnValue:
    """Promise a plan with the reviews that help most, to be looked at."""
    round_, who = _seen(round_id)
    authorize(policy.may_propose(who, round_))
    session = db.session()
    ranking = found(queries.newest(session, round_id))
    try:
        actions.propose_reviews(session, ranking, round_, by=current(), at=requests.now())
    except DomainError as error:
        flash(gettext(error.message), "error")
        return redirect(url_for(".show", round_id=round_id), 303)
    return redirect(url_for("judging.plan", round_id=round_id), 303)


@bp.get("/rounds/<uuid:round_id>/ranking/<uuid:entry_id>")
@action("ranking.explain")
@signed_in
def explain(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show how an entry's adjusted value comes about, and whom it can be told apart from."""
    round_, _ = _seen(round_id)
    session = db.session()
    standing = found(queries.standing(session, round_id, entry_id))
    if standing.ranking.method == verdicts.METHOD:  # there is nothing but what the judges said
        return redirect(url_for("judging.entry", round_id=round_id, entry_id=entry_id), 303)
    details = standing.details
    others = [uuid.UUID(other["entry"]) for other in details.get("beats", [])]
    said = [*details.get("corrections", []), *details.get("given", [])]
    judges = [uuid.UUID(c["judge"]) for c in said]
    return render_template(
        "ranking/explain.html",
        contest=round_.contest,
        round=round_,
        ranking=standing.ranking,
        standing=standing,
        details=details,
        titles=queries.titles_of(session, others),
        names=queries.names_of(session, judges),
        criteria=queries.criteria_of(session, round_id),
    )


@bp.get("/rounds/<uuid:round_id>/my-scores")
@action("ranking.own")
@signed_in
def own(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show a judge how their own scores lie on the rubric's scale; nobody else's."""
    session = db.session()
    round_ = found(contests.round_(session, round_id))
    scales = queries.own_scales(session, round_, current())
    mark_decided()
    return render_template(
        "ranking/own.html", contest=round_.contest, round=round_, scales=found(scales or None)
    )


@bp.get("/calibrations/<uuid:calibration_id>/drift")
@action("ranking.own_drift")
@signed_in
def drift(calibration_id: uuid.UUID) -> ResponseReturnValue:
    """Show a judge their own points on the anchors beside the panel's, once it is closed."""
    session, user = db.session(), current()
    held = found(calibrating.calibration(session, calibration_id))
    judge = found(calibrating.judgeship(session, held, user))
    authorize(judging.may_compare(user, judge, held))
    panel = _panel(held)
    found(panel if panel.has(judge.id) else None)
    return render_template(
        "ranking/drift.html",
        contest=held.round.contest,
        round=held.round,
        total=panel.totals().get(judge.id),
        parts=panel.parts(judge.id, blind=held.round.blind),
        times=_over_time(held, panel, judge.id),
    )


@bp.get("/calibrations/<uuid:calibration_id>/panel")
@action("ranking.panel_drift")
@signed_in
def panel_drift(calibration_id: uuid.UUID) -> ResponseReturnValue:
    """Show the chair how the judges stand to one another, once the calibration is closed."""
    held = found(calibrating.calibration(db.session(), calibration_id))
    who = actor(held.round.contest)
    reveal(may_view_contest(who, held.round.contest))
    authorize(judging.may_see_panel(who, held))
    panel, earlier = _panel(held), _closed(held)[1:2]
    return render_template(
        "ranking/panel_drift.html",
        contest=held.round.contest,
        round=held.round,
        calibration=held,
        criteria=panel.criteria,
        rows=panel.rows(_panel(earlier[0]).totals() if earlier else {}),
        spreads=panel.spreads(),
    )


def _panel(held: Calibration) -> beside.Panel:
    session = db.session()
    criteria = found(judged.rubric(session, held.round_id)).criteria
    return beside.Panel(held.anchors, criteria, calibrating.readings(session, held, criteria))


def _closed(held: Calibration) -> list[Calibration]:
    """Return this calibration and those of the round before it, the newest first."""
    earlier = calibrating.of_round(db.session(), held.round_id)
    return [c for c in earlier if c.closed_at is not None and c.number <= held.number]


def _over_time(
    held: Calibration, panel: beside.Panel, judge: uuid.UUID
) -> list[tuple[Calibration, "Drift"]]:
    """Return the judge's drift at each calibration so far, the first one first."""
    panels = [(c, panel if c.id == held.id else _panel(c)) for c in reversed(_closed(held))]
    drifts = [(c, its.totals().get(judge)) for c, its in panels]
    return [(c, drift) for c, drift in drifts if drift is not None]


@bp.get("/rounds/<uuid:round_id>/ranking.csv")
@action("ranking.download")
@signed_in
def sheet(round_id: uuid.UUID) -> ResponseReturnValue:
    """Send the ranking as a table."""
    round_, _ = _seen(round_id)
    ranking = found(queries.newest(db.session(), round_id))
    return table(
        f"{round_.contest.slug}-round-{round_.number}-ranking.csv",
        ("rank", "raw_rank", "entry", "team", "code", "reviews", "raw", "median", "adjusted", "sd",
         "rank_low", "rank_high", "p_top", "tie_band"),
        (
            (s.rank, s.raw_rank, s.entry.title, s.entry.team.name, s.entry.code, s.reviews,
             *(Decimal(f"{v:.4f}") for v in (s.raw, s.median, s.adjusted, s.sd)), s.rank_low,
             s.rank_high, f"{s.p_top:.3f}", s.tie_band)
            for s in ranking.standings
        ),
    )  # fmt: skip


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


def _wanted(ranking: Ranking) -> list[uuid.UUID]:
    return [uuid.UUID(w["entry"]) for w in ranking.components.get("wanted", [])]


def _ladder(ranking: Ranking) -> str:
    return tie_break(s for s in ranking.parameters.get("ladder", ()) if s in set(TieBreak))


def _by(ranking: Ranking) -> str:
    asked = request.args.get("by")
    if asked in {"raw", "adjusted"}:
        return str(asked)
    return "adjusted" if ranking.adjusted_is_official else "raw"


def _is_waiting(ranking: Ranking | None, run: RankingRun | None) -> bool:
    """Say whether a ranking is on its way: asked for here, or by the close of the round."""
    if run is not None and run.state is RunState.COMPUTING:
        return True
    try:
        asked = datetime.fromisoformat(request.args.get("asked", ""))
    except ValueError:
        return False
    return asked.tzinfo is not None and (ranking is None or ranking.computed_at < asked)
