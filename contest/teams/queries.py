"""Reads teams. What a team has handed in, and until when, is known above and brought here.

That is what `tell_standings` and `tell_deadline` are for.
"""

import enum
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Contest, Eligibility
from contest.core.words import Words
from contest.organisations.models import Organisation
from contest.teams.models import EligibilityAnswer, Kind, Member, Team, TeamInvitation, key_of
from contest.undertakings import queries as promises
from contest.undertakings.models import Kind as Promise
from contest.undertakings.models import Signature, UndertakingText

PROMISES = (Promise.RULES, Promise.IP)  # what every member signs
NOT_IN_HAND = frozenset({"draft", "withdrawn"})
PAGE = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A team's entry, as far as it is known here: which it is and where it stands."""

    entry_id: uuid.UUID
    state: enum.StrEnum


Standings = Callable[[Session, Sequence[uuid.UUID]], Mapping[uuid.UUID, Standing]]
_standings: list[Standings] = []


def tell_standings(standings: Standings) -> None:
    """Take over how it is read where teams' entries stand. Called once, when the app is made."""
    _standings[:] = [standings]


def standings(session: Session, team_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Return where each team's entry stands; teams without one are left out. One statement."""
    return {k: v for known in _standings for k, v in known(session, team_ids).items()}


Deadlines = Callable[[Session, uuid.UUID, datetime], datetime | None]
_deadlines: list[Deadlines] = []


def tell_deadline(deadline: Deadlines) -> None:
    """Take over how it is read until when a team writes. Called once, when the app is made."""
    _deadlines[:] = [deadline]


def deadline(session: Session, team: Team, at: datetime) -> datetime | None:
    """Return the instant still to come until which this team writes its entry."""
    found = (known(session, team.id, at) for known in _deadlines)
    return next((until for until in found if until is not None and until > at), None)


def has_handed_in(session: Session, team: Team) -> bool:
    """Say whether an entry of the team is in the organisers' hands."""
    entry = standings(session, [team.id]).get(team.id)
    return entry is not None and entry.state not in NOT_IN_HAND


WITH_ALL = (
    selectinload(Team.members).joinedload(Member.user),
    joinedload(Team.contest).joinedload(Contest.series),
    joinedload(Team.organisation),
    joinedload(Team.track),
)


def team(session: Session, team_id: uuid.UUID) -> Team | None:
    """Return the team with its members, contest, organisation and track."""
    return session.scalar(select(Team).where(Team.id == team_id).options(*WITH_ALL))


def team_again(session: Session, team: Team) -> Team:
    """Return the team read anew, for whoever holds its lock."""
    return session.scalars(
        select(Team)
        .where(Team.id == team.id)
        .options(*WITH_ALL)
        .execution_options(populate_existing=True)
    ).one()


def own(session: Session, contest_id: uuid.UUID, user: User) -> Team | None:
    """Return the team of this contest that the person is in."""
    return session.scalar(
        select(Team)
        .join(Team.members)
        .where(Member.contest_id == contest_id, Member.user_id == user.id, Member.left_at.is_(None))
    )


def teams_of(session: Session, user: User) -> tuple[Team, ...]:
    """Return the teams that the person is in, with their contests, newest first."""
    return tuple(
        session.scalars(
            select(Team)
            .join(Team.members)
            .where(Member.user_id == user.id, Member.left_at.is_(None))
            .options(joinedload(Team.contest))
            .order_by(Team.founded_at.desc(), Team.id)
        )
    )


def is_name_taken(
    session: Session, contest_id: uuid.UUID, name: str, *, but: Team | None = None
) -> bool:
    """Say whether another team of the contest has a name that reads like this one."""
    taken = session.scalar(
        select(Team.id).where(Team.contest_id == contest_id, Team.name_key == key_of(name))
    )
    return taken is not None and (but is None or taken != but.id)


def invitation(session: Session, invitation_id: uuid.UUID) -> TeamInvitation | None:
    """Return the invitation with its team, that team's members and contest."""
    return session.scalar(
        select(TeamInvitation)
        .where(TeamInvitation.id == invitation_id)
        .options(joinedload(TeamInvitation.team).options(*WITH_ALL))
    )


def invitations(session: Session, team_id: uuid.UUID) -> tuple[TeamInvitation, ...]:
    """Return what still opens the team or has expired unused, newest first."""
    return tuple(
        session.scalars(
            select(TeamInvitation)
            .where(
                TeamInvitation.team_id == team_id,
                TeamInvitation.revoked_at.is_(None),
                or_(TeamInvitation.used_at.is_(None), TeamInvitation.email.is_(None)),
            )
            .order_by(TeamInvitation.invited_at.desc(), TeamInvitation.id)
        )
    )


def unsigned(
    session: Session, contest_id: uuid.UUID, user: User, at: datetime
) -> list[UndertakingText]:
    """Return the promises that the person has to sign before taking part."""
    return promises.unsigned(session, user, "contest", contest_id, PROMISES, at)


def owed(session: Session, team: Team, at: datetime) -> list[tuple[Member, UndertakingText]]:
    """Return what each present member still has to sign. Two statements."""
    texts = promises.current_texts(session, "contest", team.contest_id, PROMISES, at)
    signed = {
        (row.user_id, row.text_id)
        for row in session.execute(
            select(Signature.user_id, Signature.text_id).where(
                Signature.text_id.in_([t.id for t in texts]),
                Signature.user_id.in_([m.user_id for m in team.present()]),
                Signature.revoked_at.is_(None),
            )
        )
    }
    return [(m, t) for m in team.present() for t in texts if (m.user_id, t.id) not in signed]


def signers(session: Session, team: Team, at: datetime) -> frozenset[uuid.UUID]:
    """Return who of the present members has signed every promise in force. Two statements."""
    people = frozenset(m.user_id for m in team.present())
    return people - {member.user_id for member, _ in owed(session, team, at)}


@dataclass(frozen=True, slots=True)
class Question:
    """An eligibility question as one team sees it; `answer` is None while it is open."""

    id: uuid.UUID
    text: Words
    expected: bool
    reason: Words
    answer: bool | None

    def is_open(self) -> bool:
        """Say whether it still keeps the team from taking part: unanswered, or answered wrongly."""
        return self.answer is not self.expected

    def is_wrong(self) -> bool:
        return self.answer is not None and self.is_open()


def questions(session: Session, team: Team) -> tuple[Question, ...]:
    """Return the contest's eligibility questions in their order, with the team's answers."""
    rows = session.execute(
        select(Eligibility, EligibilityAnswer.answer)
        .outerjoin(
            EligibilityAnswer,
            (EligibilityAnswer.question_id == Eligibility.id)
            & (EligibilityAnswer.team_id == team.id),
        )
        .where(Eligibility.contest_id == team.contest_id)
        .order_by(Eligibility.position, Eligibility.id)
    )
    return tuple(Question(q.id, q.question, q.expected, q.reason, answer) for q, answer in rows)


def open_questions(session: Session, team: Team) -> tuple[Question, ...]:
    """Return what keeps the team from taking part."""
    return tuple(question for question in questions(session, team) if question.is_open())


def question(session: Session, question_id: uuid.UUID) -> Eligibility | None:
    return session.scalar(select(Eligibility).where(Eligibility.id == question_id))


def live_teams(session: Session, contest_id: uuid.UUID) -> tuple[Team, ...]:
    """Return the contest's teams that have not dissolved, with members and contest, by name."""
    return tuple(
        session.scalars(
            select(Team)
            .where(Team.contest_id == contest_id, Team.dissolved_at.is_(None))
            .options(*WITH_ALL)
            .order_by(Team.name_key, Team.id)
        )
    )


def answers(session: Session, team: Team) -> dict[uuid.UUID, EligibilityAnswer]:
    """Return the team's answers by question."""
    rows = session.scalars(select(EligibilityAnswer).where(EligibilityAnswer.team_id == team.id))
    return {answer.question_id: answer for answer in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which teams of a contest to list, from the address of the page."""

    text: str = ""
    kind: Kind | None = None
    country: str = ""
    eligible: bool | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One line of the list of teams; `entry` is None when there is none."""

    id: uuid.UUID
    name: str
    kind: Kind
    country: str
    organisation: Words | None
    track: Words | None
    members: int
    founded_at: datetime
    open_questions: int
    key: str
    entry: Standing | None


OPEN_QUESTIONS = (  # how many keep a team from taking part
    select(func.count())
    .select_from(Eligibility)
    .outerjoin(
        EligibilityAnswer,
        (EligibilityAnswer.question_id == Eligibility.id) & (EligibilityAnswer.team_id == Team.id),
    )
    .where(
        Eligibility.contest_id == Team.contest_id,
        EligibilityAnswer.answer.is_distinct_from(Eligibility.expected),
    )
    .correlate(Team)
    .scalar_subquery()
)


def rows(session: Session, contest_id: uuid.UUID, wanted: Filter) -> tuple[TeamRow, ...]:
    """Return the teams of a contest by name, at most PAGE + 1 behind `wanted.after`. Two statements."""
    members = (
        select(func.count())
        .where(Member.team_id == Team.id, Member.left_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        select(Team, members, OPEN_QUESTIONS, Organisation.name)
        .outerjoin(Team.organisation)
        .where(
            Team.contest_id == contest_id,
            Team.dissolved_at.is_(None),
            Team.name_key > wanted.after,
        )
        .options(joinedload(Team.track))
        .order_by(Team.name_key, Team.id)
        .limit(PAGE + 1)
    )
    if wanted.text:
        statement = statement.where(Team.name_key.contains(key_of(wanted.text), autoescape=True))
    if wanted.kind is not None:
        statement = statement.where(Team.kind == wanted.kind)
    if wanted.country:
        statement = statement.where(Team.country == wanted.country)
    if wanted.eligible is not None:
        statement = statement.where(OPEN_QUESTIONS == 0 if wanted.eligible else OPEN_QUESTIONS > 0)
    found = session.execute(statement).all()
    entries = standings(session, [row[0].id for row in found])
    return tuple(
        TeamRow(t.id, t.name, t.kind, t.country, organisation, t.track and t.track.title, n,
                t.founded_at, asked, t.name_key, entries.get(t.id))
        for t, n, asked, organisation in found
    )  # fmt: skip


def countries(session: Session, contest_id: uuid.UUID) -> tuple[str, ...]:
    """Return the countries that teams of the contest come from."""
    return tuple(
        session.scalars(
            select(Team.country)
            .where(Team.contest_id == contest_id, Team.dissolved_at.is_(None))
            .distinct()
            .order_by(Team.country)
        )
    )
