"""Signing in at another site. Who is unknown here says first that an account shall be made or connected."""

import logging
import uuid

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import actions, address, factors, queries
from contest.accounts.actions import identities
from contest.accounts.actions.sessions import AGAIN
from contest.accounts.models import User
from contest.accounts.signin import (
    begin,
    current,
    require_proof,
    safe_next,
    signed_in,
    visitor,
)
from contest.accounts.sso import PATIENCE, Claims, Provider, Refused, Started
from contest.accounts.views.arriving import ask_for_code
from contest.accounts.views.blueprint import bp
from contest.core.decisions import ALLOW
from contest.core.errors import DomainError
from contest.web import keys, limits, refusals, requests
from contest.web.access import action, authorize, found, public
from contest.web.db import db
from contest.web.forms import ConfirmForm, render_form
from contest.web.models import RefusalKind
from contest.web.requests import now
from contest.web.text import language, why

STARTED, FOUND = (
    "sso",
    "sso_found",
)  # in the session: who is on the way there, who came back unknown
log = logging.getLogger(__name__)


@bp.get("/sign-in/sso")
@public("accounts.sso")
def sso() -> ResponseReturnValue:
    """Send somebody to the provider; who is signed in proves first who they are, and connects."""
    provider = found(_provider())
    if visitor() is not None:
        require_proof()
    limits.count("sso", limits.address(), rate="60 per 5 minutes")
    started = Started.now(safe_next(request.args.get("next")), now())
    try:
        away = provider.address(started)
    except Refused as error:
        return _refused(error)
    session[STARTED] = started.kept()
    return redirect(away, 303)


@bp.get("/sign-in/sso/back")
@public("accounts.sso_back")
def sso_back() -> ResponseReturnValue:
    """Take the provider's answer: it signs in whom it is known for, and leads others to `join`."""
    provider = found(_provider())
    try:
        started = Started.read(session.pop(STARTED, None), request.args.get("state", ""), now())
        claims = provider.claims(request.args, started, now())
    except Refused as error:
        return _refused(error)
    user = queries.identified(db.session(), claims.issuer, claims.subject)
    if user is None:
        text = factors.sealed(claims.text(), keys.secrets(), factors.PROVIDED)
        session[FOUND] = [text, now().timestamp()]
        return redirect(url_for(".sso_join", next=started.next), 303)
    if not user.active or visitor() not in {None, user}:
        return _told(gettext("This identity belongs to another account."))
    factor = "provider" if claims.is_strong else ""
    at = now()
    requests.also(lambda: actions.sign_in(db.session(), user, how="sso", factor=factor, at=at))
    if not begin(user, how="sso", passed=claims.is_strong, strong=claims.is_strong):
        return ask_for_code(started.next, None)
    return redirect(started.next, 303)


@bp.route("/sign-in/sso/join", methods=["GET", "POST"])
@public("accounts.sso_join")
def sso_join() -> ResponseReturnValue:
    """Ask whether an account shall be made, or the one that is signed in connected."""
    provider = found(_provider())
    next_page = safe_next(request.args.get("next"))
    claims, user = _claims(), visitor()
    if claims is None:
        return redirect(url_for(".sign_in", next=next_page), 303)
    if user is not None:
        require_proof()
    elif claims.is_verified and queries.by_email(db.session(), _plain(claims.email)) is not None:
        return _told(why(DomainError(identities.TAKEN)))
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            joined = _joined(claims, user)
        except DomainError as error:
            form.reject(error)
        else:
            again = AGAIN if user is not None else "sso"
            passed = user is not None or claims.is_strong
            begin(joined, how=again, passed=passed, proved=user is None, strong=claims.is_strong)
            flash(
                gettext("You can sign in by %(name)s from now on.", name=provider.name), "success"
            )
            return redirect(next_page, 303)
    return render_form(
        "accounts/sso_join.html",
        form,
        claims=claims,
        user=user,
        name=provider.name,
        next_page=next_page,
    )


@bp.post("/profile/security/sso/<uuid:identity_id>/remove")
@action("accounts.sso_remove")
@signed_in
def sso_remove(identity_id: uuid.UUID) -> ResponseReturnValue:
    """Let the provider open the account no more."""
    user = current()
    authorize(ALLOW)  # everybody their own
    own = {one.id: one for one in queries.identities(db.session(), user)}
    identities.disconnect(db.session(), user, found(own.get(identity_id)), at=now())
    begin(user, how=AGAIN, passed=True, proved=False)
    flash(gettext("The other site opens your account no more."), "success")
    return redirect(url_for(".security"), 303)


@bp.app_context_processor
def _single_sign_on() -> dict[str, object]:
    """Give pages the name by which people call it; "" where there is none."""
    return {"sso_name": current_app.config["SSO_NAME"] if current_app.config["SSO_ISSUER"] else ""}


def _joined(claims: Claims, user: User | None) -> User:
    session.pop(FOUND, None)
    if user is None:
        return identities.join(db.session(), claims, locale=language(), at=now())
    identities.connect(db.session(), user, claims, at=now())
    return user


def _claims() -> Claims | None:
    """Return who came back from the provider just now."""
    text, at = session.get(FOUND, ("", 0))
    claims = factors.opened(text, keys.secrets(), factors.PROVIDED)
    is_fresh = now().timestamp() - at <= PATIENCE.total_seconds()
    return Claims.read(claims) if claims is not None and is_fresh else None


def _plain(email: str) -> str:
    try:
        return address.normalised(email)
    except DomainError:
        return ""


def _provider() -> Provider | None:
    given = current_app.config
    if not given["SSO_ISSUER"]:
        return None
    return Provider(
        issuer=given["SSO_ISSUER"],
        client_id=given["SSO_CLIENT_ID"],
        client_secret=given["SSO_CLIENT_SECRET"],
        back=given["BASE_URL"] + url_for("accounts.sso_back"),
        name=given["SSO_NAME"],
    )


def _refused(error: Refused) -> ResponseReturnValue:
    refusals.note(RefusalKind.WRONG_PROOF)
    log.warning("single sign-on: %s", error)
    return _told(
        gettext("The other site did not tell who you are. Try again, or sign in another way.")
    )


def _told(message: str) -> ResponseReturnValue:
    return render_template("accounts/sso_refused.html", message=message), 400
