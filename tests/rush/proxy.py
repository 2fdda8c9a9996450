"""A reverse proxy that stamps when a request came, and then does to it what networks do."""

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests import servers
from tests.rush.instance import ARRIVAL
from tests.rush.wire import Answer, read_answer, read_request

INTENT = "x-intent"  # in which a submitter says what a request is about


@dataclass(frozen=True, slots=True)
class Chaos:
    """How often what happens to a request."""

    dropped: float = 0.0  # it is answered, and the answer gets lost
    cut: float = 0.0  # it ends in the middle
    slow: float = 0.0  # it waits up to `seconds`
    seconds: float = 0.0


CALM = Chaos()


@dataclass(slots=True)
class Passage:
    """One request that came by: when, and with what it was answered, if it was."""

    at: float
    status: int | None = None
    retry_after: bool = False
    seconds: float = 0.0
    lost: bool = False


@dataclass
class Proxy:
    """Listens on a port of its own and hands on to another."""

    target: int
    chaos: Chaos = CALM
    seed: int = 1
    port: int = field(default_factory=servers.free_port)
    seen: dict[str, list[Passage]] = field(default_factory=lambda: defaultdict(list))

    async def __aenter__(self) -> "Proxy":
        self._dice = random.Random(self.seed)
        self._server = await asyncio.start_server(self._pass, servers.HOST, self.port, backlog=1024)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            head, body = await read_request(reader)
            passage = Passage(time.time())
            self.seen[head.headers.get(INTENT, "")].append(passage)
            answer = await self._forwarded(
                head.text(f"{ARRIVAL}: t={passage.at:.6f}"), body, passage
            )
            if answer is not None:
                writer.write(answer.raw)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def _forwarded(self, head: bytes, body: bytes, passage: Passage) -> Answer | None:
        """Return the answer if it is to reach the one who asked."""
        chaos, fate, slow = self.chaos, self._dice.random(), self._dice.random() < self.chaos.slow
        if slow:
            await asyncio.sleep(self._dice.random() * chaos.seconds)
        began = time.monotonic()
        reader, writer = await asyncio.open_connection(servers.HOST, self.target)
        try:
            if fate < chaos.cut:
                passage.lost = True
                writer.write((head + body)[: len(head) + len(body) // 2])
                await writer.drain()
                return None
            writer.write(head + body)
            await writer.drain()
            answer = await read_answer(reader)
            passage.status, passage.retry_after = answer.status, "retry-after" in answer.headers
            passage.seconds = time.monotonic() - began
            if fate < chaos.cut + chaos.dropped:
                passage.lost = True
                return None
            return answer
        finally:
            writer.close()
