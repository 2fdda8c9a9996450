"""What is promised, and how it is measured."""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Promise(NamedTuple):
    """A promise holds when its figure is not above its target.

    `id` is its number in the list of what such a system must hold, or of a flaw that others had. One
    that is measured `alone` has a figure that whatever else the machine does would change; one that is
    measured in `calm` mostly waits, and little is measured beside it: the other database, and one process.
    """

    id: str
    name: str
    measure: Callable[[], float]
    target: float = 0
    alone: bool = False
    calm: bool = False


class Unknown(Exception):
    """It cannot be measured on this machine; says why. A promise that was not measured does not hold."""


def played_once(play: Callable[[], T]) -> Callable[[], T]:
    """Play what several promises are measured by only once, also if it fails."""
    played: list[T] = []
    failed: list[Exception] = []

    @wraps(play)
    def outcome() -> T:
        if failed:
            raise Unknown(f"{play.__name__} failed before")
        if not played:
            try:
                played.append(play())
            except Exception as error:
                failed.append(error)
                raise
        return played[0]

    return outcome
