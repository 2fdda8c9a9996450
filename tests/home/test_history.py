"""What happened, as its readers are told."""

import ast
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.contests.actions import people
from contest.contests.models import Contest, Role
from contest.core.words import Words
from contest.events.log import Verb, record
from contest.home import facts
from contest.home.queries import history
from contest.organisations import actions as organisations
from contest.results.models import ResultSet
from contest.teams.models import Team
from contest.web.models import Switch
from tests import make
from tests.followup.story import carried
from tests.pages import Client
from tests.statements import counted

THING = uuid.UUID(int=7)


def _line(**told: object) -> history.Line:
    return history.Line(1, make.NOON, "contest.edited", None, "contests", THING, told, "0" * 64)


def _said(app: Flask, lang: str, names: dict[uuid.UUID, history.Name], **told: object) -> list[str]:
    with app.test_request_context(f"/?lang={lang}"):
        return [
            f"{f.word}: {f.before} > {f.value}" if f.before is not None else f"{f.word}: {f.value}"
            for f in facts.told(_line(**told), names, "Asia/Shanghai")
        ]


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("en", [": Collecting > Screening", "Until: 1 Jun 2030, 20:00 UTC+8"]),
        ("zh", [": 征集中 > 初审", "截止时间: 2030年6月1日 20:00 UTC+8"]),
    ],
)
def test_states_and_instants_are_told_in_the_language_and_the_zone_of_the_reader(
    app: Flask, lang: str, shown: list[str]
) -> None:
    said = _said(app, lang, {}, before="collecting", after="screening", until=make.NOON.isoformat())

    assert said == shown


def test_an_id_is_told_as_the_name_of_its_thing_or_not_at_all(app: Flask) -> None:
    names: dict[uuid.UUID, history.Name] = {THING: Words(en="Desk round", de="Schreibtischrunde")}

    assert _said(app, "de", names, round_id=str(THING)) == ["Runde: Schreibtischrunde"]
    assert _said(app, "en", {}, round_id=str(THING), team=str(uuid.uuid4())) == []


def test_a_changed_field_is_told_with_what_it_was_and_prose_only_by_its_word(app: Flask) -> None:
    said = _said(
        app, "en", {}, fields=["blind", "target", "brief", "title"], blind=[False, True],
        target=[1000.5, 2000], points=[3, 4], sha256="ab" * 32,
    )  # fmt: skip

    assert said == [
        "Judges see codes instead of team names: No > Yes",
        "Target: 1,000.5 > 2,000",
        "Fingerprint: ababababab…",
        "Changed: Brief and Title",
    ]


def test_answered_questions_are_told_one_by_one(app: Flask) -> None:
    other = uuid.UUID(int=8)
    names: dict[uuid.UUID, history.Name] = {
        THING: Words(en="Is it yours?"), other: Words(en="Insured?"),
    }  # fmt: skip

    assert _said(app, "en", names, yes=[str(THING), str(other)], no=[]) == [
        "Answered yes: Is it yours?", "Answered yes: Insured?",
    ]  # fmt: skip


def test_what_was_done_to_a_part_is_told_by_its_word_alone(app: Flask) -> None:
    assert _said(app, "en", {}, weights=[40, 60], added=True, moved=1) == [
        "Weights: 40 and 60", ": Added",
    ]  # fmt: skip


def _facts_of_the_code() -> set[str]:
    """The names of all facts that any call of `record` or of a `_note` in front of it passes."""
    found = set()
    for path in Path("contest").rglob("*.py"):
        source = path.read_text()
        for call in ast.walk(ast.parse(source)) if "Verb." in source else ():
            if isinstance(call, ast.Call) and any(
                isinstance(a, ast.Attribute) and getattr(a.value, "id", "") == "Verb"
                for a in call.args
            ):
                found |= {k.arg for k in call.keywords if k.arg}
    return found - {"by", "at", "contest_id"}


def test_every_fact_that_is_recorded_has_a_word_or_is_kept_from_readers() -> None:
    named = _facts_of_the_code()

    assert len(named) > 40
    elsewhere = {"ended_at", "questions_at", "rule", "started_at"}  # kept in rows of their own
    assert named - facts.WORDS.keys() - facts.SILENT == elsewhere


def test_every_thing_with_a_name_has_a_word_for_its_kind() -> None:
    assert history.NAMES.keys() - facts.KINDS.keys() == {
        "case_documents",
        "kpis",
        "milestones",
        "obligations",
    }  # their events stand with the case
    assert set(history.REFERS.values()) <= history.NAMES.keys()


def test_the_history_tells_roles_and_people_by_their_words_and_names(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    contest = make.contest(session, organiser=ada)
    judge = make.appointment(session, contest, make.user(session, name="Justice"), Role.JUDGE)
    people.end(session, judge, "", by=ada, at=make.NOON)
    client.sign_in(ada)

    page = client.page(f"/contests/{contest.slug}/history").text

    assert "Role ended" in page
    assert "Appointment: Justice" in " ".join(page.split())
    assert '<span class="hint">Role</span> Judge' in " ".join(page.split())


class Story:
    """A team with an entry, and what an organiser did to it."""

    def __init__(self, session: Session) -> None:
        self.mia, self.ada = make.user(session, name="Mia"), make.user(session)
        self.contest: Contest = make.contest(session, organiser=self.mia)
        self.round = make.round_(session, self.contest)
        self.team: Team = make.team(session, self.ada, contest=self.contest)
        self.entry = make.entry(session, contest=self.contest, team=self.team)
        judge = make.appointment(session, self.contest, make.user(session, name="Justice"))
        given = make.assignment(session, self.round, judge, self.entry)
        record(session, Verb.ENTRY_FOUND_ELIGIBLE, self.entry, by=self.mia.id, at=make.NOON,
               contest_id=self.contest.id, round_id=self.round.id, before="submitted",
               after="eligible")  # fmt: skip
        record(session, Verb.ASSIGNMENT_ADDED, given, by=self.mia.id, at=make.NOON,
               contest_id=self.contest.id, entry=self.entry.id, appointment=judge.id)  # fmt: skip

    @property
    def address(self) -> str:
        return f"/history/entries/{self.entry.id}"


def test_the_history_of_an_entry_tells_its_organisers_also_what_speaks_of_it(
    client: Client, session: Session
) -> None:
    story = Story(session)
    client.sign_in(story.mia)

    page = client.page(story.address).text

    assert "Found eligible" in page
    assert "Entry given to a judge" in page
    assert "Justice" in page


def test_a_team_reads_the_history_of_its_entry_without_judges_and_their_names(
    client: Client, session: Session
) -> None:
    story = Story(session)
    client.sign_in(story.ada)
    assert story.address in client.page(f"/entries/{story.entry.id}").text

    page = client.page(story.address).text

    assert "Found eligible" in page
    assert "The organisers" in page
    for secret in ("Mia", "Justice", "Entry given to a judge"):
        assert secret not in page


def test_the_history_of_a_thing_is_as_secret_as_the_thing(client: Client, session: Session) -> None:
    story, told = Story(session), carried(session, contest=make.contest(session))
    result = make.added(session, ResultSet(
        contest_id=story.contest.id, number=1, body="{}", sealed={}, sha256="0" * 64, salt="",
        computed_at=make.NOON, computed_by=story.mia.id,
    ))  # fmt: skip
    addresses = {
        story.address: story.ada,
        f"/history/teams/{story.team.id}": story.ada,
        f"/history/rounds/{story.round.id}": story.mia,
        f"/history/result_sets/{result.id}": story.mia,
        f"/history/cases/{told.case.id}": told.member,
    }
    eve = make.user(session, name="Eve")
    for address, reader in addresses.items():
        client.sign_in(eve)
        assert client.get(address).status_code == 404
        client.sign_in(reader)
        client.page(address)
    client.sign_in(story.ada)
    assert client.get(f"/history/rounds/{story.round.id}").status_code == 404


def test_a_history_costs_the_same_for_one_and_for_three_events(
    client: Client, session: Session
) -> None:
    story = Story(session)
    client.sign_in(story.mia)
    client.get(story.address)
    with counted(session) as first:
        client.get(story.address)
    for n in range(2):
        record(session, Verb.EXTENSION_GIVEN, story.entry, by=story.mia.id, at=make.NOON,
               contest_id=story.contest.id, round_id=story.round.id, team_id=story.team.id,
               until=make.NOON + timedelta(days=n))  # fmt: skip
    client.get(story.address)
    with counted(session) as second:
        client.get(story.address)

    assert len(second) == len(first) + 1  # a first team is named


def test_pages_of_a_history_lead_on(client: Client, session: Session) -> None:
    story = Story(session)
    for _ in range(60):
        record(session, Verb.TEAM_EDITED, story.team, by=story.ada.id, at=make.NOON,
               contest_id=story.contest.id)  # fmt: skip
    client.sign_in(story.ada)
    address = f"/history/teams/{story.team.id}"

    page = client.page(address).text

    assert page.count("Team edited") == 50
    older = page.partition(f'href="{address}?before=')[2].partition('"')[0]
    assert client.page(f"{address}?before={older}").text.count("Team edited") == 10


class Site:
    """What happened outside all contests: to accounts, an organisation, a position and a switch."""

    def __init__(self, session: Session) -> None:
        self.boss = make.user(session, name="Grace Hopper", is_admin=True)
        self.ada, self.bob = make.user(session), make.user(session, name="Bob Noyce")
        self.hitachi = make.organisation(session)
        accounts.sign_in(session, self.ada, how="password", at=make.NOON)
        accounts.sign_in(session, self.bob, how="passkey", at=make.NOON)
        organisations.edit(
            session, self.hitachi, {"country": "DE"}, seen=self.hitachi.version, by=self.boss,
            at=make.NOON,
        )  # fmt: skip
        self.position = organisations.take_position(
            session, self.hitachi, self.ada, title="CTO", by=self.boss, at=make.NOON
        )
        switch = make.added(session, Switch(name="read-only", since=make.NOON))
        record(session, Verb.SWITCH_TURNED_ON, switch, by=None, at=make.NOON, name="read-only")


def _plain(page: str) -> str:
    return " ".join(page.split())


def test_an_administrator_reads_what_happened_outside_the_contests(
    client: Client, session: Session
) -> None:
    site = Site(session)
    contest = make.contest(session)
    record(session, Verb.CONTEST_EDITED, contest, by=site.ada.id, at=make.NOON,
           contest_id=contest.id)  # fmt: skip
    client.sign_in(site.boss)

    page = _plain(client.page("/history").text)

    assert "Contest edited" not in page
    for told in (
        "Signed in", "Person: <a", ">Bob Noyce</a>", "with a passkey", "Organisation: Hitachi",
        "Position: Ada Lovelace", "The system", "Grace Hopper", "2030",
        '<span class="hint">Name</span> read-only',
    ):  # fmt: skip
        assert told in page
    country = page.partition('<span class="hint">Country</span>')[2][:400]
    assert country.index("Japan") < country.index("Germany")


def test_the_history_of_a_person_and_of_an_organisation_leaves_out_what_is_not_about_them(
    client: Client, session: Session
) -> None:
    site = Site(session)
    client.sign_in(site.boss)
    place, of_ada = f"/organisations/{site.hitachi.slug}", f"/people/{site.ada.id}/history"

    person, organisation = client.page(of_ada).text, client.page(f"{place}/history").text

    assert "with a password" in person
    assert "CTO" not in person
    assert "Position" in person
    assert "with a passkey" not in person
    assert "Germany" in organisation
    assert "Position: Ada Lovelace" in _plain(organisation)
    assert "with a password" not in organisation
    assert of_ada in client.page(f"/people/{site.ada.id}").text
    assert f"{place}/history" in client.page(place).text
    assert 'href="/history"' in client.page("/profile").text


def test_nobody_but_administrators_reads_or_finds_the_history_of_the_site(
    client: Client, session: Session
) -> None:
    site = Site(session)
    make.contest(session, organiser=site.bob)
    place = f"/organisations/{site.hitachi.slug}"
    client.sign_in(site.bob)

    for url in ("/history", f"/people/{site.bob.id}/history", f"{place}/history"):
        assert client.get(url).status_code == 403
        assert f'"{url}"' not in client.page(place).text + client.page("/profile").text


def test_pages_of_the_site_s_history_lead_on_and_cost_the_same(
    client: Client, session: Session
) -> None:
    site = Site(session)
    client.sign_in(site.boss)
    with counted(session) as first:
        client.get("/history")
    for _ in range(60):
        accounts.sign_in(session, site.ada, how="password", at=make.NOON)

    with counted(session) as second:
        page = client.page("/history").text

    assert len(second) <= len(first)
    assert page.count("Signed in</th>") + page.count("Signed in\n") == 50
    older = page.partition('href="/history?before=')[2].partition('"')[0]
    assert "Position added" in client.page(f"/history?before={older}").text
