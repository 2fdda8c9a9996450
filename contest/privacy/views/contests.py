"""How long a contest keeps what, what would go now, and what is gone."""

from functools import partial

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from contest.accounts.signin import current, signed_in
from contest.contests import policy, queries
from contest.contests.signedin import actor
from contest.privacy import retention
from contest.privacy.actions import retaining
from contest.privacy.forms import RetentionForm
from contest.privacy.models import Removal
from contest.privacy.views.blueprint import bp
from contest.web import merging
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.requests import now


@bp.route("/contests/<slug:slug>/retention", methods=["GET", "POST"])
@action("privacy.retention")
@signed_in
def keep(slug: str) -> ResponseReturnValue:
    """Set the days of each class beside what they would remove."""
    session = db.session()
    contest = found(queries.by_slug(session, slug))
    who = actor(contest)
    reveal(policy.may_view(who, contest))
    authorize(policy.may_manage(who))
    lines = retention.foreseen(session, contest)
    make = partial(RetentionForm, data={line.kind.value: line.days for line in lines})
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: retaining.choose(session, contest, form.days(), by=current(), at=now()),
    ):
        flash(gettext("Saved. Nothing is removed before the dates that stand here."), "success")
        return redirect(url_for(".keep", slug=slug), 303)
    removals = session.scalars(
        select(Removal)
        .where(Removal.contest_id == contest.id)
        .order_by(Removal.at.desc())
        .limit(100)
    ).all()
    return render_form(
        "privacy/retention.html", form, contest=contest, lines=lines, rules=retention.RULES,
        ended=retention.ended_at(session, contest), removals=removals, now=now(),
    )  # fmt: skip
