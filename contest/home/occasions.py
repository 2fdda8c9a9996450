"""The dates of one person, from every feature, for their calendar."""

import uuid
from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Appointment, Contest, Phase, Role, Round, RoundKind, in_office
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.followup.models import Case, Milestone, Stage
from contest.messages import calendar
from contest.messages.calendar import Occasion
from contest.teams.models import Member, Team
from contest.web.text import plain

OVER = frozenset({Phase.DRAFT, Phase.CANCELLED, Phase.ARCHIVED})
WORKS = (Role.ORGANISER, Role.SCREENER, Role.CHAIR)


def _address(endpoint: str, **values: object) -> str:
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    return base + str(current_app.url_map.bind("").build(endpoint, values))


def of_contests(session: Session, user: User, at: datetime) -> Iterator[Occasion]:  # noqa: ARG001 -- a source's shape
    """Yield the ends of windows and the pitch days of the contests somebody works or competes in."""
    roles = _roles(session, user)
    entered = _entered(session, user)
    for round_, contest in _rounds(session, roles.keys() | entered.keys()):
        mine, state = roles.get(contest.id, frozenset()), entered.get(contest.id)
        url, title = _address("contests.show", slug=contest.slug), plain(contest.title)
        works = bool(mine.intersection(WORKS))
        if round_.closes_at is not None and (works or contest.id in entered):
            yield Occasion(f"closes-{round_.id}", round_.closes_at, None, contest.zone,
                           gettext("Entries close: %(contest)s", contest=title), url)  # fmt: skip
        if round_.judging_closes_at is None or round_.judging_opens_at is None:
            continue
        if round_.kind is RoundKind.PITCH:
            if mine or state in {EntryState.ADVANCED, EntryState.AWARDED}:
                yield Occasion(f"pitch-{round_.id}", round_.judging_opens_at,
                               round_.judging_closes_at, contest.zone,
                               gettext("Pitch day: %(contest)s", contest=title), url)  # fmt: skip
        elif works or Role.JUDGE in mine:
            yield Occasion(f"judging-{round_.id}", round_.judging_closes_at, None, contest.zone,
                           gettext("Judging ends: %(contest)s", contest=title), url)  # fmt: skip


def of_cases(session: Session, user: User, at: datetime) -> Iterator[Occasion]:  # noqa: ARG001 -- a source's shape
    """Yield the open milestones of the follow-ups that somebody owns, at nine in the morning."""
    rows = session.execute(
        select(Milestone.id, Milestone.title, Milestone.due_on, Case.id, Case.title, Contest.zone)
        .join(Case, Case.id == Milestone.case_id)
        .join(Contest, Contest.id == Case.contest_id)
        .where(
            (Case.sponsor_owner_id == user.id) | (Case.team_owner_id == user.id),
            Case.stage != Stage.CLOSED,
            Milestone.done_at.is_(None),
        )
    )
    for milestone_id, title, due_on, case_id, case, zone in rows:
        starts_at = datetime.combine(due_on, time(9), ZoneInfo(zone))
        yield Occasion(f"milestone-{milestone_id}", starts_at, None, zone, f"{title} · {case}",
                       _address("followup.show", case_id=case_id))  # fmt: skip


def _roles(session: Session, user: User) -> dict[uuid.UUID, frozenset[Role]]:
    found: dict[uuid.UUID, frozenset[Role]] = {}
    for contest_id, role in session.execute(
        select(Appointment.contest_id, Appointment.role).where(
            Appointment.user_id == user.id,
            in_office(),
        )
    ):
        found[contest_id] = found.get(contest_id, frozenset()) | {role}
    return found


def _entered(session: Session, user: User) -> dict[uuid.UUID, EntryState | None]:
    rows = session.execute(
        select(Team.contest_id, Entry.state)
        .join(Member, Member.team_id == Team.id)
        .outerjoin(Entry, Entry.team_id == Team.id)
        .where(Member.user_id == user.id, Member.left_at.is_(None))
    )
    return {contest_id: state for contest_id, state in rows}  # noqa: C416 -- typed rows


def _rounds(session: Session, contest_ids: set[uuid.UUID]) -> list[tuple[Round, Contest]]:
    wanted: ColumnElement[bool] = Contest.id.in_(contest_ids) & Contest.phase.not_in(OVER)
    rows = session.execute(
        select(Round, Contest)
        .join(Contest, Contest.id == Round.contest_id)
        .where(wanted)
        .order_by(Contest.id, Round.number)
        .limit(500)
    )
    return [(round_, contest) for round_, contest in rows]


def init_app(_app: object) -> None:
    """Tell the calendar of these sources."""
    calendar.register(of_contests)
    calendar.register(of_cases)
