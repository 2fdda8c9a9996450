"""What was handed in, for its team and the staff; the staff's list; taking back; more time."""

import uuid
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts import queries as accounts
from contest.accounts.signin import current, safe_next, signed_in
from contest.contests import queries as contests
from contest.contests.actor import Actor
from contest.contests.signedin import actor
from contest.core.errors import DomainError
from contest.entries import actions, policy, queries
from contest.entries.forms import ExtensionForm, WithdrawForm
from contest.entries.models import Entry, State
from contest.entries.pages import require_promise
from contest.entries.views.blueprint import bp, contest_of, desk, just_opened
from contest.files import actions as files
from contest.teams.models import Team
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import done, render_form
from contest.web.requests import now, number


@bp.get("/entries/<uuid:entry_id>")
@action("entries.show")
@signed_in
def show(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show the newest version, the earlier ones, the receipts and what happened."""
    session = db.session()
    entry = found(queries.entry(session, entry_id))
    who = actor(entry.contest)
    reveal(policy.may_view(who, entry))
    is_member = entry.team.has_member(who.user)
    if not is_member:
        require_promise(who, entry.contest)
    at_desk = desk(entry.team_id) if is_member else None
    versions = queries.versions(session, entry.id)
    wanted = number("version")
    shown = next((v for v in versions if v.number == wanted), versions[0] if versions else None)
    return render_template(
        "entries/show.html",
        entry=entry,
        contest=entry.contest,
        team=entry.team,
        versions=versions,
        shown=shown,
        answers=queries.said_in(session, shown) if shown is not None else (),
        receipts=queries.receipts(session, entry.id),
        findings=queries.findings(session, entry.id),
        decks=queries.decks(session, shown, opened=just_opened()) if shown is not None else (),
        happened=_happened(entry, who),
        is_member=is_member,
        desk=at_desk,
        progress=at_desk.progress(versions) if at_desk is not None else None,
        may_withdraw=policy.may_withdraw(who, entry),
        may_screen=policy.may_screen(who, entry),
        may_read_ledger=policy.may_read_ledger(who, entry),
    )


def _happened(entry: Entry, who: Actor) -> list[dict[str, object]]:
    """Return the entry's history; to its team, everybody else is “the organisers”."""
    events = queries.history(db.session(), entry)
    names = (
        accounts.names(db.session(), {e.actor_id for e in events if e.actor_id})
        if who.is_staff()
        else {m.user_id: m.user.name for m in entry.team.members}
    )
    return [
        {
            "who": names.get(event.actor_id) or gettext("The organisers")
            if event.actor_id is not None
            else gettext("The system"),
            "verb": event.verb,
            "at": event.at,
            "number": event.facts.get("number"),
        }
        for event in events
    ]


@bp.get("/contests/<slug:slug>/entries")
@action("entries.index")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """List the contest's entries by state, track and lateness."""
    contest, who = contest_of(slug)
    authorize(policy.may_list(who))
    require_promise(who, contest)
    session, chosen = db.session(), _filters(request.args)
    return render_template(
        "entries/index.html",
        contest=contest,
        rows=queries.rows(session, contest.id, **chosen),  # type: ignore[arg-type]
        counts=queries.counts(session, contest.id),
        tracks=contests.tracks(session, contest.id),
        rounds=contests.rounds(session, contest.id),
        chosen=chosen,
        may_extend=policy.may_extend(who),
        may_screen=policy.may_screen_any(who),
    )


def _filters(args: Mapping[str, str]) -> dict[str, object]:
    state, track = args.get("state", ""), args.get("track", "")
    try:
        track_id = uuid.UUID(track) if track else None
    except ValueError:
        track_id = None
    return {
        "state": State(state) if state in set(State) else None,
        "track_id": track_id,
        "late": bool(args.get("late")),
    }


@bp.route("/entries/<uuid:entry_id>/withdraw", methods=["GET", "POST"])
@action("entries.withdraw")
@signed_in
def withdraw(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take the entry back, with a reason."""
    entry = found(queries.entry(db.session(), entry_id))
    who = actor(entry.contest)
    reveal(policy.may_view(who, entry))
    authorize(policy.may_withdraw(who, entry))
    form = WithdrawForm()
    if done(
        form,
        lambda: actions.withdraw(
            db.session(), entry, form.reason.data or "", by=current(), at=now()
        ),
    ):
        flash(gettext("The entry is withdrawn."), "success")
        return redirect(url_for(".show", entry_id=entry.id), 303)
    return render_form(
        "entries/withdraw.html",
        form,
        entry=entry,
        contest=entry.contest,
        until=queries.comes_back_until(db.session(), entry, now()),
    )


@bp.post("/entries/<uuid:entry_id>/files/<uuid:file_id>/draw")
@action("entries.draw")
@signed_in
def draw(entry_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """Try once more to make pictures of a deck's pages, after that was given up."""
    session = db.session()
    entry = found(queries.entry(session, entry_id))
    reveal(policy.may_view(actor(entry.contest), entry))
    files.draw_again(session, found(queries.file_of(session, entry.id, file_id)), at=now())
    flash(gettext("The pictures are made once more. That takes a moment."))
    here = url_for(".show", entry_id=entry.id)
    return redirect(safe_next(request.form.get("next"), here), 303)


@bp.route("/rounds/<uuid:round_id>/extensions", methods=["GET", "POST"])
@action("entries.extend")
@signed_in
def extend(round_id: uuid.UUID) -> ResponseReturnValue:
    """Give one team more time, with a reason, and show who has it."""
    session, at = db.session(), now()
    round_ = found(contests.round_(session, round_id))
    who = actor(round_.contest)
    authorize(policy.may_extend(who))
    teams = queries.teams_of(session, round_.contest_id)
    form = ExtensionForm(
        round_.contest.zone,
        [(str(t.id), t.name) for t in teams],
        data={"team_id": request.args.get("team")},
    )
    if form.validate_on_submit():
        team: Team = found(queries.team(session, uuid.UUID(form.team_id.data)))
        try:
            actions.extend(
                session, round_, team, form.until.data, form.reason.data or "",
                by=current(), at=at,
            )  # fmt: skip
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("%(team)s has more time now and was told so.", team=team.name), "success")
            return redirect(url_for(".extend", round_id=round_.id), 303)
    return render_form(
        "entries/extend.html",
        form,
        round=round_,
        contest=round_.contest,
        extensions=queries.extensions(session, round_.id),
        at=at,
    )
