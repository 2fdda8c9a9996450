"""The public page of a contest."""

from flask import render_template
from flask.typing import ResponseReturnValue

from contest.accounts.signin import visitor
from contest.contests import pages, policy, queries
from contest.contests.models import PartnerRole
from contest.contests.signedin import actor
from contest.contests.views.blueprint import bp
from contest.undertakings import queries as promises
from contest.undertakings.models import Kind
from contest.web import requests
from contest.web.access import found, public, reveal
from contest.web.db import db

FOR_VISITORS = ("opens_at", "closes_at")  # the judges' dates are the organisers' business


@bp.get("/contests/<slug:slug>")
@public("contests.show")
def show(slug: str) -> ResponseReturnValue:
    """Show the call: what is looked for, what is won, by when, by whom, under which rules."""
    session, at = db.session(), requests.now()
    contest = found(queries.by_slug(session, slug))
    who = actor(contest)
    reveal(policy.may_view(who, contest))

    rounds = queries.rounds(session, contest.id)
    partnerships = queries.partnerships(session, contest.id)
    people = queries.active(queries.appointments(session, contest.id))
    others = [e for e in queries.editions(session, contest.series_id) if e.id != contest.id]
    return render_template(
        "contests/show.html",
        contest=contest,
        rounds=rounds,
        deadlines=pages.deadlines(rounds, at, FOR_VISITORS),
        is_open=any(round_.can_take_entries(at) for round_ in rounds),
        sponsors=[p for p in partnerships if p.role is PartnerRole.SPONSOR],
        partners=[p for p in partnerships if p.role is not PartnerRole.SPONSOR],
        challenges=queries.challenges(session, contest.id),
        tracks=queries.tracks(session, contest.id),
        prizes=queries.prizes(session, contest.id),
        duties=queries.duties(session, contest.id),
        happenings=pages.happenings(contest, rounds, queries.timeline(session, contest.id), at),
        faqs=queries.faqs(session, contest.id),
        people=[a for a in people if a.public],
        texts=promises.current_texts(session, "contest", contest.id, (Kind.RULES, Kind.IP), at),
        editions=others,
        may_oversee=policy.may_oversee(who),
        visitor=visitor(),
        at=at,
    )
