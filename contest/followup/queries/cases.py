"""Reads one case with everything on it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Answer, Appointment, Contest, PartnerRole, Partnership, Role
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.entries.models import Entry
from contest.followup.models import (
    Agreement,
    Case,
    CaseDocument,
    CheckIn,
    Gate,
    Kpi,
    Milestone,
    Obligation,
    Stage,
    StageEntry,
)
from contest.organisations.models import Organisation
from contest.teams.models import Member, Team

GATES = frozenset({Stage.POC_GATE, Stage.PILOT_GATE})


def case(session: Session, case_id: uuid.UUID) -> Case | None:
    """Return the case with contest, entry, team, members, sponsor and owners."""
    return session.scalar(
        select(Case)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.contest).joinedload(Contest.series),
            joinedload(Case.entry)
            .joinedload(Entry.team)
            .selectinload(Team.members)
            .joinedload(Member.user),
            joinedload(Case.organisation),
            joinedload(Case.sponsor_owner),
            joinedload(Case.team_owner),
        )
    )


def of_entry(session: Session, entry_id: uuid.UUID) -> Case | None:
    return session.scalar(select(Case).where(Case.entry_id == entry_id))


@dataclass(frozen=True, slots=True)
class Work:
    """What is kept on one case."""

    stages: tuple[StageEntry, ...]
    gates: tuple[Gate, ...]
    obligations: tuple[Obligation, ...]
    milestones: tuple[Milestone, ...]
    kpis: tuple[Kpi, ...]
    check_ins: tuple[CheckIn, ...]
    documents: tuple[CaseDocument, ...]
    agreements: tuple[Agreement, ...]


def work(session: Session, case_id: uuid.UUID) -> Work:
    """Return everything on the case. Nine statements."""
    return Work(
        stages=tuple(
            session.scalars(
                select(StageEntry)
                .where(StageEntry.case_id == case_id)
                .order_by(StageEntry.entered_at, StageEntry.id)
            )
        ),
        gates=tuple(
            session.scalars(
                select(Gate)
                .where(Gate.case_id == case_id)
                .options(joinedload(Gate.by))
                .order_by(Gate.decided_at, Gate.id)
            )
        ),
        obligations=tuple(
            session.scalars(
                select(Obligation)
                .where(Obligation.case_id == case_id)
                .options(joinedload(Obligation.duty))
                .order_by(Obligation.due_on, Obligation.id)
            )
        ),
        milestones=tuple(
            session.scalars(
                select(Milestone)
                .where(Milestone.case_id == case_id)
                .order_by(Milestone.due_on, Milestone.id)
            )
        ),
        kpis=kpis(session, case_id),
        check_ins=tuple(
            session.scalars(
                select(CheckIn)
                .where(CheckIn.case_id == case_id)
                .options(joinedload(CheckIn.by))
                .order_by(CheckIn.at.desc(), CheckIn.id)
            )
        ),
        documents=tuple(
            session.scalars(
                select(CaseDocument)
                .where(CaseDocument.case_id == case_id)
                .options(joinedload(CaseDocument.file))
                .order_by(CaseDocument.at, CaseDocument.id)
            )
        ),
        agreements=tuple(
            session.scalars(
                select(Agreement)
                .where(Agreement.case_id == case_id)
                .order_by(Agreement.signed_on.asc().nulls_last(), Agreement.id)
            )
        ),
    )


def kpis(session: Session, case_id: uuid.UUID) -> tuple[Kpi, ...]:
    """Return the case's figures with all measurements, oldest first."""
    return tuple(
        session.scalars(
            select(Kpi)
            .where(Kpi.case_id == case_id)
            .options(selectinload(Kpi.measurements))
            .order_by(Kpi.name, Kpi.id)
        )
    )


def gate_blockers(session: Session, case: Case) -> list[Blocker]:
    """Return what keeps the case from being decided at its gate."""
    found = []
    here = {"case_id": case.id}
    if case.sponsor_owner_id is None:
        found.append(
            Blocker(N_("Nobody at the sponsor owns this case."), "followup.owners", {}, here)
        )
    if case.team_owner_id is None:
        found.append(Blocker(N_("Nobody in the team owns this case."), "followup.owners", {}, here))
    figures = kpis(session, case.id)
    if not figures:
        told = N_("No figure says whether it worked.")
        found.append(Blocker(told, "followup.add_kpi", {}, here))
    found.extend(
        Blocker(
            N_("“%(name)s” is neither measured nor waived."),
            "followup.measure",
            {"name": kpi.name},
            {"kpi_id": kpi.id},
        )
        for kpi in figures
        if not kpi.measurements and not kpi.waived_reason
    )
    return found


def sponsor_people(session: Session, contest_id: uuid.UUID) -> tuple[User, ...]:
    """Return who may own a case at the sponsor."""
    return tuple(
        session.scalars(
            select(User)
            .where(
                User.id.in_(
                    select(Appointment.user_id).where(
                        Appointment.contest_id == contest_id,
                        Appointment.role.in_({Role.FOLLOW_UP, Role.SPONSOR}),
                        Appointment.answer == Answer.ACCEPTED,
                        Appointment.ended_at.is_(None),
                    )
                )
            )
            .order_by(User.name, User.id)
        )
    )


def organisers(session: Session, contest_id: uuid.UUID) -> tuple[User, ...]:
    return tuple(
        session.scalars(
            select(User)
            .join(Appointment, Appointment.user_id == User.id)
            .where(
                Appointment.contest_id == contest_id,
                Appointment.role == Role.ORGANISER,
                Appointment.answer == Answer.ACCEPTED,
                Appointment.ended_at.is_(None),
            )
            .order_by(User.name, User.id)
        )
    )


def sponsor(session: Session, contest_id: uuid.UUID) -> Organisation | None:
    """Return the contest's first sponsor."""
    return session.scalar(
        select(Organisation)
        .join(Partnership, Partnership.organisation_id == Organisation.id)
        .where(Partnership.contest_id == contest_id, Partnership.role == PartnerRole.SPONSOR)
        .order_by(Partnership.position, Partnership.id)
        .limit(1)
    )


def milestone(session: Session, milestone_id: uuid.UUID) -> Milestone | None:
    return session.scalar(select(Milestone).where(Milestone.id == milestone_id))


def kpi(session: Session, kpi_id: uuid.UUID) -> Kpi | None:
    return session.scalar(
        select(Kpi).where(Kpi.id == kpi_id).options(selectinload(Kpi.measurements))
    )


def obligation(session: Session, obligation_id: uuid.UUID) -> Obligation | None:
    return session.scalar(
        select(Obligation)
        .where(Obligation.id == obligation_id)
        .options(joinedload(Obligation.duty))
    )


def agreement(session: Session, agreement_id: uuid.UUID) -> Agreement | None:
    return session.scalar(select(Agreement).where(Agreement.id == agreement_id))


def document(session: Session, document_id: uuid.UUID) -> CaseDocument | None:
    return session.scalar(
        select(CaseDocument)
        .where(CaseDocument.id == document_id)
        .options(joinedload(CaseDocument.file))
    )


def names(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of people, for the history."""
    return {
        user_id: name or email
        for user_id, name, email in session.execute(
            select(User.id, User.name, User.email).where(User.id.in_(ids))
        )
    }


def today(at: datetime, zone: str) -> date:
    """Return the calendar date of the instant in the contest's zone."""
    return at.astimezone(ZoneInfo(zone)).date()


SILENCE = timedelta(days=30)
SOON = timedelta(days=7)
