"""A case and the people around it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Contest, Role
from contest.entries.models import State
from contest.followup.actions import work
from contest.followup.models import Case, Kpi, Stage
from contest.organisations.models import Organisation
from tests import make


@dataclass
class Carried:
    """A case with an owner at the sponsor and one in the team."""

    contest: Contest
    case: Case
    sponsor: Organisation
    organiser: User
    owner: User
    member: User


def carried(
    session: Session,
    *,
    stage: Stage = Stage.AWARDED,
    owned: bool = True,
    contest: Contest | None = None,
) -> Carried:
    organiser = make.user(session, name="王芳")
    contest = contest or make.contest(session)
    make.appointment(session, contest, organiser, Role.ORGANISER)
    sponsor = make.organisation(session)
    make.partnership(session, contest, sponsor)
    owner, member = make.user(session, name="Sato Misaki"), make.user(session, name="李小龙")
    make.appointment(session, contest, owner, Role.FOLLOW_UP)
    entry = make.entry(session, member, contest=contest, state=State.AWARDED)
    case = make.case(
        session, entry, sponsor, stage=stage, sponsor_owner=owner if owned else None,
        team_owner=member if owned else None,
    )  # fmt: skip
    return Carried(contest, case, sponsor, organiser, owner, member)


def figure(session: Session, told: Carried, *, name: str = "Transfers a day") -> Kpi:
    return work.add_kpi(
        session, told.case, name=name, unit="transfers", target=100.0, baseline=10.0,
        by=told.owner, at=make.NOON,
    )  # fmt: skip


def measured(session: Session, told: Carried, value: float = 55.0) -> Kpi:
    kpi = figure(session, told)
    work.measure(
        session, told.case, kpi, value=value, as_of=make.NOON.date(), source="Pilot log",
        by=told.member, at=make.NOON,
    )  # fmt: skip
    return kpi
