"""What is refused is counted where an administrator sees it, and nobody fills the disk by trying."""

import io
import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import cast

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.accounts import actions
from contest.accounts.models import SignIn
from contest.web import logs, refusals
from contest.web.models import KEPT, Refusal, RefusalKind
from contest.web.refusals import MOST
from tests import make
from tests.accounts.test_attempts import limited, with_password
from tests.pages import Client


def _told(session: Session) -> list[tuple[RefusalKind, object, int]]:
    rows = session.execute(select(Refusal.kind, Refusal.user_id, Refusal.count))
    return [(kind, user_id, count) for kind, user_id, count in rows]


def _try(client: Client, email: str) -> int:
    sent = {"email": email, "password": "not the password"}
    return client.post("/sign-in", data=sent).status_code


def test_wrong_passwords_are_counted_against_the_account_that_was_tried(
    client: Client, session: Session, app: Flask
) -> None:
    ada = with_password(session, app)

    assert [_try(client, ada.email) for _ in range(5)] == [422] * 5

    assert _told(session) == [(RefusalKind.WRONG_PROOF, ada.id, 4)]  # rounded down


def test_an_address_that_nobody_has_is_not_kept(client: Client, session: Session) -> None:
    _try(client, "nobody@example.org")

    assert _told(session) == [(RefusalKind.WRONG_PROOF, None, 1)]
    [row] = session.scalars(select(Refusal))
    assert row.source not in {"", "127.0.0.1"}
    assert row.endpoint == "accounts.sign_in"


def test_what_somebody_may_not_do_is_counted_against_them(client: Client, session: Session) -> None:
    ada = make.user(session)
    client.sign_in(ada)

    assert client.post("/contests/new").status_code == 403
    assert client.get("/people").status_code == 403

    assert _told(session) == [(RefusalKind.NOT_ALLOWED, ada.id, 2)]


def test_forged_links_and_forms_of_other_sites_are_counted(
    client: Client, session: Session
) -> None:
    client.get("/enter/forged")
    client.post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})

    assert {kind for kind, _, _ in _told(session)} == {
        RefusalKind.FORGED_LINK,
        RefusalKind.UNKNOWN_FORM,
    }


def test_a_limit_that_is_hit_is_counted(
    session: Session, app: Flask, tmp_path: Path, noon: None
) -> None:
    del noon
    browser = cast(Client, limited(tmp_path, session, app).test_client())
    assert [_try(browser, "ada@example.org") for _ in range(11)][-1] == 429

    assert RefusalKind.TOO_OFTEN in {kind for kind, _, _ in _told(session)}


def test_beyond_the_first_networks_all_share_one_row(client: Client, session: Session) -> None:
    for number in range(MOST + 20):
        client.get("/enter/forged", environ_base={"REMOTE_ADDR": f"10.{number}.0.1"})

    assert session.scalar(select(func.count()).select_from(Refusal)) == MOST + 1
    assert session.scalar(select(func.max(Refusal.count))) == 16


def test_two_addresses_of_one_network_are_one_and_the_mark_changes_with_the_day(
    app: Flask,
) -> None:
    def mark(address: str, days: int = 0) -> str:
        with app.app_context():
            return refusals.network(address, (make.NOON + timedelta(days=days)).date())

    assert mark("192.0.2.1") == mark("192.0.2.200") != mark("198.51.100.1")
    assert mark("2001:db8:0:1::1") == mark("2001:db8::2") != mark("2001:db8:1::1")
    assert mark("192.0.2.1") != mark("192.0.2.1", days=1)


def test_a_log_line_tells_it_to_machines_without_an_address(client: Client) -> None:
    stream, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(stream)
    handler.setFormatter(logs.Lines())
    refusals.log.addHandler(handler)
    try:
        for _ in range(3):
            client.get("/enter/forged")
    finally:
        refusals.log.removeHandler(handler)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["count"] for line in lines] == [1, 2]  # told again when it has doubled
    assert lines[0]["kind"] == "forged-link"
    assert "127.0.0.1" not in stream.getvalue()


def test_it_is_kept_for_thirty_days(client: Client, session: Session) -> None:
    client.get("/enter/forged")

    actions.forget_refusals(session, at=make.NOON + KEPT)
    assert _told(session)
    actions.forget_refusals(session, at=make.NOON + KEPT + timedelta(minutes=11))
    assert not _told(session)


def test_an_administrator_reads_it_and_finds_the_account(
    client: Client, session: Session, app: Flask
) -> None:
    ada = with_password(session, app)
    _try(client, ada.email)
    client.sign_in(make.user(session, is_admin=True))

    assert "Wrong password" in client.page("/people").text
    assert "Nobody here has this address." in client.post("/people", data={"email": "a@b.c"}).text
    found = client.post("/people", data={"email": ada.email})

    assert found.location == f"/people/{ada.id}"
    assert "Wrong password" in client.page(found.location).text


def test_an_administrator_ends_the_sessions_of_somebody(
    client: Client, app: Flask, session: Session
) -> None:
    ada, theirs = make.user(session), cast(Client, app.test_client())
    theirs.sign_in(ada)
    client.sign_in(make.user(session, is_admin=True))
    assert theirs.get("/profile").status_code == 200

    assert client.post(f"/people/{ada.id}/sign-out").location == f"/people/{ada.id}"

    assert theirs.get("/profile").status_code == 303
    mine = select(SignIn.ended_at).where(SignIn.user_id == ada.id)
    assert session.scalars(mine).all() == [make.NOON]
    client.page("/people")
