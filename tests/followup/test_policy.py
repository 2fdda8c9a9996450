import uuid

import pytest

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.followup import policy
from contest.followup.models import Case
from contest.followup.policy import Viewer

ADA = User(id=uuid.uuid4(), email="ada@example.org")
MINE = Case(title="Reeds", sponsor_owner_id=ADA.id)
OTHERS = Case(title="Reeds", sponsor_owner_id=None)


def _as(*roles: Role, member: bool = False, user: User | None = ADA) -> Viewer:
    return Viewer(Actor(user, None, frozenset(roles)), is_member=member)


@pytest.mark.parametrize(
    ("viewer", "case", "views", "decides", "keeps"),
    [
        (_as(user=None), OTHERS, False, False, False),
        (_as(), OTHERS, False, False, False),
        (_as(Role.JUDGE, Role.CHAIR, Role.SCREENER, Role.OBSERVER), OTHERS, False, False, False),
        (_as(Role.FOLLOW_UP), OTHERS, False, False, False),
        (_as(Role.FOLLOW_UP), MINE, True, True, False),
        (_as(Role.SPONSOR), OTHERS, True, True, False),
        (_as(member=True), OTHERS, True, False, True),
        (_as(Role.ORGANISER), OTHERS, True, True, True),
    ],
)
def test_who_sees_a_case_decides_on_it_and_confirms_promises(
    viewer: Viewer, case: Case, *, views: bool, decides: bool, keeps: bool
) -> None:
    assert bool(policy.may_view(viewer, case)) is views
    assert bool(policy.may_work(viewer, case)) is views
    assert bool(policy.may_decide(viewer, case)) is decides
    assert bool(policy.may_confirm_duty(viewer, case)) is keeps


@pytest.mark.parametrize(
    ("roles", "opens", "whole"),
    [
        ((), False, False),
        ((Role.CHAIR,), False, False),
        ((Role.FOLLOW_UP,), True, False),
        ((Role.SPONSOR,), True, True),
        ((Role.ORGANISER,), True, True),
    ],
)
def test_who_opens_the_board_and_how_much_of_it(
    roles: tuple[Role, ...], *, opens: bool, whole: bool
) -> None:
    actor = Actor(ADA, None, frozenset(roles))
    assert (bool(policy.may_view_board(actor)), policy.sees_all(actor)) == (opens, whole)
