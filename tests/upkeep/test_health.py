"""Whoever watches over an instance learns what does not work, and an operator can stop writing."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from contest.events.models import Event
from contest.files import jail
from contest.jobs import worker
from contest.jobs.models import Worker
from contest.jobs.outbox import enqueue
from contest.upkeep import health
from contest.web import switches
from tests import make
from tests.pages import Client


@pytest.fixture
def sound(session: Session) -> None:
    session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    session.execute(text(f"INSERT INTO alembic_version VALUES ('{health.newest_schema()}')"))
    session.add(Worker(name="one", token="1", seen_at=make.NOON - timedelta(seconds=10)))
    session.flush()


def told(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    parts = json.loads(answer.text)
    assert parts.pop("jail") == jail.kind()
    return answer.status_code, parts


def test_a_process_that_answers_is_alive(client: Client) -> None:
    alive = client.get("/livez")
    assert (alive.text, alive.mimetype) == ("alive", "text/plain")


@pytest.mark.usefixtures("sound")
def test_a_sound_instance_is_ready(client: Client) -> None:
    parts = ("database", "schema", "worker", "jobs", "switches", "files")
    assert told(client) == (200, dict.fromkeys(parts, "ok"))


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(
    ("statement", "part", "fault"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "schema", "run migrate"),
        ("DELETE FROM workers", "worker", "none is alive"),
    ],
)
def test_what_does_not_work_is_named(
    client: Client, session: Session, statement: str, part: str, fault: str
) -> None:
    session.execute(text(statement))
    status, parts = told(client)
    assert status == 503
    assert fault in parts[part]
    assert [name for name in parts if parts[name] != "ok"] == [part]


@pytest.mark.usefixtures("sound")
def test_work_that_waits_for_long_is_counted(client: Client, session: Session) -> None:
    enqueue(session, "messages.send", at=make.NOON - timedelta(hours=1), message_id="1")
    assert told(client)[1]["jobs"] == "1 wait for more than ten minutes"


def test_a_database_without_our_tables_is_not_ready(client: Client) -> None:
    assert told(client) == (503, {"database": "cannot be reached", "files": "ok"})


def test_while_nothing_may_be_written_pages_are_read_and_forms_say_why(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    assert _runs(client, "switch", "read-only", "on", "--because", "disk") == "read-only is on.\n"
    client.page("/profile")
    answer = client.post("/sign-out")
    assert answer.status_code == 503
    assert "Nothing can be stored for a while" in answer.text
    assert _runs(client, "switch", "read-only", "off") == "read-only is off.\n"
    assert client.post("/sign-out").status_code == 303


def test_held_work_waits_until_it_is_released(
    app: Flask, client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    switches.turn_on(session, switches.HELD, at=make.NOON, reason="restored")
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        _runs(client, "release")

    monkeypatch.setattr(time, "sleep", sleep)
    worker._wait_for_release(app)  # noqa: SLF001 -- the worker calls it before each piece of work
    assert len(waited) == 1
    assert not worker.is_held(app)


def test_turning_a_switch_is_on_the_record(client: Client, session: Session) -> None:
    for position in ("on", "on", "off"):
        _runs(client, "switch", "held", position)
    verbs = [e.verb for e in session.query(Event).order_by(Event.sequence)]
    assert verbs == ["switch.turned-on", "switch.turned-off"]


def _runs(client: Client, *arguments: str) -> str:
    result = client.application.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_newest_schema_is_that_of_the_migrations() -> None:
    names = [p.read_text() for p in Path(health.MIGRATIONS).glob("*.py")]
    assert any(f'revision = "{health.newest_schema()}"' in text for text in names)
    assert not any(f'down_revision = "{health.newest_schema()}"' in text for text in names)
