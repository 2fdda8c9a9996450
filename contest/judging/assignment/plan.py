"""What an assignment says about itself: frozen results."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[int, int]
Fairness = Literal["total", "swaps", "full"]
Stage = Literal["search", "prove", "lift", "connect", "report"]
Tick = Callable[[Stage], None]
Why = Literal["fixed", "kept", "fit", "room", "fair", "bridge"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class Missing:
    """An entry that lacks reviews, and why.

    `eligible` judges may judge it at all; `full` of those who do not judge it carry as much as
    they may. Too few eligible judges is cured by inviting, too many full ones by raising a load.
    """

    entry: int
    missing: int
    eligible: int
    full: int


@dataclass(frozen=True)
class Shortage:
    """Entries that compete for the same judges, and the reviews that they lack together.

    Each of `judges` is full or has the entry already. Whichever of the entries the gaps are shown
    at, the lack is that of them all: it takes a judge besides `judges`, or more load on a full one.
    """

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    missing: int


@dataclass(frozen=True)
class Underused:
    """A judge below the lower bound, and how many entries this judge could take at all."""

    judge: int
    short: int
    eligible: int


@dataclass(frozen=True)
class Overfull:
    """An entry or a judge whose fixed pairs alone exceed the bound; the bound gave way."""

    what: Literal["entry", "judge"]
    index: int
    fixed: int
    bound: int


@dataclass(frozen=True)
class Component:
    """Entries and judges that can be compared with one another through shared reviews."""

    entries: tuple[int, ...]
    judges: tuple[int, ...]


@dataclass(frozen=True)
class Link:
    """What two tracks have in common, by their numbers.

    `judges` judge in both; `share` is the part of the smaller track's reviews that these judges
    give outside of the track where they judge more.
    """

    tracks: Pair
    judges: int
    share: float

    @property
    def is_strong(self) -> bool:
        """Whether comparisons between the tracks outlive the loss of a judge."""
        return self.judges >= 2 or self.share >= 0.05


@dataclass(frozen=True)
class Connection:
    """What was done so that every entry can be compared with every other.

    `before` and `after` count components; `least` is how many the eligible pairs allow at best.
    `cost` is the worth given up. `impossible` says that loads, reviews and fixed pairs were proved
    to rule out fewer than `after`; without it, the search may merely have ended. `links` are those
    between tracks that share a judge, `apart` the groups of tracks that strong links leave.
    """

    before: int
    after: int
    least: int
    cost: float
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    impossible: bool
    links: tuple[Link, ...] = ()
    apart: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Worst:
    """The entry that is served worst: mean affinity of its reviews; `bound` is what no plan exceeds.

    `bound` is known only where fairness was asked for in full.
    """

    entry: int
    affinity: float
    bound: float | None


@dataclass(frozen=True, eq=False)
class Plan:
    """A finished assignment.

    `objective` is the worth of the chosen pairs, stability bonus included, `affinity` the same
    without it. `bound` is what no plan with as few gaps can exceed, shown by prices and not by the
    solver's word: `bound - objective` is zero, or the cost of fairness and of connecting the design.
    `why` stands beside `pairs`: scored already, kept, one of the best for the entry, the best that
    had room, for fairness' sake, or as a bridge.
    """

    chosen: Bools
    affinity: float
    objective: float
    bound: float
    loads: Ints
    unfilled: tuple[Missing, ...]
    shortages: tuple[Shortage, ...]
    underused: tuple[Underused, ...]
    overfull: tuple[Overfull, ...]
    components: tuple[Component, ...]
    connection: Connection
    worst: Worst | None
    why: tuple[Why, ...]

    @property
    def complete(self) -> bool:
        return not self.unfilled

    @property
    def connected(self) -> bool:
        return len(self.components) <= 1

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The chosen (entry, judge) pairs, by entry and then by judge."""
        return pairs(self.chosen)


@dataclass(frozen=True, eq=False)
class Repair:
    """A new plan and what it changes in the old one."""

    plan: Plan
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]


def pairs(mask: Bools) -> tuple[Pair, ...]:
    """Return the true cells as (entry, judge)."""
    return tuple((int(entry), int(judge)) for entry, judge in np.argwhere(mask))
