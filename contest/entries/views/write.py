"""The team's own pages: writing, attaching, handing in."""

import uuid

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from contest.accounts.signin import signed_in
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries import actions, queries
from contest.entries.forms import draft_form, field_name, question_id
from contest.entries.models import Question, QuestionKind, Receipt, State
from contest.entries.views.blueprint import Desk, bp, desk
from contest.files import queries as files
from contest.files.arrival import Arrived
from contest.files.models import File, Rendition
from contest.files.room import room_for
from contest.files.sending import send
from contest.files.taking import size_of, take
from contest.web import keys
from contest.web.access import action, authorize, found, receives_files
from contest.web.db import db
from contest.web.forms import ConfirmForm, Form, render_form
from contest.web.idempotency import write_now
from contest.web.text import why

PAGES_SECONDS = 3600  # how long a browser keeps the picture of a page


@bp.route("/teams/<uuid:team_id>/entry", methods=["GET", "POST"])
@action("entries.write")
@signed_in
@receives_files
def write(team_id: uuid.UUID) -> ResponseReturnValue:
    """Show the draft; without scripts, keep all of it at once.

    When nothing can be written any more and all of it is handed in, that is what there is to see.
    """
    at_desk = desk(team_id)
    if request.method == "GET" and not at_desk.may_write and at_desk.entry is not None:
        standing = at_desk.progress(queries.versions(db.session(), at_desk.entry.id))
        if standing.version is not None and not standing.changed:
            return redirect(url_for(".show", entry_id=at_desk.entry.id), 303)
    form = _draft_form(at_desk)
    clashes: dict[str, actions.Stale] = {}
    if form.validate_on_submit():
        try:
            require(at_desk.may_write)
            arrived = _arrivals(at_desk)
            write_now()
            at_desk = desk(team_id)
            clashes = _keep_all(at_desk, form, arrived)
        except DomainError as error:
            form.reject(error)
        else:
            if not clashes:
                return _saved(at_desk)
    page, status = render_form("entries/write.html", form, **_around(at_desk), clashes=clashes)
    return page, 409 if clashes else status


def _saved(at_desk: Desk) -> ResponseReturnValue:
    """Go on to the check when that was asked for, else stay at the draft."""
    if request.form.get("then") == "check":
        return redirect(url_for(".submit", team_id=at_desk.team.id), 303)
    flash(gettext("Saved. Nothing is handed in yet."), "success")
    return redirect(url_for(".write", team_id=at_desk.team.id), 303)


@bp.post("/teams/<uuid:team_id>/entry/save")
@action("entries.save")
@signed_in
def save(team_id: uuid.UUID) -> ResponseReturnValue:
    """Keep one field as it is being written. Answers JSON: saved, merged, or both texts."""
    at_desk = desk(team_id)
    authorize(at_desk.may_write)
    name = request.form.get("_field", "")
    value = request.form.get(name, "")
    try:
        if name == "title":
            _name(at_desk, value)
            return jsonify(saved_at=at_desk.at.isoformat())
        if name == "lang":
            _speak(at_desk, value)
            return jsonify(saved_at=at_desk.at.isoformat())
        question = _question(at_desk, name)
        saved = _save(at_desk, question, value, request.form.get("_version"))
    except actions.Stale as stale:
        return _clash(at_desk, stale), 409
    except DomainError as error:
        return jsonify(errors=[why(error)]), error.status
    answer = {"saved_at": at_desk.at.isoformat(), "version": saved.own_revision}
    if saved.revision != saved.own_revision:
        answer |= {"merged": saved.value, "merged_version": saved.revision}
    return jsonify(answer)


@bp.post("/teams/<uuid:team_id>/entry/files/<uuid:question_id>")
@action("entries.attach")
@signed_in
@receives_files
def attach(team_id: uuid.UUID, question_id: uuid.UUID) -> ResponseReturnValue:
    """Take a deck while the page shows how far it is. Answers JSON."""
    at_desk = desk(team_id)
    authorize(at_desk.may_write)
    question = _deck(at_desk, question_id)
    try:
        arrived = _arrive(at_desk, question, request.files.get(field_name(question_id)))
        write_now()
        at_desk = desk(team_id)
        authorize(at_desk.may_write)
        _attach(at_desk, _deck(at_desk, question_id), arrived)
    except DomainError as error:
        return jsonify(errors=[why(error)]), error.status
    flash(
        gettext("“%(name)s” is attached. Nothing is handed in yet.", name=arrived.name), "success"
    )
    onward = url_for(".write", team_id=team_id)
    return jsonify(next=onward), 201, {"Location": onward}


@bp.post("/teams/<uuid:team_id>/entry/files/<uuid:question_id>/remove")
@action("entries.detach")
@signed_in
def detach(team_id: uuid.UUID, question_id: uuid.UUID) -> ResponseReturnValue:
    """Take a deck out of the draft."""
    at_desk = desk(team_id)
    authorize(at_desk.may_write)
    question = _deck(at_desk, question_id)
    assert at_desk.round is not None  # noqa: S101 -- `may_write` said that there is one
    actions.detach(
        db.session(), at_desk.team, at_desk.round, question, by=at_desk.user, at=at_desk.at
    )
    flash(gettext("The file is out of the draft."), "success")
    return redirect(url_for(".write", team_id=team_id, _anchor=f"question-{question_id}"), 303)


@bp.get("/teams/<uuid:team_id>/entry/files/<uuid:question_id>/pages")
@action("entries.poll")
@signed_in
def pages(team_id: uuid.UUID, question_id: uuid.UUID) -> ResponseReturnValue:
    """Show the thumbnails of a deck as they come; 304 while nothing is new."""
    at_desk = desk(team_id)
    field = found(at_desk.field(question_id))
    file = found(field.file)
    return _polled(
        "entries/_thumbs.html",
        desk=at_desk,
        team=at_desk.team,
        field=field,
        file=file,
        drawn=files.renditions(db.session(), [file.id])[file.id],
    )


@bp.get("/teams/<uuid:team_id>/entry/standing")
@action("entries.poll")
@signed_in
def standing(team_id: uuid.UUID) -> ResponseReturnValue:
    """Show how far the team is, as its members write; 304 while nothing is new."""
    at_desk = desk(team_id)
    return _polled("entries/_standing.html", **_standing(at_desk))


def _polled(template: str, **context: object) -> ResponseReturnValue:
    response = Response(render_template(template, **context))
    response.add_etag()
    return response.make_conditional(request)


@bp.get(
    "/teams/<uuid:team_id>/entry/files/<uuid:question_id>/<uuid:file_id>/<int:page>/<any(page, thumb):kind>"
)
@action("entries.view")
@signed_in
def page_image(
    team_id: uuid.UUID, question_id: uuid.UUID, file_id: uuid.UUID, page: int, kind: str
) -> ResponseReturnValue:
    """Send the picture of a page of the team's own draft."""
    field = found(desk(team_id).field(question_id))
    file = found(field.file if field.file is not None and field.file.id == file_id else None)
    picture = found(files.rendition(db.session(), file.id, page, kind))
    return send(picture, cache_seconds=PAGES_SECONDS)


@bp.route("/teams/<uuid:team_id>/entry/submit", methods=["GET", "POST"])
@action("entries.submit")
@signed_in
def submit(team_id: uuid.UUID) -> ResponseReturnValue:
    """Say what is missing; when nothing is, hand the entry in."""
    at_desk = desk(team_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            made = _submit(at_desk)
        except DomainError as error:
            form.reject(error)
        else:
            flash(
                gettext("Version %(number)s is handed in. Here is your receipt.",
                        number=made.version.number),
                "success",
            )  # fmt: skip
            return redirect(url_for(".receipt", code=made.code), 303)
    return render_form("entries/submit.html", form, **_around(at_desk))


def _draft_form(at_desk: Desk) -> Form:
    titled = at_desk.form is not None and at_desk.form.titling() is not None
    lang = at_desk.entry.lang if at_desk.entry is not None else ""
    return draft_form(at_desk.fields, titled=titled, title=at_desk.title,
                      languages=at_desk.contest.languages, lang=lang)  # fmt: skip


def _around(at_desk: Desk) -> dict[str, object]:
    """Return what both pages show beside the form."""
    session = db.session()
    decks = [f.file.id for f in at_desk.fields if f.file is not None]
    drawn: dict[uuid.UUID, list[Rendition]] = files.renditions(session, decks) if decks else {}
    return {
        **_standing(at_desk),
        "entry": at_desk.entry,
        "round": at_desk.round,
        "field_name": field_name,
        "drawn": drawn,
        "asked_again": (
            queries.open_request(session, at_desk.entry.id)
            if at_desk.entry is not None and at_desk.leave.requested_until
            else None
        ),
        "limit_bytes": current_app.config["MAX_UPLOAD_BYTES"],
        "saved_at": max((f.saved_at for f in at_desk.fields if f.saved_at), default=None),
    }


def _standing(at_desk: Desk) -> dict[str, object]:
    versions = queries.versions(db.session(), at_desk.entry.id) if at_desk.entry else ()
    return {
        "desk": at_desk,
        "team": at_desk.team,
        "contest": at_desk.contest,
        "versions": versions,
        "progress": at_desk.progress(versions),
    }


def _question(at_desk: Desk, name: str) -> Question:
    wanted = question_id(name)
    field = at_desk.field(wanted) if wanted is not None else None
    question = found(field).question
    return found(question if question.kind is not QuestionKind.DECK else None)


def _deck(at_desk: Desk, wanted: uuid.UUID) -> Question:
    question = found(at_desk.field(wanted)).question
    return found(question if question.kind is QuestionKind.DECK else None)


def _name(at_desk: Desk, value: str) -> None:
    if at_desk.round is not None:
        actions.name(
            db.session(), at_desk.team, at_desk.round, value, by=at_desk.user, at=at_desk.at
        )


def _speak(at_desk: Desk, lang: str) -> None:
    if at_desk.round is not None:
        actions.speak(
            db.session(), at_desk.team, at_desk.round, lang, by=at_desk.user, at=at_desk.at
        )


def _save(at_desk: Desk, question: Question, value: str, base: str | None) -> actions.Saved:
    assert at_desk.round is not None  # noqa: S101 -- a question has a round
    known = int(base) if base and base.isdecimal() and len(base) < 10 else 0
    return actions.save(
        db.session(), at_desk.team, at_desk.round, question, value,
        base=known, by=at_desk.user, at=at_desk.at,
    )  # fmt: skip


def _clash(at_desk: Desk, stale: actions.Stale) -> Response:
    names = {m.user_id: m.user.name for m in at_desk.team.members}
    return jsonify(
        mine=stale.mine, theirs=stale.theirs, version=stale.revision, by=names.get(stale.by_id)
    )


def _submit(at_desk: Desk) -> Receipt:
    if at_desk.entry is None or at_desk.round is None:
        raise DomainError(N_("There is nothing to hand in yet."))
    if at_desk.entry.state is State.WITHDRAWN and "again" not in request.form:
        raise DomainError(N_("The entry was withdrawn meanwhile. Does your team want it back?"))
    return actions.submit(
        db.session(),
        at_desk.entry,
        at_desk.round,
        by=at_desk.user,
        at=at_desk.at,
        key=keys.signing_key(),
    )


def _arrive(at_desk: Desk, question: Question, sent: FileStorage | None) -> Arrived:
    if sent is None or not sent.filename:
        raise DomainError(N_("Choose a file first."))
    if (
        at_desk.entry is not None
    ):  # looked at again when it is attached; until then it is not stored
        before = queries.sent_bytes(db.session(), at_desk.entry)
        require(room_for(size_of(sent), before, current_app.config["PLACE_UPLOAD_BYTES"]))
    return take(sent, most_pages=question.limit)


def _attach(at_desk: Desk, question: Question, arrived: Arrived) -> File:
    assert at_desk.round is not None  # noqa: S101 -- a question has a round
    return actions.attach(
        db.session(), at_desk.team, at_desk.round, question, arrived,
        by=at_desk.user, at=at_desk.at, limit_bytes=current_app.config["PLACE_UPLOAD_BYTES"],
    )  # fmt: skip


def _arrivals(at_desk: Desk) -> dict[uuid.UUID, Arrived]:
    """Store every file that came with the form; DomainError at the field of one that is refused."""
    arrived = {}
    for field in at_desk.fields:
        name = field_name(field.question.id)
        sent = request.files.get(name)
        if field.question.kind is QuestionKind.DECK and sent is not None and sent.filename:
            try:
                arrived[field.question.id] = _arrive(at_desk, field.question, sent)
            except DomainError as error:
                raise DomainError(error.message, error.facts, field=name) from None
    return arrived


def _keep_all(
    at_desk: Desk, form: Form, arrived: dict[uuid.UUID, Arrived]
) -> dict[str, actions.Stale]:
    """Save every open field of the form, and return those that somebody else changed too."""
    clashes = {}
    if "title" in form:
        _name(at_desk, form["title"].data or "")
    if "lang" in form:
        _speak(at_desk, form["lang"].data or "")
    for field in at_desk.fields:
        name, question = field_name(field.question.id), field.question
        if name not in form:
            continue
        if question.kind is QuestionKind.DECK:
            if question.id in arrived:
                _attach(at_desk, question, arrived[question.id])
            continue
        try:
            _save(at_desk, question, form[name].data or "", request.form.get(f"_base-{name}"))
        except actions.Stale as stale:
            clashes[name] = stale
    return clashes
