"""A closed loop of requests, and what the server's processes spent on them."""

import http.client
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and which answer is right."""

    path: str
    headers: Mapping[str, str]
    body: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU milliseconds of the server per request, latencies in milliseconds, wrong answers."""

    cpu_ms: float
    per_second: float
    p50_ms: float
    p99_ms: float
    wrong: int
    bytes: int


def measure(
    port: int, pid: int, requests: Sequence[Request], *, clients: int = 2,
    before: Callable[[], None] = lambda: None,
) -> Measured:  # fmt: skip
    """Send the requests over `clients` connections; `before` runs ahead of each of them."""
    spent, began = cpu_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(clients) as crowd:
        parts = [requests[number::clients] for number in range(clients)]
        told = [
            line
            for part in crowd.map(lambda part: list(_send(port, part, before)), parts)
            for line in part
        ]
    lasted = time.perf_counter() - began
    times = sorted(seconds for seconds, _, _ in told)
    return Measured(
        cpu_ms=(cpu_seconds(pid) - spent) * 1000 / len(told),
        per_second=len(told) / lasted,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[len(times) * 99 // 100] * 1000,
        wrong=sum(not right for _, right, _ in told),
        bytes=max(size for _, _, size in told),
    )


def _send(
    port: int, requests: Sequence[Request], before: Callable[[], None]
) -> Iterator[tuple[float, bool, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for wanted in requests:
        before()
        began = time.perf_counter()
        method = "POST" if wanted.body else "GET"
        connection.request(method, wanted.path, wanted.body or None, dict(wanted.headers))
        answer = connection.getresponse()
        text = answer.read()
        yield time.perf_counter() - began, answer.status == wanted.status, len(text)
    connection.close()


def cpu_seconds(pid: int) -> float:
    """Return what the process and all below it have used, ended children included."""
    total, below = 0.0, [pid]
    while below:
        one = below.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            below += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except FileNotFoundError:
            continue
        total += sum(map(int, fields[11:15])) * TICK  # user and system, own and of ended children
    return total
