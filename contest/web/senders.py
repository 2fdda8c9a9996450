"""Lets nobody who sends slowly keep others from being answered (W13).

Each process has many threads, for many may be sending at once, and few places to work in. Whoever waits
for the rest of what somebody sends gives up the place meanwhile.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
AT_WORK = 5  # at once in each process; more would only wait for each other


class Layer:
    """A WSGI layer that lets so many requests work at once, whoever waits for a sender not counted."""

    def __init__(self, inside: Any, at_work: int = AT_WORK) -> None:
        self.inside, self.places = inside, threading.Semaphore(at_work)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = Input(environ["wsgi.input"], self.places)
        with self.places:
            return self.inside(environ, start_response)  # type: ignore[no-any-return]


class Input:
    """What somebody sends; who reads it has no place while nothing comes."""

    def __init__(self, stream: Any, places: threading.Semaphore) -> None:
        self.stream, self.places = stream, places

    def read(self, size: int = -1) -> bytes:
        came: bytes = self._wait(lambda: self.stream.read(size))
        return came

    def readline(self, size: int = -1) -> bytes:
        came: bytes = self._wait(lambda: self.stream.readline(size))
        return came

    def readlines(self, hint: int = -1) -> list[bytes]:
        came: list[bytes] = self._wait(lambda: self.stream.readlines(hint))
        return came

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _wait(self, come: Callable[[], T]) -> T:
        self.places.release()
        try:
            return come()
        finally:
            self.places.acquire()
