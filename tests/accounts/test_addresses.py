"""An account goes by another mail address when its owner proved who they are and that it is theirs."""

import json
import re
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import links, queries
from contest.accounts.models import User
from contest.events.models import Event
from contest.messages.models import Message
from contest.messages.rendering import mail, render
from contest.privacy.actions import erasing
from contest.teams import actions as teams
from contest.teams.models import TeamInvitation
from tests import make
from tests.jobs import run_promised
from tests.pages import Client

NEW = "ada@new.example"


@pytest.fixture
def ada(client: Client, session: Session) -> User:
    user = make.user(session, email="ada@old.example")
    client.sign_in(user)
    return user


def asked(client: Client, session: Session, email: str = NEW) -> list[Message]:
    """Ask for another address and return what was mailed."""
    answer = client.post("/profile/address", data={"email": email})
    assert answer.location == "/look-in-your-mail"
    run_promised(session)
    return list(session.scalars(select(Message).order_by(Message.written_at, Message.id)))


def link(app: Flask, message: Message) -> str:
    with app.app_context():
        [made] = render(message).links
        return f"/profile/address/{links.sign(made['purpose'], made['payload'])}"


def test_a_link_to_the_new_address_moves_the_account_and_tells_the_old_one(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    other = cast(Client, app.test_client())
    other.sign_in(ada)
    [message] = asked(client, session)
    url = link(app, message)
    assert (message.kind, message.address, ada.email) == ("new_address", NEW, "ada@old.example")
    assert NEW not in json.dumps(message.links)  # sealed
    assert NEW in client.page(url).text

    assert client.post(url).location == "/profile"
    run_promised(session)

    session.refresh(ada)
    assert ada.email == NEW
    assert NEW in client.page("/profile").text
    assert other.get("/profile").status_code == 303  # ended there
    [told] = session.scalars(select(Message).where(Message.kind == "address_changed"))
    with app.app_context():
        assert mail(told, at=make.NOON)["To"].addresses[0].addr_spec == "ada@old.example"
    assert "user.address-changed" in session.scalars(select(Event.verb)).all()
    assert client.post(url).status_code == 410  # once


def test_an_address_that_belongs_to_somebody_is_told_to_them_and_to_nobody_else(
    client: Client, session: Session, ada: User
) -> None:
    eve = make.user(session, email=NEW)

    [message] = asked(client, session)

    assert (message.kind, message.recipient_id) == ("already_registered", eve.id)
    assert ada.email == "ada@old.example"


def test_of_two_who_confirm_one_address_the_second_is_refused(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    [message] = asked(client, session)
    make.user(session, email=NEW)

    answer = client.post(link(app, message))

    assert answer.status_code == 422
    assert "There is an account with this address already." in answer.text
    session.refresh(ada)
    assert ada.email == "ada@old.example"


def test_the_link_ends_with_the_sessions(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    [message] = asked(client, session)
    url = link(app, message)
    client.post("/profile/sign-out-everywhere")

    assert client.post(url).status_code == 410
    session.refresh(ada)
    assert ada.email == "ada@old.example"


def test_invitations_follow_and_an_erasure_finds_every_address(
    client: Client, session: Session, ada: User, app: Flask
) -> None:
    lead = make.user(session)
    mesh = make.team(session, lead, contest=make.contest(session))
    teams.invite(session, mesh, email=ada.email, by=lead, at=make.NOON)
    message = next(m for m in asked(client, session) if m.kind == "new_address")
    client.post(link(app, message))
    run_promised(session)
    assert session.scalars(select(TeamInvitation.email)).all() == [NEW]
    session.refresh(ada)

    erasing.erase(session, ada, by=ada.id, at=make.NOON)

    left = [str(row) for row in session.execute(select(Message.address, Message.body))]
    assert not [text for text in left if re.search("old.example|new.example", text)]
    assert queries.by_email(session, NEW) is None
