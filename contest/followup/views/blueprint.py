"""The blueprint that the views of follow-up hang on, and how they find a case."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.contests.signedin import actor
from contest.core.errors import Conflict, DomainError
from contest.followup import policy
from contest.followup.forms import EditForm
from contest.followup.models import Case, Kpi, Milestone
from contest.followup.policy import Viewer
from contest.followup.queries import cases as queries
from contest.web.access import authorize, found, reveal
from contest.web.db import db
from contest.web.forms import Form, render_form

bp = Blueprint("followup", __name__)


def case_for(case_id: uuid.UUID) -> tuple[Case, Viewer]:
    """Return the case and who looks at it; 404 unless it is theirs to see."""
    case = found(queries.case(db.session(), case_id))
    who = actor(case.contest)
    viewer = Viewer(who, is_member=case.entry.team.has_member(who.user))
    reveal(policy.may_view(viewer, case))
    return case, viewer


def working(case_id: uuid.UUID) -> tuple[Case, Viewer]:
    """Return the case to somebody who may work on it."""
    case, viewer = case_for(case_id)
    authorize(policy.may_work(viewer, case))
    return case, viewer


def answer(
    form: Form,
    case: Case,
    title: str,
    label: str,
    act: Callable[[], object],
    *,
    edited: Milestone | Kpi | None = None,
    **context: object,
) -> ResponseReturnValue:
    """Do what the form asks for and go back to the case, or show the form.

    When somebody else changed what is `edited` meanwhile, both stand on the page, and saving again
    takes what was written here.
    """
    case_id, theirs = case.id, {}
    if form.validate_on_submit():
        try:
            act()
        except Conflict as error:
            form.reject(error)
            theirs = _theirs(form, edited)
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Noted."))
            return redirect(url_for(".show", case_id=case_id), 303)
    told = {"about": None, "accept": "", "largest": 0, "theirs": theirs, **context}
    return render_form(
        "followup/fill.html", form, case=case, contest=case.contest, page_title=title,
        label=label, **told,
    )  # fmt: skip


def _theirs(form: Form, edited: Milestone | Kpi | None) -> dict[str, object]:
    """Return what stands in the other's copy where it differs, and take that copy's version."""
    if edited is None or not isinstance(form, EditForm):
        return {}
    form.version.data = str(edited.version)
    shown = [f for f in form if f.short_name in edited.__mapper__.columns and f is not form.version]
    return {
        f.short_name: there for f in shown if (there := getattr(edited, f.short_name)) != f.data
    }
