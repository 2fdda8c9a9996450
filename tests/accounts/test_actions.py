import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import actions
from contest.accounts.models import User
from contest.core.errors import DomainError, Gone
from contest.events.models import Event
from contest.messages.models import Message
from tests import make


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Message.kind).order_by(Message.written_at)))


def test_invite_finds_a_person_by_their_address_however_it_is_typed(session: Session) -> None:
    ada = make.user(session, email="ada@example.org")

    assert actions.invite(session, email=" ADA@example.ORG", by=None, at=make.NOON) is ada
    assert session.scalars(select(Event)).all() == []


def test_invite_makes_a_person_without_password_whose_address_is_unproved(
    session: Session,
) -> None:
    organiser = make.user(session)

    user = actions.invite(
        session, email="li.wei@example.org", name=" Li  Wei ", locale="zh", by=organiser,
        at=make.NOON,
    )  # fmt: skip

    assert (user.name, user.locale, user.password, user.confirmed_at) == (
        "Li Wei",
        "zh",
        None,
        None,
    )
    assert user.domain() == ""
    assert [(e.verb, e.actor_id, e.facts) for e in session.scalars(select(Event))] == [
        ("user.created", organiser.id, {"how": "invited"})
    ]


def test_sign_up_mails_a_link_and_opens_nothing(session: Session) -> None:
    sign_up(session, "new@example.org")

    user = session.scalars(select(User)).one()
    assert (user.password, user.confirmed_at) == (None, None)
    assert kinds(session) == ["sign_up_confirm"]


def test_sign_up_with_a_known_address_mails_its_owner_and_changes_nothing(session: Session) -> None:
    ada = make.user(session, name="Ada", email="ada@example.org")

    sign_up(session, "Ada@example.org", name="Eve")

    assert (ada.name, session.scalars(select(User)).all()) == ("Ada", [ada])
    assert kinds(session) == ["already_registered"]


def test_a_link_is_mailed_to_those_who_have_an_account_only(session: Session) -> None:
    make.user(session, email="ada@example.org")
    make.user(session, email="gone@example.org").active = False

    for email in ("ada@example.org", "nobody@example.org", "gone@example.org"):
        actions.send_link(session, email=email, next_page="/", at=make.NOON)
        actions.send_reset(session, email=email, at=make.NOON)

    assert kinds(session) == ["mail_link", "password_reset"]


def test_a_link_works_once(session: Session) -> None:
    ada = make.user(session)
    actions.use_link(session, "n1", user=ada, at=make.NOON)

    with pytest.raises(Gone, match="already used"):
        actions.use_link(session, "n1", user=ada, at=make.NOON)


def test_a_mailed_link_proves_the_address_and_a_password_does_not(session: Session) -> None:
    ada = make.user(session)
    ada.confirmed_at = None

    actions.sign_in(session, ada, how="password", at=make.NOON)
    assert ada.confirmed_at is None
    actions.sign_in(session, ada, how="link", at=make.NOON)
    assert ada.confirmed_at == make.NOON


def test_a_new_password_ends_every_session(session: Session) -> None:
    ada = make.user(session)
    before = ada.fs_uniquifier

    actions.set_password(session, ada, "hash", by=ada, at=make.NOON)

    assert ada.fs_uniquifier != before


def test_only_an_empty_instance_gets_its_first_administrator(session: Session) -> None:
    root = setup(session, "root@example.org")

    assert (root.is_admin, root.confirmed_at) == (True, make.NOON)
    with pytest.raises(DomainError, match="already has an administrator"):
        setup(session, "eve@example.org")


def test_the_record_of_a_profile_says_which_fields_changed_and_not_to_what(
    session: Session,
) -> None:
    ada = make.user(session, name="Ada")

    change = {"name": "Ada L", "locale": "de", "zone": "UTC", "by": ada, "at": make.NOON}
    actions.change_profile(session, ada, **change)  # type: ignore[arg-type]
    actions.change_profile(session, ada, **change)  # type: ignore[arg-type]

    assert [e.facts for e in session.scalars(select(Event))] == [{"fields": ["name", "locale"]}]


def sign_up(session: Session, email: str, name: str = "Somebody") -> None:
    actions.sign_up(session, email=email, name=name, locale="en", next_page="/", at=make.NOON)


def setup(session: Session, email: str) -> User:
    return actions.first_administrator(
        session, email=email, name="Root", locale="en", password="hash", at=make.NOON
    )


def test_whoever_runs_the_machine_makes_an_administrator(app: Flask, session: Session) -> None:
    ada = make.user(session, email="ada@example.org")
    command = ["people", "administrator"]
    assert app.test_cli_runner().invoke(args=[*command, "nobody@example.org"]).exit_code == 1
    assert app.test_cli_runner().invoke(args=[*command, "Ada@example.org"]).exit_code == 0
    session.expire_all()
    assert ada.is_admin
    assert session.scalars(select(Event.verb).where(Event.subject_id == ada.id)).all() == [
        "user.changed"
    ]
