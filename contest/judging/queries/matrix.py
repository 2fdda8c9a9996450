"""Who judges what, as a table: today's work, and what a computed plan would change."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Appointment, Round, RoundKind
from contest.entries.models import Entry
from contest.judging.fitting import misfit
from contest.judging.models import Assignment, AssignmentPlan, AssignmentState, PlanState
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import interests, panel, reviews
from contest.teams.models import Team

Pair = tuple[uuid.UUID, uuid.UUID]  # entry, judge
NO_TRACK = uuid.UUID(int=0)


def plan(session: Session, plan_id: uuid.UUID) -> AssignmentPlan | None:
    return session.scalar(select(AssignmentPlan).where(AssignmentPlan.id == plan_id))


def tracks(session: Session, entry_ids: Sequence[uuid.UUID]) -> tuple[list[uuid.UUID], list[int]]:
    """Return the tracks of the entries, and of each entry its track's place; none counts as one."""
    of_entry = {
        entry_id: track_id or NO_TRACK
        for entry_id, track_id in session.execute(
            select(Entry.id, Team.track_id)
            .join(Team, Team.id == Entry.team_id)
            .where(Entry.id.in_(entry_ids))
        )
    }
    names = sorted(set(of_entry.values()), key=str)
    return names, [names.index(of_entry[entry_id]) for entry_id in entry_ids]


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry × one judge.

    `mark`: done, open, added, removed, conflict, left, track, language (a `Misfit`), or nothing.
    """

    mark: str
    assignment_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One judge and how much they carry, now and by the plan."""

    appointment: Appointment
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Entries × judges."""

    entries: list[Entry]
    judges: list[Column]
    cells: dict[Pair, Cell]
    wanted: dict[uuid.UUID, int]
    added: list[tuple[Entry, Appointment]]
    removed: list[tuple[Entry, Appointment]]
    most: int

    def cell(self, entry: Entry, column: Column) -> Cell:
        return self.cells.get((entry.id, column.appointment.id), Cell(""))

    def reviews(self, entry: Entry) -> int:
        """Return how many reviews the entry would have."""
        marks = (self.cell(entry, column).mark for column in self.judges)
        return sum(mark in {"done", "open", "added"} for mark in marks)

    @property
    def covered(self) -> int:
        return sum(self.reviews(e) >= self.wanted[e.id] for e in self.entries)


def matrix(session: Session, round_: Round, plan: AssignmentPlan | None) -> Matrix:
    """Return today's assignment of the round, with what `plan` would change if it is a proposal."""
    entries, judges = (
        panel.judged_entries(session, round_),
        panel.judges(session, round_.contest_id),
    )
    by_entry, by_judge = {e.id: e for e in entries}, {j.id: j for j in judges}
    today = {
        (a.entry_id, a.appointment_id): a
        for a in session.scalars(
            select(Assignment).where(
                Assignment.round_id == round_.id, Assignment.state != AssignmentState.REASSIGNED
            )
        )
    }
    barred = {(e, j) for j, e in interests.conflicts(session, round_.contest_id)}
    proposal = plan if plan is not None and plan.state is PlanState.PROPOSED else None
    added, removed = _pairs(proposal, "added"), _pairs(proposal, "removed")
    cells = {(e.id, j.id): Cell(why) for e in entries for j in judges if (why := misfit(j, e))}
    cells |= {pair: Cell("conflict") for pair in barred}
    lost = reviews.aside(session, round_.id)
    cells |= {pair: Cell("left" if a.id in lost else _mark(a), a.id) for pair, a in today.items()}
    cells |= {pair: Cell("added") for pair in added}
    cells |= {pair: Cell("removed", cells[pair].assignment_id if pair in cells else None)
              for pair in removed}  # fmt: skip
    now: dict[uuid.UUID, int] = defaultdict(int)
    then: dict[uuid.UUID, int] = defaultdict(int)
    for (_, judge_id), cell in cells.items():
        now[judge_id] += cell.mark in {"done", "open", "removed"}
        then[judge_id] += cell.mark in {"done", "open", "added"}
    may = {
        e.id: sum((e.id, j.id) not in barred and misfit(j, e) is None for j in judges)
        for e in entries
    }
    wanted = (
        may if round_.kind is RoundKind.PITCH else dict.fromkeys(by_entry, round_.minimum_reviews)
    )
    return Matrix(
        entries,
        [Column(j, now[j.id], then[j.id]) for j in judges],
        cells,
        wanted,
        [(by_entry[e], by_judge[j]) for e, j in added if e in by_entry and j in by_judge],
        [(by_entry[e], by_judge[j]) for e, j in removed if e in by_entry and j in by_judge],
        max([*then.values(), *now.values(), 1]),
    )


def _pairs(plan: AssignmentPlan | None, name: str) -> list[Pair]:
    return [(uuid.UUID(e), uuid.UUID(j)) for e, j in plan.report[name]] if plan else []


def _mark(assignment: Assignment) -> str:
    if assignment.state in DONE:
        return "done"
    return "open" if assignment.state in OPEN else "left"
