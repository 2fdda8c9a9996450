"""The start page and the language of the interface."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.local import LocalProxy

from contest.accounts.models import User
from contest.accounts.signin import safe_next, visitor
from contest.contests.models import Answer, Contest, Role
from contest.contests.pages import work_url
from contest.contests.signedin import actor
from contest.core.text import N_
from contest.core.words import LANGUAGES
from contest.home import pages, policy, queries
from contest.home.queries import needs
from contest.home.views.blueprint import bp
from contest.web import navigation
from contest.web.access import public
from contest.web.db import db
from contest.web.finished import shared
from contest.web.requests import now
from contest.web.text import plain

T = TypeVar("T")


@bp.get("/")
@public("home.index")
@shared()
def index() -> ResponseReturnValue:
    """Show visitors what is on, and those who are signed in what awaits them."""
    user, session = visitor(), db.session()
    if user is None:
        if session.scalar(select(User.id).limit(1)) is None:
            return redirect(url_for("accounts.setup"), 303)
        return render_template("home/public.html", contests=queries.public_contests(session))
    roles, held = queries.my_roles(session, user), defaultdict(set)
    for card in roles:
        if card.answer is Answer.ACCEPTED:
            held[card.contest_id].add(card.role)
    return render_template(
        "home/index.html",
        user=user,
        at=now(),
        needs=needs.waiting(session, user, policy.concerned(held), now()),
        roles=roles,
        teams=queries.my_teams(session, user, now()),
        cases=queries.my_cases(session, user),
        contests=queries.public_contests(session),
    )


@bp.route("/language", methods=["GET", "POST"])
@public("home.language")
def language() -> ResponseReturnValue:
    """Remember in the browser which language was chosen, and go back to the page.

    A link may ask for it: nothing of ours changes, and visitors get no session for it.
    """
    chosen = request.values.get("lang", "")
    response = redirect(safe_next(request.values.get("next")), 303)
    if chosen in LANGUAGES:
        response.set_cookie(
            "lang",
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response


# Where a signed-in person can go from outside a contest's workspace.
GENERAL = (
    (N_("Start"), "house", "home.index"),  # icon
    (N_("Your queue"), "gavel", "judging.queue"),  # icon
    (N_("Your promises"), "signature", "undertakings.index"),  # icon
    (N_("Directory"), "building-2", "organisations.index"),  # icon
    (N_("Accounts"), "shield-check", "accounts.people"),  # icon
    (N_("History"), "history", "home.site"),  # icon
)
FOR_ADMINISTRATORS = {"accounts.people", "home.site"}
ALONE = {  # places that are not their whole blueprint's
    "home.index": {"home.index"},
    "accounts.people": {"accounts.people", "accounts.person"},
    "home.site": {"home.site", "home.person", "home.organisation"},
}


def needs_now(contest: Contest) -> tuple[needs.Need, ...]:
    """Return what waits for the reader in a contest, for the card on its overviews."""
    who = actor(contest)
    if who.user is None:
        return ()
    roles = who.roles | {Role.ORGANISER} if who.runs() else who.roles
    concerned = policy.concerned({contest.id: roles})
    return needs.waiting(db.session(), who.user, concerned, now(), within=contest.id)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        needs_now=needs_now,
        need_url=pages.need_url,
        need_sentence=pages.need_sentence,
        MATTER_ICONS=pages.MATTER_ICONS,
    )

    @app.context_processor
    def _ways() -> dict[str, object]:
        """Tell the layouts where a signed-in person can go from here."""
        user = visitor()
        if user is None:
            return {}
        known: dict[str, object] = {"workspace_url": url_for("home.index")}
        here = navigation.here()
        if here is None:
            return {**known, "places": _asked_for(lambda: [_general(user)])}
        others = _asked_for(lambda: _others(user, str(here["slug"])))
        return {**known, "here": {**here, "others": others}}


def _asked_for(read: Callable[[], T]) -> LocalProxy[T]:
    """Read only where a page shows it: not for parts of pages, nor for those without a sidebar."""
    return LocalProxy(cache(read))


def _stands_under(endpoint: str) -> bool:
    """Say whether the page is this place's, or one that only this place leads to."""
    here = request.endpoint or ""
    if endpoint in ALONE:
        return here in ALONE[endpoint]
    return here.partition(".")[0] == endpoint.partition(".")[0]


def _others(user: User, slug: str) -> list[dict[str, str]]:
    """Return the other contests that somebody works or competes in, for the head of the sidebar."""
    return [
        {
            "title": plain(mine.title),
            "detail": mine.edition,
            "url": work_url(mine.role, mine.slug)
            if mine.role
            else url_for("teams.mine", slug=mine.slug),
        }
        for mine in queries.my_contests(db.session(), user)
        if mine.slug != slug
    ]


def _general(user: User) -> navigation.Section:
    judges = queries.judges_somewhere(db.session(), user)
    items = (
        navigation.Item(gettext(label), icon, url, current=_stands_under(endpoint))
        for label, icon, endpoint in GENERAL
        if (judges or endpoint != "judging.queue")
        and (user.is_admin or endpoint not in FOR_ADMINISTRATORS)
        and (url := navigation.address(endpoint)) is not None
    )
    return navigation.Section("", tuple(items))
