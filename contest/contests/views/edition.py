"""The pages on which a contest is founded, described, announced and taken through its life."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.accounts.signin import current, signed_in
from contest.contests import forms, pages, policy, queries
from contest.contests.actions import edition
from contest.contests.models import Contest, IpTerms, Role
from contest.contests.queries import overview, readiness
from contest.contests.signedin import actor
from contest.contests.views.blueprint import bp, managed
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web import merging, requests
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, Form, render_form
from contest.web.states import SHOWN
from contest.web.text import countries, plain


@bp.route("/contests/new", methods=["GET", "POST"])
@action("contests.create")
@signed_in
def create() -> ResponseReturnValue:
    """Found a contest in an old or a new series."""
    session, user = db.session(), current()
    authorize(policy.may_create(user, organises=queries.organises(session, user)))
    series = {s.id: s for s in queries.all_series(session)}

    form = forms.FoundForm(
        choices={
            **_place_choices(),
            "series": [("", "—"), *((str(s.id), plain(s.name)) for s in series.values())],
        }
    )
    if form.validate_on_submit():
        try:
            founding = form.founding(series.get(form.series.data))
            contest = edition.create(session, founding, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The contest is founded. Nobody but you sees it yet."), "success")
            return redirect(url_for(".manage", slug=contest.slug), 303)
    return render_form("contests/create.html", form)


@bp.get("/contests/<slug:slug>/manage")
@action("contests.view")
@signed_in
def manage(slug: str) -> ResponseReturnValue:
    """Show where the contest stands, what is missing and what comes next."""
    session, at = db.session(), requests.now()
    contest = found(queries.by_slug(session, slug))
    who = actor(contest)
    reveal(policy.may_view(who, contest))
    authorize(policy.may_oversee(who))

    rounds = queries.rounds(session, contest.id)
    may_manage = policy.may_manage(who)
    preparing = may_manage and contest.can("announce")
    return render_template(
        "contests/manage.html",
        contest=contest,
        rounds=rounds,
        deadlines=pages.deadlines(rounds, at)[:6],
        figures=overview.figures(session, contest) if who.is_staff() else (),
        people=queries.appointments(session, contest.id) if who.is_staff() else (),
        missing=readiness.blockers(session, contest, at) if preparing else None,
        may_manage=may_manage,
        can={step: contest.can(step) for step in ("announce", *STEPS)},
        at=at,
    )


@bp.route("/contests/<slug:slug>/edit", methods=["GET", "POST"])
@action("contests.edit")
@signed_in
def edit(slug: str) -> ResponseReturnValue:
    """Write the contest's texts in each of its languages."""
    contest, user = managed(slug)
    return _edit(contest, user, partial(forms.TextsForm, contest), "contests/edit.html", "edit")


@bp.route("/contests/<slug:slug>/settings", methods=["GET", "POST"])
@action("contests.edit")
@signed_in
def settings(slug: str) -> ResponseReturnValue:
    """Set place, clock, languages and looks."""
    contest, user = managed(slug)

    def form(**values: Any) -> forms.ContestForm:
        spoken = {f"language_{n}": lang for n, lang in enumerate(contest.languages, start=1)}
        roles = [(role.value, gettext(SHOWN[role.value][0])) for role in Role]
        choices = {**_place_choices(), "second_factor_roles": roles}
        return forms.SettingsForm(contest, choices, data=spoken, **values)

    return _edit(contest, user, form, "contests/settings.html", "settings")


@bp.route("/contests/<slug:slug>/ip-terms", methods=["GET", "POST"])
@action("contests.edit")
@signed_in
def ip_terms(slug: str) -> ResponseReturnValue:
    """Settle who owns what teams hand in."""
    contest, user = managed(slug)
    choices = {"ip_terms": [(terms.value, pages.ip_sentence(terms)) for terms in IpTerms]}
    form = partial(forms.IpTermsForm, contest, choices)
    return _edit(contest, user, form, "contests/ip_terms.html", "undertakings")


def _edit(
    contest: Contest,
    user: User,
    make: Callable[..., forms.ContestForm],
    template: str,
    then: str,
) -> ResponseReturnValue:
    """Show a form about the contest's own columns and save it; two editors' changes are merged."""
    form = make(obj=contest)

    def save(seen: int) -> None:
        values, at = form.values(), requests.now()
        edition.edit(db.session(), contest, values, seen=seen, by=user, at=at)

    if merging.save(form, lambda: make(obj=contest, formdata=None), save):
        flash(gettext("Saved."), "success")
        return redirect(url_for(f".{then}", slug=contest.slug), 303)
    return render_form(template, form, contest=contest)


def _place_choices() -> dict[str, list[tuple[str, str]]]:
    languages = {f"language_{n}": forms.language_choices() for n in range(1, 5)}
    zones = [(zone, zone.replace("_", " ")) for zone in edition.zones()]
    return {"country": [("", "—"), *countries()], "zone": [("", "—"), *zones], **languages}


@bp.route("/contests/<slug:slug>/announce", methods=["GET", "POST"])
@action("contests.announce")
@signed_in
def announce(slug: str) -> ResponseReturnValue:
    """List what is missing; when nothing is, make the contest public."""
    contest, user = managed(slug)
    session, at = db.session(), requests.now()

    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            edition.announce(session, contest, by=user, at=at)
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The contest is announced: everybody can read it now."), "success")
            return redirect(url_for(".manage", slug=slug), 303)
    return render_form(
        "contests/announce.html",
        form,
        contest=contest,
        can=contest.can("announce"),
        missing=readiness.blockers(session, contest, at),
        rounds=queries.rounds(session, contest.id),
    )


Step = Callable[..., None]
# step -> (what does it, whether it asks for a reason)
STEPS: dict[str, tuple[Step, bool]] = {
    "begin": (edition.begin, False),
    "suspend": (edition.suspend, True),
    "resume": (edition.resume, False),
    "conclude": (edition.conclude, False),
    "archive": (edition.archive, False),
    "cancel": (edition.cancel, True),
}
DONE = {
    "begin": N_("The contest runs."),
    "suspend": N_("The contest stands still. Visitors read why."),
    "resume": N_("The contest goes on."),
    "conclude": N_("The contest is concluded."),
    "archive": N_("The contest is archived. The page of its series leads to it."),
    "cancel": N_("The contest is cancelled. Visitors read why."),
}


@bp.route(f"/contests/<slug:slug>/<any({', '.join(STEPS)}):step>", methods=["GET", "POST"])
@action("contests.move")
@signed_in
def move(slug: str, step: str) -> ResponseReturnValue:
    """Ask once more, then take a step of the contest's life."""
    contest, user = managed(slug)
    take, asks_why = STEPS[step]

    form: Form = forms.ReasonForm() if asks_why else ConfirmForm()
    if form.validate_on_submit():
        try:
            _take(db.session(), take, contest, form, user, requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext(DONE[step]), "success")
            return redirect(url_for(".manage", slug=slug), 303)
    return render_form(
        "contests/move.html", form, contest=contest, step=step, can=contest.can(step)
    )


def _take(
    session: Session, take: Step, contest: Contest, form: Form, by: User, at: datetime
) -> None:
    if isinstance(form, forms.ReasonForm):
        take(session, contest, cast(str, form.reason.data).strip(), by=by, at=at)
    else:
        take(session, contest, by=by, at=at)
