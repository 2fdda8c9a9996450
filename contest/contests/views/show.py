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
from contest.web.finished import good_until, shared

FOR_VISITORS = ("opens_at", "closes_at")  # the judges' dates are the organisers' business


@bp.get("/contests/<slug:slug>")
@public("contests.show")
@shared()
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
    happenings = pages.happenings(contest, rounds, queries.timeline(session, contest.id), at)
    good_until(
        contest.gallery_opens_at,
        promises.next_text_at(session, "contest", contest.id, at),
        *(one.over_at for one in happenings),
        *(
            instant
            for round_ in rounds
            for instant in (round_.opens_at, round_.closes_at, round_.grace_ends_at())
        ),
    )
    return render_template(
        "contests/show.html",
        contest=contest,
        rounds=rounds,
        how_judged=pages.how_judged,
        deadlines=pages.deadlines(rounds, at, FOR_VISITORS),
        is_open=any(round_.can_take_entries(at) for round_ in rounds),
        is_appointed=bool(who.roles),
        sponsors=[p for p in partnerships if p.role is PartnerRole.SPONSOR],
        partners=[p for p in partnerships if p.role is not PartnerRole.SPONSOR],
        challenges=queries.challenges(session, contest.id),
        tracks=queries.tracks(session, contest.id),
        prizes=queries.prizes(session, contest.id),
        duties=queries.duties(session, contest.id),
        happenings=happenings,
        faqs=queries.faqs(session, contest.id),
        people=[a for a in people if a.public],
        texts=promises.current_texts(session, "contest", contest.id, (Kind.RULES, Kind.IP), at),
        editions=others,
        may_oversee=policy.may_oversee(who),
        visitor=visitor(),
        at=at,
    )
