"""A worker's name is its own while its process is there, and free the moment it is not."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from contest.jobs import presence
from tests import databases
from tests.browser import ROOT

pytestmark = pytest.mark.database
CARRIER = """
import sys, time
from contest.jobs import presence
carried = presence.of(sys.argv[1])
print(carried.take("a"), flush=True)
time.sleep(3600)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return databases.new(tmp_path)


def test_a_name_is_carried_by_one(url: str) -> None:
    first, second = presence.of(url), presence.of(url)
    assert first.take("a")
    assert not second.take("a")
    assert second.take("b")
    assert first.is_kept()
    with first.vacancy("b") as is_vacant:
        assert not is_vacant


def test_nobody_takes_a_name_while_its_jobs_are_taken_over(url: str) -> None:
    with presence.of(url).vacancy("a") as is_vacant:
        assert is_vacant
        assert not presence.of(url).take("a")
    assert presence.of(url).take("a")


def test_the_name_of_a_killed_process_is_free_at_once(url: str) -> None:
    carrier = subprocess.Popen(
        [sys.executable, "-c", CARRIER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert carrier.stdout is not None
    assert carrier.stdout.readline() == "True\n"
    heir = presence.of(url)
    assert not heir.take("a")
    carrier.kill()
    carrier.wait()
    carrier.stdout.close()
    assert any(heir.take("a") for _ in range(1000))  # the server notices a moment later


def test_a_lock_that_slipped_is_taken_again_unless_somebody_was_quicker(url: str) -> None:
    carried = presence.of(url)
    assert carried.take("a")
    if not carried.may_slip:
        return
    cut_all(url)
    assert carried.is_kept()
    heir = presence.of(url)
    assert not heir.take("a")
    cut_all(url)
    heir = presence.of(url)
    assert heir.take("a")
    assert not carried.is_kept()


def cut_all(url: str) -> None:
    """End everybody else's connections, as a database does that is started anew."""
    database = create_engine(url)
    with database.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    database.dispose()
