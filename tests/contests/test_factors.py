"""A contest may ask a second factor of those who work in it."""

import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Role, RoundPhase
from tests import make
from tests.pages import Client


def asks(client: Client, session: Session, role: Role, *, of: Role) -> str:
    """Return where somebody in a role ends up who opens their work in a contest that asks it of others."""
    contest = make.contest(session)
    contest.second_factor_roles = [of.value]
    ada = make.user(session)
    make.appointment(session, contest, ada, role)
    client.sign_in(ada)
    page = "/judging" if role is Role.JUDGE else f"/contests/{contest.slug}/manage"
    answer = client.get(page)
    assert client.get(f"/contests/{contest.slug}").status_code == 200
    return str(answer.location or answer.status_code)


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CHAIR, Role.JUDGE])
def test_whoever_lacks_it_is_led_to_set_it_up_before_the_workspace_opens(
    client: Client, session: Session, role: Role
) -> None:
    assert asks(client, session, role, of=role).startswith("/profile/security/app?next=/")


def test_other_roles_are_not_asked(client: Client, session: Session) -> None:
    assert asks(client, session, Role.ORGANISER, of=Role.JUDGE) == "200"


def test_an_act_is_refused_until_it_is_set_up(client: Client, session: Session) -> None:
    contest = make.contest(session)
    contest.second_factor_roles = ["organiser"]
    root = make.user(session, is_admin=True)
    client.sign_in(root)
    url = f"/contests/{contest.slug}/settings"

    assert client.post(url, data={}).status_code == 403
    root.second_factor_at = make.NOON
    session.flush()
    assert client.get(url).status_code == 200


def test_an_organiser_says_which_roles_need_it(client: Client, session: Session) -> None:
    contest = make.contest(session)
    organiser = make.user(session)
    make.appointment(session, contest, organiser, Role.ORGANISER)
    client.sign_in(organiser)
    url = f"/contests/{contest.slug}/settings"
    client.page(url)

    form = {"version": contest.version, "edition": "1", "country": "CN", "zone": "UTC",
            "team_max": 5, "language_1": "en", "second_factor_roles": ["chair", "judge"]}  # fmt: skip
    answer = client.post(url, data=form)

    assert answer.status_code == 303, answer.text
    session.refresh(contest)
    assert contest.second_factor_roles == ["chair", "judge"]


def test_a_judge_without_it_opens_no_assignment_by_its_address(
    client: Client, session: Session
) -> None:
    contest = make.contest(session)
    contest.second_factor_roles = ["judge"]
    round_ = make.round_(session, contest, phase=RoundPhase.JUDGING)
    judge = make.user(session)
    entry = make.entry(session, make.user(session), contest=contest)
    given = make.assignment(session, round_, make.appointment(session, contest, judge), entry)
    client.sign_in(judge)

    answer = client.get(f"/assignments/{given.id}")

    assert answer.location == f"/profile/security/app?next=/assignments/{given.id}"
