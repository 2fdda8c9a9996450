"""Reads one case with everything on it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from contest.accounts.models import User
from contest.contests.models import Appointment, Contest, PartnerRole, Partnership, Role, in_office
from contest.core.decisions import Blocker
from contest.core.orm import Base
from contest.core.text import N_
from contest.entries.models import Entry
from contest.files.models import File
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
B = TypeVar("B", bound=Base)
T = TypeVar("T", Milestone, Kpi, Obligation, Agreement, CaseDocument)
WITH: dict[type[Base], tuple[ExecutableOption, ...]] = {  # what each brings along
    Kpi: (selectinload(Kpi.measurements),),
    Obligation: (joinedload(Obligation.duty), selectinload(Obligation.moves)),
    CaseDocument: (joinedload(CaseDocument.file),),
    Gate: (joinedload(Gate.by),),
    CheckIn: (joinedload(CheckIn.by),),
}


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


def sent_bytes(session: Session, case: Case) -> list[int]:
    """Return the sizes of all files that are kept on the case."""
    kept = select(File.size_bytes).join(CaseDocument, CaseDocument.file_id == File.id)
    return list(session.scalars(kept.where(CaseDocument.case_id == case.id)))


def of_entry(session: Session, entry_id: uuid.UUID) -> Case | None:
    return session.scalar(select(Case).where(Case.entry_id == entry_id))


def _kept(model: type[B]) -> Select[B]:
    return select(model).options(*WITH.get(model, ()))


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
    """Return everything on the case. Ten statements."""

    def kept(
        model: type[B], *order: ColumnElement[Any] | InstrumentedAttribute[Any]
    ) -> tuple[B, ...]:
        of = model.__table__.c.case_id == case_id
        return tuple(session.scalars(_kept(model).where(of).order_by(*order)))

    return Work(
        stages=kept(StageEntry, StageEntry.entered_at, StageEntry.id),
        gates=kept(Gate, Gate.decided_at, Gate.id),
        obligations=kept(Obligation, Obligation.due_on, Obligation.id),
        milestones=kept(Milestone, Milestone.due_on, Milestone.id),
        kpis=kpis(session, case_id),
        check_ins=kept(CheckIn, CheckIn.at.desc(), CheckIn.id),
        documents=kept(CaseDocument, CaseDocument.at, CaseDocument.id),
        agreements=kept(Agreement, Agreement.signed_on.asc().nulls_last(), Agreement.id),
    )


def kpis(session: Session, case_id: uuid.UUID) -> tuple[Kpi, ...]:
    """Return the case's figures with all measurements, oldest first."""
    return tuple(
        session.scalars(_kept(Kpi).where(Kpi.case_id == case_id).order_by(Kpi.name, Kpi.id))
    )


def unowned(case: Case) -> list[Blocker]:
    """Return which side nobody carries the case on from."""
    found, here = [], {"case_id": case.id}
    if case.sponsor_owner_id is None:
        told = N_("Nobody at the sponsor owns this case.")
        found.append(Blocker(told, "followup.owners", {}, here))
    if case.team_owner_id is None:
        told = N_("Nobody in the team owns this case.")
        found.append(Blocker(told, "followup.owners", {}, here))
    return found


def gate_blockers(session: Session, case: Case) -> list[Blocker]:
    """Return what keeps the case from being decided at its gate."""
    found, here = unowned(case), {"case_id": case.id}
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
                        in_office(Role.FOLLOW_UP, Role.SPONSOR),
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
                in_office(Role.ORGANISER),
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


def one(session: Session, model: type[T], thing_id: uuid.UUID) -> T | None:
    """Return one thing that is kept on a case."""
    return session.scalar(_kept(model).where(model.id == thing_id))


def today(at: datetime, zone: str) -> date:
    """Return the calendar date of the instant in the contest's zone."""
    return at.astimezone(ZoneInfo(zone)).date()


SILENCE = timedelta(days=30)
SOON = timedelta(days=7)
