"""Truth tables without a database."""

import uuid
from datetime import timedelta

import pytest

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Contest, Phase, Role, Round
from contest.core.words import Words
from contest.teams import policy
from contest.teams.models import Member, Team, TeamInvitation, TeamRole, key_of
from tests.make import DAY, NOON

LEAD, MEMBER, STRANGER = (User(name=n, email=f"{n}@example.org") for n in ("lead", "bob", "eve"))
CONTEST = Contest(title=Words(en="C"), team_max=3, phase=Phase.RUNNING)
for number, someone in enumerate((LEAD, MEMBER, STRANGER)):
    someone.id = uuid.UUID(int=number + 1)


def team(*members: User, most: int = 3, phase: Phase = Phase.RUNNING) -> Team:
    return Team(
        name="Aurora",
        contest=Contest(title=Words(en="C"), team_max=most, phase=phase),
        members=[
            Member(user_id=m.id, role=TeamRole.MEMBER if i else TeamRole.LEAD)
            for i, m in enumerate(members)
        ],
    )


def round_(*, opens: timedelta = -DAY, closes: timedelta = DAY) -> Round:
    return Round(opens_at=NOON + opens, closes_at=NOON + closes)


def actor(user: User | None, *roles: Role) -> Actor:
    return Actor(user, None, frozenset(roles))


@pytest.mark.parametrize("phase", list(Phase))
def test_a_team_is_founded_while_the_contest_is_live(phase: Phase) -> None:
    contest = Contest(phase=phase)

    decision = policy.may_found(actor(STRANGER), contest, [round_()], None, NOON)

    assert bool(decision) is (phase in {Phase.ANNOUNCED, Phase.RUNNING})


@pytest.mark.parametrize(
    ("rounds", "allowed"),
    [
        ([], False),
        ([Round(opens_at=None, closes_at=None)], False),
        ([round_(opens=DAY, closes=2 * DAY)], True),
        ([round_(closes=timedelta(microseconds=1))], True),
        ([round_(closes=timedelta())], False),
        ([round_(closes=-timedelta(hours=1)), round_(opens=DAY, closes=2 * DAY)], True),
    ],
)
def test_a_team_is_founded_until_the_last_deadline(rounds: list[Round], allowed: bool) -> None:
    assert bool(policy.may_found(actor(STRANGER), CONTEST, rounds, None, NOON)) is allowed


@pytest.mark.parametrize("role", list(Role))
def test_who_has_an_office_in_the_contest_does_not_compete(role: Role) -> None:
    someone = actor(STRANGER, role)
    invitation = TeamInvitation(team=team(LEAD), email=None, expires_at=NOON + DAY)

    assert not policy.may_found(someone, CONTEST, [round_()], None, NOON)
    assert not policy.may_join(someone, invitation, None, NOON)


def test_one_person_takes_part_once() -> None:
    invitation = TeamInvitation(team=team(LEAD), email=None, expires_at=NOON + DAY)
    other = Team(name="Borealis")

    for decision in (
        policy.may_found(actor(STRANGER), CONTEST, [round_()], other, NOON),
        policy.may_join(actor(STRANGER), invitation, other, NOON),
    ):
        assert decision.facts == {"team": "Borealis"}


@pytest.mark.parametrize(
    ("user", "view", "lead", "leave"),
    [(LEAD, True, True, False), (MEMBER, True, False, True), (STRANGER, False, False, False),
     (None, False, False, False)],
)  # fmt: skip
def test_what_each_person_may_do_in_a_team_of_two(
    user: User | None, view: bool, lead: bool, leave: bool
) -> None:
    aurora = team(LEAD, MEMBER)

    assert bool(policy.may_view(actor(user), aurora)) is view
    assert bool(policy.may_lead(user, aurora)) is lead
    assert bool(policy.may_invite(user, aurora)) is lead
    assert bool(policy.may_leave(user, aurora, handed_in=False)) is leave


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.ORGANISER, True), (Role.SCREENER, True), (Role.CHAIR, True), (Role.JUDGE, False),
     (Role.SPONSOR, False), (Role.OBSERVER, False)],
)  # fmt: skip
def test_staff_see_every_team_and_judges_do_not(role: Role, allowed: bool) -> None:
    assert bool(policy.may_view(actor(STRANGER, role), team(LEAD))) is allowed
    assert bool(policy.may_list(actor(STRANGER, role))) is allowed


@pytest.mark.parametrize(("handed_in", "allowed"), [(False, True), (True, False)])
def test_the_last_member_leaves_unless_the_entry_is_handed_in(
    handed_in: bool, allowed: bool
) -> None:
    assert bool(policy.may_leave(LEAD, team(LEAD), handed_in=handed_in)) is allowed


def test_a_full_team_takes_nobody() -> None:
    full = team(LEAD, MEMBER, most=2)
    invitation = TeamInvitation(team=full, email=None, expires_at=NOON + DAY)

    assert not policy.may_invite(LEAD, full)
    assert not policy.may_join(actor(STRANGER), invitation, None, NOON)


def test_nothing_changes_in_a_team_once_the_contest_is_over() -> None:
    over = team(LEAD, MEMBER, phase=Phase.CONCLUDED)

    assert not policy.may_lead(LEAD, over)
    assert not policy.may_leave(MEMBER, over, handed_in=False)
    assert policy.may_view(actor(MEMBER), over)


def test_the_lead_removes_others_and_hands_over_to_others_only() -> None:
    aurora = team(LEAD, MEMBER)
    lead, member = aurora.members

    for may in (policy.may_remove, policy.may_hand_over):
        assert may(LEAD, aurora, member)
        assert not may(LEAD, aurora, lead)
        assert not may(MEMBER, aurora, lead)


@pytest.mark.parametrize(
    ("invitation", "reason"),
    [
        (TeamInvitation(email="a", expires_at=NOON + DAY), ""),
        (TeamInvitation(email="a", expires_at=NOON), "expired"),
        (TeamInvitation(email="a", expires_at=NOON + DAY, used_at=NOON), "already used"),
        (TeamInvitation(email=None, expires_at=NOON + DAY, used_at=NOON), ""),
        (TeamInvitation(email=None, expires_at=NOON + DAY, revoked_at=NOON), "taken back"),
    ],
)
def test_an_invitation_says_why_it_no_longer_opens_the_team(
    invitation: TeamInvitation, reason: str
) -> None:
    decision = invitation.can_use(NOON)

    assert bool(decision) is (reason == "")
    assert reason in decision.reason


def test_names_that_read_alike_are_one_name() -> None:
    assert {key_of(n) for n in ("Power Mesh", " power  mesh ", "ＰＯＷＥＲ　ｍｅｓｈ")} == {
        "power mesh"
    }
