from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.actions import parts
from contest.contests.models import Contest, Eligibility, Round
from contest.core.errors import DomainError
from contest.core.words import Words
from contest.entries.models import State
from contest.events.models import Event
from contest.messages.models import Message
from contest.teams import actions, queries
from contest.teams.actions import Founding
from contest.teams.models import Kind, Team, TeamRole
from tests import make
from tests.jobs import run_promised


@pytest.fixture
def contest(session: Session) -> Contest:
    return make.contest(session)


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(Event.verb).order_by(Event.sequence)))


def test_the_founder_leads_the_team_and_it_is_recorded(session: Session, contest: Contest) -> None:
    ada = make.user(session)

    team = found(session, contest, ada, name="  Power   Mesh ")

    assert team.name == "Power Mesh"
    assert [(m.user, m.role) for m in team.present()] == [(ada, TeamRole.LEAD)]
    assert queries.open_questions(session, team) == ()
    assert verbs(session) == ["team.founded"]


@pytest.mark.parametrize("name", ["aurora", " Aurora ", "ＡＵＲＯＲＡ"])
def test_a_name_that_reads_like_another_is_refused(
    session: Session, contest: Contest, name: str
) -> None:
    found(session, contest, make.user(session), name="Aurora")

    with pytest.raises(DomainError) as refusal:
        found(session, contest, make.user(session), name=name)

    assert refusal.value.field == "name"


def test_a_name_is_free_in_another_contest(session: Session, contest: Contest) -> None:
    found(session, contest, make.user(session), name="Aurora")

    assert found(session, make.contest(session), make.user(session), name="Aurora").name == "Aurora"


def test_nobody_is_in_two_teams_of_one_contest(session: Session, contest: Contest) -> None:
    ada = make.user(session)
    found(session, contest, ada)

    with pytest.raises(DomainError, match="in a team of this contest already"):
        found(session, contest, ada, name="Second")


def test_founding_and_joining_need_the_promises_signed(session: Session, contest: Contest) -> None:
    lead, ada = make.user(session), make.user(session)
    rules = make.undertaking(session, contest)
    make.signature(session, rules, lead)
    team = found(session, contest, lead)
    link = actions.open_link(session, team, by=lead, at=make.NOON)

    with pytest.raises(DomainError, match="Read and sign"):
        actions.join(session, link, by=ada, at=make.NOON)
    with pytest.raises(DomainError, match="Read and sign"):
        found(session, contest, ada, name="Other")
    assert queries.signers(session, team, make.NOON) == {lead.id}

    make.signature(session, rules, ada)
    actions.join(session, link, by=ada, at=make.NOON)
    assert queries.signers(session, team, make.NOON) == {lead.id, ada.id}


def test_an_invitation_by_mail_makes_the_person_writes_the_mail_and_works_once(
    session: Session, contest: Contest
) -> None:
    lead = make.user(session, name="Ada")
    team = found(session, contest, lead)

    invitation = actions.invite(session, team, email="New@Example.org", by=lead, at=make.NOON)

    message = session.scalars(select(Message)).one()
    assert (message.kind, message.facts["invitation"]) == ("team_invitation", str(invitation.id))
    new = session.scalars(select(User).where(User.email == "new@example.org")).one()
    actions.join(session, invitation, by=new, at=make.NOON)
    assert team.has_member(new)
    with pytest.raises(DomainError, match="already used"):
        actions.join(session, invitation, by=make.user(session), at=make.NOON)


def test_inviting_again_replaces_the_earlier_invitation(session: Session, contest: Contest) -> None:
    lead = make.user(session)
    team = found(session, contest, lead)

    first = actions.invite(session, team, email="a@example.org", by=lead, at=make.NOON)
    second = actions.invite(session, team, email="A@example.org", by=lead, at=make.NOON)

    assert (first.revoked_at, second.revoked_at) == (make.NOON, None)
    assert queries.invitations(session, team.id) == (second,)


@pytest.mark.parametrize("email", ["nonsense", "", "lead@example.org"])
def test_who_cannot_be_invited_is_refused_at_the_address(
    session: Session, contest: Contest, email: str
) -> None:
    lead = make.user(session, email="lead@example.org")
    team = found(session, contest, lead)

    with pytest.raises(DomainError) as refusal:
        actions.invite(session, team, email=email, by=lead, at=make.NOON)
    assert refusal.value.field == "email"


def test_a_link_lets_several_people_in_until_it_is_taken_back_or_the_team_is_full(
    session: Session, contest: Contest
) -> None:
    contest.team_max = 3
    lead = make.user(session)
    team = found(session, contest, lead)
    link = actions.open_link(session, team, by=lead, at=make.NOON)

    for _ in range(2):
        actions.join(session, link, by=make.user(session), at=make.NOON)
    with pytest.raises(DomainError, match="full: the contest allows 3"):
        actions.join(session, link, by=make.user(session), at=make.NOON)
    actions.revoke(session, link, by=lead, at=make.NOON)
    with pytest.raises(DomainError, match="taken back"):
        actions.join(session, link, by=make.user(session), at=make.NOON)


def test_the_lead_hands_over_and_can_then_leave(session: Session, contest: Contest) -> None:
    lead, ada = make.user(session), make.user(session)
    team = make.team(session, lead, ada, contest=contest)

    with pytest.raises(DomainError, match="Hand over the lead first"):
        actions.leave(session, team, team.members[0], by=lead, at=make.NOON)
    actions.hand_over(session, team, team.members[1], by=lead, at=make.NOON)
    actions.leave(session, team, team.members[0], by=lead, at=make.NOON)

    assert [(m.user_id, m.role) for m in team.present()] == [(ada.id, TeamRole.LEAD)]
    assert verbs(session) == ["team.handed-over", "team.left"]


def test_removing_somebody_is_recorded_as_such_and_they_may_join_another_team(
    session: Session, contest: Contest
) -> None:
    lead, ada = make.user(session), make.user(session)
    team = make.team(session, lead, ada, contest=contest)

    actions.leave(session, team, team.members[1], by=lead, at=make.NOON)

    assert verbs(session) == ["team.member-removed"]
    assert queries.own(session, contest.id, ada) is None
    found(session, contest, ada, name="Next")


def test_the_last_to_leave_dissolves_the_team_and_frees_its_name(
    session: Session, contest: Contest
) -> None:
    ada = make.user(session)
    team = found(session, contest, ada, name="Aurora")

    actions.leave(session, team, team.members[0], by=ada, at=make.NOON)

    assert team.dissolved_at == make.NOON
    assert verbs(session)[-1] == "team.dissolved"
    assert found(session, contest, ada, name="Aurora").name == "Aurora"


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        (State.DRAFT, False),
        (State.WITHDRAWN, False),
        (State.SUBMITTED, True),
        (State.ELIGIBLE, True),
    ],
)
def test_the_last_stays_while_the_entry_is_handed_in(
    session: Session, contest: Contest, state: State, stays: bool
) -> None:
    ada = make.user(session)
    team = make.entry(session, ada, contest=contest, state=state).team

    refused: AbstractContextManager[Any] = (
        pytest.raises(DomainError, match="Withdraw it first") if stays else nullcontext()
    )
    with refused:
        actions.leave(session, team, team.members[0], by=ada, at=make.NOON)

    assert team.has_member(ada) is stays


def test_a_team_is_eligible_when_every_answer_is_as_expected(
    session: Session, contest: Contest
) -> None:
    adult = make.eligibility(session, contest)
    employed = make.eligibility(session, contest, question="Employed by us?", expected=False)
    ada = make.user(session)
    team = found(session, contest, ada)
    assert len(queries.open_questions(session, team)) == 2

    def answer(**given: bool) -> bool:
        ids = {"adult": adult.id, "employed": employed.id}
        return actions.answer_eligibility(
            session, team, {ids[k]: v for k, v in given.items()}, by=ada, at=make.NOON
        )

    assert not answer(adult=True)
    assert not answer(adult=True, employed=True)
    assert [q.is_wrong() for q in queries.questions(session, team)] == [False, True]
    assert answer(employed=False)
    assert queries.open_questions(session, team) == ()
    assert not answer(adult=False)
    assert [q.text["en"] for q in queries.open_questions(session, team)] == ["Older than 18?"]
    facts = [e.facts for e in session.scalars(select(Event).order_by(Event.sequence))][1:]
    assert [f["eligible"] for f in facts] == [False, False, True, False]
    assert facts[2]["no"] == [str(employed.id)]


def test_a_question_that_is_new_opens_every_teams_eligibility_and_is_told_to_its_lead_once(
    session: Session, contest: Contest
) -> None:
    ada, bob = make.user(session), make.user(session, name="Bob")
    aurora = make.team(session, ada, bob, contest=contest, name="Aurora")
    gone = make.team(session, make.user(session), contest=contest, name="Gone")
    gone.dissolved_at = make.NOON
    asked = Eligibility(question=Words(en="Insured?"), expected=True, reason=Words(en="Insure."))

    parts.add(session, contest, asked, by=make.user(session), at=make.NOON)
    run_promised(session)
    actions.ask(session, asked.id, at=make.NOON)

    told = session.scalars(select(Message).where(Message.kind == "eligibility_asked")).all()
    assert [message.recipient for message in told] == [ada]
    assert [q.id for q in queries.open_questions(session, aurora)] == [asked.id]
    row = queries.rows(session, contest.id, queries.Filter(eligible=False))
    assert [(r.name, r.open_questions) for r in row] == [("Aurora", 1)]


def test_the_same_answers_again_are_not_recorded(session: Session, contest: Contest) -> None:
    adult = make.eligibility(session, contest)
    ada = make.user(session)
    team = found(session, contest, ada)

    for _ in range(2):
        actions.answer_eligibility(session, team, {adult.id: True}, by=ada, at=make.NOON)

    assert verbs(session) == ["team.founded", "team.eligibility-answered"]


def found(session: Session, contest: Contest, by: User, *, name: str = "Aurora") -> Team:
    return actions.create(
        session,
        contest,
        Founding(name=name, kind=Kind.STARTUP, country="CN"),
        rounds=[Round(opens_at=make.NOON, closes_at=make.NOON + make.DAY)],
        by=by,
        at=make.NOON,
    )
