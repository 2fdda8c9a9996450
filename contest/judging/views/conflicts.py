"""The page on which a judge looks through names and says which are too close."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import Role
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.judging import policy
from contest.judging.actions import conflicts
from contest.judging.forms import declare_form
from contest.judging.queries import interests, readiness
from contest.judging.views.blueprint import bp
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form


@bp.route("/contests/<slug:slug>/conflicts", methods=["GET", "POST"], endpoint="conflicts")
@action("judging.declare")
@signed_in
def declare(slug: str) -> ResponseReturnValue:
    """Show names only, and take the judge's declaration. Nothing else is seen before."""
    session, user, at = db.session(), current(), requests.now()
    contest = found(contests.by_slug(session, slug))
    actor(contest)
    appointment = found(contests.appointment_of(session, contest.id, user.id, Role.JUDGE))
    authorize(policy.may_declare(user, appointment))
    if owed := readiness.unsigned(session, user, contest.id, at):
        here = url_for(".conflicts", slug=slug)
        return redirect(url_for("undertakings.sign", text_id=owed[0].id, next=here), 303)

    names = interests.names(session, appointment)
    form = declare_form(names)
    if form.validate_on_submit():
        given = form.conflicts(names)
        try:
            conflicts.declare(session, appointment, given, by=user, at=at)
        except DomainError as error:
            form.reject(error)
        else:
            flash(_thanks(len(given)), "success")
            return redirect(url_for(".queue"), 303)
    return render_form(
        "judging/conflicts.html",
        form,
        contest=contest,
        rows=form.fields_of(names),
        new=sum(name.is_new for name in names),
        declaration=interests.declaration(session, appointment.id),
    )


def _thanks(count: int) -> str:
    if not count:
        return gettext("Thank you. You declared no conflict.")
    return ngettext("Thank you. You declared %(num)s conflict; that entry is kept from you.",
                    "Thank you. You declared %(num)s conflicts; those entries are kept from you.",
                    count)  # fmt: skip
