"""The page on which a judge puts all their entries in order, or distributes points over them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import BALLOTS, Appointment, Mode, Role, Round
from contest.contests.signedin import require_factor
from contest.core.decisions import Decision, deny
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.judging import ordering, policy
from contest.judging.actions import ballots as actions
from contest.judging.models import Assignment, AssignmentState, Ballot
from contest.judging.models.assignment import DONE
from contest.judging.models.scorecard import shown
from contest.judging.queries import ballots as queries
from contest.judging.queries import comparing, material, readiness
from contest.judging.views.blueprint import bp, ending_in_undo
from contest.web import requests
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import Form
from contest.web.merging import Clash
from contest.web.text import why

POINTS, SEEN = "points_", "_seen"


@dataclass(frozen=True, slots=True)
class Page:
    """All that the ballot shows. `order` holds the placed entries, those that share a place together."""

    round: Round
    slate: tuple[Assignment, ...]
    ballot: Ballot | None
    values: dict[uuid.UUID, int]
    order: ordering.Order[uuid.UUID]
    unread: frozenset[uuid.UUID]
    may: Decision
    form: Form
    clashes: Mapping[str, Clash] = field(default_factory=dict)  # by input

    @property
    def stored(self) -> dict[uuid.UUID, int]:
        """What the draft holds, which `values` and `order` differ from while something is refused."""
        return self.ballot.values() if self.ballot else {}

    @property
    def stored_order(self) -> str:
        return ordering.written(queries.order(self.stored, [a.entry_id for a in self.slate]))

    @property
    def spent(self) -> int:
        return sum(self.values.get(a.entry_id, 0) for a in self.slate)

    @property
    def by_entry(self) -> dict[uuid.UUID, Assignment]:
        return {a.entry_id: a for a in self.slate}

    @property
    def written(self) -> str:
        return ordering.written(self.order)

    @property
    def unplaced(self) -> list[Assignment]:
        placed = {entry for group in self.order for entry in group}
        return [a for a in self.slate if a.entry_id not in placed]

    @property
    def is_in(self) -> bool:
        return bool(self.slate) and all(a.state in DONE for a in self.slate)

    @property
    def is_open(self) -> bool:
        """Say whether it is written on, and not what was handed in."""
        asked = "change" in request.args or bool(self.form.form_errors or self.clashes)
        return bool(self.may) and (asked or not self.is_in)


@bp.get("/rounds/<uuid:round_id>/ballot")
@action("judging.ballot_index")
@signed_in
def ballot(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show a judge all their entries of the round on one paper."""
    round_, judge, user = _mine(round_id)
    ready = readiness.steps(db.session(), user, judge, requests.now()).done()
    if not ready:
        return redirect(url_for(".conflicts", slug=round_.contest.slug), 303)
    return _show(_page(round_, judge))


@bp.post("/rounds/<uuid:round_id>/ballot/save")
@action("judging.save_ballot")
@signed_in
def ballot_save(round_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the order, or the points of one entry. Answers JSON."""
    round_, judge, _ = _acting(round_id)
    at, name = requests.now(), request.form.get("_field", "")
    try:
        _keep(round_, judge, only=name)
    except Conflict as stale:
        clash = _clashes(round_, judge, stale)[name]
        told = {"mine": clash.mine, "theirs": clash.theirs, "value": clash.value}
        return {**told, "version": clash.value}, 409
    except DomainError as error:
        return {"errors": [why(error)]}, 422
    return {"saved_at": at.isoformat(), "version": request.form.get(name, "")}


@bp.post("/rounds/<uuid:round_id>/ballot/change")
@action("judging.save_ballot")
@signed_in
def ballot_change(round_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the whole draft, or move one entry in it; the way without a script."""
    round_, judge, _ = _acting(round_id)
    try:
        _keep(round_, judge)
        if step := next((name for name in ordering.STEPS if name in request.form), None):
            entry = _id(request.form[step])
            order = ordering.STEPS[step](_page(round_, judge).order, entry)
            actions.put_order(db.session(), round_, judge, order, at=requests.now())
    except DomainError as error:
        return _refused(round_, judge, error)
    return redirect(url_for(".ballot", round_id=round_id, change=1), 303)


@bp.post("/rounds/<uuid:round_id>/ballot/submit")
@action("judging.submit_ballot")
@signed_in
def ballot_submit(round_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the whole ballot and hand it in."""
    round_, judge, user = _acting(round_id)
    session, at = db.session(), requests.now()
    form = Form()
    if not form.validate_on_submit():
        return _show(_page(round_, judge, form))
    try:
        _keep(round_, judge)
    except DomainError as error:
        return _refused(round_, judge, error)
    try:
        with session.begin_nested():
            page = _page(round_, judge)
            unread = [a.entry for a in page.slate if a.entry_id in page.unread]
            actions.submit(session, round_, judge, unread=unread, by=user, at=at)
    except DomainError as error:  # the draft is kept as it is
        flash(why(error), "error")
        return redirect(url_for(".ballot", round_id=round_id, change=1), 303)
    undo = url_for(".ballot_undo", round_id=round_id)
    flash(ending_in_undo(gettext("Your ballot is in."), undo), "success")
    return redirect(url_for(".ballot", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/ballot/undo")
@action("judging.undo_ballot")
@signed_in
def ballot_undo(round_id: uuid.UUID) -> ResponseReturnValue:
    """Make what was handed in a draft again."""
    round_, judge, user = _acting(round_id)
    actions.take_back(db.session(), round_, judge, by=user, at=requests.now())
    flash(gettext("Taken back: your ballot is a draft again and does not count yet."), "success")
    return redirect(url_for(".ballot", round_id=round_id), 303)


# --- reading and keeping what was sent


def _keep(round_: Round, judge: Appointment, *, only: str = "") -> None:
    """Write what the form holds, or one field of it, into the draft.

    Raises Conflict where another device has written something else than this page knows of.
    """
    session, at = db.session(), requests.now()
    if round_.mode is Mode.RANKING:
        if "order" in request.form and only in {"", "order"}:
            known = _seen("order", only)
            actions.put_order(
                session, round_, judge, _order(request.form["order"]),
                seen=None if known is None else [_order(text) for text in known], at=at,
            )  # fmt: skip
        return
    sent = (n for n in request.form if n.startswith(POINTS) and not n.endswith(SEEN))
    names = {name: _id(name.removeprefix(POINTS)) for name in ([only] if only else sent)}
    given = {entry: _number(request.form.get(name, "")) for name, entry in names.items()}
    seen = {
        entry: {_number(text) for text in known}
        for name, entry in names.items()
        if (known := _seen(name, only)) is not None
    }
    if given:
        actions.put_points(session, round_, judge, given, seen=seen, at=at)


def _seen(name: str, only: str) -> list[str] | None:
    """Return what the page knows to have stood in a field: at first, and whatever it sent since."""
    sent = request.form.get("_version" if only else name + SEEN)
    return None if sent is None else sent.split(" ")


def _order(text: str) -> ordering.Order[uuid.UUID]:
    return [[_id(entry) for entry in group] for group in ordering.read(text)]


def _clashes(round_: Round, judge: Appointment, stale: Conflict) -> dict[str, Clash]:
    """Return, by input, what stands there now beside what was sent."""
    slate = queries.slate(db.session(), round_.id, judge.id)
    titles = {a.entry_id: a.entry.title for a in slate}
    theirs = stale.facts["theirs"]
    if isinstance(theirs, dict):
        names = {f"{POINTS}{entry}": str(points) for entry, points in theirs.items()}
        return {n: Clash(n, request.form.get(n, ""), there, there) for n, there in names.items()}

    def shown(order: ordering.Order[uuid.UUID]) -> str:
        lines = (" = ".join(titles.get(e, "–") for e in group) for group in order)
        return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, start=1))

    there = _order(ordering.written(theirs))  # type: ignore[arg-type]
    mine = _order(request.form.get("order", ""))
    return {"order": Clash("order", shown(mine), shown(there), ordering.written(there))}


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise DomainError(N_("This entry is not assigned to you.")) from None


def _number(text: str) -> int:
    if not text.strip():
        return 0
    if not (text.strip().isdecimal() and len(text) < 8):
        raise DomainError(N_("Write whole points, from 0."))
    return int(text)


# --- the page


def _mine(round_id: uuid.UUID) -> tuple[Round, Appointment, User]:
    """Return a round of ballots and the signed-in judge of it; for others it does not exist."""
    session, user = db.session(), current()
    round_ = found(contests.round_(session, round_id))
    judge = comparing.judgeship(session, round_, user)
    reveal(deny(N_("You do not judge here.")) if judge is None else policy.may_declare(user, judge))
    if round_.mode not in BALLOTS:
        found(None)
    require_factor(round_.contest, user, {Role.JUDGE})
    return round_, found(judge), user


def _acting(round_id: uuid.UUID) -> tuple[Round, Appointment, User]:
    """Return the same for a judge who has promised, declared, and may write now."""
    round_, judge, user = _mine(round_id)
    authorize(readiness.steps(db.session(), user, judge, requests.now()).done())
    authorize(policy.can_take_scores(round_))
    return round_, judge, user


def _page(round_: Round, judge: Appointment, form: Form | None = None) -> Page:
    session = db.session()
    slate = queries.slate(session, round_.id, judge.id)
    made = queries.revisions(session, round_.id, judge.id)
    may = policy.can_take_scores(round_)
    is_in = bool(slate) and all(a.state in DONE for a in slate)
    writing = bool(may) and (not is_in or "change" in request.args or request.method == "POST")
    last = shown(made, writing=writing)
    values = last.values() if last else {}
    order = queries.order(values, [a.entry_id for a in slate])
    unread = material.unread(session, judge.user, round_, [a.entry_id for a in slate])
    return Page(round_, tuple(slate), last, values, order, unread, may, form or Form())


def _refused(round_: Round, judge: Appointment, error: DomainError) -> ResponseReturnValue:
    """Show the ballot as it was sent, with what is wrong with it."""
    form = Form()
    form.reject(error)
    page = _page(round_, judge, form)
    sent = {a.entry_id: request.form.get(f"{POINTS}{a.entry_id}", "") for a in page.slate}
    points = {entry: int(text) for entry, text in sent.items() if text.strip().isdecimal()}
    page = replace(page, values={**page.values, **points})
    if "order" in request.form:
        placed = [[e for e in group if e in sent] for group in _order(request.form["order"])]
        page = replace(page, order=[group for group in placed if group])
    if isinstance(error, Conflict):
        page = replace(page, clashes=_clashes(round_, judge, error))
    return _show(page)


def _show(page: Page) -> Response:
    text = render_template(
        "judging/ballot.html",
        page=page,
        form=page.form,
        round=page.round,
        contest=page.round.contest,
        State=AssignmentState,
    )
    return Response(text, 422 if page.form.errors or page.form.form_errors else 200)
