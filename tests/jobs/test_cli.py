"""`python -m contest worker` loads everything once; what works is forked from it, and again when killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.browser import ROOT

WORK = """
import os, signal, sys, threading
from contest.jobs.cli import in_a_child

token, give = os.pipe()
os.write(give, b"1")
os.set_blocking(token, False)

def is_first():
    try:
        return bool(os.read(token, 1))
    except BlockingIOError:
        return False

def work():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print(os.getpid(), flush=True)
    if "waits" in sys.argv and is_first():
        os._exit(os.EX_TEMPFAIL)
    while not stop.wait(0.05):
        pass
    print("in good order", flush=True)
    if "fails" in sys.argv:
        os._exit(3)

sys.exit(in_a_child(work))
"""


@pytest.fixture(params=["", "fails", "waits"])
def parent(request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-c", WORK, request.param]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def told(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("parent", [""], indirect=True)
def test_a_worker_that_is_killed_is_replaced_and_a_stop_reaches_the_last_one(
    parent: "subprocess.Popen[str]",
) -> None:
    first = int(told(parent))
    os.kill(first, signal.SIGKILL)
    second = int(told(parent))
    assert second != first
    parent.terminate()
    assert told(parent) == "in good order"
    assert parent.wait(20) == 0


@pytest.mark.parametrize("parent", ["fails"], indirect=True)
def test_a_worker_that_ends_by_itself_ends_all_and_says_how(
    parent: "subprocess.Popen[str]",
) -> None:
    os.kill(int(told(parent)), signal.SIGTERM)
    assert told(parent) == "in good order"
    assert parent.wait(20) == 3


@pytest.mark.parametrize("parent", ["waits"], indirect=True)
def test_a_worker_that_found_no_database_is_followed_by_another(
    parent: "subprocess.Popen[str]",
) -> None:
    first, second = int(told(parent)), int(told(parent))
    assert second != first
    parent.terminate()
    assert told(parent) == "in good order"
    assert parent.wait(20) == 0


def test_a_worker_without_a_database_says_so_by_how_it_ends(tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://nobody@{servers.HOST}:{servers.free_port()}/nothing"
    words = [sys.executable, "-m", "tests.jobs.crew", nowhere, str(tmp_path)]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == os.EX_TEMPFAIL, ended.stderr
