"""Work promised in judging."""

import os
import time
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from contest.contests import queries as contests
from contest.core import clock
from contest.jobs.aside import aside
from contest.jobs.registry import every, failed, job
from contest.judging import proposal
from contest.judging.actions import closing, plan
from contest.judging.models import AssignmentPlan, PlanState
from contest.judging.queries import matrix, plans
from contest.judging.queries.plans import Design
from contest.web.db import db

LONG = 2.0  # seconds after which the page is told how far it is, and a cancellation is heard


class Unwanted(Exception):
    """The plan was put away while it was computed."""


@job("judging.plan", writes=False)
def compute(plan_id: str) -> dict[str, Any]:
    """Compute an assignment for the round."""
    session = db.session()
    made = matrix.plan(session, uuid.UUID(plan_id))
    round_ = contests.round_(session, made.round_id) if made else None
    if made is None or round_ is None or made.state is not PlanState.COMPUTING:
        return {"found": None, "digest": ""}
    design = plans.design(session, round_)
    names, track = matrix.tracks(session, design.entry_ids)
    digest = proposal.digest(design)
    wanted = made.report.get("reviews", {})
    more = (
        max(k, wanted.get(str(e), 0)) for e, k in zip(design.entry_ids, design.reviews, strict=True)
    )
    design = replace(design, reviews=tuple(more))
    if not design.entry_ids or not design.judge_ids:
        return {"found": proposal.EMPTY, "digest": digest}
    try:
        return {"found": _solve(made, design, names, track), "digest": digest}
    except Unwanted:
        return {"found": None, "digest": digest}


def _solve(
    made: AssignmentPlan, design: Design, names: list[uuid.UUID], track: list[int]
) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    from contest.judging import assignment  # noqa: PLC0415 -- slow import

    begun = time.monotonic()

    def tell(stage: assignment.Stage) -> None:
        if time.monotonic() - begun >= LONG:
            with aside():
                wanted = plan.advance(db.session(), made, stage)
            if not wanted:
                raise Unwanted

    even = assignment.evened(
        design.eligible, design.reviews, design.lower, design.upper, design.fixed
    )
    for lower, upper in (even, (design.lower, design.upper)):
        found = assignment.repair(
            design.affinity, design.eligible, design.reviews, lower, upper,
            before=design.before, fixed=design.fixed, seed=made.seed, track=track,
            fair=made.report["fair"], tick=tell,
        )  # fmt: skip
        if found.plan.complete and not found.plan.underused:
            break  # evenly, where that leaves no gap
    return proposal.report(design, found, assignment.precision(found.plan.chosen), names)


@job("judging.plan")
def keep(plan_id: str, found: dict[str, Any] | None, digest: str) -> None:
    """Keep what was computed for the chair to look at."""
    session = db.session()
    made = matrix.plan(session, uuid.UUID(plan_id))
    if made is not None and found is not None:
        plan.keep(session, made, found, digest, at=clock.now())


@failed("judging.plan")
def give_up(*, error: str, final: bool, plan_id: str) -> None:  # noqa: ARG001 -- the log has it
    """Tell the chair that there will be no plan."""
    made = matrix.plan(db.session(), uuid.UUID(plan_id))
    if made is not None and final:
        plan.give_up(db.session(), made)


@every("judging.remind", minutes=15)
def remind(at: datetime) -> None:
    """Remind judges who still owe something of the end of judging."""
    closing.remind(db.session(), at=at)
