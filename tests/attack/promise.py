"""What is promised, and how it is measured."""

from collections.abc import Callable
from typing import NamedTuple


class Promise(NamedTuple):
    """A promise holds when its figure is not above its target.

    `id` is its number in the list of what such a system must hold, or of a flaw that others had.
    """

    id: str
    name: str
    measure: Callable[[], float]
    target: float = 0


class Unknown(Exception):
    """It cannot be measured on this machine; says why. A promise that was not measured does not hold."""
