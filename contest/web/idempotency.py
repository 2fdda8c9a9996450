"""Gives the second sending of the same form the answer of the first."""

import hashlib
import uuid

from flask import Flask, Response, g, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web import switches
from contest.web.access import SAFE_METHODS, takes_files
from contest.web.db import begin_writing, db
from contest.web.models import IdempotencyKey

FIELD = "_key"
IGNORED = {FIELD, "csrf_token"}


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
    answer: ResponseReturnValue = redirect(seen.location, seen.status) if seen.location else ""
    return answer if isinstance(answer, Response) else Response("", seen.status)


def remember(response: Response) -> None:
    """Keep the answer in the transaction of its effect. Only redirects: pages can be made again."""
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
        request.form.get(FIELD) if request.mimetype == "application/x-www-form-urlencoded" else None
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
    return hashlib.sha256(repr(body).encode()).hexdigest()


def init_app(app: Flask) -> None:
    app.jinja_env.globals["idempotency_key"] = new_key
    app.before_request(_take_turn)


def _take_turn() -> Response | None:
    """Begin to write and look whether it was done before.

    After the check of where the form comes from: a stranger's learns nothing and holds up nobody.
    """
    if request.method in SAFE_METHODS or takes_files(request.endpoint):
        return None
    begin_writing()
    switches.require_writing(db.session())
    return replay()
