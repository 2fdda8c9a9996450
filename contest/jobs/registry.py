"""Finds who does a kind of work, and what is done every so often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Sorrow(Protocol):
    """What is done when a job failed: `final` when it will not be tried again."""

    def __call__(self, *, error: str, final: bool, **ids: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Handler:
    """One step of a kind of work. `writes` is false for what takes long and stores nothing."""

    do: Callable[..., Any]
    writes: bool = True


HANDLERS: dict[str, list[Handler]] = {}
FAILURES: dict[str, Sorrow] = {}
PERIODS: dict[str, timedelta] = {}


def job(kind: str, *, writes: bool = True) -> Callable[[F], F]:
    """Register the decorated function as a handler of `kind`; it gets the promised ids by name.

    It runs in an app context, in a transaction of its own that the worker commits, and perhaps
    twice. A kind with several handlers runs them in the order of their registration, each in its own
    transaction; one that has finished is not repeated when a later one fails or the worker dies.
    A dict that it returns is added to the ids of the handlers after it.

    `writes=False` is for what takes long (networks, renderings): it holds no lock on the database
    meanwhile, and what it changed there would be undone.
    """

    def register(function: F) -> F:
        HANDLERS.setdefault(kind, []).append(Handler(function, writes))
        return function

    return register


def failed(kind: str) -> Callable[[F], F]:
    """Register what is done each time a job of `kind` has failed, in a transaction of its own."""

    def register(function: F) -> F:
        FAILURES[kind] = function
        return function

    return register


def every(kind: str, *, minutes: int, writes: bool = True) -> Callable[[F], F]:
    """Register the decorated function to run every so many minutes, once among all workers.

    It gets the instant of its turn as `at`. Turns that nobody was there to take are left out, except
    the latest. `writes` is that of `job`.
    """

    def register(function: F) -> F:
        def take_turn(at: str) -> object:
            return function(at=datetime.fromisoformat(at))

        HANDLERS[kind] = [Handler(take_turn, writes)]
        PERIODS[kind] = timedelta(minutes=minutes)
        return function

    return register
