"""Public pages as finished bytes: always fresh, never somebody's, never mixed, never too many."""

import gzip
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from contest.app import create_app
from contest.contests.actions import edition
from contest.contests.models import Contest, Phase, Round
from contest.core import clock
from contest.core.words import LANGUAGES, Words
from contest.web import finished
from contest.web.db import begin_writing, db
from contest.web.finished import OVERHEAD_BYTES, Page, Shelf
from tests import databases, make
from tests.conftest import settings
from tests.pages import check

HERE = "/contests/spring"
ENOUGH = 8 * 1024 * 1024


class Instance:
    """A web process: its pages, and how often it made one."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.app: Flask = create_app(settings(folder, database_url, KEPT_PAGES_BYTES=ENOUGH))
        self.made: list[str] = []
        template_rendered.connect(self._note, self.app)

    def _note(self, _app: Flask, template: Any, **_: object) -> None:
        self.made.append(template.name)

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.app.test_client(use_cookies=False).get(path, **given)

    @property
    def shelf(self) -> Shelf:
        return self.app.extensions[finished.EXTENSION].shelf  # type: ignore[no-any-return]

    @contextmanager
    def change(self) -> Iterator[Session]:
        """A transaction as a request or a job has one."""
        with self.app.app_context():
            begin_writing()
            yield db.session()
            db.session.commit()


@pytest.fixture(scope="module")
def processes(
    tmp_path_factory: pytest.TempPathFactory,
    database_url: str,  # noqa: ARG001 -- marks these tests as of the database
) -> Iterator[list[Instance]]:
    """Two web processes on one database with a contest that is announced."""
    folder = tmp_path_factory.mktemp("processes")
    url = databases.new(folder)
    both = [Instance(folder, url) for _ in range(2)]
    with both[0].change() as session:
        make.round_(session, make.contest(session, slug="spring"))
        make.user(session)
    yield both
    for one in both:
        with one.app.app_context():
            db.engine.dispose()


@pytest.fixture
def instances(processes: list[Instance], monkeypatch: pytest.MonkeyPatch) -> list[Instance]:
    """The same, with nothing kept, at noon."""
    monkeypatch.setattr(clock, "now", lambda: make.NOON)
    for one in processes:
        one.shelf.clear()
        one.made.clear()
    return processes


@pytest.fixture
def instance(instances: list[Instance]) -> Instance:
    return instances[0]


def spring(session: Session) -> Contest:
    return session.scalars(select(Contest).where(Contest.slug == "spring")).one()


def edit(session: Session, tagline: str) -> None:
    contest = spring(session)
    edition.edit(
        session, contest, {"tagline": Words(en=tagline)},
        seen=contest.version, by=make.user(session), at=clock.now(),
    )  # fmt: skip


def test_a_page_is_made_once_and_kept_by_readers(instance: Instance) -> None:
    first, second = instance.get(HERE), instance.get(HERE)
    assert instance.made.count("contests/show.html") == 1
    assert first.data == second.data
    check(second.text)
    assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert second.headers["Vary"] == "Accept-Encoding, Accept-Language, Cookie"
    assert second.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert second.headers["Server-Timing"] == f'now;desc="{make.NOON.isoformat()}"'
    assert "Set-Cookie" not in second.headers
    assert "csrf" not in second.text


def test_who_has_the_page_already_is_told_so(instance: Instance) -> None:
    tag = instance.get(HERE).headers["ETag"]
    again = instance.get(HERE, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Server-Timing" in again.headers
    assert instance.get(HERE, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_change_shows_at_once_in_every_process(instances: list[Instance]) -> None:
    for tagline in ("Build with us.", "Build it with us."):
        for instance in instances:
            instance.get(HERE)
        with instances[0].change() as session:
            edit(session, tagline)
        assert [tagline in instance.get(HERE).text for instance in instances] == [True, True]


def test_two_processes_name_the_same_page_alike(instances: list[Instance]) -> None:
    tags = {instance.get(HERE).headers["ETag"] for instance in instances}
    assert len(tags) == 1


def test_a_change_that_is_undone_shows_nowhere(instances: list[Instance]) -> None:
    writer, reader = instances
    reader.get(HERE)
    with writer.app.app_context():
        begin_writing()
        edit(db.session(), "Never said.")
        assert "Never said." not in reader.get(HERE).text
        db.session.rollback()
    assert "Never said." not in reader.get(HERE).text
    assert reader.made.count("contests/show.html") == 1


def test_a_page_ends_when_the_clock_changes_it(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Found a team" in instance.get(HERE).text
    with instance.app.app_context():
        contest = spring(db.session())
        closes = db.session.scalars(select(Round.closes_at).where(Round.contest == contest)).one()
    assert closes is not None
    monkeypatch.setattr(clock, "now", lambda: closes - timedelta(seconds=1))
    assert "Found a team" in instance.get(HERE).text
    monkeypatch.setattr(clock, "now", lambda: closes)
    assert "Found a team" not in instance.get(HERE).text


def test_who_is_signed_in_neither_gets_nor_fills_it(instance: Instance) -> None:
    instance.get(HERE)
    kept = len(instance.shelf)
    with instance.change() as session:
        user = make.user(session, name="Grace Hopper")
        held = make.signed_in(session, user)
    client = instance.app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(held)
    own = client.get(HERE)
    assert "Your desk" in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    assert client.get("/").status_code == 200
    assert len(instance.shelf) == kept
    assert "Your desk" not in instance.get(HERE).text


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer x"}, {"Cookie": "session=x"}, {"Cookie": "lang=de; session="}],
)
def test_what_could_be_somebody_passes_by(instance: Instance, headers: dict[str, str]) -> None:
    answer = instance.get(HERE, headers=headers)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(instance.shelf) == 0


def test_languages_are_never_mixed(instance: Instance) -> None:
    def asked(language: str) -> list[TestResponse]:
        other = next(one for one in LANGUAGES if one != language)
        return [
            instance.get(f"{HERE}?lang={language}", headers={"Accept-Language": other}),
            instance.get(HERE, headers={"Cookie": f"lang={language}", "Accept-Language": other}),
            instance.get(
                HERE, headers={"Accept-Language": f"xx, {language}-XX;q=0.8, {other};q=0.1"}
            ),
        ]

    for _ in range(2):
        for language in LANGUAGES:
            assert all(f'<html lang="{language}">' in one.text for one in asked(language))
    assert len(instance.shelf) == len(LANGUAGES)


def test_an_unknown_query_is_the_same_page_and_takes_no_room(instance: Instance) -> None:
    plain = instance.get(HERE)
    for number in range(20):
        assert instance.get(f"{HERE}?utm={number}&lang=xx").data == plain.data
    assert len(instance.shelf) == 1
    assert instance.made.count("contests/show.html") == 1


def test_a_known_query_is_answered_anew_and_takes_no_room(instance: Instance) -> None:
    with instance.change() as session:
        spring(session).gallery_opens_at = make.NOON - make.DAY
    gallery = f"{HERE}/gallery"
    plain, found = instance.get(gallery), instance.get(f"{gallery}?q=reeds&utm=1")
    assert "reeds" in found.text
    assert found.headers["Cache-Control"] == "private, no-store"
    assert plain.headers["Cache-Control"].startswith("public")
    assert len(instance.shelf) == 1


def test_only_path_and_language_reach_the_page(instance: Instance) -> None:
    plain = instance.get(HERE)
    odd = instance.get(
        HERE,
        headers={"Host": "localhost:81", "X-Forwarded-Host": "evil.example", "User-Agent": "x",
                 "Referer": "http://evil.example", "Cookie": "theme=dark"},
    )  # fmt: skip
    instance.shelf.clear()
    first = instance.get(f"{HERE}?next=//evil.example", headers={"Host": "localhost:82"})
    assert plain.data == odd.data == first.data


def test_head_has_the_headers_of_get_and_no_body(instance: Instance) -> None:
    client = instance.app.test_client(use_cookies=False)
    head = client.head(HERE)
    page = client.get(HERE)
    assert head.data == b""
    assert dict(head.headers) == dict(page.headers)
    assert instance.made.count("contests/show.html") == 1


def test_packed_bytes_are_the_page(instance: Instance) -> None:
    plain = instance.get(HERE)
    packed = instance.get(HERE, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    refused = instance.get(HERE, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


def test_what_is_not_announced_never_enters(instance: Instance) -> None:
    with instance.change() as session:
        make.contest(session, slug="secret", phase=Phase.DRAFT)
    for path in (
        "/contests/secret",
        "/contests/secret/results/log",
        "/contests/nowhere",
        "/nowhere",
    ):
        assert instance.get(path).status_code == 404
    assert len(instance.shelf) == 0


def test_pages_with_forms_are_not_kept(instance: Instance) -> None:
    answer = instance.get("/sign-in?next=/contests/spring")
    assert 'name="csrf_token"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(instance.shelf) == 0


def test_who_comes_while_a_page_is_made_waits_for_it(instance: Instance) -> None:
    at_once = threading.Barrier(6)

    def ask(_number: int) -> bytes:
        at_once.wait()
        return instance.get(HERE).get_data()

    with ThreadPoolExecutor(6) as crowd:
        assert len(set(crowd.map(ask, range(6)))) == 1
    assert instance.made.count("contests/show.html") == 1


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40_000)), max_size=60))
def test_the_room_for_pages_is_never_exceeded(asked: list[tuple[int, int]]) -> None:
    shelf = Shelf(200_000)
    sizes: dict[int, int] = {}
    for number, length in asked:
        page = Page(1, None, frozenset(), (), "", bytes(length), b"")
        shelf.put(("http", str(number), "en"), page)
        if length + OVERHEAD_BYTES <= 25_000:
            assert shelf.get(("http", str(number), "en")) is page
            sizes[number] = length + OVERHEAD_BYTES
        assert shelf.taken_bytes <= 200_000
        held = [n for n in sizes if shelf.get(("http", str(n), "en"))]
        assert shelf.taken_bytes == sum(sizes[n] for n in held)
