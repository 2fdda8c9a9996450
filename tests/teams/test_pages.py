from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from contest.accounts import links
from contest.accounts.models import User
from contest.contests.models import Contest, Phase, Role
from contest.core import clock
from contest.entries.models import State
from contest.teams.models import Kind, Member, Team, TeamInvitation
from contest.undertakings.models import Kind as Promise
from tests import make
from tests.pages import Client

FORM = {"name": "Aurora", "kind": "startup", "country": "CN", "organisation": ""}


@pytest.fixture
def contest(session: Session) -> Contest:
    made = make.contest(session, slug="rivers")
    make.round_(session, made)
    return made


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            said.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


def way_in(app: Flask, invitation: TeamInvitation, user: User | None = None) -> str:
    payload = {"invitation": str(invitation.id)} | ({"user": str(user.id)} if user else {})
    with app.app_context():
        return "/join/" + links.sign(links.TEAM_INVITATION, payload)


def test_founding_a_team_starts_with_the_promises(
    client: Client, session: Session, contest: Contest
) -> None:
    ada = make.user(session)
    rules = make.undertaking(session, contest)
    terms = make.undertaking(session, contest, Promise.IP, body="You keep it.")
    client.sign_in(ada)

    page = client.page("/contests/rivers/teams/new").text
    for text in (rules, terms):
        assert f"/undertakings/{text.id}/sign?next=/contests/rivers/teams/new" in unescape(page)
    refused = client.post("/contests/rivers/teams/new", data=FORM)
    assert refused.status_code == 422

    make.signature(session, rules, ada)
    make.signature(session, terms, ada)
    client.page("/contests/rivers/teams/new")
    response = client.post("/contests/rivers/teams/new", data=FORM)

    team = session.scalars(select(Team)).one()
    assert (response.status_code, response.location) == (303, f"/teams/{team.id}")
    assert (team.name, team.kind, team.country) == ("Aurora", Kind.STARTUP, "CN")
    client.page(response.location)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "   "), ("name", "x" * 121), ("name", "POWER  mesh"),
     ("kind", "circus"), ("country", "XX"), ("organisation", "not an id")],
)  # fmt: skip
def test_founding_refuses_what_is_wrong_and_keeps_what_was_typed(
    client: Client, session: Session, contest: Contest, field: str, value: str
) -> None:
    make.team(session, make.user(session), contest=contest, name="Power Mesh")
    client.sign_in(make.user(session))

    response = client.post("/contests/rivers/teams/new", data=FORM | {field: value})

    assert response.status_code == 422
    assert len(session.scalars(select(Team)).all()) == 1


def test_a_judge_and_a_member_of_another_team_cannot_found_one(
    client: Client, session: Session, contest: Contest
) -> None:
    judge, ada = make.user(session), make.user(session)
    make.appointment(session, contest, judge, Role.JUDGE)
    team = make.team(session, ada, contest=contest)

    client.sign_in(judge)
    assert client.post("/contests/rivers/teams/new", data=FORM).status_code == 403
    client.sign_in(ada)
    assert client.get("/contests/rivers/teams/new").location == f"/teams/{team.id}"
    assert client.post("/contests/rivers/teams/new", data=FORM).status_code == 403


@pytest.mark.usefixtures("contest")
def test_nobody_founds_a_team_after_the_deadline(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(make.user(session))
    monkeypatch.setattr(clock, "now", lambda: make.NOON + make.DAY)

    response = client.post("/contests/rivers/teams/new", data=FORM)

    assert response.status_code == 403
    assert "deadline for entries has passed" in response.text


def test_the_page_of_a_team_is_for_its_members_and_staff_only(
    client: Client, session: Session, contest: Contest
) -> None:
    ada, organiser, judge, eve = (make.user(session) for _ in range(4))
    make.appointment(session, contest, organiser, Role.ORGANISER)
    make.appointment(session, contest, judge, Role.JUDGE)
    url = f"/teams/{make.team(session, ada, contest=contest).id}"

    for user, status in ((ada, 200), (organiser, 200), (judge, 404), (eve, 404)):
        client.sign_in(user)
        assert client.get(url).status_code == status
    client.sign_in(organiser)
    client.page(url)


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.SCREENER, Role.CHAIR])
def test_the_page_leads_staff_to_the_entry_once_it_was_handed_in(
    client: Client, session: Session, contest: Contest, role: Role
) -> None:
    somebody = make.user(session)
    make.appointment(session, contest, somebody, role)
    entry = make.entry(session, make.user(session), contest=contest)
    client.sign_in(somebody)

    assert "/entries/" not in client.page(f"/teams/{entry.team_id}").text
    entry.state = State.SUBMITTED
    session.flush()
    assert f'href="/entries/{entry.id}"' in client.page(f"/teams/{entry.team_id}").text
    assert client.get(f"/entries/{entry.id}").status_code == 200


def test_the_page_says_what_is_still_to_do(
    client: Client, session: Session, contest: Contest
) -> None:
    ada, bob = make.user(session), make.user(session, name="Bob")
    rules = make.undertaking(session, contest)
    make.signature(session, rules, bob)
    make.eligibility(session, contest)
    team = make.team(session, ada, bob, contest=contest)
    client.sign_in(ada)

    page = client.page(f"/teams/{team.id}").text

    assert "You have not signed everything yet" in page
    assert "1 of 2" in page
    assert f'href="/teams/{team.id}/eligibility"' in page
    assert "Not signed yet" in page


def test_a_team_page_costs_the_same_for_one_and_for_three_members(
    client: Client, session: Session, contest: Contest
) -> None:
    ada = make.user(session)
    team = make.team(session, ada, contest=contest)
    client.sign_in(ada)
    with statements(session) as one:
        client.page(f"/teams/{team.id}")
    for _ in range(2):
        session.add(
            Member(team_id=team.id, contest_id=contest.id, user=make.user(session), role="member",
                   joined_at=make.NOON)
        )  # fmt: skip
    for email in ("x@example.org", "y@example.org"):
        make.team_invitation(session, team, email=email)
    with statements(session) as three:
        client.page(f"/teams/{team.id}")
    assert len(one) == len(three)


def test_inviting_by_mail_shows_the_invitation_until_it_is_taken_back(
    client: Client, session: Session, contest: Contest
) -> None:
    ada = make.user(session)
    team = make.team(session, ada, contest=contest)
    client.sign_in(ada)
    client.page(f"/teams/{team.id}/invite")

    assert client.post(f"/teams/{team.id}/invite", data={"email": "no"}).status_code == 422
    client.post(f"/teams/{team.id}/invite", data={"email": "Bob@Example.org"})

    assert "bob@example.org" in client.page(f"/teams/{team.id}").text
    invitation = session.scalars(select(TeamInvitation)).one()
    client.post(f"/teams/{team.id}/invitations/{invitation.id}/revoke")
    assert "bob@example.org" not in client.get(f"/teams/{team.id}").text.split("toast")[0]


def test_the_shared_link_lets_a_signed_in_person_join(
    client: Client, session: Session, contest: Contest
) -> None:
    ada, bob = make.user(session), make.user(session)
    team = make.team(session, ada, contest=contest)
    client.sign_in(ada)
    client.post(f"/teams/{team.id}/link")
    page = client.page(f"/teams/{team.id}").text
    url = "/join/" + page.split("/join/")[1].split('"')[0]

    client.sign_in(bob)
    client.page(url)
    response = client.post(url)

    assert (response.status_code, response.location) == (303, f"/teams/{team.id}")
    assert client.get(url).location == f"/teams/{team.id}"


def test_a_visitor_with_the_shared_link_is_shown_the_way_in(
    client: Client, session: Session, contest: Contest, app: Flask
) -> None:
    team = make.team(session, make.user(session), contest=contest, name="Aurora")
    url = way_in(app, make.team_invitation(session, team))

    page = client.page(url).text

    assert "Join Aurora" in page
    assert "/sign-up?next=/join/" in page
    assert client.post(url).status_code == 200
    assert len(session.scalars(select(Member)).all()) == 1


def test_a_mailed_invitation_signs_in_once_and_leads_into_the_team(
    client: Client, session: Session, contest: Contest, app: Flask
) -> None:
    team = make.team(session, make.user(session), contest=contest)
    rules = make.undertaking(session, contest)
    bob = make.user(session, email="bob@example.org")
    url = way_in(app, make.team_invitation(session, team, email=bob.email), bob)

    assert "Go on as" in client.page(url).text
    assert client.post(url).location == url
    assert "First, what everybody promises" in client.page(url).text
    assert client.post(url).status_code == 422
    make.signature(session, rules, bob)
    assert client.post(url).location == f"/teams/{team.id}"

    elsewhere = app.test_client()
    assert elsewhere.get(url).status_code == 410
    assert elsewhere.post(url).status_code == 410


def test_somebody_invited_by_an_address_alone_says_who_they_are_before_they_come_in(
    client: Client, session: Session, contest: Contest, app: Flask
) -> None:
    ada = make.user(session)
    team = make.team(session, ada, contest=contest)
    bob = make.user(session, name="", email="bob@example.org")
    url = way_in(app, make.team_invitation(session, team, email=bob.email), bob)

    assert "Your name" in client.page(url).text
    assert client.post(url).status_code == 422
    assert client.post(url, data={"name": "Bob Noyce"}).location == url
    assert "Your name" not in client.page(url).text
    client.post(url)

    client.sign_in(ada)
    assert "Bob Noyce" in client.page(f"/teams/{team.id}").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("expired", "has expired"),
        ("revoked", "was taken back"),
        ("forged", "missing or was changed"),
    ],
)
def test_a_link_that_opens_nothing_says_why(
    client: Client, session: Session, contest: Contest, app: Flask, change: str, sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    invitation = make.team_invitation(
        session, make.team(session, make.user(session), contest=contest)
    )
    url = way_in(app, invitation)
    if change == "expired":
        monkeypatch.setattr(clock, "now", lambda: make.NOON + timedelta(days=2))
    if change == "revoked":
        invitation.revoked_at = make.NOON
        session.flush()

    response = client.get(url + ("x" if change == "forged" else ""))

    assert response.status_code == 410
    assert sentence in response.text


def test_somebody_in_another_team_is_told_so(
    client: Client, session: Session, contest: Contest, app: Flask
) -> None:
    bob = make.user(session)
    own = make.team(session, bob, contest=contest, name="Borealis")
    team = make.team(session, make.user(session), contest=contest)
    url = way_in(app, make.team_invitation(session, team))
    client.sign_in(bob)

    page = client.page(url).text

    assert "You are in the team “Borealis”." in page
    assert f"/teams/{own.id}" in page
    assert client.post(url).status_code == 403


def test_the_lead_hands_over_removes_and_members_leave(
    client: Client, session: Session, contest: Contest
) -> None:
    ada, bob, eve = (make.user(session, name=n) for n in ("Ada", "Bob", "Eve"))
    team = make.team(session, ada, bob, eve, contest=contest)
    lead, member, third = (f"/teams/{team.id}/members/{m.id}" for m in team.members)
    client.sign_in(ada)

    for url in (member + "/hand-over", third + "/remove"):
        client.page(url)
    assert client.get(f"/teams/{team.id}/leave").status_code == 403
    assert client.post(third + "/remove").status_code == 303
    assert client.post(member + "/hand-over").status_code == 303
    assert client.post(member + "/remove").status_code == 403
    client.page(f"/teams/{team.id}/leave")
    assert client.post(f"/teams/{team.id}/leave").status_code == 303
    assert client.get(f"/teams/{team.id}").status_code == 404
    client.sign_in(bob)
    assert client.get(lead + "/remove").status_code == 404
    client.page(f"/teams/{team.id}")


def test_a_member_who_does_not_lead_changes_nothing(
    client: Client, session: Session, contest: Contest
) -> None:
    ada, bob = make.user(session), make.user(session)
    make.eligibility(session, contest)
    team = make.team(session, ada, bob, contest=contest)
    client.sign_in(bob)
    base = f"/teams/{team.id}"

    for url in (
        "/edit",
        "/invite",
        "/link",
        "/eligibility",
        f"/members/{team.members[0].id}/remove",
    ):
        assert client.post(base + url, data=FORM).status_code == 403, url
    client.page(base + "/eligibility")


def test_eligibility_shows_the_reason_of_a_wrong_answer(
    client: Client, session: Session, contest: Contest
) -> None:
    ada = make.user(session)
    question = make.eligibility(session, contest)
    team = make.team(session, ada, contest=contest)
    client.sign_in(ada)
    url, name = f"/teams/{team.id}/eligibility", f"question_{question.id.hex}"
    client.page(url)

    assert client.post(url, data={}).status_code == 422
    assert client.post(url, data={name: "maybe"}).status_code == 422
    client.post(url, data={name: "no"})
    assert "Only adults take part." in client.page(url).text
    assert client.post(url, data={name: "yes"}).location == f"/teams/{team.id}"
    assert "Only adults take part." not in client.page(url).text
    assert "May take part" in client.page(f"/teams/{team.id}").text


def test_the_lead_renames_the_team_but_not_to_a_taken_name(
    client: Client, session: Session, contest: Contest
) -> None:
    ada = make.user(session)
    make.team(session, make.user(session), contest=contest, name="Taken")
    team = make.team(session, ada, contest=contest, name="Aurora")
    client.sign_in(ada)
    client.page(f"/teams/{team.id}/edit")

    assert client.post(f"/teams/{team.id}/edit", data=FORM | {"name": "taken"}).status_code == 422
    assert client.post(f"/teams/{team.id}/edit", data=FORM | {"name": "AURORA"}).status_code == 303
    session.refresh(team)
    assert team.name == "AURORA"


def test_staff_list_and_filter_the_teams(
    client: Client, session: Session, contest: Contest
) -> None:
    organiser = make.user(session)
    make.appointment(session, contest, organiser, Role.ORGANISER)
    client.sign_in(organiser)
    assert "No team yet" in client.page("/contests/rivers/teams").text

    mesh = make.team(session, make.user(session), contest=contest, name="Power 100% Mesh")
    make.entry(session, contest=contest, state=State.SUBMITTED, team=mesh)
    make.team(session, make.user(session), contest=contest, name="Aurora", kind=Kind.STUDENT)

    def listed(query: str) -> list[bool]:
        page = client.page(f"/contests/rivers/teams{query}").text
        return ["Aurora" in page, "Power 100% Mesh" in page]

    assert listed("") == [True, True]
    assert listed("?kind=student") == [True, False]
    assert listed("?q=MESH") == [False, True]
    assert listed("?q=%25+m") == [False, True]
    assert listed("?q=_") == [False, False]
    assert listed("?eligible=no") == [False, False]
    assert listed("?kind=circus&country=nowhere&eligible=x&slug=other") == [True, True]
    assert "Submitted" in client.get("/contests/rivers/teams").text


def test_the_list_of_teams_costs_the_same_for_one_and_for_three(
    client: Client, session: Session, contest: Contest
) -> None:
    organiser = make.user(session)
    make.appointment(session, contest, organiser, Role.ORGANISER)
    client.sign_in(organiser)
    make.entry(session, make.user(session), contest=contest)
    client.page("/contests/rivers/teams")
    with statements(session) as one:
        client.page("/contests/rivers/teams")
    for _ in range(2):
        make.entry(session, make.user(session), contest=contest)
    with statements(session) as three:
        client.page("/contests/rivers/teams")
    assert len(one) == len(three)


@pytest.mark.parametrize("role", [Role.JUDGE, Role.SPONSOR, None])
def test_the_list_of_teams_is_for_staff(
    client: Client, session: Session, contest: Contest, role: Role | None
) -> None:
    user = make.user(session)
    if role is not None:
        make.appointment(session, contest, user, role)
    client.sign_in(user)

    assert client.get("/contests/rivers/teams").status_code == 403


def test_one_address_leads_to_ones_own_team_or_to_founding_one(
    client: Client, session: Session, contest: Contest
) -> None:
    ada, bob = make.user(session), make.user(session)
    team = make.team(session, ada, contest=contest)

    client.sign_in(ada)
    assert client.get("/contests/rivers/team").location == f"/teams/{team.id}"
    client.sign_in(bob)
    assert client.get("/contests/rivers/team").location == "/contests/rivers/teams/new"


def test_nobody_hears_of_a_contest_that_is_not_announced(client: Client, session: Session) -> None:
    contest = make.contest(session, phase=Phase.DRAFT, slug="secret")
    client.sign_in(make.user(session))

    for url in ("teams/new", "teams", "team"):
        assert client.get(f"/contests/{contest.slug}/{url}").status_code == 404
