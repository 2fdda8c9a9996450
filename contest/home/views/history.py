"""What happened: in a contest, on the site outside of them, and to one thing of either."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import queries as accounts
from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.models import Contest
from contest.contests.signedin import actor
from contest.core.decisions import Decision
from contest.entries import policy as entries_policy
from contest.entries import queries as entries
from contest.events import checkpoints, log
from contest.followup import policy as followup_policy
from contest.followup.policy import Viewer
from contest.followup.queries import cases
from contest.home import facts, policy
from contest.home.queries import history as queries
from contest.home.views.blueprint import bp
from contest.organisations import queries as organisations
from contest.results import policy as results_policy
from contest.results.queries import sets
from contest.teams import policy as teams_policy
from contest.teams import queries as teams
from contest.teams.models import Team
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.requests import number
from contest.web.text import plain

PAGE = 50
People = frozenset[uuid.UUID] | None  # whose names the reader may see; None: everybody's


@dataclass(frozen=True, slots=True)
class Thing:
    """What has a history of its own, and how far its reader may look."""

    contest: Contest
    name: str
    url: str
    may_read: Decision
    people: People = None


@bp.get("/contests/<slug:slug>/history")
@signed_in
@action("home.history")
def history(slug: str) -> ResponseReturnValue:
    """Show what happened in a contest, to those who run it."""
    contest = found(contests.by_slug(db.session(), slug))
    reveal(policy.may_read_history(actor(contest)))
    return _page(contest, url=url_for(".history", slug=slug))


@bp.get("/history/<any(entries, teams, cases, rounds, result_sets):kind>/<uuid:thing_id>")
@signed_in
@action("home.thing_history")
def thing(kind: str, thing_id: uuid.UUID) -> ResponseReturnValue:
    """Show what happened to one thing, to whoever may see the thing itself."""
    about = THINGS[kind](thing_id)
    reveal(about.may_read)
    return _page(about.contest, url=url_for(".thing", kind=kind, thing_id=thing_id),
                 about=about, thing_id=thing_id)  # fmt: skip


@bp.get("/history")
@signed_in
@action("home.site_history")
def site() -> ResponseReturnValue:
    """Show administrators what happened outside all contests."""
    authorize(policy.may_read_site_history(current()))
    return _site_page(url=url_for(".site"))


@bp.get("/people/<uuid:user_id>/history")
@signed_in
@action("home.site_history")
def person(user_id: uuid.UUID) -> ResponseReturnValue:
    """Show administrators what happened to somebody's account."""
    authorize(policy.may_read_site_history(current()))
    user = found(accounts.by_id(db.session(), user_id))
    place = url_for("accounts.person", user_id=user.id)
    return _site_page(user.id, user.name, place, url=url_for(".person", user_id=user.id))


@bp.get("/organisations/<slug:slug>/history")
@signed_in
@action("home.site_history")
def organisation(slug: str) -> ResponseReturnValue:
    """Show administrators what happened to an organisation and its positions."""
    authorize(policy.may_read_site_history(current()))
    of = found(organisations.by_slug(db.session(), slug))
    place = url_for("organisations.show", slug=slug)
    return _site_page(of.id, plain(of.name), place, url=url_for(".organisation", slug=slug))


@bp.get("/contests/<slug:slug>/history/checkpoints")
@signed_in
@action("home.checkpoints_download")
def checkpoints_download(slug: str) -> ResponseReturnValue:
    """Send what was signed of a contest's record, to be kept elsewhere."""
    contest = found(contests.by_slug(db.session(), slug))
    reveal(policy.may_read_history(actor(contest)))
    signed = checkpoints.of_chain(db.session(), str(contest.id))
    text = "".join(f"{checkpoints.Line.of(row).text()}\n" for row in signed)
    response = Response(text, mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="checkpoints-{slug}.jsonl"'
    return response


def _page(
    contest: Contest, *, url: str, about: Thing | None = None, thing_id: uuid.UUID | None = None
) -> str:
    """Show a page of lines. What else speaks of a thing is read by those who run the contest."""
    chain = str(contest.id)
    return render_template(
        "home/history.html",
        contest=contest,
        about=about,
        own_pages=THINGS.keys(),
        unnamed=gettext("The organisers"),
        signed=checkpoints.latest(db.session(), chain) if about is None else None,
        **_told(
            chain, url, thing_id, people=about.people if about else None,
            with_mentions=bool(policy.may_read_history(actor(contest))),
        ),
    )  # fmt: skip


def _site_page(
    thing_id: uuid.UUID | None = None, name: str = "", place: str = "", *, url: str
) -> str:
    """Show a page of what happened on the site, or of what speaks of one thing of it."""
    return render_template(
        "home/site_history.html",
        about={"name": name, "url": place} if thing_id else None,
        own_pages={"users"},
        unnamed=gettext("Somebody without a name"),
        **_told(log.SITE, url, thing_id, people=None, with_mentions=True),
    )


def _told(
    chain: str, url: str, thing_id: uuid.UUID | None, *, people: People, with_mentions: bool
) -> dict[str, object]:
    """Return what a page of lines shows, in its reader's words."""
    session, zone = db.session(), current().zone
    before = number("before")
    lines = queries.lines(
        session, chain, subject_id=thing_id, before=before, limit=PAGE + 1,
        with_mentions=with_mentions,
    )  # fmt: skip
    names = queries.names(session, lines, people=people)
    return {
        "thing_id": thing_id,
        "lines": [(line, facts.told(line, names, zone)) for line in lines[:PAGE]],
        "called": {each: facts.called(name) for each, name in names.items()},
        "kinds": facts.KINDS,
        "zone": zone,
        "newer": url if before else None,
        "older": f"{url}?before={lines[PAGE - 1].sequence}" if len(lines) > PAGE else None,
    }


def _entry(entry_id: uuid.UUID) -> Thing:
    entry = found(entries.entry(db.session(), entry_id))
    may_read = entries_policy.may_view(actor(entry.contest), entry)
    url = url_for("entries.show", entry_id=entry.id)
    return Thing(entry.contest, entry.title, url, may_read, _people(entry.contest, entry.team))


def _team(team_id: uuid.UUID) -> Thing:
    team = found(teams.team(db.session(), team_id))
    may_read = teams_policy.may_view(actor(team.contest), team)
    url = url_for("teams.show", team_id=team.id)
    return Thing(team.contest, team.name, url, may_read, _people(team.contest, team))


def _case(case_id: uuid.UUID) -> Thing:
    case = found(cases.case(db.session(), case_id))
    who = actor(case.contest)
    viewer = Viewer(who, is_member=case.entry.team.has_member(who.user))
    url = url_for("followup.show", case_id=case.id)
    return Thing(case.contest, case.title, url, followup_policy.may_view(viewer, case))


def _round(round_id: uuid.UUID) -> Thing:
    round_ = found(contests.round_(db.session(), round_id))
    url = url_for("contests.rounds", slug=round_.contest.slug)
    may_read = policy.may_read_history(actor(round_.contest))
    return Thing(round_.contest, plain(round_.title), url, may_read)


def _result_set(result_set_id: uuid.UUID) -> Thing:
    result_set = found(sets.by_id(db.session(), result_set_id))
    url = url_for("results.certify", slug=result_set.contest.slug)
    may_read = results_policy.may_prepare(actor(result_set.contest))
    return Thing(result_set.contest, facts.called(result_set.number), url, may_read)


THINGS: dict[str, Callable[[uuid.UUID], Thing]] = {
    "cases": _case,
    "entries": _entry,
    "result_sets": _result_set,
    "rounds": _round,
    "teams": _team,
}


def _people(contest: Contest, team: Team) -> People:
    """Return whom the reader may see by name: the staff everybody, a team its own people."""
    return None if actor(contest).is_staff() else frozenset(m.user_id for m in team.members)
