"""Every unsafe request must come from a page of ours: as the field `csrf_token` or as a header."""

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect

from contest.web import refusals
from contest.web.models import RefusalKind


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_HEADERS"] = ["X-CSRFToken"]
    CSRFProtect(app)
    app.before_request(_refuse_other_sites)


def _refuse_other_sites() -> None:
    """Refuse what another site sends, even with a token of ours that it got hold of."""
    if request.method not in {"GET", "HEAD", "OPTIONS"} and is_from_elsewhere():
        refusals.note(RefusalKind.UNKNOWN_FORM)
        abort(400)


def is_from_elsewhere() -> bool:
    """Say whether the browser reports that another site made this request."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}


def is_surely_ours() -> bool:
    """Say whether the browser vouches that a page of ours made this request."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
