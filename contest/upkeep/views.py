"""`/livez` and `/readyz`, for whoever watches over the instance."""

from flask import Blueprint, Response, current_app, jsonify

from contest.upkeep import health
from contest.web.access import public
from contest.web.db import db
from contest.web.requests import now

bp = Blueprint("upkeep", __name__)


@bp.get("/livez")
@public("upkeep.poll")
def live() -> Response:
    """Say that this process answers."""
    return Response("alive", mimetype="text/plain")


@bp.get("/readyz")
@public("upkeep.poll")
def ready() -> tuple[Response, int]:
    """Say of each part whether it works; 503 when one does not."""
    parts = health.parts(db.session(), current_app.extensions["files"], now())
    told = {part.name: part.fault or part.state for part in parts}
    return jsonify(told), 503 if any(part.fault for part in parts) else 200
