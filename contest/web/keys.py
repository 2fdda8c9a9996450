"""The instance's secrets. While one is replaced by the next, what the old one signed still counts."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer

from contest.core import signing


class Cookies(SecureCookieSessionInterface):
    """Sessions signed by HMAC-SHA256. A cookie signed otherwise is none: its owner signs in again."""

    digest_method = staticmethod(hashlib.sha256)


def init_app(app: Flask) -> None:
    app.session_interface = Cookies()
    # Libraries sign tokens in forms by what this says; none of them asks which.
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    app.config["SECRET_KEY_FALLBACKS"] = old(
        app
    )  # Flask's name: sessions signed by one still count
    # Tokens in open forms are checked by one key only: the oldest, so that none dies of a rotation.
    app.config["WTF_CSRF_SECRET_KEY"] = (old(app) or [app.config["SECRET_KEY"]])[-1]


def old(app: Flask) -> list[str]:
    """Return the secrets of before, the newest first."""
    return [key for key in app.config["OLD_SECRET_KEYS"].split(",") if key]


def secrets() -> list[str]:
    """Return the secret and those of before it: the first one signs and seals, all of them are read."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- the app itself
    return [str(app.config["SECRET_KEY"]), *old(app)]


def signing_key() -> Ed25519PrivateKey:
    """Return the key with which this instance signs receipts and checkpoints."""
    return signing.signing_key(current_app.config["SIGNING_KEY"], secrets()[0])


def public_keys() -> set[str]:
    """Return the public keys by which something of this instance may be signed."""
    given = current_app.config["SIGNING_KEY"]
    return {signing.public_key(signing.signing_key(given, secret)) for secret in secrets()} | {
        signing.public_key(signing.signing_key("", secret)) for secret in secrets()
    }
