"""The blueprint of judging, and how the pages of judges and of chairs begin."""

import uuid

from flask import Blueprint, url_for
from flask_babel import gettext

from contest.accounts.models import User
from contest.accounts.signin import current
from contest.contests import queries as contests
from contest.contests.models import Appointment, Contest, Role, Round
from contest.contests.policy import may_view
from contest.contests.signedin import actor, require_factor
from contest.judging import policy
from contest.judging.models import Anchor, Assignment
from contest.judging.queries import calibrating, readiness, work
from contest.web import requests
from contest.web.access import authorize, found, reveal
from contest.web.db import db
from contest.web.text import rendered

bp = Blueprint("judging", __name__)


def chaired(contest: Contest | None) -> tuple[Contest, User]:
    """Return the contest and its signed-in chair or organiser.

    Stops with 404 for whoever may not see the contest, with 403 for whoever sees it only.
    """
    contest = found(contest)
    who = actor(contest)
    reveal(may_view(who, contest))
    authorize(policy.may_chair(who))
    return contest, current()


def chaired_round(round_id: uuid.UUID) -> tuple[Round, User]:
    """Return the round with its contest, for a chair or organiser of it."""
    round_ = found(contests.round_(db.session(), round_id))
    _, user = chaired(round_.contest)
    return round_, user


def own(assignment_id: uuid.UUID) -> tuple[Assignment, User]:
    """Return somebody's own assignment; for everybody else it does not exist."""
    user = current()
    assignment = found(work.assignment(db.session(), assignment_id))
    reveal(policy.may_read(user, assignment))
    require_factor(assignment.round.contest, user, {Role.JUDGE})
    return assignment, user


def own_anchor(anchor_id: uuid.UUID) -> tuple[Anchor, Appointment, User]:
    """Return an anchor and the signed-in judge of it, who has promised and declared.

    For everybody else, and for whom a conflict keeps from the entry, it does not exist.
    """
    session, user = db.session(), current()
    anchor = found(calibrating.anchor(session, anchor_id))
    judge = found(calibrating.judgeship(session, anchor.calibration, user))
    if (judge.id, anchor.entry_id) in calibrating.barred_pairs(session, [anchor.entry_id]):
        found(None)
    ready = readiness.steps(session, user, judge, requests.now()).done()
    authorize(policy.may_calibrate(user, judge, ready=ready))
    require_factor(anchor.calibration.round.contest, user, {Role.JUDGE})
    return anchor, judge, user


def as_assignment(anchor: Anchor, judge: Appointment) -> Assignment:
    """Return what a judge reads and is offered, in the shape of an assignment. It is never stored."""
    round_ = anchor.calibration.round
    return Assignment(round=round_, round_id=round_.id, appointment=judge, entry=anchor.entry,
                      entry_id=anchor.entry_id)  # fmt: skip


def with_undo(sentence: str, assignment: Assignment) -> str:
    """Return a message that ends with a button which takes the last act on the assignment back."""
    return ending_in_undo(sentence, url_for(".undo", assignment_id=assignment.id))


def ending_in_undo(sentence: str, url: str) -> str:
    """Return a message that ends with a button; it belongs to the form `undo` of judges' pages."""
    return rendered("judging/_undo.html", sentence=sentence, url=url, label=gettext("Undo"))
