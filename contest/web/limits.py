"""How often something may be tried. Counts stand where LIMITS_URL says, for all processes."""

import hashlib
import hmac

from flask import Flask, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from werkzeug.exceptions import TooManyRequests

from contest.web import tries

EXTENSION = "contest.limits"


def init_app(app: Flask) -> None:
    app.config.setdefault("RATELIMIT_ENABLED", True)
    app.config["RATELIMIT_STORAGE_URI"] = app.config["LIMITS_URL"] or tries.beside(
        app.config["DATABASE_URL"]
    )
    app.config["RATELIMIT_STRATEGY"] = "moving-window"
    app.extensions[EXTENSION] = Limiter(get_remote_address, app=app)


def count(what: str, *whose: str, rate: str) -> None:
    """Count one try of `what`; stop with 429 when `whose` tries exceed `rate`, like "10 per hour"."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    if not current_app.extensions[EXTENSION].limiter.hit(parse(rate), what, *map(mark, whose)):
        raise TooManyRequests


def mark(whose: str) -> str:
    """Return what stands for an address where tries are counted: nobody reads there who tried."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"contest-tries" + whose.encode(), hashlib.sha256).hexdigest()[:32]


def address() -> str:
    """Return the network address that asks, as our own proxies report it."""
    return request.remote_addr or ""


def asker() -> str:
    """Return who asks: the person if somebody is signed in, else the network address."""
    return str(g.get("asker_id") or address())
