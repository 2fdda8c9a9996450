"""The chair's room: the panel, its conflicts, each round and its next step."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import signed_in
from contest.contests import queries as contests
from contest.contests.forms import invite_form
from contest.contests.models import RoundPhase
from contest.contests.policy import may_manage
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.judging import policy
from contest.judging.actions import conflicts, opening
from contest.judging.forms import ConflictForm, DryRunForm, LiftForm
from contest.judging.queries import bridging, room
from contest.judging.queries import panel as queries
from contest.judging.views.blueprint import bp, chaired, chaired_round
from contest.web import requests
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form


@bp.route("/contests/<slug:slug>/judging", methods=["GET", "POST"], endpoint="panel")
@action("judging.panel")
@signed_in
def panel(slug: str) -> ResponseReturnValue:
    """Show panel, rounds and conflicts; sent, say how many entries somebody would be kept from."""
    contest, _ = chaired(contests.by_slug(db.session(), slug))
    session, at = db.session(), requests.now()

    form = DryRunForm()
    dry = None
    if form.validate_on_submit() and (form.email.data or form.organisation.data):
        dry = room.would_conflict(
            session, contest.id, form.organisation.data, form.email.data or ""
        )
    rows = room.rounds(session, contest.id)
    return render_form(
        "judging/panel.html",
        form,
        contest=contest,
        people=room.people(session, contest, at),
        rounds=rows,
        startable=[r.round.id for r in rows if _can_start(r.round.phase, r.round.collects())],
        conflicts=room.conflict_rows(session, contest.id),
        entries=room.entries_of(session, contest.id),
        dry=dry,
        may_manage=bool(may_manage(actor(contest))),
    )


@bp.post("/contests/<slug:slug>/people/check")
@action("judging.check_invitation")
@signed_in
def check_invitation(slug: str) -> ResponseReturnValue:
    """Say from how many entries records would keep somebody who is about to be invited. Stores nothing."""
    contest, _ = chaired(contests.by_slug(db.session(), slug))
    authorize(may_manage(actor(contest)))
    session = db.session()
    form = invite_form(contest, contests.tracks(session, contest.id))
    return render_template(
        "contests/people.html",
        form=form,
        contest=contest,
        appointments=contests.appointments(session, contest.id),
        at=requests.now(),
        dry=room.would_conflict(
            session, contest.id, form.organisation_id.data, form.email.data or ""
        ),
    )


def _can_start(phase: RoundPhase, collects: bool) -> bool:
    return phase is RoundPhase.SCREENING or (phase is RoundPhase.PLANNED and not collects)


@bp.route("/contests/<slug:slug>/conflicts/new", methods=["GET", "POST"])
@action("judging.add_conflict")
@signed_in
def conflict_add(slug: str) -> ResponseReturnValue:
    """Record a conflict that the chair knows of."""
    contest, user = chaired(contests.by_slug(db.session(), slug))
    session = db.session()
    judges, entries = queries.judges(session, contest.id), room.entries_of(session, contest.id)

    form = ConflictForm(judges, entries)
    if form.validate_on_submit():
        judge = next(a for a in judges if str(a.id) == form.judge.data)
        conflicts.add(
            session,
            judge,
            uuid.UUID(form.entry.data),
            form.conflict(),
            note=form.note.data or "",
            by=user,
            at=requests.now(),
        )
        flash(gettext("The conflict is on record. Open work that it touches has ended."), "success")
        return redirect(url_for(".panel", slug=slug), 303)
    return render_form("judging/conflict_add.html", form, contest=contest)


@bp.post("/contests/<slug:slug>/conflicts/find")
@action("judging.find_conflicts")
@signed_in
def conflicts_find(slug: str) -> ResponseReturnValue:
    """Look through the records for conflicts anew."""
    contest, user = chaired(contests.by_slug(db.session(), slug))
    new = conflicts.find(db.session(), contest.id, by=user, at=requests.now())
    flash(gettext("%(count)s new conflicts were found in the records.", count=new), "success")
    return redirect(url_for(".panel", slug=slug), 303)


@bp.route("/conflicts/<uuid:conflict_id>/lift", methods=["GET", "POST"])
@action("judging.lift_conflict")
@signed_in
def conflict_lift(conflict_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why a conflict does not hold, and lift it; it stays on record."""
    session = db.session()
    conflict, appointment = found(room.conflict(session, conflict_id))
    reveal(
        policy.may_chair(actor(appointment.contest))
    )  # that there is one is known to nobody else
    contest, user = chaired(appointment.contest)

    form = LiftForm()
    if form.validate_on_submit():
        try:
            waits = conflicts.lift(session, conflict, contest.id, form.reason.data or "",
                                   by=user, at=requests.now())  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The conflict is lifted."), "success")
            if waits:
                flash(gettext("Scores that it set aside still do not count. You can let them count"
                              " again where the entry's scores are shown."), "warning")  # fmt: skip
            return redirect(url_for(".panel", slug=contest.slug), 303)
    entry = found(room.entry(session, contest.id, conflict.entry_id))
    return render_form(
        "judging/conflict_lift.html",
        form,
        contest=contest,
        conflict=conflict,
        judge=appointment.user,
        entry=entry,
    )


@bp.route("/rounds/<uuid:round_id>/begin", methods=["GET", "POST"])
@action("judging.begin")
@signed_in
def begin(round_id: uuid.UUID) -> ResponseReturnValue:
    """List what is missing before judges may score, and open the round to them."""
    round_, user = chaired_round(round_id)

    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            opening.begin(db.session(), round_, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The judges can score now."), "success")
            return redirect(url_for(".progress", round_id=round_id), 303)
    groups = bridging.groups(db.session(), round_)
    return render_form(
        "judging/begin.html",
        form,
        contest=round_.contest,
        round=round_,
        can=round_.can("judge"),
        blockers=opening.blockers(db.session(), round_),
        groups=len(groups),
        gaps=bridging.gaps(db.session(), round_, groups),
    )
