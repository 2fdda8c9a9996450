"""What is mailed leads to the page it promises."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts import actions
from contest.messages import rendering
from contest.messages.models import Message
from contest.teams import actions as teams
from tests import make
from tests.pages import Client

WHO = "ada@example.org"


def unknown(session: Session) -> None:
    actions.sign_up(session, email=WHO, name="Ada", locale="en", next_page="/", at=make.NOON)


def known(session: Session) -> None:
    make.user(session, email=WHO)
    unknown(session)


def link(session: Session) -> None:
    make.user(session, email=WHO)
    actions.send_link(session, email=WHO, next_page="/profile", at=make.NOON)


def reset(session: Session) -> None:
    make.user(session, email=WHO)
    actions.send_reset(session, email=WHO, at=make.NOON)


def team(session: Session) -> None:
    lead = make.user(session, name="Li Wei")
    mesh = make.team(session, lead, contest=make.contest(session), name="Power Mesh")
    teams.invite(session, mesh, email=WHO, by=lead, at=make.NOON)


@pytest.mark.parametrize(
    ("happens", "subject", "page"),
    [
        (unknown, "Open your account", "Open your account"),
        (known, "You already have an account", "Come in"),
        (link, "Your link to sign in", "Come in"),
        (reset, "Choose a new password", "Choose a new password"),
        (team, "Li Wei invites you to the team Power Mesh", "Join Power Mesh"),
    ],
)
def test_the_link_in_a_mail_leads_where_it_says(
    client: Client, session: Session, app: Flask, happens: Callable[[Session], None], subject: str,
    page: str,
) -> None:  # fmt: skip
    happens(session)
    message = session.scalars(select(Message).options(joinedload(Message.recipient))).one()

    with app.app_context():
        letter = rendering.render(message)
        text = rendering.filled(letter.body, letter.links)

    assert letter.subject == subject
    path = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", text)[0]
    assert page in client.page(path).text
