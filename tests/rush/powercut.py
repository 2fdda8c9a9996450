"""Cuts the power while rows and files are written: what the disk has at that instant is all there is."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from contest.__main__ import migrate
from contest.files import store as stores
from contest.files.models import File
from tests.browser import ROOT
from tests.rush import machine
from tests.rush.cluster import Cluster
from tests.rush.instance import children

MEGABYTES = 500


@dataclass(slots=True)
class Cuts:
    """What was acknowledged before some cut, and what was not there after it."""

    number: int = 0
    acknowledged: int = 0
    rows: int = 0
    files: int = 0
    damaged: int = 0  # databases that do not pass their own check


def cut(times: int, *, postgresql: bool, seed: int = 1) -> Cuts:
    """Cut the power so many times, each time at another moment of the same writing."""
    machine.require_root("mkfs.ext4", "mount")
    folder = machine.folder()
    image = folder / "disk"
    machine.image(image, MEGABYTES)
    with machine.mounted(image, folder / "live") as live:
        disk = _Postgres(live) if postgresql else _Sqlite(live)
        try:
            return _Cutting(folder, image, disk, random.Random(seed)).run(times)
        finally:
            disk.end()


class _Sqlite:
    """A database on the disk that is cut."""

    def __init__(self, live: Path) -> None:
        self.url = f"sqlite:///{live}/contest.db"

    def processes(self) -> list[int]:
        return []

    def check(self, copy: Path, look: Callable[[str], bool]) -> bool:
        """Look into the database as it is found on a copy of the disk; say whether it is whole."""
        return look(f"sqlite:///{copy}/contest.db")

    def end(self) -> None:
        pass


class _Postgres:
    """A server with its data on the disk that is cut."""

    def __init__(self, live: Path) -> None:
        (live / "server").mkdir()
        self.cluster = Cluster(live / "server")
        self.cluster.make()
        self.cluster.start()
        self.url = self.cluster.new_database("contest")

    def processes(self) -> list[int]:
        head = int((self.cluster.data / "postmaster.pid").read_text().split()[0])
        return [head, *children(head)]

    def check(self, copy: Path, look: Callable[[str], bool]) -> bool:
        found = Cluster(copy / "server")
        (found.data / "postmaster.pid").unlink(
            missing_ok=True
        )  # of one that still lives, elsewhere
        found.start(fsync="off")  # nobody keeps what is found here
        try:
            return look(found.url("contest"))
        finally:
            found.crash()

    def end(self) -> None:
        self.cluster.crash()


class _Cutting:
    def __init__(
        self, folder: Path, image: Path, disk: _Sqlite | _Postgres, dice: random.Random
    ) -> None:
        self.folder, self.image, self.disk, self.dice = folder, image, disk, dice
        self.said: list[str] = []
        self.cuts = Cuts()

    def run(self, times: int) -> Cuts:
        migrate(self.disk.url)
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.rush.writer", self.disk.url, str(self.folder / "live/files")],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            threading.Thread(target=self._listen, args=[writer], daemon=True).start()
            for _ in range(times):
                heard, end = len(self.said), time.monotonic() + 60
                while len(self.said) < heard + 10:
                    if time.monotonic() > end:
                        raise RuntimeError("nothing is written")
                    time.sleep(0.02)
                time.sleep(self.dice.random() * 0.5)
                self._cut([*self.disk.processes(), writer.pid])
        finally:
            writer.kill()
            writer.wait()
        return self.cuts

    def _listen(self, writer: "subprocess.Popen[str]") -> None:
        assert writer.stdout is not None
        for line in writer.stdout:
            self.said.append(line)

    def _cut(self, processes: list[int]) -> None:
        copy = self.folder / "copy"
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(0.05)
            said = list(self.said)
            machine.run("cp", "--sparse=always", self.image, copy)
            with machine.mounted(copy, self.folder / "found") as found:
                whole = self.disk.check(found, lambda url: self._look(url, found / "files", said))
        finally:
            for pid in processes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        self.cuts.number += 1
        self.cuts.acknowledged = len(said)
        self.cuts.damaged += not whole
        copy.unlink()

    def _look(self, url: str, files: Path, said: list[str]) -> bool:
        engine = create_engine(url)
        with Session(engine) as session:
            rows = {row.id: row.sha256 for row in session.scalars(select(File))}
            whole = (
                not url.startswith("sqlite")
                or session.scalar(text("PRAGMA integrity_check")) == "ok"
            )
        engine.dispose()
        store = stores.from_url(f"file://{files}")
        for number, sha256 in (line.split() for line in said):
            self.cuts.rows += rows.get(uuid.UUID(number)) != sha256
            try:
                bytes_ = b"".join(store.chunks(sha256))
            except FileNotFoundError:
                bytes_ = b""
            self.cuts.files += hashlib.sha256(bytes_).hexdigest() != sha256
        return whole
