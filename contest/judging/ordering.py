"""Moves in an order where some may share a place. Pure; the page's script makes the same ones."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Order = list[list[T]]
"""Best first; those that share a place stand in one group."""


def up(order: Order[T], entry: T) -> Order[T]:
    return _past(order, entry, -1)


def down(order: Order[T], entry: T) -> Order[T]:
    return _past(order, entry, +1)


def _past(order: Order[T], entry: T, step: int) -> Order[T]:
    """Move the entry past its neighbour; out of a shared place it steps alone."""
    place = _place(order, entry)
    if place is None:
        return order
    if len(order[place]) > 1:
        rest = [e for e in order[place] if e != entry]
        apart = [[entry], rest] if step < 0 else [rest, [entry]]
        return [*order[:place], *apart, *order[place + 1 :]]
    other, changed = place + step, list(order)
    if 0 <= other < len(order):
        changed[place], changed[other] = changed[other], changed[place]
    return changed


def place(order: Order[T], entry: T) -> Order[T]:
    """Put the entry behind all others."""
    rest = ([e for e in group if e != entry] for group in order)
    return [*(group for group in rest if group), [entry]]


def join(order: Order[T], entry: T) -> Order[T]:
    """Let the entry share the place of those before it."""
    here = _place(order, entry)
    if not here or len(order[here]) > 1:
        return order
    return [*order[: here - 1], [*order[here - 1], entry], *order[here + 1 :]]


def _place(order: Order[T], entry: T) -> int | None:
    return next((i for i, group in enumerate(order) if entry in group), None)


STEPS: Mapping[str, Callable[[Order[Any], Any], Order[Any]]] = {
    "up": up,
    "down": down,
    "place": place,
    "join": join,
}


def read(text: str) -> Order[str]:
    """Read "a,b=c": a first, then b and c together."""
    return [group.split("=") for group in text.split(",") if group]


def written(order: Order[T]) -> str:
    return ",".join("=".join(map(str, group)) for group in order)
