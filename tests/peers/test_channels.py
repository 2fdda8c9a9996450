"""A rule that a page enforces holds on every other way to the same thing."""

from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Role, RoundPhase
from contest.core.orm import Base
from contest.entries.models import State
from contest.entries.queries.drafts import current_round
from contest.web.forms import Form, LocalDateTimeField
from tests import make
from tests.make import DAY, NOON
from tests.pages import Client
from tests.vault.test_pages import Vault, vault

__all__ = ["vault"]


def test_flaw_8_and_42_no_mixture_of_ids_opens_a_document_of_others(
    client: Client, session: Session, vault: Vault
) -> None:
    own = make.user(session, name="Own")
    team = make.team(session, own, contest=vault.contest)
    form = make.form(session, make.round_(session, vault.contest, number=2))
    mine = make.version(session, make.entry(session, contest=vault.contest, team=team), form)
    my_file = make.file(session)
    make.attachment(session, mine, form.questions[1], my_file)
    client.sign_in(own)
    for version, file in product((mine, vault.version), (my_file, vault.file)):
        if (version, file) == (mine, my_file):
            continue
        at = f"/versions/{version.id}/files/{file.id}"
        assert client.get(f"{at}/1/page").status_code == 404
        assert client.get(f"{at}/download").status_code == 404
        assert client.post(f"{at}/open").status_code == 404


def test_flaw_16_no_page_for_visitors_shows_an_address(client: Client, session: Session) -> None:
    contest = make.contest(session)
    judge = make.user(session, name="Judy", email="judy@private.example")
    make.appointment(session, contest, judge, Role.JUDGE).public = True
    make.entry(session, make.user(session, email="ada@private.example"), contest=contest)
    for page in ("/", f"/contests/{contest.slug}", f"/contests/{contest.slug}/gallery",
                 f"/contests/{contest.slug}/results/log"):  # fmt: skip
        assert "private.example" not in client.get(page).text


def test_flaw_21_an_id_is_made_by_chance_and_of_nothing_else() -> None:
    for mapper in Base.registry.mappers:
        table = mapper.class_.__table__
        if "id" in table.c and table.c.id.default is not None:
            assert mapper.class_.id.default.is_callable
    first, second = (User(name="Ada", email="ada@example.org") for _ in range(2))
    assert first.id is second.id is None  # and not a number that the address would give


def test_flaw_25_only_administrators_ask_by_the_id_of_a_person(
    client: Client, session: Session, app: Flask
) -> None:
    ada = make.user(session)
    organiser = make.user(session)
    make.contest(session, organiser=organiser)
    client.sign_in(organiser)
    rules = [r for r in app.url_map.iter_rules() if "user" in str(r) or "person" in str(r)]
    assert {str(rule) for rule in rules} == {
        "/people/<uuid:user_id>",
        "/people/<uuid:user_id>/history",
        "/people/<uuid:user_id>/sign-out",
    }
    for rule in rules:
        for method in {"GET", "POST"} & set(rule.methods or ()):
            url = str(rule).replace("<uuid:user_id>", str(ada.id))
            assert client.open(url, method=method).status_code == 403


def test_flaw_55_a_form_writes_its_own_fields_and_no_other(
    client: Client, session: Session
) -> None:
    ada = make.user(session, email="ada@example.org")
    client.sign_in(ada)
    sent = {"name": "Ada B.", "locale": "en", "zone": "UTC", "is_admin": "1", "email": "eve@example.org",
            "id": str(make.user(session).id), "second_factor_at": "", "erased_at": "2030-01-01"}  # fmt: skip
    assert client.post("/profile", data=sent).status_code == 303
    session.refresh(ada)
    assert (ada.name, ada.email, ada.is_admin) == ("Ada B.", "ada@example.org", False)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.DRAFT, State.NOT_ADVANCED])
def test_flaw_63_who_left_in_the_first_round_does_not_come_back_in_the_second(
    session: Session, state: State
) -> None:
    contest = make.contest(session)
    first = make.round_(session, contest, phase=RoundPhase.PUBLISHED, closes_at=NOON - DAY)
    make.round_(session, contest, number=2, closes_at=NOON + 7 * DAY)
    entry = make.entry(session, make.user(session), contest=contest, state=state)
    found = current_round(session, contest.id, entry, NOON)
    assert found is not None
    assert found.id == first.id
    assert not found.can_take_entries(NOON + timedelta(hours=1))


def test_another_site_is_refused_even_with_a_token_of_ours(
    client: Client, session: Session
) -> None:
    ada = make.user(session, name="Ada")
    client.sign_in(ada)
    for site in ("cross-site", "same-site"):
        sent = client.post("/profile", data={"name": "Eve"}, headers={"Sec-Fetch-Site": site})
        assert sent.status_code == 400
    session.refresh(ada)
    assert ada.name == "Ada"


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("Europe/Berlin", "2026-10-25T02:30"),
        ("Europe/Berlin", "2027-03-28T02:30"),
        ("Australia/Lord_Howe", "2027-04-04T01:45"),
        ("Pacific/Apia", "2011-12-30T12:00"),
    ],
)
def test_flaw_88_a_time_that_a_zone_has_twice_or_never_is_refused(
    app: Flask, zone: str, wall: str
) -> None:
    class Closing(Form):
        at = LocalDateTimeField(zone=zone)

    with app.test_request_context("/", method="POST", data={"at": wall}):
        app.preprocess_request()
        form = Closing()
        assert not form.validate()  # type: ignore[no-untyped-call]
        assert form.at.errors
