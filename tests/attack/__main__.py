"""Prints a row per promise: `python -m tests.attack`, or `make attack`.

Words on the command line choose promises by their id, area or name. CONTEST_TEST_DATABASE chooses one
of the two databases. What has to be measured alone is measured first; then both go on side by side.
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
from pathlib import Path

import click

from tests.attack.measuring import MARK, Row

DATABASES = ("sqlite", "postgresql")
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

    def follow(self) -> None:
        """Pass on what it says, until it waits or ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.startswith(MARK):
                click.echo(f"    {line.strip()}")
            elif told := json.loads(line.removeprefix(MARK)):
                self.rows.append(Row(*told))
                click.echo(LINE.format(*shown(self.rows[-1])))
            else:
                return

    def go_on(self) -> threading.Thread:
        """Let it measure the rest."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        following = threading.Thread(target=self.follow)
        following.start()
        return following

    def ended_well(self) -> bool:
        return self._process.wait() == 0


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


def main(words: list[str]) -> int:
    """Measure; return how many promises do not hold."""
    only = os.environ.get("CONTEST_TEST_DATABASE")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    click.echo(LINE.format(*HEAD))
    crews = []
    for database in [only] if only else DATABASES:
        crews.append(Crew(database, words))
        crews[-1].follow()
    for going in [crew.go_on() for crew in crews]:
        going.join()
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
