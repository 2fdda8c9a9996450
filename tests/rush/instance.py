"""The program as an operator runs it, `python -m contest serve`, with all its processes in reach."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import httpx

from contest.__main__ import migrate
from contest.web.tries import beside
from tests import databases, servers
from tests.browser import ROOT

SECRET = "a secret for the tests"
ARRIVAL = "X-Request-Start"


class Instance:
    """An instance on a database that is there already; web processes and a worker."""

    def __init__(
        self, folder: Path, url: str, *, files: Path | None = None, worker: bool = True,
        **settings: str,
    ) -> None:  # fmt: skip
        self.folder, self.url, self.port = folder, url, servers.free_port()
        self.worker = worker
        self.files = files or folder / "files"
        self.log = folder / "log"
        self.env = {
            **{
                name: value for name, value in os.environ.items() if not name.startswith("CONTEST_")
            },
            "CONTEST_SECRET_KEY": SECRET,
            "CONTEST_DATABASE_URL": url,
            "CONTEST_FILES_URL": f"file://{self.files}",
            "CONTEST_MAIL_URL": f"file://{folder}/mail",
            "CONTEST_BASE_URL": f"http://{servers.HOST}:{self.port}",
            "CONTEST_ARRIVAL_HEADER": ARRIVAL,
            "CONTEST_PROXIES": "1",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m contest …` beside it."""
        return subprocess.run(
            [sys.executable, "-m", "contest", *words], cwd=ROOT, env=self.env, text=True,
            capture_output=True, timeout=300, check=False,
        )  # fmt: skip

    def begin(self, *words: str) -> None:
        words = words if self.worker else ("--without-worker", *words)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "contest", "serve", "--port", str(self.port), *words],
                cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait(self, seconds: float = 60) -> None:
        """Wait until it answers."""
        end = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > end:
                raise RuntimeError(f"it does not answer:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://{servers.HOST}:{self.port}/livez", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def is_meant_to_run(self) -> bool:
        """Say whether nobody of us ended it."""
        return self._process is not None

    def processes(self) -> dict[str, list[int]]:
        """Return the numbers of the processes that do the work: those of the web, and the worker."""
        found: dict[str, list[int]] = {"web": [], "worker": []}
        head = self._process.pid if self._process is not None else 0
        for child in children(head):
            if b"contest.served" in command_line(child):
                workers = [p for p in children(child) if b"tracker" not in command_line(p)]
                found["web"] += workers
            elif b"worker" in command_line(child):
                found["worker"] += children(child)
        return found

    def kill(self) -> None:
        """Kill every process of it at once, as a machine does that runs out of memory."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def leave(self) -> subprocess.Popen[bytes]:
        """Ask it to stop in good order; return the process to wait for."""
        process, self._process = self._process, None
        assert process is not None
        process.terminate()
        return process

    def end(self) -> None:
        """Stop it in good order, and make sure."""
        if self._process is None:
            return
        tries = Path(beside(self.url).removeprefix("file://"))  # some stand outside our folder
        for each in tries.parent.glob(f"{tries.name}*"):
            each.unlink(missing_ok=True)
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()


def migrated(folder: Path) -> str:
    """Return the address of an empty database as `serve` leaves it: made once, then copied."""
    return databases.copy_of(_migrated(), folder)


@cache
def _migrated() -> str:
    if databases.in_files():
        url = f"sqlite:///{tempfile.mkdtemp(prefix='contest-tests-')}/migrated.db"
    else:
        url = servers.new_postgres_database()
    migrate(url)
    return url


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task")
    try:
        return [int(n) for task in path.iterdir() for n in (task / "children").read_text().split()]
    except OSError:
        return []


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
