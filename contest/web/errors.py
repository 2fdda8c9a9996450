"""Turns what went wrong into a page, or into problem+json for those who asked for JSON."""

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from contest.core.errors import DomainError
from contest.core.text import N_
from contest.web.db import db
from contest.web.requests import incident
from contest.web.text import why

log = logging.getLogger(__name__)
SENTENCES = {
    400: N_("The request could not be understood. Go back, reload the page and try again."),
    404: N_("There is no such page, or it is not yours to see."),
    405: N_("This page cannot be used in that way."),
    413: N_("This is larger than what the page takes."),
    415: N_("This kind of content is not taken here."),
    429: N_("Too many tries in a short time. Wait a few minutes and try again."),
}


def init_app(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> ResponseReturnValue:
        return problem(why(error), error.status)

    @app.errorhandler(StaleDataError)
    def stale(_error: StaleDataError) -> ResponseReturnValue:
        return problem(gettext("Somebody changed this meanwhile. Reload the page."), 409)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if error.response is not None:
            return error.response
        return problem(gettext(SENTENCES.get(status, error.name)), status)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        if app.config["PROPAGATE_EXCEPTIONS"]:
            raise error
        log.error("incident %s %s %s", incident(), request.method, request.path, exc_info=error)
        db.session.rollback()
        return problem(
            gettext("Something broke on our side. Nothing that was saved before is lost."), 500
        )


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def problem(message: str, status: int) -> ResponseReturnValue:
    """Answer with `message` and the incident number, in the form the client reads."""
    if wants_json():
        body = {"title": HTTPStatus(status).phrase, "status": status, "detail": message,
                "incident": incident()}  # fmt: skip
        return Response(json.dumps(body), status, mimetype="application/problem+json")
    page = render_template("errors/error.html", message=message, status=status, incident=incident())
    return page, status
