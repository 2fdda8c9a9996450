"""Which single reviews would join groups of entries that share no judge. Pure."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, zip_longest

NAMED = 2  # bridges between two groups: one joins them, two hold where a judge steps back
GAPS = (
    10  # pairs of groups that anybody reads about; the first come first, so they reach every group
)

May = Callable[[uuid.UUID, uuid.UUID], bool]
"""Says whether a judge may take an entry that is not theirs yet."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries and judges whom shared reviews link with one another."""

    entries: frozenset[uuid.UUID]
    judges: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Bridge:
    """Who would join two groups by reading what; two entries for who has read in neither."""

    judge: uuid.UUID
    entries: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Two groups, by number from 1, and what would join them; `bridges` is empty where nobody may."""

    groups: tuple[int, int]
    bridges: tuple[Bridge, ...]


def gaps(
    groups: Sequence[Group], judges: Collection[uuid.UUID], may: May, work: Mapping[uuid.UUID, int]
) -> list[Gap]:
    """Return what would join each two groups, for as many pairs of groups as are read.

    Takes    `judges` of the panel as it is now, and `work`, how many entries a judge or judges an
             entry has: who has least is named first, and each judge once for two groups.
    Cost     of the worst case, where nobody may, one question per judge and entry for each gap.
    """

    def rested(ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
        return sorted(ids, key=lambda i: (work.get(i, 0), str(i)))

    now = frozenset(judges)
    found = []
    for (a, one), (b, other) in islice(combinations(enumerate(groups, start=1), 2), GAPS):
        across = (
            _into(rested(mine.judges & now), rested(theirs.entries), may)
            for mine, theirs in ((one, other), (other, one))
        )
        direct = chain.from_iterable(zip_longest(*across))
        named = list(islice((bridge for bridge in direct if bridge), NAMED))
        if not named:
            outside = rested(now - one.judges - other.judges)
            named = list(
                islice(_over(outside, rested(one.entries), rested(other.entries), may), NAMED)
            )
        found.append(Gap((a, b), tuple(named)))
    return found


def _into(
    judges: Sequence[uuid.UUID], entries: Sequence[uuid.UUID], may: May
) -> Iterator[Bridge | None]:
    """Judges of one group who may take an entry of the other, each with another entry where possible."""
    taken: set[uuid.UUID] = set()
    for judge in judges:
        free = [entry for entry in entries if may(judge, entry)]
        if free:
            entry = next((e for e in free if e not in taken), free[0])
            taken.add(entry)
            yield Bridge(judge, (entry,))


def _over(
    judges: Sequence[uuid.UUID], one: Sequence[uuid.UUID], other: Sequence[uuid.UUID], may: May
) -> Iterator[Bridge]:
    """Judges of neither group who may take an entry of each."""
    for judge in judges:
        here = next((e for e in one if may(judge, e)), None)
        there = next((e for e in other if may(judge, e)), None) if here else None
        if here and there:
            yield Bridge(judge, (here, there))
