"""The outbox of a contest, the calendar, and in development a mailbox with all that went out."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, ngettext
from jinja2 import TemplateError

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import Contest
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.messages import actions, calendar, policy, queries, rendering
from contest.messages.forms import NoteForm
from contest.messages.models import LIFE, Message, State
from contest.web import merging
from contest.web.access import action, found, public, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form
from contest.web.requests import now, number

bp = Blueprint("messages", __name__)
TABS = (None, State.DRAFT, State.QUEUED, State.SENT, State.FAILED, State.DROPPED)


@bp.get("/contests/<slug:slug>/messages")
@action("messages.index")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    contest = _contest(slug)
    state = next((s for s in State if s == request.args.get("state")), None)
    skip = number("skip") or 0
    page = queries.outbox(db.session(), contest.id, state, skip=skip)
    return render_template(
        "messages/index.html",
        contest=contest,
        tabs=TABS,
        state=state,
        counts=queries.counts(db.session(), contest.id),
        messages=[(m, _preview(m)) for m in page[: queries.PAGE]],
        newer=max(skip - queries.PAGE, 0) if skip else None,
        older=skip + queries.PAGE if len(page) > queries.PAGE else None,
    )


@bp.post("/contests/<slug:slug>/messages/release")
@action("messages.release")
@signed_in
def release(slug: str) -> ResponseReturnValue:
    """Release the drafts that were ticked; those that somebody else has decided on stay as they are."""
    contest = _contest(slug)
    released = 0
    for message_id in request.form.getlist("message", type=uuid.UUID)[: queries.PAGE]:
        message = _of(contest, message_id)
        if LIFE.can(message.state, "release"):
            actions.release(db.session(), message, by=current(), at=now())
            released += 1
    flash(ngettext("%(num)s message released.", "%(num)s messages released.", released))
    return redirect(url_for(".index", slug=slug, state=State.DRAFT.value), 303)


@bp.get("/contests/<slug:slug>/messages/<uuid:message_id>")
@action("messages.show")
@signed_in
def show(slug: str, message_id: uuid.UUID) -> ResponseReturnValue:
    contest = _contest(slug)
    message = _of(contest, message_id)
    return _page(contest, message, _note_form(message))


@bp.post("/contests/<slug:slug>/messages/<uuid:message_id>/note")
@action("messages.annotate")
@signed_in
def annotate(slug: str, message_id: uuid.UUID) -> ResponseReturnValue:
    contest = _contest(slug)
    message = _of(contest, message_id)
    form = _note_form(message)
    if merging.save_unversioned(
        form,
        lambda: _note_form(message, formdata=None),
        lambda: actions.annotate(
            db.session(), message, form.note.data or "", by=current(), at=now()
        ),
    ):
        flash(gettext("Saved."), "success")
        return redirect(url_for(".show", slug=slug, message_id=message_id), 303)
    return _page(contest, message, form)


@bp.post("/contests/<slug:slug>/messages/<uuid:message_id>/send")
@action("messages.send")
@signed_in
def send(slug: str, message_id: uuid.UUID) -> ResponseReturnValue:
    """Release a draft, or try once more what failed."""
    message = _of(_contest(slug), message_id)
    act = actions.send_again if message.state is State.FAILED else actions.release
    act(db.session(), message, by=current(), at=now())
    flash(gettext("The message is on its way."))
    return redirect(url_for(".show", slug=slug, message_id=message_id), 303)


@bp.route("/contests/<slug:slug>/messages/<uuid:message_id>/drop", methods=["GET", "POST"])
@action("messages.drop")
@signed_in
def drop(slug: str, message_id: uuid.UUID) -> ResponseReturnValue:
    contest = _contest(slug)
    message, form = _of(contest, message_id), ConfirmForm()
    if form.validate_on_submit():
        try:
            actions.drop(db.session(), message, by=current(), at=now())
        except DomainError as error:
            form.reject(error)
        else:
            return redirect(url_for(".show", slug=slug, message_id=message_id), 303)
    return render_form("messages/drop.html", form, contest=contest, message=message)


@bp.get("/calendar/<string:token>.ics", endpoint="calendar")
@public("messages.calendar")
def feed(token: str) -> ResponseReturnValue:
    """Answer a calendar program, which knows nothing but this secret address."""
    user = found(queries.reader(db.session(), token))
    with force_locale(user.locale):
        dates = calendar.occasions(db.session(), user, now())
        name = gettext("Contest: %(name)s", name=user.name)
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "contest"
    answer = Response(
        calendar.written(dates, host=host, name=name, at=now()),
        mimetype="text/calendar",
        headers={"Cache-Control": "private, max-age=900"},
    )
    answer.set_etag(calendar.tag(dates, user.locale))
    return answer.make_conditional(request)


def mailbox() -> ResponseReturnValue:
    """Show what was sent to anybody, the newest first."""
    return render_template("messages/mailbox.html", messages=queries.sent(db.session()))


def letter(message_id: uuid.UUID) -> ResponseReturnValue:
    """Show a message as its recipient reads it; its secret links are fresh and work."""
    message = found(queries.message(db.session(), message_id))
    text = rendering.filled(message.body, message.links)
    return render_template("messages/letter.html", message=message, body=rendering.linked(text))


@bp.record
def _in_development(state: BlueprintSetupState) -> None:
    """Everybody's mail is readable only where there is nobody's: without this there is no such page."""
    if state.app.config["DEVELOPMENT"]:
        views = ("/-mail", "mailbox", mailbox), ("/-mail/<uuid:message_id>", "letter", letter)
        for rule, name, view in views:
            state.add_url_rule(
                rule, name, public("messages.show")(view), methods=["GET"]
            )  # fmt: skip


def _contest(slug: str) -> Contest:
    contest = found(contests.by_slug(db.session(), slug))
    reveal(policy.may_run_outbox(actor(contest)))
    return contest


def _of(contest: Contest, message_id: uuid.UUID) -> Message:
    message = queries.message(db.session(), message_id)
    return found(message if message is not None and message.contest_id == contest.id else None)


def _note_form(message: Message, **given: Any) -> NoteForm:
    return NoteForm(data={"note": message.note}, **given)


def _page(contest: Contest, message: Message, form: NoteForm) -> ResponseReturnValue:
    subject, body = _preview(message)
    return render_form(
        "messages/show.html", form, contest=contest, message=message,
        subject=subject, body=rendering.unlinked(body), can=LIFE.can,
    )  # fmt: skip


def _preview(message: Message) -> tuple[str, str]:
    """Return subject and text: as sent, or as they would go now."""
    if message.state is State.SENT:
        return message.subject, rendering.masked(message.body)
    try:
        made = rendering.render(message)
    except TemplateError as error:
        return message.kind, gettext("This text cannot be made: %(error)s", error=str(error))
    return made.subject, rendering.masked(made.body)
