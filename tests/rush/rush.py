"""The last minute before a deadline: everybody hands in, and everything dies now and then.

200 teams begin within twelve seconds, a third of them with a deck, for the others have attached theirs
before; each changes its text some seconds later and hands in again, one time in four with another deck.
So handing in is timed while decks are still coming in. A version costs the program some 45 ms of a core,
and a deck 100 ms more, for it is looked into in a jail. Thirteen versions a second, as here, want one
of two cores and clients and proxy a fifth of the other: what is slow is the program. Were all of them to
begin within five seconds, or to pause for five, both cores would never be free, and what is timed
would be how long the queue is.
"""

import asyncio
import os
import signal
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle, islice

from contest.__main__ import migrate
from contest.core import clock
from contest.files import store as stores
from tests.rush import filling, machine
from tests.rush.filling import Hall
from tests.rush.instance import Instance
from tests.rush.proxy import CALM, Chaos, Proxy
from tests.rush.reckoning import Reckoning, reckon
from tests.rush.submitters import Submitters, decks, marked

ORDER = ("web", "worker", "web", "worker", "web", "worker", "all")  # whom the kills hit in turn


ROUGH = Chaos(dropped=0.1, cut=0.05, slow=0.2, seconds=0.5)


@dataclass(frozen=True, slots=True)
class Plan:
    """How it goes on, in seconds from the beginning."""

    teams: int = 200
    warm: float = 6  # so long the program, which has just begun, is not timed
    calm: float = 24  # so long nothing dies: what it takes until then is what it takes
    closes: float = 45
    grace: int = 8
    ends: float = 60
    given_up: float = 180
    kills: int = 20
    starts: float = 12  # so many seconds after the first the last of them begins
    pause: tuple[float, float] = (10, 20)
    deck_every: int = 4  # versions of a team; the others change the text
    attached: int = 134  # of the teams have a deck in their draft before it begins
    deck_bytes: int = 500_000
    chaos: Chaos = ROUGH


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    reckoning: Reckoning
    versions: int  # that were acknowledged
    refused: int
    kills: int  # until the end
    given_up: int  # how often the program ended by itself
    unsaid: int  # who never got an answer
    dropped: int  # answers that were given and never came
    cut: int  # requests that broke off
    strange: tuple[str, ...]  # answers that nobody should get
    faults: tuple[str, ...]  # that fsck names
    p95: float  # seconds of handing in while nothing dies
    p99: float
    timed: int  # of which these are quantiles
    uploads_p95: float
    turned_away: float  # percent of the answers before anything dies that said: later


def play(plan: Plan, url: str, restart: Callable[[], None] | None = None) -> Outcome:
    """Play it on an empty database, by default a file of its own.

    `restart` takes the database server down and up again, once.
    """
    folder = machine.folder()
    url = url or f"sqlite:///{folder}/contest.db"
    migrate(url)
    instance = Instance(folder, url)
    hall = Hall(url, folder)
    far = clock.now() + timedelta(days=1)
    filled = filling.fill(hall, teams=plan.teams, closes_at=far, grace_seconds=plan.grace)
    deck = decks(plan.deck_bytes)
    brought = {team: marked(deck, team.id) for team in filled.teams[: plan.attached]}
    filling.attach(hall, filled, brought)
    try:
        instance.begin()
        instance.wait()
        began = time.time()
        filled = filling.closing(hall, filled, datetime.fromtimestamp(began + plan.closes, UTC))
        rush = _Rush(plan, instance, hall, filled, began, restart, brought)
        return asyncio.run(rush.run())
    finally:
        instance.kill()


class _Rush:
    def __init__(
        self, plan: Plan, instance: Instance, hall: Hall, filled: filling.Filled, began: float,
        restart: Callable[[], None] | None, brought: Mapping[filling.Team, bytes],
    ) -> None:  # fmt: skip
        self.brought = brought
        self.plan, self.instance, self.hall, self.filled = plan, instance, hall, filled
        self.began, self.restart = began, restart
        self.kills = self.given_up = 0

    async def run(self) -> Outcome:
        plan = self.plan
        async with Proxy(self.instance.port, CALM) as proxy:
            self.people = Submitters(
                self.filled, proxy.port, self.began + plan.ends, self.began + plan.given_up,
                plan.pause, decks(plan.deck_bytes), plan.starts, plan.deck_every,
                self.brought,
            )  # fmt: skip
            disturbing = asyncio.create_task(self._disturb(proxy))
            await self.people.run(self.filled.teams)
            disturbing.cancel()
            with suppress(asyncio.CancelledError):
                await disturbing
        return self._outcome(proxy)

    async def _disturb(self, proxy: Proxy) -> None:
        """Kill them in turn, evenly over the time; what does not come back by itself is begun again."""
        plan, ends = self.plan, self.began + self.plan.ends
        await self._until(plan.calm)
        proxy.chaos = plan.chaos
        every = (plan.ends - plan.calm) / (plan.kills + 2)  # some time to catch up
        for number, victim in enumerate(islice(cycle(ORDER), plan.kills), start=1):
            while not self._kill(victim):
                await self._until(time.time() - self.began + 0.1)  # it is not yet back
            self.kills += time.time() <= ends
            if self.restart is not None and number == plan.kills // 2:
                await asyncio.to_thread(self.restart)
            await self._until(plan.calm + number * every)
        proxy.chaos = CALM
        while True:
            await self._until(0)
            await asyncio.sleep(0.3)

    async def _until(self, seconds: float) -> None:
        while True:
            if self.instance.has_ended():
                self.given_up += self.instance.is_meant_to_run()
                self.instance.begin()
            if time.time() >= self.began + seconds:
                return
            await asyncio.sleep(0.1)

    def _kill(self, victim: str) -> bool:
        """Kill it, the oldest of its kind; False when there is none to be killed."""
        if victim == "all":
            self.instance.kill()
        elif there := self.instance.processes()[victim]:
            with suppress(ProcessLookupError):
                os.kill(min(there), signal.SIGKILL)
        else:
            return False
        return True

    def _outcome(self, proxy: Proxy) -> Outcome:
        people, plan = self.people.intents, self.plan
        with self.hall.session() as session:
            store = stores.from_url(f"file://{self.instance.files}")
            told = reckon(session, store, self.filled, people, proxy.seen)
        passages = list(chain.from_iterable(proxy.seen.values()))
        answered = [p for p in passages if p.status is not None]
        calm = self.began + plan.calm
        first = [p for p in answered if self.began + plan.warm <= p.at < calm]
        later = [p for p in first if p.status == 503]
        broken = [
            f"{name}: {p.status}" for name, came in proxy.seen.items() for p in came
            if p.status is not None and p.status >= 500 and not (p.status == 503 and p.retry_after)
        ]  # fmt: skip
        checked = self.instance.command("fsck")
        faults = [line for line in checked.stderr.splitlines() if line.startswith("       ")]
        if checked.returncode and not faults:
            faults = [checked.stderr[-500:]]
        return Outcome(
            told,
            versions=sum(bool(i.code) for i in people),
            refused=sum(bool(i.refused) for i in people),
            kills=self.kills,
            given_up=self.given_up,
            unsaid=sum(i.unsaid for i in people),
            dropped=sum(p.lost for p in answered),
            cut=sum(p.lost and p.status is None for p in passages),
            strange=(*chain.from_iterable(i.strange for i in people), *broken),
            faults=tuple(faults),
            p95=_quantile(95, self._times(proxy, "submit", plan.warm)),
            p99=_quantile(99, self._times(proxy, "submit", plan.warm)),
            timed=len(self._times(proxy, "submit", plan.warm)),
            uploads_p95=_quantile(95, self._times(proxy, "deck", 0)),
            turned_away=100 * len(later) / max(1, len(first)),
        )

    def _times(self, proxy: Proxy, step: str, since: float) -> list[float]:
        """Return what it took whoever came after so many seconds, and while nothing was dying."""
        return [
            p.seconds for name, came in proxy.seen.items() if name.startswith(step) for p in came
            if self.began + since <= p.at < self.began + self.plan.calm and p.status is not None
        ]  # fmt: skip


def _quantile(percent: int, values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else float("inf")
