"""Two real worker processes on one database; the one that begins the long job is killed in the middle."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from contest.app import create_app
from contest.core import clock
from contest.jobs import engine, worker
from contest.jobs.models import Worker
from contest.jobs.outbox import enqueue
from contest.messages.models import Message, State
from contest.messages.outbox import write
from contest.web.db import begin_writing, db
from tests import databases, make
from tests.conftest import settings

pytestmark = pytest.mark.database


@dataclass
class Story:
    url: str
    notes: list[str]
    mails: list[Path]

    def of(self, subject: str) -> list[str]:
        return [note for note in self.notes if note.startswith(subject)]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("crew")
    url = databases.new(folder)
    database = create_engine(url)
    with Session(database) as session:
        enqueue(session, "tests.long", at=clock.now())
        enqueue(session, "tests.stubborn", at=clock.now(), subject="at first")
        write(session, "mail_link", to=make.user(session), at=clock.now(), number="1", next="/")
        session.commit()
        enqueue(session, "tests.stubborn", at=clock.now(), subject="rolled back")
        session.rollback()
    database.dispose()

    def notes() -> list[str]:
        file = folder / "notes"
        return file.read_text().splitlines() if file.exists() else []

    crew = [
        subprocess.Popen([sys.executable, "-m", "tests.jobs.crew", url, str(folder)])
        for _ in range(2)
    ]
    try:
        wait(lambda: "long: second, with treasure" in notes())
        wait(lambda: notes().count("stubborn: at first") == 2)
        wait(lambda: any((folder / "mail").glob("*.eml")))
        with Session(database) as session:
            enqueue(session, "tests.stubborn", at=clock.now(), subject="never")
            session.commit()
        os.kill(int(until_there(folder / "victim")), signal.SIGKILL)
        declare_silent(url, "tests.long")
        wait(lambda: "long: done" in notes())
        wait(lambda: any(note.endswith("for good") for note in notes()))
        wait(lambda: bool(engine.jobs(url)))
        living = next(process for process in crew if process.poll() is None)
        living.terminate()
        assert living.wait(60) == 0
    finally:
        for process in crew:
            process.kill()
            process.wait()
        database.dispose()
    return Story(url, notes(), list((folder / "mail").glob("*.eml")))


def declare_silent(url: str, kind: str) -> None:
    """Let much time pass since the worker was heard that has begun the job of this kind."""
    begun = engine.observer(url).list_workflows(status="PENDING", name=engine.WORKFLOW)
    [name] = [known.executor_id for known in begun if known.input and kind in known.input["args"]]
    database = create_engine(url)
    with Session(database) as session:
        long_ago = clock.now() - timedelta(days=1)
        session.execute(update(Worker).where(Worker.name == name).values(seen_at=long_ago))
        session.commit()
    database.dispose()


def wait(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def until_there(path: Path) -> str:
    wait(lambda: path.exists() and bool(path.read_text()))
    return path.read_text()


def test_a_killed_workers_job_is_finished_by_another_without_repeating_a_step(story: Story) -> None:
    assert story.of("long") == [
        "long: first",
        "long: second, with treasure",
        "long: second, with treasure",
        "long: done",
    ]


def test_two_workers_that_begin_at_one_instant_have_two_names(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, databases.new(tmp_path)))
    with ThreadPoolExecutor(1) as second, app.app_context():
        begin_writing()
        first = Worker(name=f"{socket.gethostname()[:100]}-1", token="a", seen_at=clock.now())
        db.session.add(first)
        db.session.flush()
        name = second.submit(worker.claim_name, app, "b", timedelta(minutes=1))
        with suppress(TimeoutError):
            name.result(0.3)  # it has looked, and waits for what the first one is writing
        db.session.commit()
        assert name.result(60) == f"{socket.gethostname()[:100]}-2"
        db.engine.dispose()


def test_a_failed_job_is_tried_again(story: Story) -> None:
    assert story.of("stubborn: at first") == ["stubborn: at first"] * 2
    assert story.of("sorry: at first") == ["sorry: at first, ValueError: not in the mood"]


def test_a_job_that_fails_for_good_stays_visible(story: Story) -> None:
    assert story.of("stubborn: never") == ["stubborn: never"] * 2
    assert story.of("sorry: never")[1:] == ["sorry: never, ValueError: not in the mood, for good"]
    [job] = engine.jobs(story.url)
    assert (job.promise.kind, job.promise.ids, job.promise.attempt) == (
        "tests.stubborn",
        {"subject": "never"},
        2,
    )
    assert "not in the mood" in job.error


def test_a_rolled_back_promise_is_never_kept(story: Story) -> None:
    assert story.of("stubborn: rolled back") == []


def test_a_periodic_job_runs_once_a_turn_among_all_workers(story: Story) -> None:
    turns = story.of("turn")
    assert turns
    assert len(turns) == len(set(turns))


def test_mail_is_sent_and_noted_by_a_worker(story: Story) -> None:
    database = create_engine(story.url)
    with Session(database) as session:
        message = session.scalars(select(Message)).one()
    database.dispose()

    assert message.state is State.SENT
    assert [path.stem for path in story.mails] == [str(message.id)]


def test_what_was_done_is_forgotten_after_a_month_and_what_failed_is_not(
    story: Story, tmp_path: Path
) -> None:
    app = create_app(settings(tmp_path, story.url))
    assert engine.jobs(story.url, ["SUCCESS"])

    with app.app_context():
        worker.forget(at=clock.now() + timedelta(days=29))
        assert engine.jobs(story.url, ["SUCCESS"])
        worker.forget(at=clock.now() + timedelta(days=31))

    assert engine.jobs(story.url, ["SUCCESS"]) == []
    assert len(engine.jobs(story.url)) == 1


def test_what_failed_for_good_can_be_promised_again(story: Story) -> None:
    [failed] = engine.jobs(story.url)

    engine.again(story.url, failed.promise.number)

    assert engine.jobs(story.url) == []
    [waiting] = engine.jobs(story.url, engine.WAITING)
    assert (waiting.promise.ids, waiting.promise.attempt) == ({"subject": "never"}, 1)
    engine.cancel(story.url, waiting.promise.number)


def test_a_promise_can_be_taken_back(story: Story) -> None:
    database = create_engine(story.url)
    with Session(database) as session:
        enqueue(session, "tests.stubborn", at=clock.now(), subject="unwanted")
        session.commit()
    [waiting] = engine.jobs(story.url, engine.WAITING)

    engine.cancel(story.url, waiting.promise.number)

    assert engine.jobs(story.url, engine.WAITING) == []
    database.dispose()
