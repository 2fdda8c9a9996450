"""Signed addresses: they prove that we wrote them, for one purpose, until an instant.

Nothing of them is stored. What may be done once carries a number that `actions.use_link` keeps.
"""

import enum
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from contest.core import clock
from contest.web import keys, refusals
from contest.web.models import RefusalKind

ADDRESS = "address"
ENTER = "enter"
CONFIRM = "confirm"
RESET = "reset"
TEAM_INVITATION = "team_invitation"
LIFETIMES = {
    ADDRESS: timedelta(hours=1),
    ENTER: timedelta(minutes=10),
    CONFIRM: timedelta(days=2),
    RESET: timedelta(hours=1),
    TEAM_INVITATION: timedelta(days=14),
}
LONGEST = 2000  # characters; a longer token was not made here


class State(enum.StrEnum):
    """What became of a link."""

    GOOD = "good"
    EXPIRED = "expired"
    FORGED = "forged"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says; `payload` is empty for a forged one."""

    state: State
    payload: dict[str, Any] = field(default_factory=dict)


def sign(purpose: str, payload: dict[str, Any], *, expires_in: timedelta | None = None) -> str:
    """Return a token for an address. Without `expires_in` it lives as its purpose says."""
    until = clock.now() + (expires_in or LIFETIMES[purpose])
    return _signer(purpose).dumps({"p": payload, "x": int(until.timestamp())})


def look(purpose: str, token: str) -> Link:
    """Return what `token` says and whether it still counts."""
    try:
        body = _signer(purpose).loads(token) if len(token) <= LONGEST else None
    except BadData:
        body = None
    if body is None:
        refusals.note(RefusalKind.FORGED_LINK)
        return Link(State.FORGED)
    expired = clock.now().timestamp() >= body["x"]
    return Link(State.EXPIRED if expired else State.GOOD, body["p"])


def read(purpose: str, token: str) -> dict[str, Any] | None:
    """Return the payload of a token that counts, else None."""
    link = look(purpose, token)
    return link.payload if link.state is State.GOOD else None


def entrance(user_id: uuid.UUID) -> str:
    """Return a token for `/enter/…` that signs in again and again. Development only."""
    if not current_app.config["DEVELOPMENT"]:
        raise RuntimeError("links that sign in more than once are for development")
    return sign(ENTER, {"user": str(user_id), "again": True}, expires_in=timedelta(days=30))


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        keys.secrets()[::-1],  # the last one signs
        salt=f"contest-link-{purpose}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
