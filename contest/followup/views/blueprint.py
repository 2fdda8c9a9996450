"""The blueprint that the views of follow-up hang on, and how they find a case."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.contests.signedin import actor
from contest.followup import policy
from contest.followup.models import Case, Kpi, Milestone
from contest.followup.policy import Viewer
from contest.followup.queries import cases as queries
from contest.web import merging
from contest.web.access import authorize, found, reveal
from contest.web.db import db
from contest.web.forms import Form, done, render_form
from contest.web.merging import MergingForm

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

    When somebody else changed what is `edited` meanwhile, both people's changes are merged.
    """
    case_id = case.id
    if _is_done(form, act, edited):
        flash(gettext("Noted."))
        return redirect(url_for(".show", case_id=case_id), 303)
    told = {"about": None, "accept": "", "largest": 0, **context}
    return render_form(
        "followup/fill.html", form, case=case, contest=case.contest, page_title=title,
        label=label, **told,
    )  # fmt: skip


def _is_done(form: Form, act: Callable[[], object], edited: Milestone | Kpi | None) -> bool:
    if isinstance(form, MergingForm) and edited is not None:
        again = type(form)
        return merging.save(form, lambda: again(obj=edited, formdata=None), lambda _seen: act())
    return done(form, act)
