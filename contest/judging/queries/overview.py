"""What this feature tells the organiser: rounds without a whole rubric, and how far judging is."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.contests import queries as contests
from contest.contests.models import Contest, Mode, Round
from contest.contests.queries.overview import Figure
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.judging.models import Assignment, AssignmentState, Criterion, Rubric

DONE = (AssignmentState.SCORED, AssignmentState.LOCKED)
GONE = (AssignmentState.PROPOSED, AssignmentState.REASSIGNED, AssignmentState.WAIVED)


def unready(session: Session, contest: Contest) -> Iterator[Blocker]:
    """Yield a blocker per round of scores whose criteria do not weigh 100 % together. Two statements."""
    weights = dict(
        session.execute(
            select(Rubric.round_id, func.sum(Criterion.weight))
            .join(Criterion, Criterion.rubric_id == Rubric.id)
            .group_by(Rubric.id)
            .order_by(Rubric.number)
        ).all()
    )
    for round_ in contests.rounds(session, contest.id):
        if round_.mode is not Mode.RUBRIC:
            continue
        weight = weights.get(round_.id, 0)
        if weight != 100:
            yield Blocker(
                N_("The criteria of “%(round)s” weigh %(weight)s %% together instead of 100 %%.")
                if weight
                else N_("“%(round)s” has no rubric yet."),
                "judging.rubric",
                {"round": round_.title, "weight": weight},
                {"round_id": round_.id},
            )


def figures(session: Session, contest: Contest) -> Iterator[Figure]:
    """Yield how many reviews are done of those asked for. One statement."""
    done, asked = session.execute(
        select(func.count().filter(Assignment.state.in_(DONE)), func.count())
        .join(Round, Assignment.round_id == Round.id)
        .where(Round.contest_id == contest.id, Assignment.state.not_in(GONE))
    ).one()
    if asked:
        yield Figure(N_("Reviews done"), f"{done} / {asked}", "gavel", "judging.panel")  # icon
