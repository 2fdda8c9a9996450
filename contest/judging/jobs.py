"""Work promised in judging."""

import uuid
from datetime import datetime

from contest.accounts.models import User
from contest.contests import queries as contests
from contest.core import clock
from contest.jobs.registry import every, job
from contest.judging.actions import closing, plan
from contest.judging.actions.plan import Solution
from contest.judging.queries import panel
from contest.web.db import db


@job("judging.plan")
def compute(round_id: str, by_id: str) -> None:
    """Compute an assignment for the round and keep it for the chair to look at."""
    from contest.judging import assignment  # noqa: PLC0415 -- slow import

    session = db.session()
    round_ = contests.round_(session, uuid.UUID(round_id))
    if round_ is None:
        return
    design = panel.design(session, round_)
    seed = int(uuid.UUID(round_id)) % 2**31
    if not design.entry_ids or not design.judge_ids:
        solution = Solution((), (), (), 0.0, 0.0, (), 0, 0.0)
    else:
        found = assignment.repair(
            design.affinity, design.eligible, design.reviews, design.lower, design.upper,
            before=design.before, fixed=design.fixed, seed=seed,
        )  # fmt: skip

        def ids(pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[uuid.UUID, uuid.UUID], ...]:
            return tuple((design.entry_ids[i], design.judge_ids[j]) for i, j in pairs)

        solution = Solution(
            pairs=ids(found.plan.pairs),
            added=ids(found.added),
            removed=ids(found.removed),
            objective=found.plan.objective,
            bound=found.plan.bound,
            unfilled=tuple(
                {
                    "entry": str(design.entry_ids[m.entry]),
                    "missing": m.missing,
                    "eligible": m.eligible,
                    "full": m.full,
                }
                for m in found.plan.unfilled
            ),
            components=len(found.plan.components),
            connection_cost=found.plan.connection.cost,
        )
    by = session.get_one(User, uuid.UUID(by_id))
    plan.keep(session, round_, design, solution, seed=seed, by=by, at=clock.now())


@every("judging.remind", minutes=15)
def remind(at: datetime) -> None:
    """Remind judges who still owe something of the end of judging."""
    closing.remind(db.session(), at=at)
