"""The screeners' queue and their findings."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import Round, RoundPhase
from contest.entries import actions, policy, queries
from contest.entries.forms import EligibleForm, IneligibleForm, InfoForm, ReconsiderForm
from contest.entries.models import Entry, State, Version
from contest.entries.pages import require_promise
from contest.entries.views.blueprint import bp, contest_of, just_opened, screened
from contest.teams import queries as teams
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, Form, done
from contest.web.requests import now
from contest.web.text import plain

OPEN = (RoundPhase.PLANNED, RoundPhase.COLLECTING, RoundPhase.SCREENING)


def _round(slug_round: tuple[Round, ...]) -> Round | None:
    """Return the round to screen: the first that collects and is not judged yet, else the last one."""
    collecting = [r for r in slug_round if r.collects()]
    return next((r for r in collecting if r.phase in OPEN), collecting[-1] if collecting else None)


@bp.get("/contests/<slug:slug>/screening")
@action("entries.screening_index")
@signed_in
def screening(slug: str) -> ResponseReturnValue:
    """Show the queue, and what keeps the judging from starting."""
    contest, who = contest_of(slug)
    authorize(policy.may_screen_any(who))
    require_promise(who, contest)
    session, at = db.session(), now()
    round_ = _round(contests.rounds(session, contest.id))
    return render_template(
        "entries/screening.html",
        contest=contest,
        round=round_,
        waiting=queries.queue(session, round_) if round_ else (),
        blockers_found=actions.screening_blockers(session, round_) if round_ else [],
        may_start=policy.may_start_judging(who),
        has_closed=round_ is not None and bool((ends := round_.grace_ends_at()) and at >= ends),
        form=ConfirmForm(),
    )


@bp.post("/rounds/<uuid:round_id>/screening")
@action("entries.begin_screening")
@signed_in
def begin_screening(round_id: uuid.UUID) -> ResponseReturnValue:
    """End collecting."""
    session = db.session()
    round_ = found(contests.round_(session, round_id))
    _, who = contest_of(round_.contest.slug)
    authorize(policy.may_screen_any(who))
    if ConfirmForm().validate_on_submit():
        actions.begin_screening(session, round_, by=current(), at=now())
        flash(gettext("Screening has begun."), "success")
    return redirect(url_for(".screening", slug=round_.contest.slug), 303)


@bp.get("/entries/<uuid:entry_id>/screen")
@action("entries.screen_view")
@signed_in
def screen(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show an entry to whoever decides on it, with what can be decided."""
    entry, _ = screened(entry_id)
    version = found(queries.latest_version(db.session(), entry.id))
    return _page(entry, version, _forms(entry, version))


@bp.post("/entries/<uuid:entry_id>/screen/<any(eligible, ineligible, info, reconsider):finding>")
@action("entries.screen")
@signed_in
def find(entry_id: uuid.UUID, finding: str) -> ResponseReturnValue:
    """Decide, and go on with the next one."""
    entry, _ = screened(entry_id)
    session = db.session()
    version = found(queries.latest_version(session, entry.id))
    forms = _forms(entry, version)
    form = forms[finding]
    if done(form, lambda: DECIDE[finding](entry, version.round, form)):
        flash(gettext("Decided: “%(entry)s”.", entry=entry.title), "success")
        return redirect(_onward(entry, version.round), 303)
    return _page(entry, version, forms), 422


def _forms(entry: Entry, version: Version) -> dict[str, Form]:
    """Return finding -> its form; one that was not sent stays fresh."""
    zone = entry.contest.zone
    sent = (request.view_args or {}).get("finding")
    offered = [(a.question_id, plain(a.title)) for a in queries.said_in(db.session(), version)]
    fresh: dict[str, Callable[..., Form]] = {
        "eligible": EligibleForm,
        "ineligible": IneligibleForm,
        "info": lambda **kw: InfoForm(zone, [(str(i), t) for i, t in offered], **kw),
        "reconsider": ReconsiderForm,
    }
    return {
        name: make(prefix=f"{name}-") if name == sent else make(prefix=f"{name}-", formdata=None)
        for name, make in fresh.items()
    }


def _page(entry: Entry, version: Version, forms: dict[str, Form]) -> str:
    session = db.session()
    queue = queries.queue(session, version.round)
    order = [waiting.id for waiting in queue]
    place = order.index(entry.id) if entry.id in order else None
    return render_template(
        "entries/screen.html",
        entry=entry,
        contest=entry.contest,
        team=entry.team,
        version=version,
        answers=queries.said_in(session, version),
        decks=queries.decks(session, version, opened=just_opened()),
        findings=queries.findings(session, entry.id),
        still_asked=teams.open_questions(session, entry.team),
        request_open=queries.open_request(session, entry.id),
        forms=forms,
        can={
            "eligible": bool(entry.can("find_eligible")),
            "ineligible": bool(entry.can("find_ineligible")),
            "info": bool(entry.can("request_info")),
            "reconsider": bool(entry.can("reconsider")),
        },
        place=place,
        count=len(order),
        previous=order[place - 1] if place else None,
        following=order[place + 1] if place is not None and place + 1 < len(order) else None,
    )


def _onward(entry: Entry, round_: Round) -> str:
    """Return the address of the next entry that waits, or of the queue."""
    waiting = [
        w.id
        for w in queries.queue(db.session(), round_)
        if w.state is State.SUBMITTED and w.id != entry.id
    ]
    if waiting:
        return url_for(".screen", entry_id=waiting[0])
    return url_for(".screening", slug=entry.contest.slug)


def _eligible(entry: Entry, round_: Round, form: Form) -> None:
    actions.find_eligible(
        db.session(), entry, round_, reason=form["reason"].data or "", by=current(), at=now()
    )


def _ineligible(entry: Entry, round_: Round, form: Form) -> None:
    actions.find_ineligible(
        db.session(), entry, round_, rule=form["rule"].data, reason=form["reason"].data,
        by=current(), at=now(),
    )  # fmt: skip


def _info(entry: Entry, round_: Round, form: Form) -> None:
    actions.request_info(
        db.session(), entry, round_, [uuid.UUID(i) for i in form["questions"].data],
        message=form["message"].data, until=form["until"].data, by=current(), at=now(),
    )  # fmt: skip


def _reconsider(entry: Entry, round_: Round, form: Form) -> None:
    actions.reconsider(
        db.session(), entry, round_, reason=form["reason"].data, by=current(), at=now()
    )


DECIDE: dict[str, Callable[[Entry, Round, Form], None]] = {
    "eligible": _eligible,
    "ineligible": _ineligible,
    "info": _info,
    "reconsider": _reconsider,
}
