"""The lists that an organiser keeps: each is one page with an add form, and shares four views."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from contest.accounts.signin import signed_in
from contest.contests import forms, queries
from contest.contests.actions import parts
from contest.contests.models import (
    Challenge,
    Contest,
    Duty,
    Eligibility,
    Faq,
    PartnerRole,
    Partnership,
    Prize,
    TimelineItem,
    Track,
)
from contest.contests.views.blueprint import bp, managed
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web import merging, requests
from contest.web.access import action, found
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form
from contest.web.states import choices
from contest.web.text import plain

Choices = dict[str, list[tuple[Any, str]]]


def _partner_roles(_session: Session, _contest: Contest) -> Choices:
    return {"role": choices(PartnerRole)}


def _tracks(session: Session, contest: Contest) -> Choices:
    rows = queries.tracks(session, contest.id)
    return {"track_id": [("", "—"), *((str(t.id), plain(t.title)) for t in rows)]}


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the lists: what stands in it, how it is read and filled in, what its page is called."""

    model: type[parts.Part]
    form: type[forms.ContestForm]
    rows: Callable[[Session, uuid.UUID], Sequence[parts.Part]]
    template: str
    edit_title: str
    choices: Callable[[Session, Contest], Choices] = lambda _session, _contest: {}


KINDS = {
    "partners": Kind(
        Partnership,
        forms.PartnerForm,
        queries.partnerships,
        "contests/partners.html",
        N_("Change a partner"),
        _partner_roles,
    ),
    "challenges": Kind(
        Challenge,
        forms.ChallengeForm,
        queries.challenges,
        "contests/challenges.html",
        N_("Change a challenge"),
    ),
    "tracks": Kind(
        Track, forms.TrackForm, queries.tracks, "contests/tracks.html", N_("Change a track")
    ),
    "prizes": Kind(
        Prize,
        forms.PrizeForm,
        queries.prizes,
        "contests/prizes.html",
        N_("Change a prize"),
        _tracks,
    ),
    "duties": Kind(
        Duty,
        forms.DutyForm,
        queries.duties,
        "contests/duties.html",
        N_("Change a promise"),
    ),
    "timeline": Kind(
        TimelineItem,
        forms.TimelineForm,
        queries.timeline,
        "contests/timeline.html",
        N_("Change a date"),
    ),
    "faqs": Kind(Faq, forms.FaqForm, queries.faqs, "contests/faqs.html", N_("Change a question")),
    "eligibility": Kind(
        Eligibility,
        forms.EligibilityForm,
        queries.eligibility,
        "contests/eligibility.html",
        N_("Change an eligibility question"),
    ),
}
PART = f"/contests/<slug:slug>/set-up/<any({', '.join(KINDS)}):kind>/<uuid:part_id>"


@action("contests.set_up")
@signed_in
def index(slug: str, kind: str) -> ResponseReturnValue:
    """Show the list and take one thing more."""
    contest, user = managed(slug)
    session, of = db.session(), KINDS[kind]

    form = of.form(contest, of.choices(session, contest))
    if form.validate_on_submit():
        try:
            parts.add(session, contest, of.model(**form.values()), by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Added to the list."), "success")
            return redirect(url_for(f".{kind}", slug=slug), 303)
    return render_form(
        of.template, form, contest=contest, kind=kind, rows=of.rows(session, contest.id)
    )


for _kind in KINDS:
    bp.add_url_rule(
        f"/contests/<slug:slug>/{_kind}",
        _kind,
        index,
        methods=["GET", "POST"],
        defaults={"kind": _kind},
    )


@bp.route(PART, methods=["GET", "POST"])
@action("contests.set_up")
@signed_in
def part_edit(slug: str, kind: str, part_id: uuid.UUID) -> ResponseReturnValue:
    """Change one thing of a list; two editors' changes are merged."""
    contest, user = managed(slug)
    session, of = db.session(), KINDS[kind]
    rows = of.rows(session, contest.id)
    part = _one(rows, part_id)

    make = partial(of.form, contest, of.choices(session, contest), obj=part)
    form = make()

    def edit(seen: int | None) -> None:
        parts.edit(session, part, form.values(), seen=seen, by=user, at=requests.now())

    def stored() -> forms.ContestForm:
        return make(formdata=None)

    if (
        merging.save_unversioned(form, stored, lambda: edit(None))
        if isinstance(part, Partnership)
        else merging.save(form, stored, edit)
    ):
        flash(gettext("Saved."), "success")
        return redirect(url_for(f".{kind}", slug=slug), 303)
    return render_form(
        "contests/part_edit.html", form, contest=contest, kind=kind, part=part, title=of.edit_title
    )


@bp.post(f"{PART}/move")
@action("contests.set_up")
@signed_in
def part_move(slug: str, kind: str, part_id: uuid.UUID) -> ResponseReturnValue:
    """Move one thing up or down by one place, among those of its own kind."""
    contest, user = managed(slug)
    session = db.session()
    rows = KINDS[kind].rows(session, contest.id)
    part = _one(rows, part_id)
    siblings = [r for r in rows if getattr(r, "role", None) == getattr(part, "role", None)]
    by_places = -1 if request.form.get("to") == "up" else 1
    parts.move(session, part, siblings, by_places, by=user, at=requests.now())
    return redirect(url_for(f".{kind}", slug=slug), 303)


@bp.route(f"{PART}/remove", methods=["GET", "POST"])
@action("contests.set_up")
@signed_in
def part_remove(slug: str, kind: str, part_id: uuid.UUID) -> ResponseReturnValue:
    """Ask once more, then take one thing away."""
    contest, user = managed(slug)
    session = db.session()
    part = _one(KINDS[kind].rows(session, contest.id), part_id)

    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            parts.remove(session, part, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Removed."), "success")
            return redirect(url_for(f".{kind}", slug=slug), 303)
    return render_form("contests/part_remove.html", form, contest=contest, kind=kind, part=part)


def _one(rows: Sequence[parts.Part], part_id: uuid.UUID) -> parts.Part:
    by_id = {row.id: row for row in rows}
    found(by_id.get(part_id))
    return by_id[part_id]
