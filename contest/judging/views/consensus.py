"""Where the chair records what the panel decided on entries that its judges disagree about."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import signed_in
from contest.contests.models import Mode, Round
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.judging import policy
from contest.judging.actions import consensus as actions
from contest.judging.forms import ConsensusForm
from contest.judging.queries import panel, reviews, room
from contest.judging.queries import verdicts as queries
from contest.judging.views.blueprint import bp, chaired_round
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form


@bp.get("/rounds/<uuid:round_id>/consensus")
@action("judging.consensus_index")
@signed_in
def consensus(round_id: uuid.UUID) -> ResponseReturnValue:
    """Show what every judge says of the entries they disagree about, and what was decided."""
    round_, _ = chaired_round(round_id)
    return _show(round_, None, None)


@bp.post("/rounds/<uuid:round_id>/entries/<uuid:entry_id>/consensus")
@action("judging.settle")
@signed_in
def settle(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Record the panel's decision on one entry."""
    round_, user = chaired_round(round_id)
    authorize(policy.may_settle(actor(round_.contest), round_))
    entry = found(room.entry(db.session(), round_.contest_id, entry_id))
    form = _form(entry_id)
    if form.validate_on_submit():
        try:
            actions.decide(db.session(), round_, entry, form.verdict.data == "1",
                           form.reason.data or "", by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The decision of the panel is on record."), "success")
            return redirect(url_for(".consensus", round_id=round_id), 303)
    return _show(round_, entry_id, form)


def _form(entry_id: uuid.UUID) -> ConsensusForm:
    return ConsensusForm(prefix=f"of-{entry_id}")


def _show(
    round_: Round, entry_id: uuid.UUID | None, refused: ConsensusForm | None
) -> ResponseReturnValue:
    if round_.mode is not Mode.PASS_FAIL:
        found(None)
    session = db.session()
    verdicts = queries.verdicts(session, round_)
    entries = [
        e for e in panel.judged_entries(session, round_)
        if e.id in verdicts and verdicts[e.id].by_judges is None
    ]  # fmt: skip
    return render_form(
        "judging/consensus.html",
        refused or ConsensusForm(formdata=None),
        contest=round_.contest,
        round=round_,
        entries=sorted(entries, key=lambda e: (verdicts[e.id].passed is not None, e.code)),
        verdicts=verdicts,
        words=queries.words(session, round_.id),
        owed={a.entry_id for a in reviews.open_assignments(session, round_.id)},
        forms={e.id: refused if refused and e.id == entry_id else _form(e.id) for e in entries},
        may=policy.may_settle(actor(round_.contest), round_),
    )
