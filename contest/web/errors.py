"""Turns what went wrong into a page, or into problem+json for those who asked for JSON."""

import errno
import json
import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from contest.core.errors import DomainError, Hidden, NotAllowed
from contest.core.text import N_
from contest.web import db as database
from contest.web import refusals
from contest.web.db import db
from contest.web.models import RefusalKind
from contest.web.requests import incident
from contest.web.text import why

log = logging.getLogger(__name__)
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM})
UNREADABLE = N_("This page cannot be shown just now. Try again in a few seconds.")
RETRY_SECONDS = "2"
SENTENCES = {
    400: N_("The request could not be understood. Go back, reload the page and try again."),
    404: N_("There is no such page, or it is not yours to see."),
    405: N_("This page cannot be used in that way."),
    413: N_("This is larger than what the page takes."),
    415: N_("This kind of content is not taken here."),
    429: N_("Too many tries in a short time. Wait a few minutes and try again."),
}


def init_app(app: Flask) -> None:
    app.after_request(_say_when)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _refused(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, NotAllowed | Hidden):
        refusals.note(RefusalKind.NOT_ALLOWED)
    return problem(why(error), error.status)


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    return problem(gettext("Somebody changed this meanwhile. Reload the page."), 409)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    origin = getattr(error, "original_exception", None)
    if origin is not None and _is_of_the_store(origin):  # while the answer was being kept
        return _unavailable(origin)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        refusals.note(RefusalKind.TOO_OFTEN)
    if error.response is not None:
        return error.response
    return problem(gettext(SENTENCES.get(status, error.name)), status)


def _broken(error: Exception) -> ResponseReturnValue:
    if _is_of_the_store(error):
        return _unavailable(error)
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.error("incident %s %s %s", incident(), request.method, request.url_rule, exc_info=error)
    db.session.rollback()
    return problem(
        gettext("Something broke on our side. Nothing that was saved before is lost."), 500
    )


def _say_when(response: Response) -> Response:
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers.setdefault("Retry-After", RETRY_SECONDS)
    return response


def _is_of_the_store(error: Exception) -> bool:
    """Say whether the database or the disk is locked, full, gone or broken."""
    return isinstance(error, OperationalError | PoolIsEmpty) or (
        isinstance(error, OSError) and error.errno in DISK
    )


def _unavailable(error: Exception) -> ResponseReturnValue:
    """Say that nothing was kept and that it may be tried again."""
    log.error("incident %s %s %s", incident(), request.method, request.url_rule, exc_info=error)
    database.doubt(error)
    db.session.rollback()
    g.without_database = True  # the page that says so asks it nothing
    reads = request.method in {"GET", "HEAD"}
    return problem(gettext(UNREADABLE) if reads else why(database.Busy()), 503)


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def problem(message: str, status: int) -> ResponseReturnValue:
    """Answer with `message` and the incident number, in the form the client reads."""
    if wants_json():
        body = {"title": HTTPStatus(status).phrase, "status": status, "detail": message,
                "incident": incident()}  # fmt: skip
        response = Response(json.dumps(body), status, mimetype="application/problem+json")
    else:
        page = render_template("errors/error.html", message=message, status=status,
                               incident=incident(), again=_again(status))  # fmt: skip
        response = Response(page, status)
    return response


def _again(status: int) -> list[tuple[str, str]]:
    """Return what was typed, to be sent again as it is, its key included; nothing if it holds a secret."""
    if status != HTTPStatus.SERVICE_UNAVAILABLE or request.method != "POST" or request.files:
        return []
    sent = list(request.form.items(multi=True))
    if any("password" in name or "code" in name for name, _ in sent):
        return []
    return [(name, value) for name, value in sent if name != "csrf_token"]
