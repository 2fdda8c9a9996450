"""Senders who never come to an end, at a server without a proxy, and what others notice of them (W13)."""

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import httpx

from tests import servers
from tests.accounts import doors

SENDERS = 400
PROMISED = 10_000  # bytes that each says it will send
PAUSE = 1.0  # seconds between two of them
ASKED, PACE = 200, 0.02  # how often others ask, and seconds between
HEAD = (
    f"POST /sign-in HTTP/1.1\r\nHost: {servers.HOST}\r\nContent-Length: {PROMISED}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
)


def noticed() -> float:
    """Return the seconds (p99) in which others are answered, forms and pages, while they trickle."""
    with doors.site() as (instance, _app), _trickle(instance.port):
        seconds = []
        with httpx.Client(
            base_url=f"http://{servers.HOST}:{instance.port}", trust_env=False, timeout=60
        ) as browser:
            for number in range(ASKED):
                began = time.monotonic()
                answer = (
                    browser.post("/sign-in", data={"email": "a"})
                    if number % 2
                    else browser.get("/sign-in")
                )
                seconds.append(time.monotonic() - began)
                assert answer.status_code in {200, 400}, answer.status_code
                time.sleep(PACE)
        return statistics.quantiles(seconds, n=100)[98]


@contextmanager
def _trickle(port: int) -> Iterator[None]:
    """Let them begin, in a process of their own, and go on until the block ends."""
    context = multiprocessing.get_context("fork")
    begun = context.Value("i", 0)
    crowd = context.Process(target=lambda: asyncio.run(_send(port, begun)))
    crowd.start()
    try:
        end = time.monotonic() + 60
        while begun.value < SENDERS:
            if time.monotonic() > end:
                raise RuntimeError("they could not all begin")
            time.sleep(0.05)
        time.sleep(2 * PAUSE)
        yield
    finally:
        crowd.kill()
        crowd.join()


async def _send(port: int, begun: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    async def one() -> None:
        for turn in count():
            with suppress(OSError):
                _, writer = await asyncio.open_connection(servers.HOST, port)
                writer.write(HEAD.encode())
                await writer.drain()
                begun.value += not turn
                while True:
                    writer.write(b"a")
                    await writer.drain()
                    await asyncio.sleep(PAUSE)

    await asyncio.gather(*(one() for _ in range(SENDERS)))
