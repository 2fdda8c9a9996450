"""Reads many cases at once: the board of a contest, and what is due."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from contest.accounts.models import User
from contest.contests.models import Contest, Duty
from contest.core.words import Words
from contest.entries.models import Entry
from contest.followup.models import (
    Case,
    CheckIn,
    CloseReason,
    Kpi,
    Measurement,
    Milestone,
    Mood,
    Obligation,
    Stage,
)
from contest.followup.queries.cases import SILENCE, SOON, today
from contest.organisations.models import Organisation
from contest.teams.models import Team


@dataclass(frozen=True, slots=True)
class Card:
    """One case on the board."""

    id: uuid.UUID
    title: str
    team: str
    organisation: Words
    stage: Stage
    days_in_stage: int
    sponsor_owner: str
    team_owner: str
    is_held: bool
    close_reason: CloseReason | None
    overdue: int
    next_due: date | None
    is_silent: bool
    mood: Mood | None
    kpis: int
    measured: int
    met: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for on the board."""

    owner_id: uuid.UUID | None = None  # cases that this person owns, on either side
    troubled: bool = False  # overdue, silent, held or without an owner
    stage: Stage | None = None

    def takes(self, card: Card) -> bool:
        """Say whether a card, whose reader may see it, is looked for."""
        if self.stage is not None and card.stage is not self.stage:
            return False
        return not self.troubled or is_troubled(card)


def is_troubled(card: Card) -> bool:
    if card.stage is Stage.CLOSED:
        return False
    unowned = not card.sponsor_owner or not card.team_owner
    return bool(card.overdue or card.is_silent or card.is_held or unowned)


def board(
    session: Session, contest: Contest, *, at: datetime, owner_id: uuid.UUID | None = None
) -> tuple[Card, ...]:
    """Return the contest's cases, the longest in their stage first. Five statements.

    `owner_id` leaves only the cases that this person owns: that is both a filter and, for those
    who may see no others, the limit of what they see.
    """
    at_sponsor, in_team = aliased(User), aliased(User)
    statement = (
        select(Case, Team.name, Organisation.name, at_sponsor, in_team)
        .join(Entry, Entry.id == Case.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .outerjoin(at_sponsor, at_sponsor.id == Case.sponsor_owner_id)
        .outerjoin(in_team, in_team.id == Case.team_owner_id)
        .where(Case.contest_id == contest.id)
        .order_by(Case.stage_since, Case.id)
    )
    if owner_id is not None:
        statement = statement.where(
            (Case.sponsor_owner_id == owner_id) | (Case.team_owner_id == owner_id)
        )
    rows = session.execute(statement).all()
    ids = [row[0].id for row in rows]
    due = _open_dates(session, ids)
    said = _last_words(session, ids)
    figures = _figures(session, ids)
    day = today(at, contest.zone)
    return tuple(
        _card(
            row, at=at, day=day, due=due[row[0].id], said=said.get(row[0].id),
            figures=figures.get(row[0].id, (0, 0, 0)),
        )
        for row in rows
    )  # fmt: skip


def _card(
    row: tuple[Case, str, Words, User | None, User | None], *, at: datetime, day: date,
    due: list[date], said: tuple[datetime, Mood] | None, figures: tuple[int, int, int],
) -> Card:  # fmt: skip
    case, team, organisation, at_sponsor, in_team = row
    heard = max(said[0] if said else case.opened_at, case.opened_at)
    is_open = case.stage is not Stage.CLOSED
    return Card(
        id=case.id,
        title=case.title,
        team=team,
        organisation=organisation,
        stage=case.stage,
        days_in_stage=(at - case.stage_since).days,
        sponsor_owner=_name(at_sponsor),
        team_owner=_name(in_team),
        is_held=case.held_since is not None,
        close_reason=case.close_reason,
        overdue=sum(d < day for d in due) if is_open else 0,
        next_due=min((d for d in due if d >= day), default=None) if is_open else None,
        is_silent=is_open and case.held_since is None and at - heard > SILENCE,
        mood=said[1] if said else None,
        kpis=figures[0],
        measured=figures[1],
        met=figures[2],
    )


def _name(user: User | None) -> str:
    return (user.name or user.email) if user is not None else ""


def _open_dates(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[date]]:
    found: dict[uuid.UUID, list[date]] = defaultdict(list)
    milestones = select(Milestone.case_id, Milestone.due_on).where(
        Milestone.case_id.in_(ids), Milestone.done_at.is_(None)
    )
    obligations = select(Obligation.case_id, Obligation.due_on).where(
        Obligation.case_id.in_(ids), Obligation.kept_at.is_(None)
    )
    for case_id, due_on in session.execute(milestones.union_all(obligations)):
        found[case_id].append(due_on)
    return found


def _last_words(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[datetime, Mood]]:
    newest = (
        select(CheckIn.case_id, func.max(CheckIn.at).label("at"))
        .where(CheckIn.case_id.in_(ids))
        .group_by(CheckIn.case_id)
        .subquery()
    )
    rows = session.execute(
        select(CheckIn.case_id, CheckIn.at, CheckIn.mood).join(
            newest, (newest.c.case_id == CheckIn.case_id) & (newest.c.at == CheckIn.at)
        )
    )
    return {case_id: (at, mood) for case_id, at, mood in rows}


def _figures(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int, int]]:
    """How many figures each case has, how many are measured, how many reached their target."""
    rank = func.row_number().over(
        partition_by=Measurement.kpi_id, order_by=(Measurement.as_of.desc(), Measurement.at.desc())
    )
    newest = select(Measurement.kpi_id, Measurement.value, rank.label("rank")).subquery()
    rows = session.execute(
        select(Kpi.case_id, Kpi.baseline, Kpi.target, newest.c.value)
        .outerjoin(newest, (newest.c.kpi_id == Kpi.id) & (newest.c.rank == 1))
        .where(Kpi.case_id.in_(ids))
    )
    found: dict[uuid.UUID, tuple[int, int, int]] = {}
    for case_id, baseline, target, value in rows:
        count, measured, met = found.get(case_id, (0, 0, 0))
        found[case_id] = (
            count + 1,
            measured + (value is not None),
            met + (value is not None and reached(baseline, target, value)),
        )
    return found


def reached(baseline: float | None, target: float, value: float) -> bool:
    """Say whether a value reached its target, which may lie below the baseline."""
    return value <= target if baseline is not None and target < baseline else value >= target


def share(baseline: float | None, target: float, value: float) -> float:
    """Return how much of the way from baseline to target is done, 0 to 1."""
    start = baseline or 0.0
    if target == start:
        return 1.0 if reached(baseline, target, value) else 0.0
    return min(1.0, max(0.0, (value - start) / (target - start)))


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a running case that is due on a day and not done."""

    case_id: uuid.UUID
    thing_id: uuid.UUID
    kind: str  # milestone or obligation
    title: Words
    due_on: date
    is_overdue: bool


def due(
    session: Session, *, at: datetime, case_ids: Collection[uuid.UUID] | None = None
) -> list[Due]:
    """Return what of running cases is due within a week or overdue, each day in its zone.

    Of all cases, or of those only. Two statements.
    """
    running = [Case.stage != Stage.CLOSED, Case.held_since.is_(None)]
    if case_ids is not None:
        running.append(Case.id.in_(case_ids))
    horizon = (at + 2 * SOON).date()
    milestones = session.execute(
        select(Milestone.case_id, Milestone.id, Milestone.title, Milestone.due_on, Contest.zone)
        .join(Case, Case.id == Milestone.case_id)
        .join(Contest, Contest.id == Case.contest_id)
        .where(Milestone.done_at.is_(None), Milestone.due_on <= horizon, *running)
    )
    obligations = session.execute(
        select(Obligation.case_id, Obligation.id, Duty.title, Obligation.due_on, Contest.zone)
        .join(Duty, Duty.id == Obligation.duty_id)
        .join(Case, Case.id == Obligation.case_id)
        .join(Contest, Contest.id == Case.contest_id)
        .where(Obligation.kept_at.is_(None), Obligation.due_on <= horizon, *running)
    )
    found = []
    for kind, rows in (("milestone", milestones), ("obligation", obligations)):
        for case_id, thing_id, title, due_on, zone in rows:
            day = today(at, zone)
            if due_on <= day + SOON:
                words = title if isinstance(title, Words) else Words(en=title)
                found.append(Due(case_id, thing_id, kind, words, due_on, due_on < day))
    return sorted(found, key=lambda d: (d.due_on, d.thing_id.hex))
