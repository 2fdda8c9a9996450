import uuid

import pytest

from contest.accounts.models import User
from contest.contests import policy
from contest.contests.actor import Actor
from contest.contests.models import Appointment, Contest, Phase, Role
from tests.make import NOON

ADA = User(id=uuid.uuid4(), name="Ada")
ROOT = User(id=uuid.uuid4(), name="Root", is_admin=True)
VISITOR, STRANGER, ADMIN = Actor(None), Actor(ADA), Actor(ROOT)


def holding(*roles: Role) -> Actor:
    return Actor(ADA, roles=frozenset(roles))


@pytest.mark.parametrize(
    ("actor", "sees_a_draft", "oversees", "manages"),
    [
        (VISITOR, False, False, False),
        (STRANGER, False, False, False),
        (holding(Role.JUDGE), True, False, False),
        (holding(Role.SPONSOR), True, True, False),
        (holding(Role.SCREENER), True, True, False),
        (holding(Role.CHAIR), True, True, False),
        (holding(Role.ORGANISER), True, True, True),
        (ADMIN, True, True, True),
    ],
)
def test_who_sees_and_runs_a_contest(
    actor: Actor, sees_a_draft: bool, oversees: bool, manages: bool
) -> None:
    draft = Contest(phase=Phase.DRAFT, announced_at=None)
    public = Contest(phase=Phase.RUNNING, announced_at=NOON)

    assert bool(policy.may_view(actor, draft)) == sees_a_draft
    assert policy.may_view(actor, public)
    assert bool(policy.may_oversee(actor)) == oversees
    assert bool(policy.may_manage(actor)) == manages


@pytest.mark.parametrize(
    ("user", "organises", "may"),
    [(None, False, False), (ADA, False, False), (ADA, True, True), (ROOT, False, True)],
)
def test_who_founds_a_contest(user: User | None, organises: bool, may: bool) -> None:
    assert bool(policy.may_create(user, organises=organises)) == may


def test_an_invitation_is_answered_by_the_one_it_names() -> None:
    appointment = Appointment(user_id=ADA.id)

    assert policy.may_answer(ADA, appointment)
    assert not policy.may_answer(ROOT, appointment)
    assert not policy.may_answer(None, appointment)
