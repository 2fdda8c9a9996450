import csv
import io
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.contests.models import Contest, Phase, Role
from contest.core import clock
from contest.entries import queries as entries
from contest.entries.models import Version
from contest.files import actions as files
from contest.files.arrival import arrive
from contest.files.models import File
from contest.files.sending import store
from contest.teams.models import Team
from contest.vault import actions, queries
from contest.vault.models import DocumentView
from tests import make
from tests.jobs import run_promised
from tests.make import NOON
from tests.pages import Client


class Vault:
    """A version with a real deck of two pages, drawn."""

    def __init__(self, session: Session, app: Flask) -> None:
        self.mia, self.sam = make.user(session, name="Mia"), make.user(session, name="Sam")
        self.contest: Contest = make.contest(session, organiser=self.mia)
        make.appointment(session, self.contest, self.sam, Role.SCREENER)
        self.judge = make.user(session, name="Justice")
        make.appointment(session, self.contest, self.judge, Role.JUDGE)
        self.ada = make.user(session)
        team: Team = make.team(session, self.ada, contest=self.contest)
        form = make.form(session, make.round_(session, self.contest))
        entry = make.entry(session, contest=self.contest, team=team)
        self.version: Version = make.version(session, entry, form)
        with app.app_context():
            arrived = arrive(store(), io.BytesIO(make.pdf(pages=2)), "=deck.pdf", limit_bytes=10**6)
        self.file: File = files.receive(session, arrived, by=self.ada.id, at=NOON)
        make.attachment(session, self.version, form.questions[1], self.file)
        run_promised(session)

    @property
    def at(self) -> str:
        return f"/versions/{self.version.id}/files/{self.file.id}"

    @property
    def ledger(self) -> str:
        return f"/entries/{self.version.entry_id}/ledger"


@pytest.fixture
def vault(session: Session, app: Flask) -> Vault:
    return Vault(session, app)


def openings(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DocumentView)) or 0


def test_pages_are_sent_to_staff_only_after_the_opening_stands_in_the_ledger(
    client: Client, vault: Vault, session: Session
) -> None:
    client.sign_in(vault.sam)
    assert client.get(f"{vault.at}/1/page").status_code == 404
    assert client.get(f"{vault.at}/download").status_code == 404
    assert "Open the document" in client.page(f"/entries/{vault.version.entry_id}").text

    opened = client.post(f"{vault.at}/open", data={"next": "/entries/x?version=1"})

    assert opened.location == f"/entries/x?version=1&opened={vault.file.id}"
    assert openings(session) == 1
    picture = client.get(f"{vault.at}/1/page")
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert client.get(f"{vault.at}/download").get_data() == make.pdf(pages=2)
    assert client.get(f"{vault.at}/3/page").status_code == 404
    page = client.page(f"/entries/{vault.version.entry_id}?opened={vault.file.id}").text
    assert f'src="{vault.at}/2/page"' in page


def test_a_script_opens_with_json_and_reloading_is_the_same_visit(
    client: Client, vault: Vault, session: Session
) -> None:
    client.sign_in(vault.sam)
    for _ in range(3):
        answer = client.post(f"{vault.at}/open", headers={"Accept": "application/json"})
        assert answer.json == {"opened": True}
    assert openings(session) == 1


def test_an_opening_lets_pages_be_read_for_twelve_hours(
    client: Client, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(vault.sam)
    client.post(f"{vault.at}/open")
    for later, status in ((timedelta(hours=12, microseconds=-1), 200), (timedelta(hours=12), 404)):
        monkeypatch.setattr(clock, "now", lambda later=later: NOON + later)
        assert client.get(f"{vault.at}/1/page").status_code == status


def test_a_team_reads_its_own_documents_without_a_line_in_the_ledger(
    client: Client, vault: Vault, session: Session
) -> None:
    client.sign_in(vault.ada)
    assert client.get(f"{vault.at}/1/page").status_code == 200
    assert client.get(f"{vault.at}/download").status_code == 200
    assert openings(session) == 0


def test_judges_and_strangers_do_not_open_documents_here(
    client: Client, vault: Vault, session: Session
) -> None:
    for user in (vault.judge, make.user(session, name="Eve")):
        client.sign_in(user)
        assert client.post(f"{vault.at}/open").status_code == 404
        assert client.get(f"{vault.at}/1/page").status_code == 404
        assert client.get(vault.ledger).status_code == 404
    assert openings(session) == 0


def test_the_ledger_names_staff_and_numbers_judges_until_the_contest_is_over(
    client: Client, vault: Vault, session: Session
) -> None:
    for user, capacity in ((vault.sam, "screener"), (vault.judge, "judge")):
        actions.opened(session, vault.version, vault.file, capacity=capacity, by=user, at=NOON)
    client.sign_in(vault.ada)
    page = client.page(vault.ledger).text
    assert "Sam" in page
    assert "#1" in page
    assert "Justice" not in page
    client.sign_in(vault.mia)
    assert "Justice" in client.page(vault.ledger).text

    vault.contest.phase = Phase.CONCLUDED
    session.flush()
    client.sign_in(vault.ada)
    assert "Justice" in client.page(vault.ledger).text
    client.sign_in(vault.sam)
    assert client.get(vault.ledger).status_code == 404


def test_the_ledger_as_a_table_holds_no_formulas(
    client: Client, vault: Vault, session: Session
) -> None:
    actions.opened(session, vault.version, vault.file, capacity="screener", by=vault.sam, at=NOON)
    client.sign_in(vault.mia)
    text = client.get(f"{vault.ledger}.csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[1] == [
        NOON.isoformat(), "Sam", "screener", "'=deck.pdf", vault.file.sha256, "1",
    ]  # fmt: skip


def test_a_visit_ends_after_an_hour_and_versions_opened_are_known(
    vault: Vault, session: Session
) -> None:
    for minutes, lines in ((0, 1), (59, 1), (61, 2)):
        at = NOON + timedelta(minutes=minutes)
        actions.opened(session, vault.version, vault.file, capacity="judge", by=vault.judge, at=at)
        assert openings(session) == lines
    assert queries.has_opened(session, vault.judge.id, [vault.version.id]) == {vault.version.id}
    assert queries.has_opened(session, vault.sam.id, [vault.version.id]) == set()
    version = entries.version(session, vault.version.id)
    assert version is not None
    decks = queries.decks(session, version, vault.judge, NOON + timedelta(hours=2))
    assert [(d.drawn, d.is_open) for d in decks] == [(2, True)]


WAYS: tuple[dict[str, str], ...] = (
    {}, {"Range": "bytes=0-9"}, {"Range": "bytes=0-,0-,0-"}, {"If-None-Match": "*"},
    {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}, {"If-Range": "x", "Range": "bytes=1-"},
)  # fmt: skip


def test_a_part_a_head_or_an_unchanged_answer_needs_the_same_right(
    client: Client, vault: Vault, session: Session
) -> None:
    """F14, Z16: refused before the opening is on the record, and whole after it."""
    for user in (make.user(session, name="Eve"), vault.sam):
        client.sign_in(user)
        for (path, method), way in product((("/download", "GET"), ("/1/page", "HEAD")), WAYS):
            answer = client.open(vault.at + path, method=method, headers=way)
            assert answer.status_code == 404
            assert b"%PDF" not in answer.data
    client.post(f"{vault.at}/open")
    for way in WAYS:
        assert client.get(f"{vault.at}/download", headers=way).data == make.pdf(pages=2)
    head = client.head(f"{vault.at}/download")
    assert (head.status_code, head.data) == (200, b"")
