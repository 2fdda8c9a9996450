"""Every unsafe request must come from a page of ours: as the field `csrf_token` or as a header."""

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_HEADERS"] = ["X-CSRFToken"]
    CSRFProtect(app)


def is_from_elsewhere() -> bool:
    """Say whether the browser reports that another site made this request."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}


def is_surely_ours() -> bool:
    """Say whether the browser vouches that a page of ours made this request."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
