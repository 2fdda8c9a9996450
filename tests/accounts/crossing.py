"""Every kind of value that we sign or seal, made once, and everybody who reads one."""

import json
from collections.abc import Callable
from functools import partial
from typing import cast

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms.validators import ValidationError

from contest.accounts import factors, links
from contest.contests.views import people
from contest.core import signing
from contest.entries import receipt
from contest.events import checkpoints
from contest.web import keys
from tests import make

PURPOSES = (
    links.ADDRESS,
    links.ENTER,
    links.CONFIRM,
    links.RESET,
    links.TEAM_INVITATION,
    people.PURPOSE,
)
SEALS = (factors.FACTOR, factors.ASKED, factors.SETTING_UP, factors.PROVIDED)
FORMS = (receipt.FORMAT, checkpoints.FORMAT)
PAYLOAD = {"user": "1", "number": "n1"}


def values(app: Flask) -> dict[str, str]:
    """Make one of each."""
    session = cast(SecureCookieSessionInterface, app.session_interface)
    signer = session.get_signing_serializer(app)
    assert signer is not None
    made = {"session": str(signer.dumps(PAYLOAD)), "csrf": str(generate_csrf())}
    lifetime = links.LIFETIMES[links.ENTER]
    made |= {p: links.sign(p, PAYLOAD, expires_in=lifetime) for p in PURPOSES}
    made |= {
        seal: factors.sealed(json.dumps(PAYLOAD).encode(), keys.secrets(), seal) for seal in SEALS
    }
    for form in FORMS:
        body = signing.body(form, PAYLOAD | {"at": make.NOON})
        made[form] = json.dumps([body, signing.sign(body, keys.signing_key())])
    return made


def readers(app: Flask) -> dict[str, Callable[[str], bool]]:
    """Return who reads which kind, and says whether a value is one."""
    return {
        "session": partial(_is_session, app),
        "csrf": _is_csrf,
        **{purpose: partial(_is_link, purpose) for purpose in PURPOSES},
        **{seal: partial(_is_sealed, seal) for seal in SEALS},
        **{form: partial(_is_signed, form) for form in FORMS},
    }


def _is_session(app: Flask, value: str) -> bool:
    session = cast(SecureCookieSessionInterface, app.session_interface)
    signer = session.get_signing_serializer(app)
    return signer is not None and bool(signer.loads_unsafe(value)[0])


def _is_csrf(value: str) -> bool:
    try:
        validate_csrf(value)
    except ValidationError:
        return False
    return True


def _is_link(purpose: str, value: str) -> bool:
    return links.read(purpose, value) is not None


def _is_sealed(seal: str, value: str) -> bool:
    return factors.opened(value, keys.secrets(), seal) is not None


def _is_signed(form: str, value: str) -> bool:
    try:
        body, signature = json.loads(value)
    except ValueError:
        body, signature = value, value.rpartition(".")[2]
    public = signing.public_key(keys.signing_key())
    return signing.verifies(form, str(body), str(signature), public)


def crossed(app: Flask) -> tuple[list[tuple[str, str]], list[str], int]:
    """Feed each value to every reader; return what passed for another kind, what was lost, and the tries."""
    with app.test_request_context():
        made, asked = values(app), readers(app)
        passed = [
            (kind, reader)
            for kind, value in made.items()
            for reader, reads in asked.items()
            if reads(value)
        ]
    strange = [(kind, reader) for kind, reader in passed if kind != reader]
    lost = [kind for kind in made if (kind, kind) not in passed]
    return strange, lost, len(made) * len(asked)
