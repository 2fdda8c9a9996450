"""An organisation is typed by its name: the browser offers names, the server finds out who is meant."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Contest, Partnership
from contest.core.words import Words
from contest.organisations import queries
from contest.organisations.models import Organisation
from tests import make
from tests.pages import Client
from tests.statements import counted


@pytest.fixture
def contest(client: Client, session: Session) -> Contest:
    organiser = make.user(session)
    client.sign_in(organiser)
    return make.contest(session, organiser=organiser)


@pytest.fixture
def hitachi(session: Session) -> Organisation:
    company = make.organisation(session, name="Hitachi")
    company.name = Words(en="Hitachi", ja="日立製作所", de="Hitachi Gruppe")
    session.flush()
    return company


def partners(client: Client, session: Session, contest: Contest, typed: str) -> tuple[str, int]:
    """Type a name into the form; return the page and how many partners there are then."""
    url = f"/contests/{contest.slug}/partners"
    answer = client.post(url, data={"organisation_id": typed, "role": "sponsor"})
    return answer.text, len(session.scalars(select(Partnership)).all())


@pytest.mark.parametrize(
    "typed", ["Hitachi", " hitachi ", "日立製作所", "Hitachi Gruppe", "日立", "tach"]
)
def test_a_name_in_any_language_or_an_unmistakable_part_of_it_is_enough(
    client: Client, session: Session, contest: Contest, hitachi: Organisation, typed: str
) -> None:
    make.organisation(session, name="Toyota")

    assert partners(client, session, contest, typed)[1] == 1
    assert session.scalars(select(Partnership.organisation_id)).one() == hitachi.id


def test_the_whole_name_comes_before_a_part_of_another(
    client: Client, session: Session, contest: Contest, hitachi: Organisation
) -> None:
    make.organisation(session, name="Hitachi Energy")

    partners(client, session, contest, "Hitachi")

    assert session.scalars(select(Partnership.organisation_id)).one() == hitachi.id


def test_what_several_may_be_meant_by_is_asked_back(
    client: Client, session: Session, contest: Contest
) -> None:
    make.organisation(session, name="Hitachi Energy")
    make.organisation(session, name="Hitachi Rail")

    page, number = partners(client, session, contest, "Hitachi")

    assert number == 0
    assert "Which one do you mean? Hitachi Energy" in page
    assert "Hitachi Rail" in page
    assert 'value="Hitachi"' in page


def test_two_of_the_same_name_are_told_apart_by_their_addresses(
    client: Client, session: Session, contest: Contest
) -> None:
    first, second = (make.organisation(session, name="Fudan") for _ in range(2))

    page, _ = partners(client, session, contest, "Fudan")
    assert f"Fudan ({first.slug})" in page
    assert f'<option value="Fudan ({second.slug})">' in page
    partners(client, session, contest, f"Fudan ({second.slug})")

    assert session.scalars(select(Partnership.organisation_id)).one() == second.id


def test_a_name_that_nobody_has_is_said_to_be_missing(
    client: Client, session: Session, contest: Contest
) -> None:
    page, number = partners(client, session, contest, "100%_Nobody")

    assert number == 0
    assert "The directory has no organisation of this name." in page


def test_the_form_of_a_partner_shows_the_name_and_keeps_it(
    client: Client, session: Session, contest: Contest, hitachi: Organisation
) -> None:
    partner = make.partnership(session, contest, hitachi)
    url = f"/contests/{contest.slug}/set-up/partners/{partner.id}"
    assert 'value="Hitachi"' in client.page(url).text

    answer = client.post(url, data={"organisation_id": "Hitachi", "role": "partner"})

    assert answer.status_code == 303
    session.refresh(partner)
    assert (partner.organisation_id, partner.role) == (hitachi.id, "partner")


def test_names_are_offered_while_one_types_however_long_the_directory_is(
    client: Client, session: Session, hitachi: Organisation
) -> None:
    for number in range(220):
        make.organisation(session, name=f"Company {number}")
    client.sign_in(make.user(session))

    assert client.get("/organisations/names?q=日立").json == {"names": [hitachi.name["en"]]}
    offered = client.get("/organisations/names?q=company").json
    assert offered is not None
    assert len(offered["names"]) == 200
    assert client.get("/organisations/names?q=").json == {"names": []}


def test_the_directory_is_not_told_to_visitors(client: Client, hitachi: Organisation) -> None:
    assert hitachi.slug
    assert client.get("/organisations/names?q=hitachi").status_code in {303, 401}


def test_looking_somebody_up_takes_two_statements_at_most(session: Session) -> None:
    for number in range(5):
        make.organisation(session, name=f"Company {number}")

    with counted(session) as sent:
        assert len(queries.meant(session, "company")) == 5

    assert len(sent) == 2


def test_the_directory_is_searched_by_name(
    client: Client, session: Session, hitachi: Organisation
) -> None:
    make.organisation(session, name="Toyota")
    client.sign_in(make.user(session))

    page = client.page("/organisations?q=製作所").text
    assert f"/organisations/{hitachi.slug}" in page
    assert "Toyota" not in page
    assert "Nothing found" in client.page("/organisations?q=nobody").text
