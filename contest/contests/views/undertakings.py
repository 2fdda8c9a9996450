"""The pages on which organisers publish the texts that people sign."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import signed_in
from contest.contests.forms import UndertakingForm
from contest.contests.queries.readiness import REQUIRED
from contest.contests.views.blueprint import bp, managed
from contest.undertakings import actions, queries
from contest.undertakings.models import Kind
from contest.undertakings.pages import SIGNERS
from contest.web import merging, requests
from contest.web.access import action
from contest.web.db import db
from contest.web.forms import render_form


@bp.get("/contests/<slug:slug>/undertakings", endpoint="undertakings")
@action("contests.undertakings_index")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """Show each promise with its number, and who signed which."""
    contest, _ = managed(slug)
    session, at = db.session(), requests.now()
    of_contest = queries.of_scope(session, "contest", contest.id)
    return render_template(
        "contests/undertakings.html",
        contest=contest,
        texts={
            kind: of_contest[kind].current(at) if kind in of_contest else None for kind in REQUIRED
        },
        signers=SIGNERS,
        signatures=queries.signatures_in(session, "contest", contest.id),
    )


@bp.route(
    f"/contests/<slug:slug>/undertakings/<any({', '.join(Kind)}):kind>", methods=["GET", "POST"]
)
@action("contests.publish_undertaking")
@signed_in
def undertaking_edit(slug: str, kind: str) -> ResponseReturnValue:
    """Publish the next number of a text; what was signed before has to be signed again."""
    contest, user = managed(slug)
    session, at = db.session(), requests.now()
    of_contest = queries.of_scope(session, "contest", contest.id)
    text = of_contest[Kind(kind)].current(at) if Kind(kind) in of_contest else None

    make = partial(UndertakingForm, contest, obj=text)
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: actions.publish_text(
            session, "contest", contest.id, Kind(kind), form.body.data,
            about=contest.title, by=user, at=at,
        ),
    ):  # fmt: skip
        flash(gettext("The text is in force."), "success")
        return redirect(url_for(".undertakings", slug=slug), 303)
    return render_form(
        "contests/undertaking_edit.html", form, contest=contest, kind=Kind(kind), text=text
    )
