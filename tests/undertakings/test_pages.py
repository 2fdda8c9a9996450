import hashlib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.words import Words
from contest.undertakings import actions
from contest.undertakings.models import Kind, Signature, UndertakingText
from tests import make
from tests.pages import Client
from tests.statements import counted

RULES = Words(en="Be *fair*.", zh="公平竞争。")


@pytest.fixture
def text(session: Session) -> UndertakingText:
    contest, li = make.contest(session), make.user(session)
    return actions.publish_text(
        session, "contest", contest.id, Kind.RULES, RULES, about=contest.title, by=li, at=make.NOON
    )


def test_a_text_is_read_in_one_language_and_signed_in_it(
    client: Client, session: Session, text: UndertakingText
) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    address = f"/undertakings/{text.id}/sign?text=zh&next=/contests/x"
    page = client.page(address)
    digest = hashlib.sha256(RULES["zh"].encode()).hexdigest()
    assert digest in page.text
    assert "公平竞争。" in page.text

    response = client.post(address, data={"agree": "y"})

    assert (response.status_code, response.location) == (303, "/contests/x")
    (signature,) = session.scalars(select(Signature))
    assert (signature.user_id, signature.lang, signature.sha256, signature.signed_at) == (
        ada.id,
        "zh",
        digest,
        make.NOON,
    )
    assert "You signed this text." in client.page(address).text


def test_nothing_is_signed_without_the_tick(
    client: Client, session: Session, text: UndertakingText
) -> None:
    client.sign_in(make.user(session))

    response = client.post(f"/undertakings/{text.id}/sign")

    assert response.status_code == 422
    assert "Tick the box to sign." in response.text
    assert list(session.scalars(select(Signature))) == []


def test_a_replaced_text_leads_to_the_newest(
    client: Client, session: Session, text: UndertakingText
) -> None:
    ada = make.user(session)
    new = actions.publish_text(
        session,
        "contest",
        text.undertaking.scope_id,
        Kind.RULES,
        Words(en="Be fairer."),
        about=Words(en="Clean Rivers"),
        by=ada,
        at=make.NOON,
    )
    client.sign_in(ada)

    page = client.page(f"/undertakings/{text.id}/sign")

    assert f"/undertakings/{new.id}/sign" in page.text
    assert client.post(f"/undertakings/{text.id}/sign", data={"agree": "y"}).status_code == 422


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "javascript:x"])
def test_after_signing_nobody_is_sent_elsewhere(
    client: Client, session: Session, text: UndertakingText, target: str
) -> None:
    client.sign_in(make.user(session))

    response = client.post(
        f"/undertakings/{text.id}/sign", query_string={"next": target}, data={"agree": "y"}
    )

    assert response.location == "/undertakings"


def test_visitors_sign_in_before_they_sign(client: Client, text: UndertakingText) -> None:
    assert "/sign-in" in client.get(f"/undertakings/{text.id}/sign").location


@pytest.mark.parametrize("signed", [1, 3])
def test_my_signatures_cost_the_same_for_one_and_for_three(
    client: Client, session: Session, signed: int
) -> None:
    ada = make.user(session)
    for _ in range(signed):
        make.signature(session, make.undertaking(session, make.contest(session)), ada)
    client.sign_in(ada)

    with counted(session) as sent:
        page = client.page("/undertakings")

    assert page.text.count("Contest rules") == signed
    assert len([s for s in sent if s.startswith("SELECT")]) == 4
