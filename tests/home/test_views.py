"""The start page and the history of a contest."""

from sqlalchemy.orm import Session

from contest.contests.models import Phase, Role
from contest.events.log import Verb, record
from tests import make
from tests.pages import Client


def test_an_empty_site_leads_to_the_page_that_creates_its_first_administrator(
    client: Client,
) -> None:
    assert client.get("/").location == "/setup"


def test_visitors_see_announced_contests_and_never_a_draft(
    client: Client, session: Session
) -> None:
    make.user(session)
    make.contest(session, title="Open Rivers")
    make.contest(session, title="Secret Rivers", phase=Phase.DRAFT)

    page = client.page("/").text

    assert "Open Rivers" in page
    assert "Secret Rivers" not in page


def test_the_start_page_leads_each_role_to_its_work(client: Client, session: Session) -> None:
    ada = make.user(session)
    contest = make.contest(session, organiser=ada)
    make.appointment(session, contest, ada, Role.SCREENER)
    team = make.team(session, ada, contest=make.contest(session, title="Other"), name="Reeds")
    client.sign_in(ada)

    page = client.page("/").text

    for link in (
        f"/contests/{contest.slug}/manage",
        f"/contests/{contest.slug}/screening",
        f"/teams/{team.id}",
    ):
        assert f'href="{link}"' in page


def test_a_language_is_kept_and_leads_back_to_a_page_of_this_site_only(
    client: Client, session: Session
) -> None:
    make.user(session)
    answer = client.get("/language?lang=de&next=/sign-in")
    assert answer.location == "/sign-in"
    assert 'lang="de"' in client.get("/").text
    assert client.post("/language", data={"lang": "de", "next": "//evil.example"}).location == "/"
    client.post("/language", data={"lang": "xx"})
    assert 'lang="de"' in client.get("/").text


def test_the_history_names_who_did_what_and_only_organisers_read_it(
    client: Client, session: Session
) -> None:
    ada, eve = make.user(session), make.user(session, name="Eve")
    contest = make.contest(session, organiser=ada)
    record(session, Verb.CONTEST_ANNOUNCED, contest, by=ada.id, at=make.NOON, contest_id=contest.id)

    client.sign_in(eve)
    assert client.get(f"/contests/{contest.slug}/history").status_code == 404
    client.sign_in(ada)
    assert "Ada Lovelace" in client.page(f"/contests/{contest.slug}/history").text
