"""The board of all cases of a contest."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.signedin import actor
from contest.followup import policy
from contest.followup.models import Stage
from contest.followup.queries import board as queries
from contest.followup.views.blueprint import bp
from contest.web.access import action, found, reveal
from contest.web.db import db
from contest.web.requests import now


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board."""

    stage: Stage
    cards: tuple[queries.Card, ...]


@bp.get("/contests/<slug:slug>/follow-up")
@signed_in
@action("followup.index")
def board(slug: str) -> ResponseReturnValue:
    """Show every case by stage, with what is late and who is silent."""
    contest = found(contests.by_slug(db.session(), slug))
    who = actor(contest)
    reveal(policy.may_view_board(who))
    mine = request.args.get("show") == "mine" or not policy.sees_all(who)
    wanted = queries.Filter(
        owner_id=current().id if mine else None,
        troubled=request.args.get("show") == "troubled",
        stage=_stage(request.args.get("stage", "")),
    )
    cards = queries.board(db.session(), contest, at=now(), owner_id=wanted.owner_id)
    shown = [card for card in cards if wanted.takes(card)]
    return render_template(
        "followup/board.html", contest=contest, cards=cards, shown=shown, wanted=wanted,
        sees_all=policy.sees_all(who), mine=mine,
        columns=[Column(s, tuple(c for c in shown if c.stage is s)) for s in Stage],
        open_cases=[c for c in cards if c.stage is not Stage.CLOSED],
        due=queries.due(db.session(), at=now(), case_ids=[card.id for card in shown]),
        faces={card.id: card for card in shown},
        troubled=[c for c in cards if queries.is_troubled(c)], stages=list(Stage),
    )  # fmt: skip


def _stage(value: str) -> Stage | None:
    return Stage(value) if value in set(Stage) else None
