"""Finds who does a kind of work."""

from collections.abc import Callable

Handler = Callable[..., None]
HANDLERS: dict[str, list[Handler]] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as a handler of `kind`; it gets the promised ids by name.

    It runs in an app context, in a transaction of its own that the worker commits, and perhaps
    twice. A kind with several handlers runs them in the order of their registration, each in its own
    transaction; one that has finished is not repeated when a later one fails or the worker dies.
    """

    def register(handler: Handler) -> Handler:
        HANDLERS.setdefault(kind, []).append(handler)
        return handler

    return register
