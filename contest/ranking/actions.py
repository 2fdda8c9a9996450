"""Promises, computes and stores rankings. The same scores give the same stored numbers."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core import orm
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.judging.actions import plan
from contest.judging.models import AssignmentPlan, PlanState
from contest.ranking import queries
from contest.ranking.models import Ranking, RankingRun, RunState, Standing


def ask(session: Session, round_: Round, *, by: User | None, at: datetime) -> RankingRun:
    """Promise a ranking of the round's scores as they stand when the work is done.

    What is being computed meanwhile is stopped.
    """
    stop(session, round_)
    run = RankingRun(round_id=round_.id, asked_at=at, asked_by=by.id if by else None)
    session.add(run)
    session.flush()
    ids = {"round_id": str(round_.id), "run_id": str(run.id)}
    enqueue(session, "ranking.compute", at=at, **ids, **({"by_id": str(by.id)} if by else {}))
    return run


def keep_at_once(
    session: Session, round_: Round, computed: Mapping[str, Any], *, by: User, at: datetime
) -> Ranking:
    """Store what was computed while somebody waited. What is being computed meanwhile is stopped."""
    stop(session, round_)
    run = RankingRun(round_id=round_.id, state=RunState.DONE, asked_at=at, asked_by=by.id)
    session.add(run)
    return keep(session, round_, computed, by=by.id, at=at)


def stop(session: Session, round_: Round) -> None:
    """Stop what is being computed for the round; the ranking that stands is kept."""
    for run in session.scalars(
        select(RankingRun).where(
            RankingRun.round_id == round_.id, RankingRun.state == RunState.COMPUTING
        )
    ):
        run.move("stop")
    session.flush()


def advance(session: Session, run_id: uuid.UUID, stage: str, done: int, total: int) -> bool:
    """Note how far the computation is; False when it is not wanted any more."""
    run = _computing(session, run_id)
    if run is None:
        return False
    run.stage, run.done, run.total = stage, done, total
    session.flush()
    return True


def is_wanted(session: Session, run_id: str | None) -> bool:
    """Say whether the run was not stopped. The close of a round asks without a run."""
    run = session.get(RankingRun, uuid.UUID(run_id)) if run_id else None
    return run_id is None or (run is not None and run.state is RunState.COMPUTING)


def finish(session: Session, run_id: str | None) -> None:
    """Note that a run came to its end."""
    _end(session, run_id, "finish")


def give_up(session: Session, run_id: str | None) -> None:
    """Note that a computation failed for good."""
    _end(session, run_id, "fail")


def _end(session: Session, run_id: str | None, verb: str) -> None:
    run = _computing(session, uuid.UUID(run_id)) if run_id else None
    if run is not None:
        run.move(verb)


def _computing(session: Session, run_id: uuid.UUID) -> RankingRun | None:
    run = session.get(RankingRun, run_id)
    if run is not None:
        orm.lock(session, run)
    return run if run is not None and run.state is RunState.COMPUTING else None


def keep(
    session: Session,
    round_: Round,
    computed: Mapping[str, Any],
    *,
    by: uuid.UUID | None,
    at: datetime,
) -> Ranking:
    """Store a ranking; the same input by the same method and code is already there and is returned."""
    newest = queries.newest(session, round_.id)
    if newest is not None and (newest.input_sha256, newest.method, newest.code_version) == (
        computed["input_sha256"],
        computed["method"],
        computed["code_version"],
    ):
        newest.computed_at = at
        return newest
    rows = [{**s, "entry_id": uuid.UUID(s["entry_id"])} for s in computed["standings"]]
    ranking = Ranking(
        **{name: value for name, value in computed.items() if name != "standings"},
        round_id=round_.id,
        computed_at=at,
        standings=[Standing(**row) for row in rows],
    )
    session.add(ranking)
    record(session, Verb.RANKING_COMPUTED, ranking, by=by, at=at, contest_id=round_.contest_id,
           method=ranking.method, input=ranking.input_sha256, entries=len(rows))  # fmt: skip
    return ranking


def propose_reviews(
    session: Session, ranking: Ranking, round_: Round, *, by: User, at: datetime
) -> AssignmentPlan:
    """Promise a plan with the reviews that help most; it is looked at before anybody gets work.

    Raises DomainError where no further review would help.
    """
    needed = {w["entry"]: w["in_all"] for w in ranking.components.get("wanted", [])}
    if not needed:
        raise DomainError(N_("No further review would change who is among the first."))
    return plan.ask(session, round_, reviews=needed, by=by, at=at)


def foretell(session: Session, plan: AssignmentPlan, power: Mapping[str, Any]) -> None:
    """Note beside a proposed plan how well it will find the best entries."""
    orm.lock(session, plan)
    if plan.state is PlanState.PROPOSED:
        plan.report = {**plan.report, "power": dict(power)}
