"""Prints a row per promise: `python -m tests.attack`, or `make attack`.

Words on the command line choose promises by their id, area or name. CONTEST_TEST_DATABASE chooses one
of the two databases. What has to be measured alone is measured first, on one database after the other;
what needs calm, on both side by side, and one process goes on to the rest meanwhile. Of that two processes
for each database share the areas, one from either end: much of it waits, and no core should.
"""

import atexit
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from tests.attack.measuring import ALONE, BESIDE, CALM, MARK, Row

DATABASES = ("sqlite", "postgresql")
# The first four play on the demonstration, which each process makes for itself: they stand together.
ORDER = ("worlds", "access", "inputs", "privacy", "lives", "keys", "files", "lost")
ROOT = Path(__file__).parents[2]
TABLE = ROOT / ".cache" / "attack.md"  # of the last run
HEAD = ("database", "id", "promise", "figure", "target", "pass", "seconds", "of a processor")
LINE = "{:<10} {:<4} {:<66} {:>8} {:>7} {:>4} {:>8} {:>15}"


class Crew:
    """A process that measures on one database."""

    def __init__(self, database: str, words: list[str]) -> None:
        self.database = database
        self.rows: list[Row] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.attack.measuring", *words], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "CONTEST_TEST_DATABASE": database},
        )  # fmt: skip
        atexit.register(self._process.terminate)

    def areas(self) -> list[tuple[str, str]]:
        """Return how it has something to measure, and where, once it is ready."""
        for told in self._told():
            return [(how, area) for how, area in told]
        return []

    def measure(self, how: str, area: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            print(json.dumps((how, area)), file=self._process.stdin, flush=True)
        for told in self._told():
            if told is None:
                return
            self.rows.append(Row(*told))
            click.echo(LINE.format(*shown(self.rows[-1])))

    def measure_all(self, how: str, next_area: Callable[[], str]) -> threading.Thread:
        """Begin to measure area after area, until there is none."""

        def work() -> None:
            with suppress(IndexError):
                while self._process.poll() is None:
                    self.measure(how, next_area())

        working = threading.Thread(target=work, daemon=True)
        working.start()
        return working

    def ended_well(self) -> bool:
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait() == 0

    def _told(self) -> Iterator[Any]:
        """Yield what it says, and pass on its remarks, until it ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(MARK):
                yield json.loads(line.removeprefix(MARK))
            else:
                click.echo(f"    {line.strip()}")


def shown(row: Row) -> tuple[str, ...]:
    figure = "unknown" if row.figure is None else f"{row.figure:.3g}"
    return (
        row.database, row.id, row.name, figure, f"{row.target:g}", "yes" if row.holds else "NO",
        f"{row.seconds:.0f}", f"{row.cpu:.0f}",
    )  # fmt: skip


def kept(rows: list[Row], seconds: float) -> str:
    """Return the table, to be kept."""
    lines = [HEAD, tuple("-" for _ in HEAD), *map(shown, rows)]
    told = [
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    ]
    return "\n".join([*told, "", f"{len(rows)} rows in {math.ceil(seconds)} seconds."]) + "\n"


def ended(working: list[threading.Thread]) -> None:
    for one in working:
        one.join()


def main(words: list[str]) -> int:
    """Measure; return how many promises do not hold."""
    only = os.environ.get("CONTEST_TEST_DATABASE")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    click.echo(LINE.format(*HEAD))
    pairs = [
        [Crew(database, words) for _ in range(2)] for database in ([only] if only else DATABASES)
    ]
    crews = [crew for pair in pairs for crew in pair]
    found = [crew.areas() for crew in crews][::2]

    def areas(how: str) -> list[deque[str]]:
        return [
            deque(sorted((area for each, area in told if each == how), key=ORDER.index))
            for told in found
        ]

    for (_, second), left in zip(pairs, areas(ALONE), strict=True):
        ended([second.measure_all(ALONE, left.pop)])
    beside, calm = areas(BESIDE), areas(CALM)
    works = [
        partial(crew.measure_all, BESIDE, take)
        for pair, left in zip(pairs, beside, strict=True)
        for crew, take in zip(pair, (left.popleft, left.pop), strict=True)
    ]
    begun = [works.pop(0)()]
    ended([pair[1].measure_all(CALM, left.pop) for pair, left in zip(pairs, calm, strict=True)])
    ended([*begun, *(work() for work in works)])
    died = [crew.database for crew in crews if not crew.ended_well()]
    rows = [row for crew in crews for row in crew.rows]
    seconds = time.monotonic() - began
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(kept(rows, seconds))
    broken = [row for row in rows if not row.holds]
    click.echo(f"\n{len(rows)} promises, {len(broken)} do not hold; {seconds:.0f} seconds")
    for row in broken:
        click.echo(LINE.format(*shown(row)))
    for database in died:
        click.echo(f"What measured on {database} ended early.")
    return len(broken) + len(died)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
