from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests import queries
from contest.contests.actions import people
from contest.contests.models import Answer, Appointment, Contest, Role, in_office
from contest.core.errors import DomainError
from contest.events.log import Verb
from contest.events.models import Event
from contest.messages.models import Message
from tests import make
from tests.pages import Client


@pytest.fixture
def li(session: Session) -> User:
    return make.user(session, name="Li Wei")


@pytest.fixture
def contest(session: Session, li: User) -> Contest:
    return make.contest(session, organiser=li)


def invited(
    session: Session, contest: Contest, by: User, email: str = "sato@hitachi.example"
) -> Appointment:
    invitation = people.Invitation(email=email, name="佐藤 美咲", role=Role.JUDGE)
    return people.invite(session, contest, invitation, by=by, at=make.NOON)


def test_an_invitation_makes_the_person_and_a_message(
    session: Session, contest: Contest, li: User
) -> None:
    appointment = invited(session, contest, li, " Sato@Hitachi.example ")

    assert (appointment.user.email, appointment.user.confirmed_at) == ("sato@hitachi.example", None)
    assert not appointment.is_active()
    (message,) = session.scalars(select(Message))
    assert (message.kind, message.recipient_id) == ("appointment_invitation", appointment.user_id)


def test_nobody_is_asked_twice_for_the_same_role(
    session: Session, contest: Contest, li: User
) -> None:
    appointment = invited(session, contest, li)
    with pytest.raises(DomainError, match="asked already"):
        invited(session, contest, li)

    people.decline(session, appointment, "I am abroad.", at=make.NOON)
    assert appointment.reason == "I am abroad."

    assert invited(session, contest, li) is appointment
    assert (appointment.answer, appointment.reason) == (None, "")


def test_an_invitation_is_answered_once_and_in_time(
    session: Session, contest: Contest, li: User
) -> None:
    appointment = invited(session, contest, li)
    with pytest.raises(DomainError, match="expired"):
        people.accept(session, appointment, at=make.NOON + people.ANSWER_WITHIN)

    people.accept(session, appointment, at=make.NOON + people.ANSWER_WITHIN - timedelta(seconds=1))

    assert appointment.is_active()
    with pytest.raises(DomainError, match="already answered"):
        people.decline(session, appointment, "", at=make.NOON)
    with pytest.raises(DomainError, match="accepted already"):
        people.reinvite(session, appointment, by=li, at=make.NOON)


def test_an_ended_appointment_gives_no_rights_and_can_be_offered_again(
    session: Session, contest: Contest, li: User
) -> None:
    appointment = invited(session, contest, li)
    people.accept(session, appointment, at=make.NOON)

    people.end(session, appointment, "A conflict.", by=li, at=make.NOON)

    assert queries.active(queries.appointments(session, contest.id, Role.JUDGE)) == ()
    with pytest.raises(DomainError, match="ended already"):
        people.end(session, appointment, "Again.", by=li, at=make.NOON)
    people.reinvite(session, appointment, by=li, at=make.NOON)
    assert appointment.can_answer(make.NOON)


def test_an_invitation_that_was_taken_back_cannot_be_accepted(
    session: Session, contest: Contest, li: User
) -> None:
    appointment = invited(session, contest, li)
    people.end(session, appointment, "Wrong address.", by=li, at=make.NOON)

    with pytest.raises(DomainError, match="taken back"):
        people.accept(session, appointment, at=make.NOON)


def test_the_last_organiser_stays(session: Session, contest: Contest, li: User) -> None:
    own = queries.appointment_of(session, contest.id, li.id, Role.ORGANISER)
    assert own is not None
    with pytest.raises(DomainError, match="another organiser first"):
        people.end(session, own, "Tired.", by=li, at=make.NOON)

    make.appointment(session, contest, make.user(session), Role.ORGANISER)
    people.end(session, own, "Tired.", by=li, at=make.NOON)

    assert not own.is_active()


def test_an_address_that_is_none_is_refused_at_its_field(
    session: Session, contest: Contest, li: User
) -> None:
    with pytest.raises(DomainError) as refused:
        invited(session, contest, li, "sato at hitachi")

    assert refused.value.field == "email"


def test_how_an_appointment_is_shown_can_be_changed_later(client: Client, session: Session) -> None:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    track = make.track(session, contest, title="Payments")
    judge = make.appointment(session, contest, make.user(session, name="Grace"))
    client.sign_in(organiser)
    url = f"/appointments/{judge.id}/edit"
    client.page(url)

    form = {"title": "Professor", "track_id": str(track.id), "public": "y"}
    assert client.post(url, data=form).location == f"/contests/{contest.slug}/people"

    session.refresh(judge)
    assert (judge.title, judge.track_id, judge.public) == ("Professor", track.id, True)
    event = session.scalars(select(Event).where(Event.subject_id == judge.id)).one()
    assert event.verb == Verb.APPOINTMENT_EDITED
    assert event.facts == {"role": "judge", "fields": ["title", "track_id", "public"]}
    assert "Payments" in client.page(f"/contests/{contest.slug}/people").text


def test_a_judge_is_invited_for_a_track_and_for_languages(client: Client, session: Session) -> None:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    contest.languages = ["en", "ja"]
    track = make.track(session, contest, title="Payments")
    client.sign_in(organiser)
    url = f"/contests/{contest.slug}/people"
    client.page(url)
    asked = {"name": "Sato", "track_id": str(track.id), "bridges": "y", "languages": ["ja"]}

    for role in (Role.JUDGE, Role.SPONSOR):
        form = {**asked, "email": f"{role}@hitachi.example", "role": role.value}
        assert client.post(url, data=form).status_code == 303

    made = {a.role: a for a in queries.appointments(session, contest.id)}
    judge, sponsor = made[Role.JUDGE], made[Role.SPONSOR]
    assert (judge.track_id, judge.bridges, judge.languages) == (track.id, True, ["ja"])
    assert (sponsor.track_id, sponsor.bridges, sponsor.languages) == (None, False, [])


def test_only_organisers_change_an_appointment(client: Client, session: Session) -> None:
    contest, judge = make.contest(session), make.user(session)
    appointment = make.appointment(session, contest, judge)
    client.sign_in(judge)

    assert client.get(f"/appointments/{appointment.id}/edit").status_code == 403


def test_a_statement_and_a_row_say_the_same_of_who_is_in_office(
    session: Session, contest: Contest
) -> None:
    for role in (Role.JUDGE, Role.CHAIR):
        for answer in (None, *Answer):
            for ended_at in (None, make.NOON):
                made = make.appointment(session, contest, make.user(session), role)
                made.answer, made.ended_at = answer, ended_at
    session.flush()
    everybody = session.scalars(select(Appointment)).all()

    for roles in ((), (Role.JUDGE,), (Role.JUDGE, Role.CHAIR)):
        found = set(session.scalars(select(Appointment).where(in_office(*roles))))
        assert found == set(queries.active(everybody, *roles))
