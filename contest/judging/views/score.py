"""The page on which a judge reads an entry and scores it."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import signed_in
from contest.contests.models import BALLOTS, RoundKind
from contest.core.decisions import Decision
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.judging import policy
from contest.judging.actions import scoring
from contest.judging.forms import (
    ScoreForm,
    criterion_of,
    field_name,
    read_points,
    score_form,
)
from contest.judging.models import Assignment, AssignmentState, Criterion, Rubric, Scorecard
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.models.scorecard import shown
from contest.judging.queries import material, panel, readiness, work
from contest.judging.queries.work import QueueLine
from contest.judging.scoring import Given, total
from contest.judging.views.blueprint import bp, own, with_undo
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.text import languages, why

TEXTS = ("comment", "note")


@bp.route("/assignments/<uuid:assignment_id>", methods=["GET", "POST"])
@action("judging.score")
@signed_in
def score(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Show one entry beside the rubric; sent without a script, keep the whole scorecard."""
    assignment, user = own(assignment_id)
    session, at = db.session(), requests.now()
    steps = readiness.steps(session, user, assignment.appointment, at)
    if not steps.done() and assignment.state in OPEN:
        if steps.unsigned:
            here = url_for(".score", assignment_id=assignment_id)
            sign = url_for("undertakings.sign", text_id=steps.unsigned[0].id, next=here)
            return redirect(sign, 303)
        return redirect(url_for(".conflicts", slug=assignment.round.contest.slug), 303)
    ready = readiness.ready_after(session, steps, assignment.appointment, assignment.entry_id)
    if assignment.state is AssignmentState.RECUSED:
        authorize(policy.may_read(user, assignment))
        return render_template("judging/recused.html", assignment=assignment, lines=_lines(user))
    authorize(policy.may_open(user, assignment, ready=ready))

    page = _page(assignment, user, policy.may_score(user, assignment, ready=ready))
    if request.method == "POST":
        _scored(assignment_id)
        if page.form.validate_on_submit():
            try:
                _keep(assignment, page.rubric, page.form, user, at)
            except DomainError as error:
                page.form.reject(error)
            else:
                flash(gettext("Saved as a draft."), "success")
                return redirect(url_for(".score", assignment_id=assignment_id), 303)
    return _show(page)


@bp.post("/assignments/<uuid:assignment_id>/submit")
@action("judging.submit")
@signed_in
def submit(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the whole scorecard, hand it in and go on to the next entry."""
    assignment, user, may = _scored(assignment_id)
    session, at = db.session(), requests.now()

    page = _page(assignment, user, may)
    if page.form.validate_on_submit():
        read = page.material.is_read(assignment.round.kind)
        try:
            with session.begin_nested():
                _keep(assignment, page.rubric, page.form, user, at)
                scoring.submit(session, assignment, material_opened=read, by=user, at=at)
        except DomainError as error:
            page.form.reject(error)
            page = replace(_page(*_scored(assignment_id)), form=page.form)
        else:
            sentence = gettext("Your scores for “%(entry)s” are in.", entry=assignment.entry.title)
            flash(with_undo(sentence, assignment), "success")
            return _go_on(user, assignment)
    return _show(page)


@bp.post("/assignments/<uuid:assignment_id>/save")
@action("judging.save")
@signed_in
def save(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Keep one field of the scorecard. Answers JSON."""
    assignment, user, _ = _scored(assignment_id)
    name = request.form.get("_field", "")
    try:
        saved = _save(assignment, name, user, requests.now())
    except Conflict as stale:
        answer: dict[str, object] = {**stale.facts, "version": scoring.seal(_theirs(stale))}
        return answer, 409
    except DomainError as error:
        return {"errors": [why(error)]}, 422
    told = {"saved_at": saved.at.isoformat()}
    return told | ({"version": saved.version} if saved.version else {})


def _theirs(stale: Conflict) -> str:
    return str(stale.facts["theirs"])


def _save(assignment: Assignment, name: str, user: User, at: datetime) -> scoring.Saved:
    session, value = db.session(), request.form.get(name, "")
    if name in TEXTS:
        seen = request.form.get("_version") or None
        return scoring.put_text(session, assignment, **{name: value}, seen=seen, by=user, at=at)
    criterion_id = criterion_of(name)
    if criterion_id is None:
        raise DomainError(N_("There is no such field."))
    points, abstained = _points(value)
    return scoring.put_points(
        session, assignment, criterion_id, points, abstained=abstained, by=user, at=at
    )


def _points(value: str) -> tuple[int | None, bool]:
    try:
        return read_points(value)
    except ValueError:
        raise DomainError(N_("Choose one of the points that are offered.")) from None


def _keep(
    assignment: Assignment, rubric: Rubric | None, form: ScoreForm, user: User, at: datetime
) -> None:
    """Write what differs from the draft; a text that another device changed is refused."""
    session = db.session()
    for criterion in rubric.criteria if rubric else ():
        field = form[field_name(criterion)]
        if field.data not in {None, "", "None"} and field.data != field.default:
            points, abstained = _points(field.data)
            scoring.put_points(
                session, assignment, criterion.id, points, abstained=abstained, by=user, at=at
            )
    for name in TEXTS:
        field, seen = form[name], form[f"{name}_seen"].data
        if scoring.seal((field.data or "").replace("\r\n", "\n")) != seen:
            try:
                scoring.put_text(session, assignment, **{name: field.data}, seen=seen or None,
                                 by=user, at=at)  # fmt: skip
            except Conflict as stale:
                stale.field = name
                raise


def _scored(assignment_id: uuid.UUID) -> tuple[Assignment, User, Decision]:
    """Return an assignment that its judge may score now; stop with 404 or 403 otherwise."""
    assignment, user = own(assignment_id)
    ready = readiness.ready(
        db.session(), user, assignment.appointment, assignment.entry_id, requests.now()
    )
    may = policy.may_score(user, assignment, ready=ready)
    authorize(may)
    if assignment.round.mode in BALLOTS:  # which have a page of their own
        found(None)
    return assignment, user, may


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion as the page shows it."""

    criterion: Criterion
    field: str
    levels: tuple[tuple[int, str, str], ...]
    given: int | None
    abstained: bool


@dataclass(frozen=True, slots=True)
class Page:
    """All that the scoring page shows."""

    assignment: Assignment
    rubric: Rubric | None
    parts: tuple[Part, ...]
    form: ScoreForm
    card: Scorecard | None
    total: float | None
    lines: tuple[QueueLine, ...]
    material: material.Material
    may_score: Decision

    @property
    def place(self) -> int:
        ids = [line.assignment_id for line in self.lines]
        return ids.index(self.assignment.id) + 1 if self.assignment.id in ids else 0

    @property
    def done(self) -> int:
        return sum(line.state in DONE for line in self.lines)

    @property
    def label(self) -> str:
        entry = self.assignment.entry
        return entry.code if self.assignment.round.blind else entry.team.name

    @property
    def is_open(self) -> bool:
        """Say whether the form is shown, and not what was handed in."""
        return _is_written(self.assignment, self.may_score)

    @property
    def counted(self) -> int:
        return sum(part.given is not None or part.abstained for part in self.parts)

    @property
    def is_pitch(self) -> bool:
        return self.assignment.round.kind is RoundKind.PITCH

    @property
    def is_unheard(self) -> bool:
        """Say whether the team is yet to pitch."""
        return self.assignment.entry_id in material.unheard(db.session(), self.assignment.round)


def _is_written(assignment: Assignment, may: Decision) -> bool:
    return bool(may) and (
        assignment.state in OPEN
        or (assignment.state in DONE and "change" in request.args)
        or request.method == "POST"
    )


def _page(assignment: Assignment, user: User, may: Decision) -> Page:
    session = db.session()
    cards = work.scorecards(session, assignment.id)
    card = shown(cards, writing=_is_written(assignment, may))
    rubric = panel.rubric(session, assignment.round_id)
    parts = parts_of(rubric, card)
    points = [Given(p.criterion.weight, p.criterion.low, p.criterion.high, p.given) for p in parts]
    return Page(
        assignment,
        rubric,
        parts,
        score_form(rubric, card),
        card,
        total(points),
        tuple(work.of_round(_lines(user), assignment.round_id)),
        material.material(session, user, assignment, requests.now()),
        may,
    )


def parts_of(rubric: Rubric | None, card: Scorecard | None) -> tuple[Part, ...]:
    """Return the criteria as the page shows them, with what the judge has given."""
    given = {s.criterion_id: s for s in card.scores} if card else {}
    return tuple(
        Part(
            criterion,
            field_name(criterion),
            levels_of(criterion),
            given[criterion.id].points if criterion.id in given else None,
            criterion.id in given and given[criterion.id].abstained,
        )
        for criterion in (rubric.criteria if rubric else ())
    )


def levels_of(criterion: Criterion) -> tuple[tuple[int, str, str], ...]:
    """Return (points, name, "") for every step of the scale, described or not."""
    named = {level.points: level.title.pick(languages())[0] for level in criterion.levels}
    return tuple(
        (points, named.get(points) or gettext("%(points)s points", points=points), "")
        for points in range(criterion.low, criterion.high + 1)
    )


def _show(page: Page) -> Response:
    status = 422 if page.form.errors or page.form.form_errors else 200
    text = render_template("judging/score.html", page=page, form=page.form, **_names(page))
    return Response(text, status)


def _names(page: Page) -> dict[str, object]:
    assignment = page.assignment
    return {
        "assignment": assignment,
        "round": assignment.round,
        "contest": assignment.round.contest,
        "entry": assignment.entry,
        "DONE": DONE,
        "OPEN": OPEN,
        "State": AssignmentState,
        "save_url": url_for(".save", assignment_id=assignment.id),
        "seals": {
            name: scoring.seal(getattr(page.card, name) if page.card else "") for name in TEXTS
        },
    }


def _lines(user: User) -> list[QueueLine]:
    return work.queue(db.session(), user)


def _go_on(user: User, assignment: Assignment) -> ResponseReturnValue:
    """Lead to the next entry of the same round, or back to the list."""
    db.session().flush()
    lines = work.of_round(_lines(user), assignment.round_id)
    following = work.following(lines, assignment.id)
    if following is None or following.assignment_id == assignment.id:
        return redirect(url_for(".queue"), 303)
    return redirect(url_for(".score", assignment_id=following.assignment_id), 303)
