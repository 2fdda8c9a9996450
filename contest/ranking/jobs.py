"""Computes rankings outside of requests."""

import time
import uuid
from typing import Any

from contest.contests import queries as contests
from contest.core import clock
from contest.jobs.aside import aside
from contest.jobs.registry import failed, job
from contest.judging.queries import matrix
from contest.ranking import actions, computing
from contest.ranking.leaving import Tick
from contest.web.db import db

LONG = 2.0  # seconds after which the page is told how far it is, and a stop is heard


class Unwanted(Exception):
    """The ranking was stopped while it was computed."""


@job("ranking.compute", writes=False)
def compute(round_id: str, by_id: str | None = None, run_id: str | None = None) -> dict[str, Any]:  # noqa: ARG001 -- by_id is for `keep`
    """Compute the round's ranking from the scores of record."""
    round_ = contests.round_(db.session(), uuid.UUID(round_id))
    if round_ is None or not actions.is_wanted(db.session(), run_id):
        return {"computed": None}
    try:
        return {"computed": computing.ranking(db.session(), round_, _teller(run_id))}
    except Unwanted:
        return {"computed": None}


@job("ranking.compute")
def keep(
    round_id: str,
    computed: dict[str, Any] | None,
    by_id: str | None = None,
    run_id: str | None = None,
) -> None:
    """Keep what was computed."""
    session = db.session()
    round_ = contests.round_(session, uuid.UUID(round_id))
    if round_ is None or computed is None or not actions.is_wanted(session, run_id):
        return
    by = uuid.UUID(by_id) if by_id else None
    actions.keep(session, round_, computed, by=by, at=clock.now())
    actions.finish(session, run_id)


@failed("ranking.compute")
def give_up(*, error: str, final: bool, run_id: str | None = None, **_ids: str) -> None:  # noqa: ARG001 -- the log has it
    """Tell the chair that there will be no ranking."""
    if final:
        actions.give_up(db.session(), run_id)


def _teller(run_id: str | None) -> Tick:
    """Return what tells the page how far the run is, and raises Unwanted when it was stopped."""
    begun = time.monotonic()

    def tell(stage: str, done: int, total: int) -> None:
        if run_id is not None and time.monotonic() - begun >= LONG:
            with aside():
                wanted = actions.advance(db.session(), uuid.UUID(run_id), stage, done, total)
            if not wanted:
                raise Unwanted

    return tell


@job("judging.plan", writes=False)
def foresee(plan_id: str, found: dict[str, Any] | None, **_ids: Any) -> dict[str, Any]:
    """Say, before anybody judges, how well a planned assignment will find the best entries."""
    plan = matrix.plan(db.session(), uuid.UUID(plan_id))
    round_ = contests.round_(db.session(), plan.round_id) if plan else None
    if round_ is None or not found or not found["pairs"]:
        return {"power": None}
    from contest.ranking.model.power import power  # noqa: PLC0415 -- slow import

    entries, judges = (
        {name: i for i, name in enumerate(sorted({pair[k] for pair in found["pairs"]}))}
        for k in (0, 1)
    )
    told = power(
        [entries[entry] for entry, _ in found["pairs"]],
        [judges[judge] for _, judge in found["pairs"]],
        len(entries),
        len(judges),
        top_k=round_.advance_count or computing.TOP,
        seed=computing.SEED,
    )
    figures = {"hit": told.hit, "recall": told.recall, "best": told.best}
    return {"power": {"top_k": told.top_k, **figures}}


@job("judging.plan")
def foretell(plan_id: str, power: dict[str, Any] | None, **_ids: Any) -> None:
    """Write it beside the plan."""
    plan = matrix.plan(db.session(), uuid.UUID(plan_id))
    if plan is not None and power is not None:
        actions.foretell(db.session(), plan, power)
