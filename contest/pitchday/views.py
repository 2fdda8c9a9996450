"""The stage: its control, the projector in the room, and the judges' page on the day."""

import secrets
import uuid
import zlib
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import Round
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.pitchday import actions, pages, policy, queries
from contest.pitchday.forms import ArrangeForm, DrawForm
from contest.web import merging
from contest.web.access import action, found, mark_decided, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form
from contest.web.requests import now

bp = Blueprint("pitchday", __name__)
bp.add_app_template_global(pages.pitch_day)


def _round(round_id: uuid.UUID) -> Round:
    return found(contests.round_(db.session(), round_id))


@bp.get("/contests/<slug:slug>/pitch-day")
@signed_in
@action("pitchday.index")
def index(slug: str) -> ResponseReturnValue:
    """Lead to the stage of the contest's pitch round: its control, or the judges' page."""
    contest = found(contests.by_slug(db.session(), slug))
    who = actor(contest)
    for round_ in reversed(contests.rounds(db.session(), contest.id)):
        for decision, page in ((policy.may_run, ".stage"), (policy.may_watch, ".follow")):
            if decision(who, round_):
                mark_decided()
                return redirect(url_for(page, round_id=round_.id), 303)
    return found(None)


@bp.get("/rounds/<uuid:round_id>/stage")
@signed_in
@action("pitchday.stage.show")
def stage(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the running order to those who run the stage, with the buttons of each pitch."""
    round_ = _round(round_id)
    reveal(policy.may_run(actor(round_.contest), round_))
    return render_template("pitchday/stage.html", **_shown(round_), form=ConfirmForm())


def _shown(round_: Round) -> dict[str, object]:
    session = db.session()
    lines = queries.running_order(session, round_.id)
    return {
        "round": round_,
        "contest": round_.contest,
        "stage": queries.stage(session, round_.id),
        "lines": lines,
        "on": queries.now_on(lines),
        "next": queries.next_up(lines),
        "draws": queries.draws(session, round_.id),
        "can_change": policy.can_change(round_),
    }


@bp.route("/rounds/<uuid:round_id>/draw", methods=["GET", "POST"])
@signed_in
@action("pitchday.draw")
def draw(round_id: uuid.UUID) -> ResponseReturnValue:
    """Draw the running order from a seed."""
    round_, user = _round(round_id), current()
    reveal(policy.may_run(actor(round_.contest), round_))
    form = DrawForm(seed=secrets.token_hex(6)) if request.method == "GET" else DrawForm()
    if form.validate_on_submit():
        try:
            actions.draw(
                db.session(),
                round_,
                (form.seed.data or "").strip(),
                reason=form.reason.data or "",
                by=user,
                at=now(),
            )
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The running order is drawn."), "success")
            return redirect(url_for(".stage", round_id=round_.id), 303)
    drawn = bool(queries.draws(db.session(), round_.id))
    return render_form(
        "pitchday/draw.html", form, round=round_, contest=round_.contest, drawn=drawn
    )


@bp.route("/rounds/<uuid:round_id>/stage/arrange", methods=["GET", "POST"])
@signed_in
@action("pitchday.arrange")
def arrange(round_id: uuid.UUID) -> ResponseReturnValue:
    """Say where and when the pitches are; two editors' changes are merged."""
    round_, user = _round(round_id), current()
    reveal(policy.may_run(actor(round_.contest), round_))
    stage = queries.stage(db.session(), round_.id)
    make = partial(ArrangeForm, round_.contest.zone, obj=stage)
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: actions.arrange(
            db.session(), round_, form.place.data or "", form.starts_at.data, by=user, at=now()
        ),
    ):
        return redirect(url_for(".stage", round_id=round_.id), 303)
    return render_form("pitchday/arrange.html", form, round=round_, contest=round_.contest)


@bp.post("/rounds/<uuid:round_id>/stage/<uuid:slot_id>/<string(maxlength=10):act>")
@signed_in
@action("pitchday.act")
def act(round_id: uuid.UUID, slot_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Start, question, finish, skip or repeat one pitch."""
    round_, user, session = _round(round_id), current(), db.session()
    reveal(policy.may_run(actor(round_.contest), round_))
    slot, stage = found(queries.slot(session, slot_id)), found(queries.stage(session, round_id))
    found(slot if slot.stage_id == stage.id else None)
    perform = found(actions.ACTS.get(act))
    try:
        perform(session, stage, slot, by=user, at=now())
    except DomainError as error:
        form = ConfirmForm()
        form.reject(error)
        return render_form("pitchday/stage.html", form, **_shown(round_))
    return redirect(url_for(".stage", round_id=round_.id), 303)


@bp.get("/rounds/<uuid:round_id>/projector")
@signed_in
@action("pitchday.projector.show")
def projector(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the room who is on, how long, and who is next."""
    round_ = _round(round_id)
    reveal(policy.may_watch(actor(round_.contest), round_))
    return render_template("pitchday/projector.html", **_shown(round_))


@bp.get("/rounds/<uuid:round_id>/projector/poll")
@signed_in
@action("pitchday.projector.poll")
def poll(round_id: uuid.UUID) -> ResponseReturnValue:
    """Answer the projector: nothing (304) until the stage changes."""
    round_ = _round(round_id)
    reveal(policy.may_watch(actor(round_.contest), round_))
    stage = queries.stage(db.session(), round_id)
    return _unless_same(
        f"stage-{stage.changes if stage else 0}",
        lambda: render_template("pitchday/_on.html", **_shown(round_)),
    )


@bp.get("/rounds/<uuid:round_id>/pitches")
@signed_in
@action("pitchday.follow.show")
def follow(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show a judge the pitch that is on and lead to its scorecard."""
    round_, user = _round(round_id), current()
    reveal(policy.may_watch(actor(round_.contest), round_))
    return render_template(
        "pitchday/follow.html",
        **_shown(round_),
        mine=queries.mine(db.session(), round_id, user),
    )


@bp.get("/rounds/<uuid:round_id>/pitches/poll")
@signed_in
@action("pitchday.follow.poll")
def follow_poll(round_id: uuid.UUID) -> ResponseReturnValue:
    """Answer a judge's page: nothing (304) until the stage or their own scores change."""
    round_, user, session = _round(round_id), current(), db.session()
    reveal(policy.may_watch(actor(round_.contest), round_))
    stage, mine = queries.stage(session, round_id), queries.mine(session, round_id, user)
    tag = zlib.crc32(repr(sorted((str(k), m.state.value) for k, m in mine.items())).encode())
    return _unless_same(
        f"pitches-{stage.changes if stage else 0}-{tag}",
        lambda: render_template("pitchday/_mine.html", **_shown(round_), mine=mine),
    )


def _unless_same(tag: str, render: Callable[[], str]) -> Response:
    response = Response()
    response.set_etag(tag)
    response.cache_control.no_cache = True
    response.cache_control.private = True
    if tag in request.if_none_match:
        response.status_code = 304
        return response
    response.set_data(render())
    return response
