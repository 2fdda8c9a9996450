"""What the order of a ranking proposes: who goes on, who wins what, and where the cut is a tie."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Ranked(Generic[K]):
    """One entry in the order; `track` matters to prizes of one track. Rank 0: nobody reviewed it."""

    entry: K
    rank: int
    track: Hashable = None


@dataclass(frozen=True, slots=True)
class Seats(Generic[K]):
    """A prize: how many take it and, if given, from which track only."""

    prize: K
    places: int
    track: Hashable = None


@dataclass(frozen=True, slots=True)
class Proposal(Generic[K]):
    """Who is favoured, by what (None where there is nothing but going on), and who ties at a cut."""

    favoured: dict[K, K | None]
    tied: frozenset[K]


def advancing(ranked: Sequence[Ranked[K]], places: int) -> Proposal[K]:
    """Propose the best `places` entries."""
    chosen, tied = _best(_in_order(ranked), places)
    return Proposal(dict.fromkeys(chosen), tied)


def awarding(ranked: Sequence[Ranked[K]], prizes: Sequence[Seats[K]]) -> Proposal[K]:
    """Propose the prizes in their order, each to the best that are left and may have it."""
    favoured: dict[K, K | None] = {}
    ties: set[K] = set()
    for seats in prizes:
        left = [
            r
            for r in _in_order(ranked)
            if r.entry not in favoured and seats.track in {None, r.track}
        ]
        chosen, tied = _best(left, seats.places)
        favoured.update(dict.fromkeys(chosen, seats.prize))
        ties |= tied
    return Proposal(favoured, frozenset(ties))


def _in_order(ranked: Sequence[Ranked[K]]) -> list[Ranked[K]]:
    return sorted((r for r in ranked if r.rank), key=lambda r: r.rank)  # stable: ties as given


def _best(ordered: Sequence[Ranked[K]], places: int) -> tuple[list[K], frozenset[K]]:
    chosen = [r.entry for r in ordered[:places]]
    if 0 < places < len(ordered) and ordered[places - 1].rank == ordered[places].rank:
        cut = ordered[places].rank
        return chosen, frozenset(r.entry for r in ordered if r.rank == cut)
    return chosen, frozenset()
