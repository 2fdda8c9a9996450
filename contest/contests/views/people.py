"""The pages on which people are appointed, and on which they answer."""

import uuid
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions as accounts
from contest.accounts import links, signin
from contest.accounts.models import User
from contest.accounts.signin import current, signed_in, visitor
from contest.contests import forms, pages, policy, queries
from contest.contests.actions import people
from contest.contests.models import Appointment, Role
from contest.contests.signedin import actor
from contest.contests.views.blueprint import bp, managed
from contest.core.decisions import Decision, deny
from contest.core.errors import DomainError, Gone
from contest.core.text import N_
from contest.undertakings import queries as promises
from contest.undertakings.models import Kind
from contest.web import merging, requests
from contest.web.access import action, authorize, found, public, reveal
from contest.web.db import db
from contest.web.forms import render_form

PURPOSE = "appointment"
OWED = {
    Role.JUDGE: (Kind.NDA, Kind.CONFLICT),
    Role.CHAIR: (Kind.NDA, Kind.CONFLICT),
    Role.SCREENER: (Kind.NDA,),
}


@bp.route("/contests/<slug:slug>/people", methods=["GET", "POST"], endpoint="people")
@action("contests.appoint")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """Show who has which role, and invite one more."""
    contest, user = managed(slug)
    session, at = db.session(), requests.now()

    form = forms.invite_form(contest, queries.tracks(session, contest.id))
    if form.validate_on_submit():
        try:
            people.invite(session, contest, form.invitation(), by=user, at=at)
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The invitation is on its way."), "success")
            return redirect(url_for(".people", slug=slug), 303)
    return render_form(
        "contests/people.html",
        form,
        contest=contest,
        appointments=queries.appointments(session, contest.id),
        at=at,
    )


@bp.post("/appointments/<uuid:appointment_id>/reinvite")
@action("contests.appoint")
@signed_in
def reinvite(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Send a new invitation; the link in the old one no longer works."""
    appointment, user = _managed(appointment_id)
    people.reinvite(db.session(), appointment, by=user, at=requests.now())
    flash(gettext("A new invitation is on its way."), "success")
    return redirect(url_for(".people", slug=appointment.contest.slug), 303)


@bp.route("/appointments/<uuid:appointment_id>/edit", methods=["GET", "POST"])
@action("contests.appoint")
@signed_in
def appointment_edit(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Change how somebody's role is shown, and for which track it is."""
    appointment, user = _managed(appointment_id)
    contest = appointment.contest

    tracks = queries.tracks(db.session(), contest.id)
    make = partial(forms.appointment_form, appointment, tracks)
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: people.edit(db.session(), appointment, form.values(), by=user, at=requests.now()),
    ):
        flash(gettext("Saved."), "success")
        return redirect(url_for(".people", slug=contest.slug), 303)
    return render_form(
        "contests/appointment_edit.html", form, contest=contest, appointment=appointment
    )


@bp.route("/appointments/<uuid:appointment_id>/end", methods=["GET", "POST"])
@action("contests.appoint")
@signed_in
def appointment_end(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then end an appointment or take an invitation back."""
    appointment, user = _managed(appointment_id)

    form = forms.ReasonForm()
    if form.validate_on_submit():
        reason = (form.reason.data or "").strip()
        try:
            people.end(db.session(), appointment, reason, by=user, at=requests.now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("It is ended. The rights are gone."), "success")
            return redirect(url_for(".people", slug=appointment.contest.slug), 303)
    return render_form(
        "contests/appointment_end.html",
        form,
        contest=appointment.contest,
        appointment=appointment,
    )


def _managed(appointment_id: uuid.UUID) -> tuple[Appointment, User]:
    appointment = found(queries.appointment(db.session(), appointment_id))
    who = actor(appointment.contest)
    reveal(policy.may_view(who, appointment.contest))
    authorize(policy.may_manage(who))
    return appointment, current()


@bp.route("/invitations/<string:token>", methods=["GET", "POST"])
@public("contests.appointment_answer")
def appointment_answer(token: str) -> ResponseReturnValue:
    """Let an invited person accept or decline. The mailed link proves who they are."""
    appointment = _invited(token)
    return _answer(appointment, _can_answer(token, appointment))


@bp.route("/appointments/<uuid:appointment_id>/answer", methods=["GET", "POST"])
@action("contests.appointment_answer")
@signed_in
def appointment_mine(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody who is signed in answer an invitation without looking for the mail."""
    appointment = found(queries.appointment(db.session(), appointment_id))
    reveal(policy.may_answer(current(), appointment))
    return _answer(appointment, appointment.can_answer(requests.now()))


def _answer(appointment: Appointment, can: Decision) -> ResponseReturnValue:
    session, at, person = db.session(), requests.now(), appointment.user
    form = forms.AnswerForm(person)
    declines = form.declines()
    if can and form.validate_on_submit():
        _sign_in(person)
        if declines:
            people.decline(session, appointment, (form.reason.data or "").strip(), at=at)
            flash(gettext("Thank you for telling us."), "success")
            return redirect(request.path, 303)
        accounts.introduce(session, person, form.given_name(), at=at)
        people.accept(session, appointment, at=at)
        flash(gettext("Thank you. You are in."), "success")
        return redirect(_what_next(appointment), 303)
    return render_form(
        "contests/appointment_answer.html",
        form,
        appointment=appointment,
        contest=appointment.contest,
        can=can,
        next_url=_what_next(appointment) if appointment.is_active() else "",
    )


def _invited(token: str) -> Appointment:
    link = links.look(PURPOSE, token)
    if link.state is links.State.FORGED:
        raise Gone(N_("This link is damaged. Copy it from the mail once more, as a whole."))
    return found(queries.appointment(db.session(), uuid.UUID(link.payload["appointment_id"])))


def _can_answer(token: str, appointment: Appointment) -> Decision:
    link = links.look(PURPOSE, token)
    if link.payload["invited_at"] != appointment.invited_at.isoformat():
        return deny(N_("A newer invitation was sent. Use the link in the newest mail."))
    return appointment.can_answer(requests.now())


def _sign_in(person: User) -> None:
    if visitor() != person:
        person.confirmed_at = person.confirmed_at or requests.now()
        signin.begin(person)


def _what_next(appointment: Appointment) -> str:
    """Return the address of the first promise that the role asks for, else of the role's work."""
    contest = appointment.contest
    last = pages.work_url(appointment.role, contest.slug)
    owed = promises.unsigned(
        db.session(),
        appointment.user,
        "contest",
        contest.id,
        OWED.get(appointment.role, ()),
        requests.now(),
    )
    for text in reversed(owed):
        last = url_for("undertakings.sign", text_id=text.id, next=last)
    return last
