"""Lets nobody who sends slowly keep others from being answered (W13).

Each process has many threads, for many may be sending at once, and few places to work in. Whoever waits
for the rest of what somebody sends gives up the place meanwhile.

Of the places only a few are for those who send files, which take long to look into: whoever hands in a
text, or what lies there already, or only reads, goes past them (O7).
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
AT_WORK = 5  # at once in each process; more would only wait for each other
WITH_FILES = 2  # of them
FILES = "multipart/form-data"  # how forms are sent that carry files


class Layer:
    """A WSGI layer that lets so many requests work at once, whoever waits for a sender not counted."""

    def __init__(self, inside: Any, at_work: int = AT_WORK, with_files: int = WITH_FILES) -> None:
        self.inside, self.places = inside, Places(threading.Semaphore(at_work))
        self.of_files = Places(threading.Semaphore(with_files), self.places)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        carries = environ.get("CONTENT_TYPE", "").lower().startswith(FILES)
        places = self.of_files if carries else self.places
        environ["wsgi.input"] = Input(environ["wsgi.input"], places)
        with places:
            return self.inside(environ, start_response)  # type: ignore[no-any-return]


class Places:
    """So many at once; whoever takes one of those within others takes one of the others too."""

    def __init__(self, free: threading.Semaphore, within: "Places | None" = None) -> None:
        self.free, self.within = free, within

    def __enter__(self) -> None:
        self.free.acquire()
        if self.within is not None:
            self.within.__enter__()

    def __exit__(self, *_: object) -> None:
        if self.within is not None:
            self.within.__exit__()
        self.free.release()


class Input:
    """What somebody sends; who reads it has no place while nothing comes."""

    def __init__(self, stream: Any, places: Places) -> None:
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
        self.places.__exit__()
        try:
            return come()
        finally:
            self.places.__enter__()
