"""Public pages: results, their history, the gallery."""

import uuid
from collections.abc import Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from contest.contests import policy as contest_policy
from contest.contests import queries as contests
from contest.contests.actor import Actor
from contest.contests.models import Contest
from contest.contests.signedin import actor
from contest.core.errors import NotFound
from contest.results import snapshot
from contest.results.queries import shown as queries
from contest.results.views.blueprint import bp
from contest.web.access import NO_SUCH_PAGE, found, public, reveal
from contest.web.db import db
from contest.web.finished import shared
from contest.web.requests import now, number

LONGEST_SEARCH = 100


@bp.get("/contests/<slug:slug>/results/public")
@public("results.show")
@shared()
def show(slug: str) -> ResponseReturnValue:
    """Show who won what, and who took part and agreed to be shown."""
    contest, who = _contest(slug)
    published = found(queries.results_for(db.session(), contest.id, who))
    everybody = queries.gallery(db.session(), contest.id, queries.Filter(), is_out=True)
    winners = {w.entry_id for w in published.winners}
    others = [e for e in everybody if e.entry_id not in winners]
    return render_template(
        "results/show.html", contest=contest, published=published,
        sponsors=queries.sponsors(db.session(), contest.id),
        finalists=[e for e in others if e.is_finalist],
        participants=[e for e in others if not e.is_finalist],
        in_gallery={e.entry_id for e in everybody},
    )  # fmt: skip


@bp.get("/contests/<slug:slug>/results/log")
@public("results.history")
@shared()
def log(slug: str) -> ResponseReturnValue:
    """Show every result that was ever certified: number, instants, hash; the salt once it is out."""
    contest, _who = _contest(slug)
    steps = queries.history(db.session(), contest.id)
    return render_template("results/log.html", contest=contest, steps=steps)


@bp.get("/contests/<slug:slug>/results/<int:number>/proof.json")
@public("results.download")
def proof(slug: str, number: int) -> ResponseReturnValue:
    """Hand out what proves a published result."""
    contest, _who = _contest(slug)
    told = found(queries.once_published(db.session(), contest.id, number))
    text = snapshot.revealed(told.number, told.sha256, told.salt, told.body)
    name = f"{contest.slug}-results-{told.number}.json"
    return Response(
        text, mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@bp.get("/contests/<slug:slug>/gallery")
@public("results.index")
@shared(query=("q", "track", "prize", "skip"))
def gallery(slug: str) -> ResponseReturnValue:
    """Show the entries whose teams agreed, as far as their answers are public."""
    contest, who = _contest(slug)
    published = queries.results_for(db.session(), contest.id, who)
    _gallery_open(contest, is_out=published is not None)
    winners = published.winners if published else ()
    asked = _asked()
    wanted = queries.Filter(
        request.args.get("track", type=uuid.UUID), asked["q"], _winners_of(winners, asked["prize"])
    )
    skip = number("skip") or 0
    entries = queries.gallery(
        db.session(), contest.id, wanted, is_out=published is not None, skip=skip
    )
    return render_template(
        "results/gallery.html", contest=contest, is_out=published is not None, asked=asked,
        awards={w.entry_id: w for w in winners}, prizes={w.prize_id: w.prize for w in winners},
        entries=_in_order(entries[: queries.PAGE], winners), wanted=wanted,
        tracks=queries.gallery_tracks(db.session(), contest.id),
        all_entries=queries.count_consenting(db.session(), contest.id),
        before=max(skip - queries.PAGE, 0) if skip else None,
        behind=skip + queries.PAGE if len(entries) > queries.PAGE else None,
    )  # fmt: skip


def _asked() -> dict[str, str]:
    """Return what the address asks for, as its links hand it on."""
    found = {name: request.args.get(name, "").strip() for name in ("q", "track", "prize")}
    return found | {"q": found["q"][:LONGEST_SEARCH]}


def _in_order(
    entries: Sequence[queries.Shown], winners: Sequence[queries.Winner]
) -> list[queries.Shown]:
    """Return winners in the order of the results, then the others as they are."""
    place = {winner.entry_id: place for place, winner in enumerate(winners)}
    return sorted(entries, key=lambda entry: place.get(entry.entry_id, len(place)))


def _winners_of(winners: Sequence[queries.Winner], prize: str) -> frozenset[uuid.UUID] | None:
    """Return the entries that won this prize, or any; None when none is asked for."""
    if not prize or not winners:
        return None
    return frozenset(w.entry_id for w in winners if prize in {"any", str(w.prize_id)})


@bp.get("/contests/<slug:slug>/gallery/<uuid:entry_id>")
@public("results.view")
@shared()
def gallery_entry(slug: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show one entry's public answers."""
    contest, who = _contest(slug)
    published = queries.results_for(db.session(), contest.id, who)
    _gallery_open(contest, is_out=published is not None)
    entry = found(
        queries.gallery_entry(db.session(), contest.id, entry_id, is_out=published is not None)
    )
    award = (
        next((w for w in published.winners if w.entry_id == entry_id), None) if published else None
    )
    return render_template("results/gallery_entry.html", contest=contest, entry=entry, award=award)


def _contest(slug: str) -> tuple[Contest, Actor]:
    contest = found(contests.by_slug(db.session(), slug))
    who = actor(contest)
    reveal(contest_policy.may_view(who, contest))
    return contest, who


def _gallery_open(contest: Contest, *, is_out: bool) -> None:
    opens = contest.gallery_opens_at
    if not is_out and not (opens is not None and opens <= now()):
        raise NotFound(NO_SUCH_PAGE)
