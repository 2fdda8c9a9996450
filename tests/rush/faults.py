"""One thing at a time stops working for some seconds, while people write and read."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

import psycopg
import pysqlite3
from sqlalchemy import make_url

from contest.__main__ import migrate
from contest.core import clock
from contest.files import store as stores
from tests.rush import filling, machine
from tests.rush.cluster import Cluster
from tests.rush.filling import Hall
from tests.rush.instance import Instance
from tests.rush.proxy import Proxy
from tests.rush.reckoning import Reckoning, reckon
from tests.rush.submitters import Submitters, decks
from tests.rush.wire import ask

TEAMS, READERS = 12, 3
LEAD, TAIL = 1.5, 2.0  # seconds before and after it
MEGABYTES = 200
SLOW = 4.0  # seconds to read; less than a writer waits
FULL = "the disk of the database is full"
FILES_FULL = "the disk of the files is full"
FILES_FIXED = "the files cannot be written"
LOCKED = "a stranger locks the database"
FAILING = "the disk fails"
RESTARTED = "the database server crashes and starts"
OF_FILES = {FILES_FULL, FILES_FIXED}  # texts may be kept meanwhile; healed is who takes a file
STARTED_AGAIN = {FAILING, RESTARTED}  # what is stored before that was stored by what was failing
Fault = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What people met with meanwhile."""

    name: str
    untrue: int  # what was said and is not so
    acknowledged: int
    strange: int  # answers that were neither yes nor "later"
    unread: int  # pages that could not be read, or took so long as if they waited for writers
    heals: (
        float  # seconds from its end to the first thing stored that it had kept from being stored
    )
    examples: tuple[str, ...]


class Place:
    """An instance on two small disks, one for the database if that is a file, one for the files."""

    def __init__(self, cluster: Cluster | None = None) -> None:
        self.cluster = cluster
        self.folder = machine.folder()
        self.data, self.files = self.folder / "data", self.folder / "files"
        self.url = (
            cluster.new_database("faults") if cluster else f"sqlite:///{self.data}/contest.db"
        )
        self._open = ExitStack()

    def __enter__(self) -> "Place":
        machine.require_root("mount")
        with self._open as opening:
            opening.enter_context(machine.disk(self.data, MEGABYTES))
            opening.enter_context(machine.disk(self.files, MEGABYTES))
            migrate(self.url)
            self.instance = Instance(self.folder, self.url, files=self.files)
            opening.callback(self.instance.kill)
            self.hall = Hall(self.url, self.folder)
            closes_at = clock.now() + timedelta(days=1)
            self.filled = filling.fill(self.hall, teams=TEAMS, closes_at=closes_at, grace_seconds=0)
            self.instance.begin()
            self.instance.wait()
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def faults(self) -> Iterator[tuple[str, Fault, float]]:
        """Yield what may happen to it, and for how many seconds."""
        if self.cluster is not None:
            yield RESTARTED, self._restarted, 1
        else:
            yield FULL, lambda: machine.full(self.data), 4
        yield FILES_FULL, lambda: machine.full(self.files), 4
        yield FILES_FIXED, lambda: machine.read_only(self.files), 4
        yield LOCKED, self._locked, 10
        yield FAILING, self._failing, 4

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold what every writer needs."""
        if self.cluster is None:
            held = pysqlite3.connect(make_url(self.url).database, isolation_level=None, timeout=30)
            held.execute("BEGIN EXCLUSIVE")
            yield
            held.close()
            return
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            connection.execute("LOCK TABLE draft_answers IN EXCLUSIVE MODE")
            yield
            connection.rollback()

    @contextmanager
    def _restarted(self) -> Iterator[None]:
        assert self.cluster is not None
        self.cluster.crash()
        yield
        self.cluster.start()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Let every flush to the disk fail, in all processes of the web; they end with it."""
        machine.require_root("strace")
        web = self.instance.processes()["web"]
        attached = [word for pid in web for word in ("-p", str(pid))]
        calls = "fsync,fdatasync"
        strace = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", self.folder / "strace", "-e", f"trace={calls}",
             "-e", f"inject={calls}:error=EIO", *attached],
        )  # fmt: skip
        try:
            yield
        finally:
            strace.terminate()
            strace.wait()
            self.instance.kill()  # what has seen its disk fail writes nothing more
            self.instance.begin()
            self.instance.wait()


async def trials(place: Place) -> list[Trial]:
    """Try one fault after another."""
    async with Proxy(place.instance.port) as proxy:
        people = Submitters(place.filled, proxy.port, 0, 0, (0.3, 0.8), decks(20_000))
        made: list[Trial] = []
        known: set[str] = set()
        for name, fault, seconds in place.faults():
            began = time.time()
            people.until = began + LEAD + seconds + TAIL
            people.given_up_at = people.until + 60
            writing = asyncio.create_task(people.run(place.filled.teams))
            before = len(people.intents)
            await asyncio.sleep(LEAD)
            with suppress(asyncio.CancelledError):
                reads, ended, over = await _suffer(place, fault, seconds)
            await writing
            wrong = _wrong(place, people, proxy)
            new = [told for told in wrong if told not in known]
            known.update(wrong)
            strange = [s for i in people.intents[before:] for s in i.strange] + [
                f"{what}: {p.status}" for what, came in proxy.seen.items() for p in came
                if p.at >= began and (p.status or 0) >= 500
                and not (p.status == 503 and (p.retry_after or what.startswith("deck")))
            ]  # fmt: skip
            unread = [r for r in reads if r[0] != 200 or r[1] > SLOW]
            good = [
                p.at + p.seconds for what, came in proxy.seen.items() for p in came
                if (p.status or 500) < 400
                and p.at + p.seconds > (over if name in STARTED_AGAIN else ended)
                and (what.startswith("deck") or name not in OF_FILES)
            ]  # fmt: skip
            made.append(
                Trial(
                    name, len(new), sum(bool(i.code) for i in people.intents[before:]),
                    len(strange), len(unread), min(good, default=float("inf")) - ended,
                    tuple(new[:3] + strange[:3] + [str(r) for r in unread[:3]]),
                )
            )  # fmt: skip
        return made


async def _suffer(
    place: Place, fault: Fault, seconds: float
) -> tuple[list[tuple[int, float]], float, float]:
    """Let it happen; return how reading went meanwhile (status, seconds), and when it stopped.

    And when all that it had ended was started again.
    """
    held = fault()
    await asyncio.to_thread(held.__enter__)
    until = time.monotonic() + seconds
    try:
        reads = await asyncio.gather(*(_read(place, number, until) for number in range(READERS)))
    finally:
        ended = time.time()  # what has to be started again after it belongs to the healing
        await asyncio.to_thread(held.__exit__, None, None, None)
    return list(chain.from_iterable(reads)), ended, time.time()


async def _read(place: Place, number: int, until: float) -> list[tuple[int, float]]:
    team, found = place.filled.teams[number], []
    while time.monotonic() < until:
        began, status = time.monotonic(), 0
        with suppress(OSError, EOFError, TimeoutError):
            status = (await ask(place.instance.port, "GET", team.path, team.headers)).status
        found.append((status, time.monotonic() - began))
        await asyncio.sleep(0.3)
    return found


def _wrong(place: Place, people: Submitters, proxy: Proxy) -> list[str]:
    with place.hall.session() as session:
        store = stores.from_url(f"file://{place.files}")
        told: Reckoning = reckon(session, store, place.filled, people.intents, proxy.seen)
    return [*told.lost, *told.twice, *told.half, *told.misjudged]
