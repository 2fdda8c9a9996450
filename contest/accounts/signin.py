"""Who is asking. The only module that knows Flask-Login and Flask-Security."""

import json
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, has_request_context, request, session, url_for
from flask_login import current_user
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    login_user,
    logout_user,
    verify_and_update_password,
    verify_password,
)

from contest.accounts import devices, passwords, proofs, queries
from contest.accounts.actions import sessions
from contest.accounts.actions.sessions import Begun
from contest.accounts.models import SignIn, User
from contest.web import idempotency, requests
from contest.web.access import SAFE_METHODS
from contest.web.db import db

F = TypeVar("F", bound=Callable[..., Any])
SECRETS = ("csrf_token", "password")  # parts of names of fields that are never carried over
CARRIED_BYTES = 300_000
NUMBER = "sign_in"  # of the session's row, in the signed cookie
DEVICE = "device"  # the cookie by which a browser is known again; __Host-device over TLS
LATELY = timedelta(minutes=10)  # so long nobody is asked again who they are
PATIENCE = timedelta(minutes=10)  # how long a sign-in waits for its second factor
NOTED_EVERY = timedelta(minutes=15)  # how exactly we know when a session was last used


class FactorNeeded(Exception):
    """Only somebody with a second factor may go on; answered with the page that sets one up."""


class ProofNeeded(Exception):
    """Only somebody who proved who they are a moment ago may go on; answered with the page that asks."""


class SignInNeeded(Exception):
    """Only somebody who is signed in may go on; answered with the sign-in page."""


def visitor() -> User | None:
    """Return the signed-in user, or None; also None while the database cannot be asked."""
    if g.get("without_database"):
        return None
    user = current_user._get_current_object()  # noqa: SLF001 -- Flask-Login's proxy has no other way out
    return user if isinstance(user, User) else None


def current() -> User:
    """Return the signed-in user. Only for views behind `signed_in`."""
    user = visitor()
    assert user is not None  # noqa: S101 -- `signed_in` turned visitors away
    return user


def signed_in(view: F) -> F:
    """Ask a visitor to sign in first, and go on afterwards with what they came for or had typed.

    So is asked who has to prove anew that it is them: see `proofs`.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if visitor() is None:
            raise SignInNeeded
        _require_declared_proof()
        return view(*args, **kwargs)

    return cast(F, guarded)


def require_proof(within: timedelta = LATELY) -> None:
    """Stop with the page that asks for a proof unless there was one lately: a browser may be left alone."""
    proved: datetime | None = g.get("proved_at") if visitor() is not None else None
    if proved is None or requests.now() - proved > within:
        raise ProofNeeded


def _require_declared_proof() -> None:
    """Do so where `proofs` says that the running action asks for one."""
    view = current_app.view_functions[str(request.endpoint)]
    name = getattr(view, "action", "")
    if name in proofs.ACCOUNT:
        require_proof()
    elif name in proofs.CONTEST or (name in proofs.CHANGES and request.method not in SAFE_METHODS):
        require_proof(timedelta(minutes=current_app.config["PROOF_MINUTES"]))


def is_strong() -> bool:
    """Say whether single sign-on told that the person of this session showed two proofs there."""
    return visitor() is not None and bool(g.get("is_strong"))


def lifetimes(user: User) -> tuple[timedelta, timedelta]:
    """Return for how long a session of this person may lie unused, and how long it lasts at most."""
    kind = "ADMIN_" if user.is_admin else ""
    idle = current_app.config[f"{kind}SESSION_IDLE_MINUTES"]
    return timedelta(minutes=idle), timedelta(hours=current_app.config[f"{kind}SESSION_HOURS"])


def begin(
    user: User,
    *,
    how: str = "link",
    passed: bool = False,
    proved: bool = True,
    strong: bool = False,
) -> bool:
    """Make the running session this person's; whatever it held before is gone.

    Return False when it waits for the second factor: it opens nothing before `passed`. One that goes
    on after a change is not `proved` anew. `strong` tells that another site asked for two proofs.
    """
    lang, number, at = user.locale, new_number(), requests.now()
    proved_at = at if proved else g.get("proved_at")
    strong = strong or (how == sessions.AGAIN and is_strong())
    waits = user.has_factor() and not passed
    end()
    session.permanent = True
    session["lang"], session[NUMBER] = lang, number.hex
    if not waits:
        login_user(user, remember=False)
    idempotency.forget()
    g.device = request.cookies.get(_device_cookie()) or secrets.token_urlsafe(32)
    row = Begun(number, how, waits, at, proved_at, strong)
    requests.also(lambda: _begun(user, row))
    return not waits


def end() -> None:
    """End the running session, here and on the server."""
    if (number := _number()) is not None:
        at = requests.now()
        requests.also(lambda: sessions.end(db.session(), number, at=at))
    logout_user()
    session.clear()
    for name in ("csrf_token", "csrf_valid", "waiting", "proved_at", "is_strong"):
        g.pop(name, None)
    idempotency.forget()


def waiting() -> tuple[SignIn, User] | None:
    """Return the sign-in that waits for its second factor, and whose it is."""
    if "waiting" not in g:
        row = _row()
        fresh = row is not None and requests.now() - row[0].began_at < PATIENCE
        g.waiting = row if row is not None and fresh and row[0].passed_at is None else None
    return cast("tuple[SignIn, User] | None", g.waiting)


def here() -> uuid.UUID | None:
    """Return the number of the running session."""
    return _number()


def device() -> str:
    """Return the mark of the browser that asks; "" when it was never signed in."""
    return devices.mark(request.cookies.get(_device_cookie(), ""))


def hashed(password: str) -> str:
    """Return the password as it is stored."""
    return str(hash_password(passwords.normalised(password)))


def is_password_of(user: User | None, password: str) -> bool:
    """Say whether this is the person's password; takes as long when there is no such person.

    One that was kept by older means is kept anew by today's.
    """
    plain = passwords.normalised(password)
    if user is None or user.password is None:
        verify_password(plain, _some_hash())
        return False
    return bool(verify_and_update_password(plain, user))


def safe_next(target: str | None, default: str = "/") -> str:
    """Return `target` if it is a place on this site, else `default`."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return default
    if any(c == "\\" or ord(c) < 32 for c in target) or len(target) > 1000:
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def carried() -> str:
    """Return what was typed into the form of this request, to be sent again after signing in.

    Secrets and files are left out; "" when there is nothing to carry or it is too much.
    """
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(part in name for part in SECRETS)
    ]
    if not fields:
        return ""
    text = json.dumps(
        {"path": request.full_path.rstrip("?"), "fields": fields, "files": bool(request.files)}
    )
    return text if len(text) <= CARRIED_BYTES else ""


def init_app(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 -- the name of an algorithm
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={  # the smaller profile that OWASP recommends
            "argon2__memory_cost": 19 * 1024,
            "argon2__time_cost": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SESSION_PROTECTION=None,  # a phone changes its network address during an evening
        PERMANENT_SESSION_LIFETIME=timedelta(
            hours=max(app.config["SESSION_HOURS"], app.config["ADMIN_SESSION_HOURS"])
        ),
        # What a page asks for in passing would else bring back the session from before an act: the
        # message that it shows would get lost, and whoever signed out would be signed in again.
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    people = SQLAlchemyUserDatastore(db, User, cast(Any, None))  # roles are per contest, not here
    security = Security(app, people, register_blueprint=False)
    security.login_manager.user_loader(_load)
    security.login_manager.request_loader(lambda _request: None)  # no tokens besides the session
    security.principal.identity_loaders.clear()  # nobody is loaded before somebody asks
    app.context_processor(_around)
    app.after_request(_know_again)


def _load(uniquifier: str) -> User | None:
    """Return whose session this is; what was ended on any device has ended from this request on."""
    row = _row()
    if row is None or row[0].passed_at is None or row[1].fs_uniquifier != uniquifier:
        return None
    g.proved_at, g.is_strong, g.asker_id = row[0].proved_at, row[0].is_strong, row[1].id
    at, number = requests.now(), row[0].id
    if at - row[0].seen_at >= NOTED_EVERY:
        requests.also(lambda: sessions.seen(db.session(), number, at=at))
    return row[1]


def _row() -> tuple[SignIn, User] | None:
    number = _number()
    if number is None or g.get("without_database"):
        return None
    row = queries.running(db.session(), number)
    return row if row is not None and not _is_over(*row) else None


def _is_over(one: SignIn, user: User) -> bool:
    idle, longest = lifetimes(user)
    at = requests.now()
    return at - one.began_at > longest or at - one.seen_at > idle


def _device_cookie() -> str:
    return f"__Host-{DEVICE}" if current_app.config["SESSION_COOKIE_SECURE"] else DEVICE


def new_number() -> uuid.UUID:
    """Return 128 random bits, six more than in a random UUID."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


def _number() -> uuid.UUID | None:
    held = session.get(NUMBER)
    return uuid.UUID(held) if held else None


def _know_again(response: Response) -> Response:
    if "device" in g:
        response.set_cookie(
            _device_cookie(),
            g.device,
            max_age=timedelta(days=365),
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _begun(user: User, begun: Begun) -> None:
    agent, device = devices.named(request.user_agent.string), devices.mark(g.device)
    sessions.begin(db.session(), user, begun, agent=agent, device=device)


def _around() -> dict[str, object]:
    """Give every page the person at its corner."""
    if not has_request_context():
        return {}
    user = visitor()
    if user is None:
        onward = _onward()
        return {
            "sign_in_url": url_for("accounts.sign_in", next=onward),
            "sign_up_url": url_for("accounts.sign_up", next=onward),
        }
    return {
        "me": {
            "name": user.name or user.email,
            "detail": user.email if user.name else None,
            "url": url_for("accounts.profile"),
            "sign_out_url": url_for("accounts.sign_out"),
        }
    }


def _onward() -> str | None:
    """Return where a visitor goes on after signing in: the page they are looking at."""
    if (request.endpoint or "accounts.").startswith("accounts."):
        return safe_next(request.args.get("next"), "") or None
    if request.method != "GET" or request.path == "/":
        return None
    return request.full_path.rstrip("?")


def _some_hash() -> str:
    if "some_hash" not in _once:
        _once["some_hash"] = str(hash_password("nobody's password"))
    return _once["some_hash"]


_once: dict[str, str] = {}
