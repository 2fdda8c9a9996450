"""Founds teams and changes who is in them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.accounts.models import User
from contest.contests.models import Contest, Round
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.events.log import Verb, record
from contest.messages import outbox
from contest.teams import queries
from contest.teams.models import (
    EligibilityAnswer,
    Kind,
    Member,
    Team,
    TeamInvitation,
    TeamRole,
    can_take_members,
    can_take_teams,
)

INVITED_FOR = timedelta(days=14)
OPEN_INVITATIONS = 20
ALREADY = N_("This person is in a team of this contest already. One person takes part once.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a team says about itself."""

    name: str
    kind: Kind
    country: str
    organisation_id: uuid.UUID | None = None
    track_id: uuid.UUID | None = None


def create(
    session: Session,
    contest: Contest,
    founding: Founding,
    *,
    rounds: Sequence[Round],
    by: User,
    at: datetime,
) -> Team:
    """Found a team that `by` leads; `rounds` are the contest's.

    Raises DomainError when no team can be founded now, the name is taken (field `name`), a promise
    is unsigned, or the person is in a team of the contest.
    """
    require(can_take_teams(contest, rounds, at))
    _require_signed(session, contest.id, by, at)
    name = _free_name(session, contest.id, founding.name)
    team = Team(
        contest=contest,
        name=name,
        kind=founding.kind,
        country=founding.country,
        organisation_id=founding.organisation_id,
        track_id=founding.track_id,
        founded_at=at,
        members=[],
    )
    with _or_refuse(session, DomainError(TAKEN, field="name")):
        session.add(team)
    _seat(session, team, by, TeamRole.LEAD, at)
    record(
        session, Verb.TEAM_FOUNDED, team, by=by.id, at=at, contest_id=contest.id,
        kind=team.kind, country=team.country,
    )  # fmt: skip
    return team


def edit(session: Session, team: Team, founding: Founding, *, by: User, at: datetime) -> None:
    """Change what the team says about itself; raise DomainError at `name` when that is taken."""
    orm.lock(session, team)
    team.name = _free_name(session, team.contest_id, founding.name, but=team)
    team.kind, team.country = founding.kind, founding.country
    team.organisation_id, team.track_id = founding.organisation_id, founding.track_id
    record(session, Verb.TEAM_EDITED, team, by=by.id, at=at, contest_id=team.contest_id)


def invite(session: Session, team: Team, *, email: str, by: User, at: datetime) -> TeamInvitation:
    """Mail somebody a way into the team; an earlier one to the same address stops working.

    Raises DomainError at the field `email` for what is no address and for who is a member.
    """
    orm.lock(session, team)
    require(can_take_members(team.contest))
    require(team.can_take_one_more(team.contest.team_max))
    person = accounts.invite(session, email=email, locale=by.locale, by=by, at=at)
    if team.has_member(person):
        raise DomainError(N_("This person is in the team already."), field="email")
    waiting = [i for i in queries.invitations(session, team.id) if i.email is not None]
    for earlier in waiting:
        if earlier.email == person.email:
            earlier.revoked_at = at
    if len(waiting) >= OPEN_INVITATIONS:
        raise DomainError(N_("Too many invitations wait. Take back some of them first."))
    invitation = _invitation(session, team, person.email, by, at)
    outbox.write(
        session,
        "team_invitation",
        to=person,
        at=at,
        contest_id=team.contest_id,
        team=team.name,
        contest=team.contest.title,
        zone=team.contest.zone,
        invitation=str(invitation.id),
        inviter=by.name or by.email,
        expires_at=invitation.expires_at,
    )
    return invitation


def open_link(session: Session, team: Team, *, by: User, at: datetime) -> TeamInvitation:
    """Make a link for whoever gets it; the one before stops working."""
    orm.lock(session, team)
    require(can_take_members(team.contest))
    require(team.can_take_one_more(team.contest.team_max))
    for earlier in queries.invitations(session, team.id):
        if earlier.email is None:
            earlier.revoked_at = at
    return _invitation(session, team, None, by, at)


def revoke(session: Session, invitation: TeamInvitation, *, by: User, at: datetime) -> None:
    """Take an invitation or a link back; doing it twice changes nothing."""
    orm.lock(session, invitation)
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = at
    record(
        session, Verb.TEAM_INVITATION_REVOKED, invitation, by=by.id, at=at,
        contest_id=invitation.team.contest_id, team=invitation.team_id,
    )  # fmt: skip


def join(session: Session, invitation: TeamInvitation, *, by: User, at: datetime) -> Member:
    """Enter the team by an invitation, which comes with its team and that team's contest.

    Raises DomainError when it no longer opens the team, no seat is left, a promise is unsigned, or
    the person is in a team of the contest.
    """
    team = invitation.team
    orm.lock(session, team)
    orm.lock(session, invitation)
    require(invitation.can_use(at))
    require(can_take_members(team.contest))
    queries.team_again(session, team)
    require(team.can_take_one_more(team.contest.team_max))
    _require_signed(session, team.contest_id, by, at)
    member = _seat(session, team, by, TeamRole.MEMBER, at)
    invitation.used_at = at
    record(
        session, Verb.TEAM_JOINED, team, by=by.id, at=at, contest_id=team.contest_id,
        how="mail" if invitation.email else "link",
    )  # fmt: skip
    return member


def leave(session: Session, team: Team, member: Member, *, by: User, at: datetime) -> None:
    """End a membership, one's own or, as lead, another's; the last to go dissolves the team.

    Raises DomainError for a lead whom others stay behind, and for the last of a team whose entry is
    handed in.
    """
    orm.lock(session, team)
    queries.team_again(session, team)
    require(can_take_members(team.contest))
    require(team.can_lose(member, handed_in=queries.has_handed_in(session, team)))
    member.left_at = at
    verb = Verb.TEAM_LEFT if member.user_id == by.id else Verb.TEAM_MEMBER_REMOVED
    record(session, verb, team, by=by.id, at=at, contest_id=team.contest_id, member=member.user_id)
    if not team.present():
        team.dissolved_at, team.name_key = at, str(team.id)  # so that the name is free again
        for invitation in queries.invitations(session, team.id):
            invitation.revoked_at = at
        record(session, Verb.TEAM_DISSOLVED, team, by=by.id, at=at, contest_id=team.contest_id)


def hand_over(session: Session, team: Team, to: Member, *, by: User, at: datetime) -> None:
    """Make another present member the lead instead of the present one."""
    orm.lock(session, team)
    queries.team_again(session, team)
    if to not in team.present():
        raise DomainError(N_("This person has left the team."))
    for member in team.present():
        member.role = TeamRole.LEAD if member is to else TeamRole.MEMBER
    record(
        session, Verb.TEAM_HANDED_OVER, team, by=by.id, at=at, contest_id=team.contest_id,
        lead=to.user_id,
    )  # fmt: skip


def answer_eligibility(
    session: Session, team: Team, given: Mapping[uuid.UUID, bool], *, by: User, at: datetime
) -> bool:
    """Keep the answers by question and return whether the team is eligible now.

    Answers to questions that the contest does not ask are left aside.
    """
    orm.lock(session, team)
    known = queries.answers(session, team)
    asked = queries.questions(session, team)
    changed = []
    for question in asked:
        if question.id not in given or given[question.id] is question.answer:
            continue
        answer = known.get(question.id)
        if answer is None:
            answer = EligibilityAnswer(team_id=team.id, question_id=question.id)
            session.add(answer)
        answer.answer, answer.answered_by, answer.answered_at = given[question.id], by.id, at
        changed.append(question.id)
    eligible = all(given.get(q.id, q.answer) is q.expected for q in asked)
    if changed:
        record(
            session, Verb.TEAM_ELIGIBILITY_ANSWERED, team, by=by.id, at=at,
            contest_id=team.contest_id, eligible=eligible,
            yes=[q for q in changed if given[q]], no=[q for q in changed if not given[q]],
        )  # fmt: skip
    return eligible


def ask(session: Session, question_id: uuid.UUID, *, at: datetime) -> None:
    """Tell the leads of the contest's teams that an eligibility question is new; each once."""
    question = queries.question(session, question_id)
    if question is None:
        return
    for team in queries.live_teams(session, question.contest_id):
        for member in team.present():
            if member.role is TeamRole.LEAD and can_take_members(team.contest):
                outbox.write(
                    session, "eligibility_asked", to=member.user, at=at,
                    contest_id=question.contest_id,
                    dedupe_key=f"eligibility_asked:{question.id}:{member.user_id}",
                    team_id=team.id, team=team.name, contest=team.contest.title,
                    question=question.question,
                )  # fmt: skip


TAKEN = N_("Another team of this contest has this name, or one that reads like it.")


def _free_name(
    session: Session, contest_id: uuid.UUID, name: str, *, but: Team | None = None
) -> str:
    name = " ".join(name.split())
    if not name:
        raise DomainError(N_("A team needs a name."), field="name")
    if queries.is_name_taken(session, contest_id, name, but=but):
        raise DomainError(TAKEN, field="name")
    return name


def _require_signed(session: Session, contest_id: uuid.UUID, user: User, at: datetime) -> None:
    if queries.unsigned(session, contest_id, user, at):
        raise DomainError(N_("Read and sign the contest's rules and IP terms first."))


def _seat(session: Session, team: Team, user: User, role: TeamRole, at: datetime) -> Member:
    if queries.own(session, team.contest_id, user) is not None:
        raise DomainError(ALREADY)
    member = Member(contest_id=team.contest_id, user=user, role=role, joined_at=at)
    with _or_refuse(session, DomainError(ALREADY)):
        team.members.append(member)
    return member


@contextmanager
def _or_refuse(session: Session, otherwise: DomainError) -> Iterator[None]:
    """Write a new row; two requests at once may both have found its place free."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError:
        raise otherwise from None


def _invitation(
    session: Session, team: Team, email: str | None, by: User, at: datetime
) -> TeamInvitation:
    invitation = TeamInvitation(
        team=team, email=email, invited_by=by.id, invited_at=at, expires_at=at + INVITED_FOR
    )
    session.add(invitation)
    record(
        session, Verb.TEAM_INVITED, invitation, by=by.id, at=at, contest_id=team.contest_id,
        team=team.id, how="mail" if email else "link",
    )  # fmt: skip
    return invitation


def move_invitations(session: Session, old: str, new: str) -> None:
    """Let invitations follow a person to another mail address."""
    session.execute(update(TeamInvitation).where(TeamInvitation.email == old).values(email=new))
