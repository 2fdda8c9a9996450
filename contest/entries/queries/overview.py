"""What this feature tells the organiser: rounds that ask nothing yet, and how many entries there are."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.contests import queries as contests
from contest.contests.models import Contest
from contest.contests.queries.overview import Figure
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.entries.models import Question, QuestionForm
from contest.entries.models import State as EntryState
from contest.entries.queries.entries import counts
from contest.teams.models import Team


def unready(session: Session, contest: Contest) -> Iterator[Blocker]:
    """Yield a blocker per collecting round without a question. Two statements."""
    asking = set(session.scalars(select(QuestionForm.round_id).join(Question).distinct()))
    for round_ in contests.rounds(session, contest.id):
        if round_.collects() and round_.id not in asking:
            yield Blocker(
                N_("“%(round)s” asks nothing yet: its form is empty."),
                "entries.form_edit",
                {"round": round_.title},
                {"round_id": round_.id},
            )


def figures(session: Session, contest: Contest) -> Iterator[Figure]:
    """Yield the numbers of teams and entries. Two statements."""
    teams = session.scalar(
        select(func.count()).where(Team.contest_id == contest.id, Team.dissolved_at.is_(None))
    )
    yield Figure(N_("Teams"), teams or 0, "users", "teams.index")  # icon
    found = counts(session, contest.id)
    drafts = found.pop(EntryState.DRAFT, 0)
    found.pop(EntryState.WITHDRAWN, 0)
    yield Figure(
        N_("Entries"), sum(found.values()), "inbox", "entries.index",  # icon
        N_("and %(drafts)s still being written") if drafts else "", {"drafts": drafts},
    )  # fmt: skip
