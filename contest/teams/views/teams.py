"""Founding a team, its page, what it says about itself, and the list for those who run the contest."""

import re
import uuid
from functools import partial

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import links
from contest.accounts.signin import current, signed_in
from contest.contests import policy as contests_policy
from contest.contests import queries as contests
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.teams import actions, policy, queries
from contest.teams.forms import TeamForm, answered, eligibility_form
from contest.teams.models import Kind, TeamInvitation
from contest.teams.views.blueprint import bp, seen
from contest.web import merging
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import render_form
from contest.web.requests import now


@bp.get("/contests/<slug:slug>/teams")
@action("teams.index")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """List the teams of a contest; the address says which."""
    session = db.session()
    contest = found(contests.by_slug(session, slug))
    who = actor(contest)
    reveal(contests_policy.may_view(who, contest))
    authorize(policy.may_list(who))
    wanted = _wanted()
    rows = queries.rows(session, contest.id, wanted)
    shown = rows[: queries.PAGE]
    return render_template(
        "teams/index.html",
        contest=contest,
        rows=shown,
        wanted=wanted,
        countries_here=queries.countries(session, contest.id),
        kinds=list(Kind),
        older=_behind(slug, wanted, shown[-1].key) if len(rows) > len(shown) else None,
    )


@bp.get("/contests/<slug:slug>/team")
@action("teams.view")
@signed_in
def mine(slug: str) -> ResponseReturnValue:
    """Lead to one's own team, or to founding it."""
    contest = found(contests.by_slug(db.session(), slug))
    reveal(contests_policy.may_view(actor(contest), contest))
    team = queries.own(db.session(), contest.id, current())
    place = url_for(".show", team_id=team.id) if team else url_for(".create", slug=slug)
    return redirect(place, 303)


@bp.route("/contests/<slug:slug>/teams/new", methods=["GET", "POST"])
@action("teams.create")
@signed_in
def create(slug: str) -> ResponseReturnValue:
    """Found a team, after signing what the contest asks for."""
    session, user, at = db.session(), current(), now()
    contest = found(contests.by_slug(session, slug))
    who = actor(contest)
    reveal(contests_policy.may_view(who, contest))
    own = queries.own(session, contest.id, user)
    if own is not None and request.method == "GET":
        return redirect(url_for(".show", team_id=own.id), 303)
    rounds = contests.rounds(session, contest.id)
    authorize(policy.may_found(who, contest, rounds, own, at))

    form = TeamForm(
        tracks=contests.tracks(session, contest.id),
        country=contest.country,
    )
    if form.validate_on_submit():
        try:
            team = actions.create(session, contest, form.founding(), rounds=rounds, by=user, at=at)
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("Your team is founded. Invite the others."), "success")
            return redirect(url_for(".show", team_id=team.id), 303)
    return render_form(
        "teams/create.html",
        form,
        contest=contest,
        unsigned=queries.unsigned(session, contest.id, user, at),
    )


@bp.get("/teams/<uuid:team_id>")
@action("teams.show")
@signed_in
def show(team_id: uuid.UUID) -> ResponseReturnValue:
    """Show the team: who is in it, who is asked, and what is still to do."""
    session, user, at = db.session(), current(), now()
    team, _ = seen(team_id)
    invitations = queries.invitations(session, team.id)
    link = next((i for i in invitations if i.email is None and i.can_use(at)), None)
    may_lead = policy.may_lead(user, team)
    questions = queries.questions(session, team)
    return render_template(
        "teams/show.html",
        team=team,
        contest=team.contest,
        is_mine=team.has_member(user),
        may_lead=may_lead,
        may_invite=policy.may_invite(user, team),
        may_leave=policy.may_leave(user, team, handed_in=queries.has_handed_in(session, team)),
        signers=queries.signers(session, team, at),
        unsigned=queries.unsigned(session, team.contest_id, user, at),
        invitations=[i for i in invitations if i.email is not None],
        link=link,
        link_url=_address(link) if link and may_lead else None,
        questions=questions,
        still_asked=[question for question in questions if question.is_open()],
        entry=queries.standings(session, [team.id]).get(team.id),
        deadline=queries.deadline(session, team, at),
        user=user,
        at=at,
    )  # fmt: skip


@bp.route("/teams/<uuid:team_id>/edit", methods=["GET", "POST"])
@action("teams.edit")
@signed_in
def edit(team_id: uuid.UUID) -> ResponseReturnValue:
    """Change what the team says about itself."""
    session, user = db.session(), current()
    team, _ = seen(team_id)
    authorize(policy.may_lead(user, team))
    make = partial(TeamForm, tracks=contests.tracks(session, team.contest_id), team=team)
    form = make()
    if merging.save_unversioned(
        form,
        lambda: make(formdata=None),
        lambda: actions.edit(session, team, form.founding(), by=user, at=now()),
    ):
        flash(gettext("Saved."), "success")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_form("teams/edit.html", form, team=team, contest=team.contest)


@bp.route("/teams/<uuid:team_id>/eligibility", methods=["GET", "POST"])
@action("teams.eligibility")
@signed_in
def eligibility(team_id: uuid.UUID) -> ResponseReturnValue:
    """Answer the questions that decide whether the team may take part."""
    session, user = db.session(), current()
    team, _ = seen(team_id)
    if request.method == "POST":
        authorize(policy.may_lead(user, team))
    questions = queries.questions(session, team)
    form = eligibility_form(questions)
    if merging.save_unversioned(
        form,
        lambda: eligibility_form(questions, formdata=None),
        lambda: actions.answer_eligibility(
            session, team, answered(form, questions), by=user, at=now()
        ),
    ):
        if not any(question.is_open() for question in queries.questions(session, team)):
            flash(gettext("Your team may take part."), "success")
            return redirect(url_for(".show", team_id=team.id), 303)
        flash(gettext("Saved. As answered, your team cannot take part yet."), "warning")
        return redirect(url_for(".eligibility", team_id=team.id), 303)
    return render_form(
        "teams/eligibility.html",
        form,
        team=team,
        contest=team.contest,
        questions=questions,
        still_asked=[question for question in questions if question.is_open()],
        may_lead=policy.may_lead(user, team),
        is_mine=team.has_member(user),
    )


def _wanted() -> queries.Filter:
    """Read the filter from the address; what it does not know counts as not asked for."""
    asked = request.args
    eligible = {"yes": True, "no": False}.get(asked.get("eligible", ""))
    kind = next((k for k in Kind if k.value == asked.get("kind")), None)
    country = asked.get("country", "")
    return queries.Filter(
        text=asked.get("q", "").replace("\0", "")[:120],
        kind=kind,
        country=country if re.fullmatch("[A-Z]{2}", country) else "",
        eligible=eligible,
        after=asked.get("after", "").replace("\0", "")[:480],
    )


def _behind(slug: str, wanted: queries.Filter, key: str) -> str:
    eligible = {None: None, True: "yes", False: "no"}[wanted.eligible]
    kind = wanted.kind and wanted.kind.value
    return url_for(".index", slug=slug, q=wanted.text or None, kind=kind,
                   country=wanted.country or None, eligible=eligible, after=key)  # fmt: skip


def _address(link: TeamInvitation) -> str:
    token = links.sign(
        links.TEAM_INVITATION,
        {"invitation": str(link.id)},
        expires_in=link.expires_at - now(),
    )
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for(".join", token=token)
