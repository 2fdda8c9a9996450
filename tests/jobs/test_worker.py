"""Two real worker processes on one database; the one that begins the long job is killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contest.app import create_app
from contest.core import clock
from contest.jobs import engine, presence, worker
from contest.jobs.outbox import enqueue
from contest.messages.models import Message, State
from contest.messages.outbox import write
from contest.web.db import Busy, begin_writing, db
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

    crew = [hire(url, folder) for _ in range(2)]
    try:
        wait(lambda: "long: second, with treasure" in notes())
        wait(lambda: notes().count("stubborn: at first") == 2)
        wait(lambda: any((folder / "mail").glob("*.eml")))
        with Session(database) as session:
            enqueue(session, "tests.stubborn", at=clock.now(), subject="never")
            session.commit()
        os.kill(int(until_there(folder / "victim")), signal.SIGKILL)
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


def hire(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.jobs.crew", url, str(folder)])


def promise(url: str, kind: str, **ids: str) -> None:
    database = create_engine(url)
    with Session(database) as session:
        enqueue(session, kind, at=clock.now(), **ids)
        session.commit()
    database.dispose()


def stop_between_transactions(pid: int, app: Flask) -> None:
    """Stop a process while it keeps nobody from writing: one that did would stop all others, too."""
    with app.app_context():
        for _ in range(100):
            os.kill(pid, signal.SIGSTOP)
            try:
                begin_writing(0.2)
            except (Busy, OperationalError):
                db.session.rollback()
                os.kill(pid, signal.SIGCONT)
                time.sleep(0.03)
            else:
                db.session.rollback()
                break
        db.engine.dispose()


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
    crew = [presence.of(app.config["DATABASE_URL"]) for _ in range(4)]
    with ThreadPoolExecutor(len(crew)) as threads:
        names = threads.map(lambda each: worker.claim_name(app, str(id(each)), each, 0), crew)
        assert len(set(names)) == len(crew)
    with app.app_context():
        db.engine.dispose()


def test_a_worker_that_was_stopped_for_a_while_keeps_its_job(tmp_path: Path) -> None:
    """Flaw 90: who is slow is not dead, and nothing is done twice at once."""
    url = databases.new(tmp_path)
    notes = tmp_path / "notes"
    promise(url, "tests.slow")
    crew = [hire(url, tmp_path) for _ in range(2)]
    try:
        wait(lambda: notes.exists() and "slow: begun by" in notes.read_text())
        first = int(notes.read_text().split()[-1])
        stop_between_transactions(first, create_app(settings(tmp_path, url)))
        for number in range(20):  # the other looks a few times before it begins each of them
            promise(url, "tests.stubborn", subject=f"meanwhile {number}")
            wait(lambda n=number: f"stubborn: meanwhile {n}\n" in notes.read_text())  # type: ignore[misc]
        os.kill(first, signal.SIGCONT)
        (tmp_path / "enough").touch()
        wait(lambda: "slow: done" in notes.read_text())
        time.sleep(1)
        assert all(process.poll() is None for process in crew)
    finally:
        for process in crew:
            process.kill()
            process.wait()
    told = [line for line in notes.read_text().splitlines() if line.startswith("slow")]
    assert told == [f"slow: begun by {first}", "slow: done"]


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
