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
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pysqlite3
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contest.__main__ import migrate
from contest.files import store as stores
from contest.files.models import File
from contest.upkeep import invariants
from contest.upkeep.invariants import INVARIANTS
from tests.browser import ROOT
from tests.rush import machine
from tests.rush.cluster import Cluster
from tests.rush.instance import children

MEGABYTES = 500
ROWS = """SELECT c.oid::regclass || ': ' || found.msg FROM pg_class c, verify_heapam(c.oid) found
    WHERE c.relkind IN ('r', 't') AND c.relpersistence = 'p'"""
INDEXES = """SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND i.indisvalid"""


@dataclass(slots=True)
class Cuts:
    """What was acknowledged before some cut, and what was not there after it."""

    number: int = 0
    acknowledged: int = 0
    rows: int = 0
    files: int = 0
    damaged: int = 0  # databases that do not pass their own check
    broken: int = 0  # promises that fsck finds broken
    unseen: int = 0  # of databases that we damaged, those that passed
    examples: list[str] = field(default_factory=list)


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

    @contextmanager
    def found(self, copy: Path) -> Iterator[str]:
        """Give the address of the database as it is found on a copy of the disk."""
        yield f"sqlite:///{copy}/contest.db"

    def faults(self, session: Session) -> Iterator[str]:
        """Yield what the database itself finds wrong with it."""
        told = session.scalars(text("PRAGMA integrity_check")).all()
        yield from told if told != ["ok"] else ()

    def harm(self, copy: Path) -> None:
        """Lose a page of it, as a bad disk does."""
        with closing(pysqlite3.connect(copy / "contest.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [(page,)] = connection.execute(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'files'"
            )
            [(size,)] = connection.execute("PRAGMA page_size")
        _overwrite(copy / "contest.db", (page - 1) * size, size)

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

    @contextmanager
    def found(self, copy: Path) -> Iterator[str]:
        found = Cluster(copy / "server")
        (found.data / "postmaster.pid").unlink(
            missing_ok=True
        )  # of one that still lives, elsewhere
        found.start(fsync="off")  # nobody keeps what is found here
        try:
            yield found.url("contest")
        finally:
            found.crash()

    def faults(self, session: Session) -> Iterator[str]:
        """Read every row with the checksum of its page, and hold every index against its table."""
        session.execute(text("CREATE EXTENSION amcheck"))
        yield from session.scalars(text(ROWS))
        for index in session.scalars(text(INDEXES)).all():
            session.execute(text("SELECT bt_index_check(:index, true)"), {"index": index})

    def harm(self, copy: Path) -> None:
        with self.found(copy) as url:
            engine = create_engine(url)
            with engine.connect() as connection:
                connection.execute(text("CHECKPOINT"))
                path = connection.scalar(text("SELECT pg_relation_filepath('files')"))
            engine.dispose()
        _overwrite(copy / "server" / "data" / str(path), 4096, 512)

    def end(self) -> None:
        self.cluster.crash()


def _overwrite(path: Path, place: int, size: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xaa" * size)


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
            for number in range(1, times + 1):
                heard, end = len(self.said), time.monotonic() + 60
                while len(self.said) < heard + 10:
                    if time.monotonic() > end:
                        raise RuntimeError("nothing is written")
                    time.sleep(0.02)
                time.sleep(self.dice.random() * 0.5)
                self._cut([*self.disk.processes(), writer.pid], last=number == times)
        finally:
            writer.kill()
            writer.wait()
        return self.cuts

    def _listen(self, writer: "subprocess.Popen[str]") -> None:
        assert writer.stdout is not None
        for line in writer.stdout:
            self.said.append(line)

    def _cut(self, processes: list[int], *, last: bool) -> None:
        copy = self.folder / "copy"
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(0.05)
            said = list(self.said)
            machine.run("cp", "--sparse=always", self.image, copy)
            with machine.mounted(copy, self.folder / "found") as found:
                self._look(found, said, thoroughly=last)
                if last:
                    self.disk.harm(found)
                    with self.disk.found(found) as url:
                        self.cuts.unseen += not self._faults(url)
        finally:
            for pid in processes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        self.cuts.number += 1
        self.cuts.acknowledged = len(said)
        copy.unlink()

    def _look(self, found: Path, said: list[str], *, thoroughly: bool) -> None:
        store = stores.from_url(f"file://{found}/files")
        with self.disk.found(found) as url:
            faults = self._faults(url)
            self.cuts.damaged += bool(faults)
            engine = create_engine(url)
            with Session(engine) as session:
                rows = {row.id: row.sha256 for row in session.scalars(select(File))}
                broken = [
                    fault for promise in INVARIANTS
                    if thoroughly or promise.check is not invariants.stored  # is looked at below
                    for fault in promise.check(session, store)
                ]  # fmt: skip
            engine.dispose()
        self.cuts.broken += len(broken)
        self.cuts.examples += [*faults[:3], *broken[:3]]
        for number, sha256 in (line.split() for line in said):
            self.cuts.rows += rows.get(uuid.UUID(number)) != sha256
            try:
                bytes_ = b"".join(store.chunks(sha256))
            except FileNotFoundError:
                bytes_ = b""
            self.cuts.files += hashlib.sha256(bytes_).hexdigest() != sha256

    def _faults(self, url: str) -> list[str]:
        engine = create_engine(url)
        try:
            with Session(engine) as session:
                return list(self.disk.faults(session))
        except DBAPIError as error:
            return [str(error.orig)]
        finally:
            engine.dispose()
