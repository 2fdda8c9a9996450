"""Reads copies and erasures, and what stands in the way of one."""

import uuid
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests import queries as contests
from contest.contests.models import Appointment, Contest, Phase, Role, Round, RoundPhase, in_office
from contest.contests.models.contest import LIVE
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.followup.models import Case, Stage
from contest.judging.models import Assignment
from contest.judging.models.assignment import OPEN
from contest.privacy.catalogue import KINDS
from contest.privacy.models import Erasure, Export, ExportState
from contest.teams import queries as teams

OVER = (Phase.ARCHIVED, Phase.CANCELLED)


def export(
    session: Session, user: User, export_id: uuid.UUID, *, sign_in: uuid.UUID | None
) -> Export | None:
    """Return a copy that this person asked for in this session: elsewhere its address is worth nothing."""
    return session.scalar(
        select(Export).where(
            Export.id == export_id, Export.user_id == user.id, Export.sign_in == sign_in
        )
    )


def promised_export(session: Session, export_id: uuid.UUID) -> tuple[Export, User] | None:
    """Return a copy that is still to be made, and of whom."""
    row = session.execute(
        select(Export, User)
        .join(User, User.id == Export.user_id)
        .where(Export.id == export_id, Export.state == ExportState.COLLECTING)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def newest_export(session: Session, user: User) -> Export | None:
    return session.scalar(
        select(Export)
        .where(Export.user_id == user.id)
        .options(joinedload(Export.file))
        .order_by(Export.asked_at.desc())
        .limit(1)
    )


def open_erasure(session: Session, user: User) -> Erasure | None:
    """Return the erasure that this person waits for."""
    return session.scalar(
        select(Erasure).where(
            Erasure.user_id == user.id, Erasure.done_at.is_(None), Erasure.taken_back_at.is_(None)
        )
    )


def due_erasures(session: Session, at: datetime) -> list[tuple[Erasure, User]]:
    """Return whose day has come."""
    rows = session.execute(
        select(Erasure, User)
        .join(User, User.id == Erasure.user_id)
        .where(Erasure.due_at <= at, Erasure.done_at.is_(None), Erasure.taken_back_at.is_(None))
        .order_by(Erasure.due_at)
    )
    return [(erasure, user) for erasure, user in rows]


def figures(session: Session, user: User) -> dict[str, int]:
    """Count the rows about a person per kind; kinds without any are left out. One statement."""
    counts = [
        select(func.count())
        .select_from(kind.of())
        .where(kind.mine(user.id, user.email))
        .scalar_subquery()
        for kind in KINDS
    ]
    found = session.execute(select(*counts)).one()
    return {kind.called(): count for kind, count in zip(KINDS, found, strict=True) if count}


# --- what stands in the way of an erasure ---


def obstacles(session: Session, user: User) -> list[Blocker]:
    """Return what others would be left alone with, each with the page that settles it."""
    return [
        *_administration(session, user),
        *_teams(session, user),
        *_judging(session, user),
        *_contests(session, user),
        *_cases(session, user),
    ]


def _administration(session: Session, user: User) -> list[Blocker]:
    others = exists().where(User.is_admin, User.active, User.id != user.id)
    if not user.is_admin or session.scalar(select(others)):
        return []
    return [
        Blocker(
            N_(
                "Nobody else administers this instance. Whoever runs the machine can make somebody an"
                " administrator: python -m contest people administrator ADDRESS"
            ),
            "accounts.profile",
        )
    ]


def _teams(session: Session, user: User) -> list[Blocker]:
    found = []
    for one in teams.teams_of(session, user):
        if one.contest.phase not in LIVE | {Phase.SUSPENDED}:
            continue
        team = teams.team_again(session, one)
        [member] = (m for m in team.present() if m.user_id == user.id)
        decision = team.can_lose(member, handed_in=teams.has_handed_in(session, team))
        if not decision:
            found.append(Blocker(decision.reason, "teams.show", where={"team_id": team.id}))
    return found


def _judging(session: Session, user: User) -> list[Blocker]:
    waiting = session.scalar(
        select(func.count())
        .select_from(Assignment)
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Appointment.user_id == user.id,
            Appointment.ended_at.is_(None),
            Assignment.state.in_(OPEN),
            Round.phase == RoundPhase.JUDGING,
        )
    )
    if not waiting:
        return []
    text = N_(
        "%(num)s entries still wait for you as a judge. Score them, or ask the chair to hand them over."
    )
    return [Blocker(text, "judging.queue", {"num": waiting})]


def _contests(session: Session, user: User) -> list[Blocker]:
    mine = session.scalars(
        select(Contest)
        .join(Appointment, Appointment.contest_id == Contest.id)
        .where(
            Appointment.user_id == user.id,
            in_office(Role.ORGANISER),
            Contest.phase.not_in(OVER),
        )
    )
    return [
        Blocker(
            N_("Nobody else organises “%(contest)s”. Appoint somebody first."),
            "contests.people",
            {"contest": contest.title},
            {"slug": contest.slug},
        )
        for contest in mine
        if len(contests.active(contests.appointments(session, contest.id, Role.ORGANISER))) == 1
    ]


def _cases(session: Session, user: User) -> list[Blocker]:
    mine = session.execute(
        select(Case.id, Case.title).where(
            or_(Case.sponsor_owner_id == user.id, Case.team_owner_id == user.id),
            Case.stage != Stage.CLOSED,
        )
    )
    return [
        Blocker(
            N_("You are in charge of “%(case)s”. Hand it to somebody else first."),
            "followup.show",
            {"case": title},
            {"case_id": case_id},
        )
        for case_id, title in mine
    ]
