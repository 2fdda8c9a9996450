"""A judge's way through the room, their votes, and the chair's view of it all."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.comparing import choosing
from contest.contests import queries as contests
from contest.contests.models import Appointment, Mode, Role, Round
from contest.contests.policy import may_view
from contest.contests.signedin import actor, require_factor
from contest.core.decisions import deny
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.judging import policy
from contest.judging.actions import comparing as actions
from contest.judging.models import Outcome, Visit
from contest.judging.queries import comparing as queries
from contest.judging.queries import panel, readiness
from contest.web import requests
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db

bp = Blueprint("comparing", __name__)


def _mine(round_id: uuid.UUID) -> tuple[Round, Appointment, User]:
    """Return a round of comparisons and the signed-in judge of it; for others it does not exist."""
    session, user = db.session(), current()
    round_ = found(contests.round_(session, round_id))
    judge = queries.judgeship(session, round_, user)
    reveal(deny(N_("You do not judge here.")) if judge is None else policy.may_declare(user, judge))
    if round_.mode is not Mode.PAIRWISE:
        found(None)
    require_factor(round_.contest, user, {Role.JUDGE})
    return round_, found(judge), user


def _acting(round_id: uuid.UUID) -> tuple[Round, Appointment, User]:
    """Return the same for a judge who has promised, declared, and may vote now."""
    round_, judge, user = _mine(round_id)
    authorize(readiness.steps(db.session(), user, judge, requests.now()).done())
    authorize(policy.can_take_scores(round_))
    return round_, judge, user


@bp.get("/rounds/<uuid:round_id>/compare")
@action("comparing.judge_index")
@signed_in
def judge(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the two entries that the judge has before them, or what to do first."""
    round_, appointment, user = _mine(round_id)
    session, at = db.session(), requests.now()
    hall = queries.hall(session, round_, at)
    visit = queries.visit(session, round_id, appointment.id)
    return render_template(
        "comparing/judge.html",
        contest=round_.contest,
        round=round_,
        visit=visit,
        titles=queries.titles(hall.entries, blind=round_.blind),
        made=queries.of_judge(session, round_id, appointment.id),
        can=policy.can_take_scores(round_),
        ready=readiness.steps(session, user, appointment, at).done(),
        waiting=visit is not None and visit.waiting_since is not None,
        left=any((appointment.id, e.id) not in hall.closed for e in hall.entries),
    )


@bp.get("/rounds/<uuid:round_id>/compare/state")
@action("comparing.judge_poll")
@signed_in
def state(round_id: uuid.UUID) -> ResponseReturnValue:
    """Say to a judge in the queue whether a table is free for them. A fragment."""
    round_, appointment, _ = _mine(round_id)
    session = db.session()
    visit = found(queries.visit(session, round_id, appointment.id))
    hall = queries.hall(session, round_, requests.now())
    entry, _ = choosing.next_for(hall, visit)
    return Response(
        render_template(
            "comparing/_queue.html",
            round=round_,
            free=entry is not None,
            ahead=len(hall.ahead(visit)),
        )
    )


@bp.post("/rounds/<uuid:round_id>/compare/next")
@action("comparing.next")
@signed_in
def next_(round_id: uuid.UUID) -> ResponseReturnValue:
    """Send the judge to an entry: the first, or one that has become free."""
    round_, appointment, _ = _acting(round_id)
    visit = actions.begin(db.session(), round_, appointment, at=requests.now())
    if visit.next_id is None:
        choosing.send_on(db.session(), round_, visit, at=requests.now())
    return _back(round_id)


@bp.post("/rounds/<uuid:round_id>/compare/arrive")
@action("comparing.arrive")
@signed_in
def arrive(round_id: uuid.UUID) -> ResponseReturnValue:
    """Note that the first entry was seen, and send the judge to a second."""
    return _goes_on(round_id, lambda _, __, visit: actions.arrive(visit, _given("next")))


@bp.post("/rounds/<uuid:round_id>/compare/vote")
@action("comparing.vote")
@signed_in
def vote(round_id: uuid.UUID) -> ResponseReturnValue:
    """Take the judge's word on the two, and send them on."""
    return _goes_on(
        round_id,
        lambda round_, judge, visit: actions.vote(
            db.session(), round_, visit, _outcome(), pair=_pair(), by=current(), at=requests.now()
        ),
    )


@bp.post("/rounds/<uuid:round_id>/compare/skip")
@action("comparing.skip")
@signed_in
def skip(round_id: uuid.UUID) -> ResponseReturnValue:
    """Pass the next entry by, with a reason."""
    return _goes_on(
        round_id,
        lambda round_, judge, visit: actions.skip(
            db.session(), round_, judge, visit, request.form.get("reason", ""),
            pair=_pair(), by=current(), at=requests.now(),
        ),
    )  # fmt: skip


@bp.post("/comparisons/<uuid:comparison_id>/undo")
@action("comparing.undo")
@signed_in
def undo(comparison_id: uuid.UUID) -> ResponseReturnValue:
    """Take the last vote back."""
    made = found(queries.comparison(db.session(), comparison_id))
    round_, appointment, user = _acting(made.round_id)
    if made.appointment_id != appointment.id:
        found(None)
    session, at = db.session(), requests.now()
    visit = actions.begin(session, round_, appointment, at=at)
    actions.undo(session, round_, visit, made, by=user, at=at)
    flash(gettext("Taken back. Here are the same two again."), "success")
    return _back(made.round_id)


@bp.post("/comparisons/<uuid:comparison_id>/correct")
@action("comparing.correct")
@signed_in
def correct(comparison_id: uuid.UUID) -> ResponseReturnValue:
    """Change what was said about two entries before."""
    made = found(queries.comparison(db.session(), comparison_id))
    round_, appointment, user = _acting(made.round_id)
    if made.appointment_id != appointment.id:
        found(None)
    actions.correct(db.session(), round_, made, _outcome(), by=user, at=requests.now())
    flash(gettext("Corrected. Your first word stays on record."), "success")
    return redirect(url_for(".votes", round_id=made.round_id), 303)


@bp.get("/rounds/<uuid:round_id>/compare/votes")
@action("comparing.votes_index")
@signed_in
def votes(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the judge what they said so far, to correct it."""
    round_, appointment, _ = _mine(round_id)
    session = db.session()
    return render_template(
        "comparing/votes.html",
        contest=round_.contest,
        round=round_,
        made=queries.of_judge(session, round_id, appointment.id),
        titles=queries.titles(panel.judged_entries(session, round_), blind=round_.blind),
        can=policy.can_take_scores(round_),
    )


@dataclass(frozen=True, slots=True)
class JudgeRow:
    """One judge in the chair's view."""

    name: str
    votes: int
    reliability: float | None
    opposite: bool
    visit: Visit | None


@bp.get("/rounds/<uuid:round_id>/comparisons")
@action("comparing.chair_index")
@signed_in
def chair(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show the chair the order so far with its doubt, and where every judge is."""
    session, at = db.session(), requests.now()
    round_ = found(contests.round_(session, round_id))
    who = actor(round_.contest)
    reveal(may_view(who, round_.contest))
    authorize(policy.may_chair(who))
    if round_.mode is not Mode.PAIRWISE:
        found(None)
    hall = queries.hall(session, round_, at)
    entries, names = {e.id: e for e in hall.entries}, panel.judges(session, round_.contest_id)
    judges = sorted({v.judge for v in hall.votes} | {a.id for a in names}, key=str)
    known = choosing.belief(hall.votes, list(entries), judges)
    counts = Counter(v.judge for v in hall.votes)
    visits = {v.appointment_id: v for v in hall.visits}
    top = min(round_.advance_count or 3, max(1, len(entries)))
    return render_template(
        "comparing/chair.html",
        contest=round_.contest,
        round=round_,
        top=top,
        votes=len(hall.votes),
        separation=known.separation,
        standings=[(hall.entries[s.entry], s) for s in choosing.order(known, top)],
        judges=[
            JudgeRow(
                a.user.name,
                counts[a.id],
                float(known.reliability[judges.index(a.id)]) if counts[a.id] else None,
                judges.index(a.id) in known.opposite,
                visits.get(a.id),
            )
            for a in names
        ],
        entries=entries,
    )


def _given(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError:
        return None


def _pair() -> tuple[uuid.UUID | None, uuid.UUID | None]:
    return _given("current"), _given("next")


def _outcome() -> Outcome:
    try:
        return Outcome(request.form.get("outcome", ""))
    except ValueError:
        raise DomainError(N_("Choose one of the two, or say that they are equally good.")) from None


def _goes_on(
    round_id: uuid.UUID, act: Callable[[Round, Appointment, Visit], object]
) -> ResponseReturnValue:
    """Do what the judge did where they stand, and send them to what comes next."""
    round_, appointment, _ = _acting(round_id)
    visit = actions.begin(db.session(), round_, appointment, at=requests.now())
    try:
        act(round_, appointment, visit)
    except Conflict as error:  # the page was older than where the judge stands
        flash(gettext(error.message), "warning")
    else:
        choosing.send_on(db.session(), round_, visit, at=requests.now())
    return _back(round_id)


def _back(round_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".judge", round_id=round_id), 303)
