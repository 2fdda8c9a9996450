"""Tries are counted for all processes of a machine together."""

import subprocess
import sys
from pathlib import Path

from limits import parse
from limits.strategies import MovingWindowRateLimiter

from contest.web.tries import INSTANCE, FileStorage, beside

TEN = parse("10 per 5 minutes")
SCRIPT = """
import sys
from contest.web.db import use_one_sqlite
use_one_sqlite()
from limits import parse
from limits.strategies import MovingWindowRateLimiter
from contest.web.tries import FileStorage
limiter = MovingWindowRateLimiter(FileStorage(sys.argv[1]))
print(sum(limiter.hit(parse("10 per 5 minutes"), "sign-in", "ada") for _ in range(10)))
"""


def test_two_processes_together_get_ten_tries(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/tries"
    running = [
        subprocess.Popen([sys.executable, "-c", SCRIPT, url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    assert sum(int(one.communicate(timeout=60)[0]) for one in running) == 10


def test_everybody_has_tries_of_their_own_which_come_back(tmp_path: Path) -> None:
    storage = FileStorage(f"file://{tmp_path}/tries")
    limiter = MovingWindowRateLimiter(storage)
    assert [limiter.hit(TEN, "sign-in", "ada") for _ in range(11)] == [True] * 10 + [False]
    assert limiter.hit(TEN, "sign-in", "bob")

    assert limiter.get_window_stats(TEN, "sign-in", "ada").remaining == 0
    assert not storage.acquire_entry("short", 0, 1)
    limiter.clear(TEN, "sign-in", "ada")

    assert limiter.hit(TEN, "sign-in", "ada")
    assert storage.check()


def test_they_stand_beside_the_database_or_in_the_folder_of_the_instance() -> None:
    assert beside("sqlite:////srv/contest.db") == "file:///srv/contest.db-tries"
    first, second = (beside(f"postgresql+psycopg://word@host/{name}") for name in "ab")
    assert first.startswith(f"file://{INSTANCE}/tries-")
    assert first != second
    assert "word" not in first
