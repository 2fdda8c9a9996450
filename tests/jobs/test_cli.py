"""`python -m contest worker` loads everything once; what works is forked from it, and again when killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.browser import ROOT

WORK = """
import os, signal, sys, threading
from contest.jobs.cli import in_a_child

def work():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print(os.getpid(), flush=True)
    while not stop.wait(0.05):
        pass
    print("in good order", flush=True)
    if "fails" in sys.argv:
        os._exit(3)

sys.exit(in_a_child(work))
"""


@pytest.fixture(params=["", "fails"])
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
