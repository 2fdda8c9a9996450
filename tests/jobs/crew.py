"""A worker process for the tests: `python -m tests.jobs.crew DATABASE_URL FOLDER`."""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from contest.app import create_app
from contest.jobs import registry, worker
from tests.conftest import settings

URL, FOLDER = sys.argv[1], Path(sys.argv[2])
worker.FIRST_PAUSE = timedelta(milliseconds=10)
worker.MAX_ATTEMPTS = 2


def note(word: str) -> None:
    with (FOLDER / "notes").open("a") as file:
        file.write(f"{word}\n")


@registry.job("tests.long")
def begin() -> dict[str, str]:
    note("long: first")
    return {"found": "treasure"}


@registry.job("tests.long", writes=False)
def end(found: str) -> None:
    note(f"long: second, with {found}")
    victim = FOLDER / "victim"
    if not victim.exists():
        victim.write_text(str(os.getpid()))
        time.sleep(3600)  # until it is killed
    note("long: done")


@registry.job("tests.slow", writes=False)
def slow() -> None:
    note(f"slow: begun by {os.getpid()}")
    while not (FOLDER / "enough").exists():
        time.sleep(0.05)
    note("slow: done")


@registry.job("tests.stubborn")
def stubborn(subject: str) -> None:
    note(f"stubborn: {subject}")
    if subject == "never" or not (FOLDER / "tried").exists():
        (FOLDER / "tried").touch()
        raise ValueError("not in the mood")


@registry.failed("tests.stubborn")
def sorry(*, error: str, final: bool, subject: str) -> None:
    note(f"sorry: {subject}, {error}{', for good' if final else ''}")


@registry.every("tests.turn", minutes=1)
def turn(at: datetime) -> None:
    note(f"turn: {at:%H:%M}")


if __name__ == "__main__":
    worker.run(create_app(settings(FOLDER, URL)), beat=0.2, look=0.2)
