import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts import links
from contest.contests import queries
from contest.contests.actions import people
from contest.contests.models import Answer, Appointment, Contest, Role
from contest.messages import rendering
from contest.messages.models import Message
from contest.undertakings.models import Kind
from tests import make
from tests.pages import Client, check


@pytest.fixture
def contest(session: Session) -> Contest:
    contest = make.contest(session, organiser=make.user(session, name="Li Wei"))
    for kind in Kind:
        make.undertaking(session, contest, kind)
    return contest


def invite(
    session: Session, contest: Contest, *, role: Role = Role.JUDGE, at: datetime = make.NOON
) -> Appointment:
    (organiser,) = queries.appointments(session, contest.id, Role.ORGANISER)
    invitation = people.Invitation(email="sato@hitachi.example", name="佐藤 美咲", role=role)
    return people.invite(session, contest, invitation, by=organiser.user, at=at)


def mailed(app: Flask, session: Session) -> str:
    """Return the address in the newest mail."""
    newest = select(Message).options(joinedload(Message.recipient)).order_by(Message.written_at)
    message = session.scalars(newest).all()[-1]
    with app.test_request_context():
        letter = rendering.render(message)
        text = rendering.filled(letter.body, letter.links)
    found = re.search(r"https?://[^/]+(/invitations/\S+)", text)
    assert found
    return found[1]


def test_a_judge_accepts_by_the_mailed_link_and_goes_on_to_sign(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    address = mailed(app, session)
    assert "Your invitation" in client.page(address).text

    response = client.post(address, data={"answer": "accept"})

    assert response.status_code == 303
    assert response.location.startswith("/undertakings/")
    judge = appointment.user
    for thing in (appointment, judge):
        session.refresh(thing)
    assert (appointment.answer, appointment.answered_at) == (Answer.ACCEPTED, make.NOON)
    assert judge.confirmed_at == make.NOON
    for _ in (Kind.NDA, Kind.CONFLICT):
        client.page(response.location)
        response = client.post(response.location, data={"agree": "y"})
    assert response.location == f"/contests/{contest.slug}/conflicts"
    assert "You accepted this invitation." in client.page(address).text


def test_declining_keeps_the_reason_for_the_organisers(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    address = mailed(app, session)

    response = client.post(address, data={"answer": "decline", "reason": "I am abroad."})

    assert response.status_code == 303
    session.refresh(appointment)
    assert (appointment.answer, appointment.reason) == (Answer.DECLINED, "I am abroad.")
    page = client.page(address)
    assert "You declined this invitation." in page.text
    assert "I am abroad." not in page.text


def test_a_judge_who_declined_is_replaced_by_another(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    invite(session, contest)
    client.post(mailed(app, session), data={"answer": "decline", "reason": "I am abroad."})
    (organiser,) = queries.appointments(session, contest.id, Role.ORGANISER)
    told = session.scalars(select(Message).where(Message.kind == "invitation_declined")).one()
    assert told.recipient_id == organiser.user_id
    client.sign_in(organiser.user)
    people_page = f"/contests/{contest.slug}/people"
    shown = client.page(people_page).text
    assert "Declined" in shown
    assert "I am abroad." in shown

    other = {"email": "sun@xnode.example", "name": "孙伟", "role": "judge"}
    assert client.post(people_page, data=other).status_code == 303
    client.post("/sign-out")
    client.post(mailed(app, session), data={"answer": "accept"})

    client.sign_in(organiser.user)
    panel = client.page(f"/contests/{contest.slug}/judging").text
    assert "孙伟" in panel
    answers = {a.user.name: a.answer for a in queries.appointments(session, contest.id, Role.JUDGE)}
    assert answers == {"佐藤 美咲": Answer.DECLINED, "孙伟": Answer.ACCEPTED}


def test_only_the_newest_link_works(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest, at=make.NOON - make.DAY)
    old = mailed(app, session)
    (organiser,) = queries.appointments(session, contest.id, Role.ORGANISER)
    people.reinvite(session, appointment, by=organiser.user, at=make.NOON)

    assert "A newer invitation was sent." in client.page(old).text
    client.post(old, data={"answer": "accept"})

    session.refresh(appointment)
    assert appointment.answer is None
    assert "Accept" in client.page(mailed(app, session)).text


def test_links_that_no_longer_work_say_why(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    address = mailed(app, session)
    appointment.expires_at = make.NOON
    session.flush()
    assert "has expired" in client.page(address).text

    (organiser,) = queries.appointments(session, contest.id, Role.ORGANISER)
    people.end(session, appointment, "Wrong person.", by=organiser.user, at=make.NOON)
    page = client.page(address)
    assert "was taken back" in page.text
    assert "Wrong person." not in page.text


@pytest.mark.parametrize("token", ["nonsense", "x" * 3000, "a.b.c"])
def test_a_damaged_link_is_explained(client: Client, session: Session, token: str) -> None:  # noqa: ARG001
    response = client.get(f"/invitations/{token}")

    assert response.status_code == 410
    assert "damaged" in response.text
    check(response.text)


def test_a_link_for_something_else_is_no_invitation(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    with app.test_request_context():
        token = links.sign(
            "enter", {"appointment_id": str(appointment.id)}, expires_in=timedelta(days=1)
        )

    assert client.get(f"/invitations/{token}").status_code == 410


def test_an_organiser_invites_reminds_and_ends_on_the_page(
    client: Client, session: Session, contest: Contest
) -> None:
    (organiser,) = queries.appointments(session, contest.id, Role.ORGANISER)
    client.sign_in(organiser.user)
    page = f"/contests/{contest.slug}/people"
    form = {"email": "sato@hitachi.example", "name": "佐藤 美咲", "role": "judge"}

    assert client.post(page, data=form).status_code == 303
    assert client.post(page, data=form).status_code == 422
    (judge,) = queries.appointments(session, contest.id, Role.JUDGE)
    assert client.post(f"/appointments/{judge.id}/reinvite").status_code == 303
    client.page(f"/appointments/{judge.id}/end")
    response = client.post(f"/appointments/{judge.id}/end", data={"reason": "Wrong address."})

    assert response.status_code == 303
    session.refresh(judge)
    assert (judge.ended_at, judge.reason) == (make.NOON, "Wrong address.")
    assert len(list(session.scalars(select(Message)))) == 2


def test_strangers_end_nobody(client: Client, session: Session, contest: Contest) -> None:
    appointment = invite(session, contest)
    client.sign_in(make.user(session, name="Eve"))

    assert client.post(f"/appointments/{appointment.id}/reinvite").status_code == 403
    response = client.post(f"/appointments/{appointment.id}/end", data={"reason": "Because."})
    assert response.status_code == 403
    session.refresh(appointment)
    assert appointment.ended_at is None


def test_somebody_known_by_an_address_alone_is_asked_for_a_name_when_accepting(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    person = appointment.user
    person.name = ""
    session.flush()
    address = mailed(app, session)
    assert "Your name" in client.page(address).text

    unsaid = client.post(address, data={"answer": "accept", "name": "  "})
    assert unsaid.status_code == 422
    session.refresh(appointment)
    assert not appointment.is_active()
    client.post(address, data={"answer": "accept", "name": " Sato  Misaki "})

    for thing in (appointment, person):
        session.refresh(thing)
    assert appointment.is_active()
    assert person.name == "Sato Misaki"


def test_nobody_has_to_give_a_name_to_decline(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    appointment.user.name = ""
    session.flush()

    client.post(mailed(app, session), data={"answer": "decline"})

    session.refresh(appointment)
    assert appointment.answer is Answer.DECLINED


def test_somebody_with_a_name_is_not_asked_and_cannot_slip_another_in(
    app: Flask, client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    address = mailed(app, session)
    assert "Your name" not in client.page(address).text

    client.post(address, data={"answer": "accept", "name": "Somebody Else"})

    session.refresh(appointment.user)
    assert appointment.user.name == "佐藤 美咲"


@pytest.mark.parametrize(
    ("role", "work"),
    [
        (Role.ORGANISER, "manage"),
        (Role.SCREENER, "screening"),
        (Role.CHAIR, "judging"),
        (Role.JUDGE, "conflicts"),
        (Role.OBSERVER, ""),
        (Role.SPONSOR, "manage"),
        (Role.FOLLOW_UP, "follow-up"),
    ],
)
def test_whoever_accepts_and_signs_lands_where_their_work_is(
    app: Flask, client: Client, session: Session, contest: Contest, role: Role, work: str
) -> None:
    invite(session, contest, role=role)

    response = client.post(mailed(app, session), data={"answer": "accept"})
    while response.location.startswith("/undertakings/"):
        response = client.post(response.location, data={"agree": "y"})

    assert response.location == f"/contests/{contest.slug}/{work}".rstrip("/")
    client.page(response.location)


def test_an_invitation_is_answered_from_the_start_page_too(
    client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest, role=Role.SPONSOR)
    client.sign_in(appointment.user)
    address = f"/appointments/{appointment.id}/answer"
    assert address in client.page("/").text
    client.page(address)

    client.post(address, data={"answer": "accept"})

    session.refresh(appointment)
    assert appointment.is_active()


def test_nobody_sees_the_invitation_of_another(
    client: Client, session: Session, contest: Contest
) -> None:
    appointment = invite(session, contest)
    client.sign_in(make.user(session))

    assert client.get(f"/appointments/{appointment.id}/answer").status_code == 404


def test_the_sponsor_sees_the_overview_without_names_and_counts(
    client: Client, session: Session, contest: Contest
) -> None:
    sponsor = make.user(session, name="Ito")
    make.appointment(session, contest, sponsor, Role.SPONSOR)
    make.appointment(session, contest, make.user(session, name="Ada Lovelace"), Role.JUDGE)
    client.sign_in(sponsor)

    page = client.page(f"/contests/{contest.slug}/manage").text

    assert "Ada Lovelace" not in page
    assert "Key figures" not in page
