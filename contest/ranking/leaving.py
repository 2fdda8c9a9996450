"""What would be otherwise if one judge of ballots or comparisons had not been there. Pure."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DECIMALS = 2

Tick = Callable[[str, int, int], None]
"""Told what is being done, and how much of how much is; it may raise to stop the work."""


def silent(_stage: str, _done: int, _of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Order:
    """The values of entries, larger is better, and the groups inside which they are compared."""

    value: Mapping[uuid.UUID, float]
    group: Mapping[uuid.UUID, int]

    def first(self, top: int) -> set[uuid.UUID]:
        """Return the first `top` of each group, those that share the last of these places included."""
        groups: dict[int, list[uuid.UUID]] = defaultdict(list)
        for entry in self.value:
            groups[self.group[entry]].append(entry)
        shown = {entry: round(value, DECIMALS) for entry, value in self.value.items()}
        return {
            entry
            for entries in groups.values()
            for least in (sorted((shown[e] for e in entries), reverse=True)[:top][-1],)
            for entry in entries
            if shown[entry] >= least
        }


def without_each(
    judges: Sequence[uuid.UUID],
    whole: Order,
    again: Callable[[uuid.UUID], Order],
    top: int,
    tick: Tick = silent,
) -> dict[uuid.UUID, dict[str, Any]]:
    """Return per judge the largest change of a value without them, and who leaves or joins the first.

    `only` are those of them that nobody else has judged.

    Takes    `again`, which returns the order without a judge; of whom nothing is known then it has
             no value.
    Cost     an order per judge.
    """
    before, found = whole.first(top), {}
    for done, judge in enumerate(judges):
        tick("judges", done, len(judges))
        order = again(judge)
        now = order.first(top)
        moved = (abs(value - whole.value[e]) for e, value in order.value.items())
        found[judge] = {
            "influence": max(moved, default=0.0),
            "lost": sorted(map(str, before - now)),
            "gained": sorted(map(str, now - before)),
            "only": sorted(map(str, before - order.value.keys())),
        }
    return found
