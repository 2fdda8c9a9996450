from typing import Any

import pytest
from sqlalchemy.orm import Session

from contest.app import create_app
from contest.contests.models import Role
from contest.core.words import Words
from contest.messages.models import State
from tests import make
from tests.conftest import settings
from tests.jobs import run_promised
from tests.pages import Client

pytestmark = pytest.mark.usefixtures("mails")
FACTS: dict[str, Any] = {
    "team": "Aurora",
    "title": Words(en="Clean Rivers"),
    "closes_at": make.NOON + make.DAY,
}


def test_the_outbox_shows_what_waits_and_releases_what_is_ticked(
    client: Client, session: Session
) -> None:
    boss, ada, bob = make.user(session), make.user(session), make.user(session, name="Bob Noyce")
    contest = make.contest(session, slug="rivers", organiser=boss)
    wanted = make.message(session, ada, contest=contest, hold=True, **FACTS)
    other = make.message(session, bob, contest=contest, hold=True, **FACTS)
    client.sign_in(boss)

    page = client.page("/contests/rivers/messages?state=draft").text
    assert "Good news about Aurora" in page
    assert "Bob Noyce" in page
    answer = client.post("/contests/rivers/messages/release", data={"message": [str(wanted.id)]})

    assert answer.status_code == 303
    session.refresh(wanted)
    session.refresh(other)
    assert (wanted.state, other.state) == (State.QUEUED, State.DRAFT)
    assert run_promised(session) == 1
    assert wanted.state is State.SENT


def test_a_letter_to_somebody_else_links_nowhere_since_the_reader_may_not_open_what_it_names(
    client: Client, session: Session
) -> None:
    chair, ada = make.user(session), make.user(session)
    contest = make.contest(session, slug="rivers")
    make.appointment(session, contest, chair, Role.CHAIR)
    message = make.message(session, ada, kind="case_due", contest=contest, case_id=str(contest.id),
                           title="Reeds", thing=Words(en="Plant"), thing_kind="milestone",
                           is_overdue=False, due_on="2030-06-09")  # fmt: skip
    client.sign_in(chair)

    page = client.page(f"/contests/rivers/messages/{message.id}").text

    assert f"http://127.0.0.1:8000/cases/{contest.id}" in page
    assert f'/cases/{contest.id}"' not in page


def test_states_are_addresses(client: Client, session: Session) -> None:
    boss = make.user(session)
    contest = make.contest(session, slug="rivers", organiser=boss)
    make.message(session, make.user(session, name="Sent Already"), contest=contest, **FACTS)
    run_promised(session)
    make.message(
        session, make.user(session, name="Still Draft"), contest=contest, hold=True, **FACTS
    )
    client.sign_in(boss)

    sent = client.page("/contests/rivers/messages?state=sent").text

    assert "Sent Already" in sent
    assert "Still Draft" not in sent
    assert "No messages here" in client.page("/contests/rivers/messages?state=failed").text


def test_a_draft_is_read_as_it_will_go_and_gets_a_personal_line(
    client: Client, session: Session
) -> None:
    boss, ada = make.user(session), make.user(session)
    contest = make.contest(session, slug="rivers", organiser=boss)
    message = make.message(session, ada, contest=contest, hold=True, **FACTS)
    client.sign_in(boss)
    url = f"/contests/rivers/messages/{message.id}"

    page = client.page(url).text
    assert "Clean Rivers closes on 2 Jun 2030, 20:00 (UTC+8)." in page
    assert "/calendar/….ics" in page
    assert 'calendar/….ics"' not in page
    assert client.post(f"{url}/note", data={"note": "See you <there>!"}).status_code == 303
    assert "See you &lt;there&gt;!" in client.page(url).text
    assert client.post(f"{url}/send").status_code == 303
    run_promised(session)

    session.refresh(message)
    assert message.state is State.SENT
    assert message.body.startswith("See you <there>!")
    assert client.post(f"{url}/send").status_code == 422  # sent is sent


def test_a_draft_can_be_dropped(client: Client, session: Session) -> None:
    boss = make.user(session)
    contest = make.contest(session, slug="rivers", organiser=boss)
    message = make.message(session, make.user(session), contest=contest, hold=True, **FACTS)
    client.sign_in(boss)

    client.page(f"/contests/rivers/messages/{message.id}/drop")
    assert client.post(f"/contests/rivers/messages/{message.id}/drop").status_code == 303

    session.refresh(message)
    assert message.state is State.DROPPED


def test_a_text_that_cannot_be_made_is_said_not_hidden(client: Client, session: Session) -> None:
    boss = make.user(session)
    contest = make.contest(session, slug="rivers", organiser=boss)
    message = make.message(session, boss, kind="tests.broken", contest=contest, hold=True)
    client.sign_in(boss)

    assert "This text cannot be made" in client.page(f"/contests/rivers/messages/{message.id}").text
    client.page("/contests/rivers/messages")


def test_the_chair_reads_and_releases_what_was_decided(client: Client, session: Session) -> None:
    contest, chair = make.contest(session, slug="rivers"), make.user(session)
    make.appointment(session, contest, chair, Role.CHAIR)
    letter = make.message(session, make.user(session), contest=contest, hold=True, **FACTS)
    client.sign_in(chair)

    waits = "1 letter waits to be read and released"
    assert waits in client.page("/contests/rivers/messages").text
    drafts = client.page("/contests/rivers/messages?state=draft").text
    assert "Good news about Aurora" in drafts
    assert waits not in drafts
    assert client.post(f"/contests/rivers/messages/{letter.id}/send").status_code == 303
    session.refresh(letter)
    assert letter.state is State.QUEUED


@pytest.mark.parametrize("role", [Role.JUDGE, Role.SCREENER, Role.OBSERVER, None])
def test_others_than_the_chair_and_organisers_learn_nothing(
    client: Client, session: Session, role: Role | None
) -> None:
    contest, somebody = make.contest(session, slug="rivers"), make.user(session)
    message = make.message(session, make.user(session), contest=contest, hold=True, **FACTS)
    if role is not None:
        make.appointment(session, contest, somebody, role)
    client.sign_in(somebody)
    url = f"/contests/rivers/messages/{message.id}"

    assert client.get("/contests/rivers/messages").status_code == 404
    assert client.get(url).status_code == 404
    for act in ("send", "drop", "note"):
        assert client.post(f"{url}/{act}").status_code == 404
    body = {"message": [str(message.id)]}
    assert client.post("/contests/rivers/messages/release", data=body).status_code == 404
    session.refresh(message)
    assert message.state is State.DRAFT


def test_an_organiser_reaches_no_message_of_another_contest(
    client: Client, session: Session
) -> None:
    boss = make.user(session)
    make.contest(session, slug="rivers", organiser=boss)
    message = make.message(session, boss, contest=make.contest(session), hold=True, **FACTS)
    client.sign_in(boss)

    assert client.get(f"/contests/rivers/messages/{message.id}").status_code == 404
    body = {"message": [str(message.id)]}
    assert client.post("/contests/rivers/messages/release", data=body).status_code == 404


def test_the_mailbox_shows_what_was_sent_and_its_links_work(
    client: Client, session: Session
) -> None:
    message = make.message(session, make.user(session), **FACTS)
    run_promised(session)

    assert f"/-mail/{message.id}" in client.page("/-mail").text
    page = client.page(f"/-mail/{message.id}").text
    assert 'href="http://127.0.0.1:8000/calendar/feed.ics"' in page
    assert "…" not in page.split("<main")[1].split("</main")[0]


def test_there_is_no_mailbox_in_production(tmp_path_factory: pytest.TempPathFactory) -> None:
    given = settings(tmp_path_factory.mktemp("production")).model_copy(
        update={"DEVELOPMENT": False}
    )  # fmt: skip
    app = create_app(given)

    assert [r for r in app.url_map.iter_rules() if r.rule.startswith("/-")] == []
