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
from contest.contests.models import (
    Appointment,
    Contest,
    Duty,
    Phase,
    Role,
    Round,
    RoundKind,
    in_office,
)
from contest.core.words import Words
from contest.entries import queries as entries
from contest.entries.models import Entry, Extension, Version
from contest.entries.models import State as EntryState
from contest.entries.queries import Deadline
from contest.followup.models import Case, Milestone, Obligation
from contest.followup.models import Stage as CaseStage
from contest.messages import calendar
from contest.messages.calendar import Occasion
from contest.pitchday import policy as pitchday
from contest.pitchday.models import Stage
from contest.teams.models import Member, Team
from contest.web.text import plain

OVER = frozenset({Phase.DRAFT, Phase.CANCELLED, Phase.ARCHIVED})
WORKS = (Role.ORGANISER, Role.SCREENER, Role.CHAIR)


def _address(endpoint: str, **values: object) -> str:
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    return base + str(current_app.url_map.bind("").build(endpoint, values))


def of_contests(session: Session, user: User, at: datetime) -> Iterator[Occasion]:
    """Yield the ends of windows and the pitch days of the contests somebody works or competes in.

    Who competes has the deadline of the own team, not that of the round, and keeps those that were
    met.
    """
    roles = _roles(session, user)
    entered, met = _entered(session, user), _met(session, user)
    for round_, contest, stage in _rounds(session, roles.keys() | entered.keys()):
        mine, state = roles.get(contest.id, frozenset()), entered.get(contest.id)
        url, title = _address("contests.show", slug=contest.slug), plain(contest.title)
        works = bool(mine.intersection(WORKS))
        closes_at = round_.closes_at if works else met.get(round_.id)
        if closes_at is not None and (works or closes_at <= at):
            yield Occasion(f"closes-{round_.id}", closes_at, None, contest.zone,
                           gettext("Entries close: %(contest)s", contest=title), url)  # fmt: skip
        if round_.kind is RoundKind.PITCH:
            begins, ends = _pitch_day(round_, stage)
            if begins is not None and (mine or pitchday.pitches(state, round_)):
                yield Occasion(f"pitch-{round_.id}", begins, ends, contest.zone,
                               gettext("Pitch day: %(contest)s", contest=title), url,
                               stage.place if stage is not None else "")  # fmt: skip
        elif round_.judging_closes_at is not None and (works or Role.JUDGE in mine):
            yield Occasion(f"judging-{round_.id}", round_.judging_closes_at, None, contest.zone,
                           gettext("Judging ends: %(contest)s", contest=title), url)  # fmt: skip
    yield from _own_deadlines(session, user, at)


def _own_deadlines(session: Session, user: User, at: datetime) -> Iterator[Occasion]:
    mine = select(Member.team_id).where(Member.user_id == user.id, Member.left_at.is_(None))
    for one in entries.deadlines(session, Team.id.in_(mine), Contest.phase.not_in(OVER), at=at):
        kind, title = _handing_in(one)
        yield Occasion(f"{kind}-{one.round.id}", one.until, None, one.round.contest.zone, title,
                       _address("entries.write", team_id=one.team.id))  # fmt: skip


def _handing_in(one: Deadline) -> tuple[str, str]:
    contest = plain(one.round.contest.title)
    if one.is_asked():
        return "answer", gettext("Answer the organisers: %(contest)s", contest=contest)
    return "closes", gettext("Entries close: %(contest)s", contest=contest)


def _pitch_day(round_: Round, stage: Stage | None) -> tuple[datetime | None, datetime | None]:
    """Return when the pitches begin and end: as arranged, until then when they are judged."""
    if stage is not None and stage.starts_at is not None:
        return stage.starts_at, None
    return round_.judging_opens_at, round_.judging_closes_at


def of_cases(session: Session, user: User, at: datetime) -> Iterator[Occasion]:  # noqa: ARG001 -- a source's shape
    """Yield what is still due in the follow-ups that somebody owns, at nine in the morning.

    That is their open milestones and what the sponsor promised in the call.
    """
    running = (
        (Case.sponsor_owner_id == user.id) | (Case.team_owner_id == user.id),
        Case.stage != CaseStage.CLOSED,
    )
    milestones = session.execute(
        select(Milestone.id, Milestone.title, Milestone.due_on, Case.id, Case.title, Contest.zone)
        .join(Case, Case.id == Milestone.case_id)
        .join(Contest, Contest.id == Case.contest_id)
        .where(Milestone.done_at.is_(None), *running)
    )
    obligations = session.execute(
        select(Obligation.id, Duty.title, Obligation.due_on, Case.id, Case.title, Contest.zone)
        .join(Duty, Duty.id == Obligation.duty_id)
        .join(Case, Case.id == Obligation.case_id)
        .join(Contest, Contest.id == Case.contest_id)
        .where(Obligation.kept_at.is_(None), *running)
    )
    for kind, rows in (("milestone", milestones), ("obligation", obligations)):
        for thing_id, title, due_on, case_id, case, zone in rows:
            said = plain(title) if isinstance(title, Words) else title
            starts_at = datetime.combine(due_on, time(9), ZoneInfo(zone))
            yield Occasion(f"{kind}-{thing_id}", starts_at, None, zone, f"{said} · {case}",
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


def _met(session: Session, user: User) -> dict[uuid.UUID, datetime]:
    """Return the rounds to which somebody's teams handed in, and until when they could."""
    rows = session.execute(
        select(Round.id, Round.closes_at, Extension.until)
        .join(Version, Version.round_id == Round.id)
        .join(Entry, Entry.id == Version.entry_id)
        .join(Member, Member.team_id == Entry.team_id)
        .outerjoin(
            Extension,
            (Extension.round_id == Round.id) & (Extension.team_id == Entry.team_id),
        )
        .where(Member.user_id == user.id, Member.left_at.is_(None), Round.closes_at.is_not(None))
    )
    return {round_id: max(filter(None, dates)) for round_id, *dates in rows}


def _rounds(
    session: Session, contest_ids: set[uuid.UUID]
) -> list[tuple[Round, Contest, Stage | None]]:
    wanted: ColumnElement[bool] = Contest.id.in_(contest_ids) & Contest.phase.not_in(OVER)
    rows = session.execute(
        select(Round, Contest, Stage)
        .join(Contest, Contest.id == Round.contest_id)
        .outerjoin(Stage, Stage.round_id == Round.id)
        .where(wanted)
        .order_by(Contest.id, Round.number)
        .limit(500)
    )
    return [(round_, contest, stage) for round_, contest, stage in rows]


def init_app(_app: object) -> None:
    """Tell the calendar of these sources."""
    calendar.register(of_contests)
    calendar.register(of_cases)
