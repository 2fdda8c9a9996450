"""Gives the second sending of the same form the answer of the first."""

import hashlib
import uuid
from typing import cast

from flask import Flask, Response, abort, g, jsonify, redirect, request, session
from sqlalchemy import func, select

from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web import db as database
from contest.web import switches
from contest.web.access import SAFE_METHODS, asks_to_write
from contest.web.db import begin_writing, db
from contest.web.models import IdempotencyKey

FIELD = "_key"
IGNORED = {FIELD, "csrf_token"}
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def new_key() -> str:
    """Return a fresh key for a form that is being shown. A template global."""
    return str(uuid.uuid4())


def replay() -> Response | None:
    """Return the stored answer when this very form was sent before.

    Raises DomainError when the key comes with another form: then the page, not the person, is wrong.
    """
    key = _key()
    if key is None:
        return None
    seen = db.session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.owner == _owner(), IdempotencyKey.key == key)
    )
    if seen is None:
        return None
    if (seen.route, seen.body_sha256) != (request.path, _digest()):
        raise DomainError(N_("This form was already sent with other content. Reload the page."))
    g.decided = True
    g.replayed = True
    if seen.status < 300:  # to a script
        answer = jsonify(next=seen.location)
        answer.status_code, answer.headers["Location"] = seen.status, seen.location
        return answer
    return cast(Response, redirect(str(seen.location), seen.status))


def write_now() -> None:
    """Begin to write in a view that was busy before; what was read must be read again.

    Does not return when this very form was sent before: then the stored answer goes out.
    """
    database.write_now()
    _wait_for_twin()
    if (answer := replay()) is not None:
        abort(answer)


def remember(response: Response) -> None:
    """Keep the answer in the transaction of its effect. Only if it leads on: pages can be made again."""
    key = _key()
    if key is None or "idempotency_owner" not in g or g.get("replayed") or not response.location:
        return
    db.session.add(
        IdempotencyKey(
            owner=g.idempotency_owner,
            key=key,
            route=request.path,
            body_sha256=_digest(),
            status=response.status_code,
            location=response.location,
            at=g.at,
        )
    )


def forget() -> None:
    """Keep no answer of this request: sent again, its cookie would be missing."""
    g.replayed = True


def _key() -> uuid.UUID | None:
    given = request.headers.get("Idempotency-Key") or (
        request.form.get(FIELD) if request.mimetype in FORMS else None
    )
    try:
        return uuid.UUID(given) if given else None
    except ValueError:
        return None


def _owner() -> str:
    # Signing in changes who asks within the request; the owner is who asked when it arrived.
    g.idempotency_owner = str(session.get("_user_id") or "visitor")
    return str(g.idempotency_owner)


def _digest() -> str:
    body = sorted((k, v) for k, v in request.form.items(multi=True) if k not in IGNORED)
    for name, sent in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        sent.stream.seek(0)
        body.append((name, hashlib.sha256(sent.stream.read()).hexdigest()))
    return hashlib.sha256(repr(body).encode()).hexdigest()


def init_app(app: Flask) -> None:
    app.jinja_env.globals["idempotency_key"] = new_key
    app.before_request(_take_turn)


def _take_turn() -> Response | None:
    """Begin to write and look whether it was done before.

    After the check of where the form comes from: a stranger's learns nothing and holds up nobody.
    """
    if request.method in SAFE_METHODS:
        return None
    if not asks_to_write(request.endpoint):  # that one looks again when it is ready
        begin_writing()
        switches.require_writing(db.session())
        _wait_for_twin()
    return replay()


def _wait_for_twin() -> None:
    """Wait until the same form that is being answered just now has its answer.

    On SQLite one writes at a time anyhow.
    """
    key = _key()
    if key is not None and db.engine.dialect.name == "postgresql":
        number = func.hashtextextended(f"{_owner()} {key}", 0)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))
