"""The pages on which people read what they promise, and sign it."""

import hashlib
import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, safe_next, signed_in
from contest.core.errors import DomainError
from contest.core.words import Words
from contest.undertakings import actions, policy, queries
from contest.undertakings.forms import SignForm
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.text import languages

bp = Blueprint("undertakings", __name__, url_prefix="/undertakings")


@bp.get("")
@action("undertakings.index")
@signed_in
def index() -> ResponseReturnValue:
    """Show what the reader has signed."""
    user = current()
    authorize(policy.may_sign(user))
    return render_template(
        "undertakings/index.html",
        signatures=queries.signatures_of(db.session(), user),
        zone=user.zone,
        at=requests.now(),
    )


@bp.route("/<uuid:text_id>/sign", methods=["GET", "POST"])
@action("undertakings.sign")
@signed_in
def sign(text_id: uuid.UUID) -> ResponseReturnValue:
    """Show one numbered text in a language of the reader's, and take the promise."""
    session, user, at = db.session(), current(), requests.now()
    text = found(queries.text(session, text_id))
    authorize(policy.may_sign(user))
    asked = request.args.get("text", "")
    lang = asked if asked in text.body else text.body.pick(languages())[1]
    next_url = safe_next(request.args.get("next"), url_for(".index"))

    form = SignForm()
    if form.validate_on_submit():
        try:
            actions.sign(session, text, lang=lang, by=user, at=at)
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Signed. Thank you."), "success")
            return redirect(next_url, 303)
    current_text = text.undertaking.current(at)
    return render_form(
        "undertakings/sign.html",
        form,
        text=text,
        lang=lang,
        body=Words({lang: text.body[lang]}),
        sha256=hashlib.sha256(text.body[lang].encode()).hexdigest(),
        signature=queries.signature(session, user, text),
        can=text.can_sign(lang, at),
        newer=current_text if current_text is not text else None,
        next_url=next_url,
        zone=user.zone,
    )
