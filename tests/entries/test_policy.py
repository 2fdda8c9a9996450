import uuid
from datetime import timedelta

import pytest

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Contest, Phase, Role, Round
from contest.entries import policy
from contest.entries.models import Entry, State
from contest.teams.models import Member, Team, TeamRole
from contest.vault import policy as vault
from tests.make import DAY, NOON

ADA, BOB, EVE, ROOT = (
    User(id=uuid.uuid4(), is_admin=name == "root") for name in ("a", "b", "e", "root")
)
CONTEST = Contest(phase=Phase.RUNNING, announced_at=NOON - DAY)
TEAM = Team(
    contest=CONTEST,
    members=[
        Member(user_id=ADA.id, role=TeamRole.LEAD),
        Member(user_id=BOB.id, role=TeamRole.MEMBER),
    ],
)
ROUND = Round(contest=CONTEST, opens_at=NOON - DAY, closes_at=NOON + DAY, grace_seconds=0)
LEAD, MEMBER, STRANGER, ADMIN, VISITOR = (Actor(u) for u in (ADA, BOB, EVE, ROOT, None))
ORGANISER, SCREENER, CHAIR, JUDGE, SPONSOR = (
    Actor(EVE, None, frozenset({role}))
    for role in (Role.ORGANISER, Role.SCREENER, Role.CHAIR, Role.JUDGE, Role.SPONSOR)
)
CAST = {
    "lead": LEAD, "member": MEMBER, "organiser": ORGANISER, "screener": SCREENER, "chair": CHAIR,
    "admin": ADMIN, "judge": JUDGE, "sponsor": SPONSOR, "stranger": STRANGER, "visitor": VISITOR,
}  # fmt: skip


def entry(state: State = State.SUBMITTED) -> Entry:
    return Entry(team=TEAM, contest=CONTEST, state=state)


@pytest.mark.parametrize(
    ("may", "who"),
    [
        (lambda a: policy.may_see_draft(a, TEAM), "lead member"),
        (lambda a: policy.may_write(a, TEAM, entry(), NOON, ROUND), "lead member"),
        (lambda a: policy.may_write(a, TEAM, None, NOON, ROUND), "lead member"),
        (lambda a: policy.may_write(a, TEAM, entry(), NOON + DAY, ROUND), ""),
        (lambda a: policy.may_withdraw(a, entry()), "lead"),
        (lambda a: policy.may_withdraw(a, entry(State.DRAFT)), ""),
        (lambda a: policy.may_view(a, entry()), "lead member organiser screener chair admin"),
        (policy.may_list, "organiser screener chair admin"),
        (policy.may_build, "organiser admin"),
        (policy.may_extend, "organiser admin"),
        (policy.may_screen_any, "organiser screener admin"),
        (lambda a: policy.may_screen(a, entry()), "organiser screener admin"),
        (policy.may_start_judging, "organiser admin"),
        (lambda a: vault.may_open(a, entry()), "lead member organiser screener chair admin"),
        (lambda a: policy.may_read_ledger(a, entry()), "lead member organiser admin"),
        (lambda a: vault.may_read_names(a, entry()), "organiser admin"),
    ],
    ids=["draft", "write", "begin", "write late", "withdraw", "withdraw draft", "view",
         "list", "build", "extend", "queue", "screen", "start", "open", "ledger", "names"],
)  # fmt: skip
def test_who_may(may: object, who: str) -> None:
    assert callable(may)
    assert {name for name, actor in CAST.items() if may(actor)} == set(who.split())


def test_somebody_who_left_the_team_sees_nothing_of_it() -> None:
    TEAM.members[1].left_at = NOON - timedelta(hours=1)
    try:
        assert not policy.may_see_draft(MEMBER, TEAM)
        assert not policy.may_view(MEMBER, entry())
    finally:
        TEAM.members[1].left_at = None


def test_a_screener_in_the_team_may_not_decide_on_it() -> None:
    both = Actor(ADA, None, frozenset({Role.SCREENER}))
    assert "own team" in policy.may_screen(both, entry()).reason


@pytest.mark.parametrize(
    ("actor", "capacity"),
    [(SCREENER, "screener"), (CHAIR, "chair"), (ORGANISER, "organiser"), (ADMIN, "organiser")],
)
def test_an_opening_says_as_what(actor: Actor, capacity: str) -> None:
    assert vault.capacity(actor) == capacity
