"""One application and one database per run; one rolled-back transaction per test."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, cast

from contest.web.db import use_one_sqlite

use_one_sqlite()
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: the runs share the cores
gc.set_threshold(50_000, 20, 20)  # looking for rubbish was a twelfth of a run, nearly all in vain

import pytest  # noqa: E402 -- after use_one_sqlite

pytest.register_assert_rewrite("tests.looking", "tests.pages")  # so that a failure shows its values

from flask import Flask  # noqa: E402
from jinja2 import FileSystemBytecodeCache  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from config import Settings  # noqa: E402
from contest.app import create_app  # noqa: E402
from contest.core import clock  # noqa: E402
from contest.judging import jobs as judging_jobs  # noqa: E402
from contest.ranking import jobs as ranking_jobs  # noqa: E402
from contest.web import refusals  # noqa: E402
from contest.web.db import db  # noqa: E402
from tests import databases, make  # noqa: E402
from tests.browser import FAILED, ROOT, browser, glass, new_window, one_window, visit  # noqa: E402
from tests.journeys.demonstration import Demonstration  # noqa: E402
from tests.looking import Seen  # noqa: E402
from tests.pages import Client  # noqa: E402
from tests.site import site  # noqa: E402

__all__ = ["browser", "glass", "new_window", "one_window", "site", "visit"]
LONGEST = (
    "tests/journeys/test_whole.py", "tests/journeys/", "tests/demo/", "tests/worlds/",
    "tests/access/", "tests/jobs/test_worker.py", "tests/web/",
)  # fmt: skip

COMPILED = ROOT / ".cache" / "templates"
COMPILED.mkdir(parents=True, exist_ok=True)
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}  # for all our apps


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what must also run on PostgreSQL: whatever needs an app. Begin with what takes longest."""
    items.sort(key=lambda item: [not item.nodeid.startswith(long) for long in LONGEST])
    for item in items:
        if {"app", "database_url", "site"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    gc.freeze()  # the program stays: nobody need go through it again


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a browser say what it showed when a test failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


class SettingsForTests(Settings):
    """No CSRF tokens, no rate limits, no kept pages: the tests of them turn them on again."""

    WTF_CSRF_ENABLED: bool = False
    RATELIMIT_ENABLED: bool = False
    LIMITS_URL: str = "memory://"
    KEPT_PAGES_BYTES: int = 0
    SESSION_IDLE_MINUTES: int = 10**6  # tests move the clock by months
    SESSION_HOURS: int = 10**6
    ADMIN_SESSION_IDLE_MINUTES: int = 10**6
    ADMIN_SESSION_HOURS: int = 10**6
    PROOF_MINUTES: int = 10**6


def settings(tmp: Any, database_url: str | None = None, **more: Any) -> SettingsForTests:
    return SettingsForTests(
        SECRET_KEY="a secret for the tests",
        DATABASE_URL=database_url or f"sqlite:///{tmp}/test.db",
        FILES_URL=f"file://{tmp}/files",
        MAIL_URL=f"file://{tmp}/mail",
        TESTING=True,
        DEVELOPMENT=True,
        **more,
    )


@pytest.fixture(scope="session", autouse=True)
def _seen(shared: Path) -> None:
    """Let the processes of a run share what they have looked at."""
    Seen.folder = shared / "seen"
    Seen.folder.mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the processes of a run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """SQLite unless CONTEST_TEST_DATABASE says postgresql: then a real server, started by us."""
    return databases.new(tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(settings(tmp_path_factory.mktemp("instance"), database_url))
    with app.app_context():
        engine = db.engine
    yield app
    engine.dispose()


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The test's own session. It and every request share one transaction, undone after the test.

    Jobs share it too, so a busy machine must not make them tell how far they are: that is committed.
    """
    for jobs in (judging_jobs, ranking_jobs):
        monkeypatch.setattr(jobs, "LONG", float("inf"))
    app.extensions[refusals.EXTENSION] = refusals.Tally()  # as undone as what was written of it
    with app.app_context():
        engines, engine = cast(dict[str | None, Any], db.engines), db.engine
    with engine.connect() as connection:
        outer = connection.begin()
        engines[None] = connection  # requests work inside the test's transaction
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            session.info["app"] = app  # for tests.jobs.run_promised
            session.connection()  # its savepoint stands before that of the first request
            yield session
        outer.rollback()
        engines[None] = engine


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Demonstration:
    """Play the example contest once for all who want it at one of its moments."""
    folder = tmp_path_factory.mktemp("demonstration")
    return Demonstration(folder, shared if databases.in_files() else None)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock at make.NOON."""
    monkeypatch.setattr(clock, "now", lambda: make.NOON)


@pytest.fixture
def client(app: Flask, session: Session, noon: None) -> Client:  # noqa: ARG001
    app.test_client_class = Client
    return cast(Client, app.test_client())
