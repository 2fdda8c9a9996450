"""The ranking of a round in which two entries were compared at a time."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from contest.judging.queries.comparing import Vote
from contest.ranking.leaving import Order, Tick, silent, without_each

if TYPE_CHECKING:
    from contest.ranking.pairwise import Belief

METHOD, VERSION = "pairwise", "4"
SEED = 20190301
TIED = 0.9  # neighbours whose order is less certain than this stand in one band


def ranking(
    entries: Sequence[uuid.UUID], votes: Sequence[Vote], top: int, tick: Tick = silent
) -> dict[str, Any]:
    """Return the order that all votes together give, as shares of 0 to 100.

    `adjusted` is the chance, in percent, to be taken before an average entry of the round; `raw` the
    share of an entry's comparisons that it won.
    """
    from contest.ranking import pairwise  # noqa: PLC0415 -- slow import

    names = sorted(entries, key=str)
    judges = sorted({v.judge for v in votes}, key=str)
    place = {entry: i for i, entry in enumerate(names)}
    known = [v for v in votes if v.left in place and v.right in place]

    def believed(votes: Sequence[Vote]) -> "Belief":
        return pairwise.fit(
            [place[v.left] for v in votes],
            [place[v.right] for v in votes],
            [judges.index(v.judge) for v in votes],
            [v.won for v in votes],
            len(names),
            len(judges),
        )

    def order(belief: "Belief") -> Order:
        return Order(
            {e: 100 * _chance(float(belief.strength[i])) for e, i in place.items()},
            dict.fromkeys(names, 0),
        )

    tick("order", 0, 0)
    belief = believed(known)
    without = without_each(
        judges,
        order(belief),
        lambda judge: order(believed([v for v in known if v.judge != judge])),
        top,
        tick,
    )
    found = pairwise.standings(belief, top=top, seed=SEED)
    counts = Counter(v.judge for v in known)
    raw = _shares(names, known)
    bands = _bands(belief, [s.entry for s in found])
    near = {
        s.entry: [
            {"entry": str(names[o.entry]), "chance": belief.beats(s.entry, o.entry)}
            for o in found[max(0, i - 1) : i + 2]
            if o.entry != s.entry
        ]
        for i, s in enumerate(found)
    }
    return {
        "method": METHOD,
        "parameters": {"draws": 1000, "top_k": top, "decimals": 2, "span": 100.0},
        "input_sha256": _digest(names, known),
        "code_version": VERSION,
        "seed": SEED,
        "adjusted_is_official": True,
        "notes": [],
        "components": {
            "mean": 50.0, "groups": 1, "variance": None, "pool": None, "agreement": None,
            "judges": [], "depends": [], "capped": None, "wanted": [],
            "reliability": [
                {"judge": str(judge), "value": round(float(belief.reliability[j]), 4),
                 "opposite": j in belief.opposite, "votes": counts[judge],
                 **without[judge]}
                for j, judge in enumerate(judges)
            ],
        },
        "standings": [
            {
                "entry_id": str(names[s.entry]),
                "reviews": s.votes,
                "raw": raw[names[s.entry]],
                "median": raw[names[s.entry]],
                "adjusted": 100 * (p := _chance(s.strength)),
                "sd": 100 * p * (1 - p) * s.sd,
                "rank": s.rank,
                "raw_rank": 1 + sum(value > raw[names[s.entry]] for value in raw.values()),
                "rank_low": s.low,
                "rank_high": s.high,
                "p_top": s.top,
                "tie_band": bands[s.entry],
                "details": {"corrections": [], "target": 50.0, "weight": 1.0, "shrinkage": 0.0,
                            "component": 0, "beats": near[s.entry]},
            }
            for s in found
        ],
    }  # fmt: skip


def _chance(strength: float) -> float:
    from scipy.special import expit  # noqa: PLC0415 -- slow import

    return float(expit(strength))


def _shares(entries: Sequence[uuid.UUID], votes: Sequence[Vote]) -> dict[uuid.UUID, float]:
    won: dict[uuid.UUID, list[float]] = defaultdict(list)
    for vote in votes:
        won[vote.left].append(vote.won)
        won[vote.right].append(1 - vote.won)
    return {e: 100 * sum(won[e]) / len(won[e]) if won[e] else 50.0 for e in entries}


def _bands(belief: "Belief", order: Sequence[int]) -> dict[int, int]:
    """Number the runs of neighbours that the votes do not tell apart, from 1."""
    bands, band = {}, 1
    for i, entry in enumerate(order):
        if i and belief.beats(order[i - 1], entry) >= TIED:
            band += 1
        bands[entry] = band
    return bands


def _digest(entries: Sequence[uuid.UUID], votes: Sequence[Vote]) -> str:
    lines: list[Any] = [*map(str, entries)]
    lines += sorted(f"{v.judge} {v.left} {v.right} {v.won}" for v in votes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
