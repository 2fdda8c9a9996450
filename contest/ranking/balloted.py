"""The ranking of a round in which each judge says something of all their entries at once. Pure."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from contest.contests.models import Aggregation, Mode, Round
from contest.judging.queries import ballots
from contest.judging.queries.ballots import Cast
from contest.ranking.account import EXTRA, NEIGHBOURS
from contest.ranking.leaving import Order, Tick, silent, without_each

if TYPE_CHECKING:
    from contest.ranking.luce import Fit
    from contest.ranking.slates import Posterior

VERSION = "4"
SEED, DRAWS = 20190301, 1000
FULL = 100.0
SPREAD_OF_POINTS = 2.0  # noise is measured in shares of an even portion; this is its widest

Value = tuple[uuid.UUID, uuid.UUID, float]
"""An entry, a judge, and what the judge gives it on a scale that is the same for all slates."""


Given = dict[uuid.UUID, dict[uuid.UUID, float]]
"""Entry -> judge -> value."""


def ranking(
    entries: Sequence[uuid.UUID],
    cast: Sequence[Cast],
    round_: Round,
    top: int,
    *,
    judges: int = 0,
    underway: Mapping[uuid.UUID, int] | None = None,
    tick: Tick = silent,
) -> dict[str, Any]:
    """Return the order that all ballots together give.

    Takes    `judges`, how many there are for more reviews, and `underway`, how many reviews of an entry
             are assigned and not in.

    Points: `raw` is the mean percentage of a judge's points, as if all slates were of the mean size.
    Orders: `raw` is the mean place, 100 for the first of a slate and 0 for the last. `adjusted` is
    the same, corrected for the strength of slates and drawn to the middle; by Plackett and Luce it
    is the chance, in percent, to be placed before an average entry.
    """
    names = sorted(entries, key=str)
    used = [c for c in cast if len(c.values) > 1 and any(value for _, value in c.values)]
    points = round_.mode is Mode.POINTS
    values = _shares(used) if points else _places(used)
    rule = round_.rule()
    tick("order", 0, 0)
    paper = _Papers(names, used, values, rule)
    found, level = paper.posterior(), paper.level
    given: Given = {e: {} for e in names}
    for entry, judge, value in values:
        given[entry][judge] = value
    seen = [i for i, e in enumerate(names) if given[e]]
    apart = len({int(found.group[i]) for i in seen})
    coming = {e: underway.get(e, 0) for e in names} if underway else {}
    standings = _standings(names, seen, given, found, level, rule, top)
    notes: dict[str, dict[str, Any]] = {
        "unreviewed": {"entries": [str(e) for e in names if not given[e]]},
        "single_review": {"entries": [str(e) for e in names if len(given[e]) == 1]},
        "disconnected": {"components": apart} if apart > 1 else {},
        "one_ballot": {"ballots": len(used)} if len(used) < 2 else {},
    }
    return {
        "method": rule.value if rule else round_.mode.value,
        "parameters": {"draws": DRAWS, "top_k": top, "decimals": 2},
        "input_sha256": _digest(names, used, round_, (judges, sorted(coming.items()))),
        "code_version": VERSION,
        "seed": SEED,
        "adjusted_is_official": True,
        "notes": [
            {"code": code, "facts": facts} for code, facts in notes.items() if any(facts.values())
        ],
        "components": {
            "mean": level, "groups": max(1, apart), "variance": None, "pool": None,
            "agreement": None, "judges": [], "depends": [], "capped": None,
            **paper.panel(top, tick),
            "wanted": _wanted(standings, names, found, judges, coming),
        },
        "standings": standings,
    }  # fmt: skip


def _shares(cast: Sequence[Cast]) -> list[Value]:
    """Return points as percentages of what the judge gave, for a slate of the mean size."""
    usual = sum(len(c.values) for c in cast) / len(cast) if cast else 1.0
    return [
        (entry, c.judge, FULL * points / total * len(c.values) / usual)
        for c in cast
        for total in (sum(p for _, p in c.values),)
        for entry, points in c.values
    ]


def _places(cast: Sequence[Cast]) -> list[Value]:
    """Return places as 100 for the first of a slate down to 0 for the last; ties share the mean."""
    values = []
    for c in cast:
        places = [place for _, place in c.values]
        for entry, place in c.values:
            worse = sum(p > place for p in places) + (sum(p == place for p in places) - 1) / 2
            values.append((entry, c.judge, FULL * worse / (len(places) - 1)))
    return values


class _Papers:
    """All ballots that count as one problem in numbers, and what it says without one of them."""

    def __init__(
        self,
        names: Sequence[uuid.UUID],
        cast: Sequence[Cast],
        values: Sequence[Value],
        rule: Aggregation | None,
    ) -> None:
        self.names, self.cast, self.values, self.rule = names, cast, values, rule
        self.place = {entry: i for i, entry in enumerate(names)}
        self.level = FULL / 2 if rule or not values else FULL * len(cast) / len(values)
        self.fits: Sequence[Fit] = ()
        if self.by_luce:
            from contest.ranking import luce  # noqa: PLC0415 -- slow import

            orders = self._orders()
            self.fits = luce.fits(orders, len(names))
            self.leaving = luce.Leaving(orders, len(names), self.fits)

    @property
    def by_luce(self) -> bool:
        return self.rule is Aggregation.PLACKETT_LUCE

    def posterior(self) -> "Posterior":
        """Return what the ballots say by the declared rule, in points around the level of the scale."""
        from contest.ranking import luce  # noqa: PLC0415 -- slow import

        if self.by_luce:
            return luce.posterior(self._orders(), len(self.names), known=self.fits,
                                  draws=DRAWS, seed=SEED)  # fmt: skip
        return self._within(None, DRAWS)

    def panel(self, top: int, tick: Tick) -> dict[str, Any]:
        """Return how far the judges agree, and of each what would be otherwise without them."""
        from contest.ranking.concord import concord  # noqa: PLC0415 -- slow import

        judges = [c.judge for c in self.cast]
        number = {judge: j for j, judge in enumerate(judges)}
        found = concord([self.place[e] for e, _, _ in self.values],
                        [number[j] for _, j, _ in self.values],
                        [value for _, _, value in self.values],
                        len(self.names), len(judges))  # fmt: skip
        left = without_each(judges, self._order(None), self._order, top, tick)
        return {
            "concord": {"same": found.same, "pairs": found.pairs},
            "reliability": [
                {"judge": str(judges[v.judge]), "value": v.same, "opposite": v.opposite,
                 "votes": v.entries, **left[judges[v.judge]]}
                for v in found.voices
            ],
        }  # fmt: skip

    def _order(self, but: uuid.UUID | None) -> Order:
        """Return the order without one judge's ballot."""
        import numpy as np  # noqa: PLC0415 -- slow import
        from scipy.special import expit  # noqa: PLC0415 -- slow import

        from contest.ranking import luce, slates  # noqa: PLC0415 -- slow import

        kept = [v for v in self.values if v[1] != but]
        if self.by_luce:
            judges = {c.judge: j for j, c in enumerate(self.cast)}
            strength = self.leaving.middle(judges[but]) if but else luce.middle(self.fits)
            row = np.array([self.place[e] for e, _, _ in kept], dtype=np.int64)
            column = np.array([judges[j] for _, j, _ in kept], dtype=np.int64)
            group = slates.groups(slates.links(row, column, len(self.names), len(judges)))
            value = FULL * expit(slates.centred(strength[:, None], group)[:, 0])
        else:
            found = self._within(but, 1)
            value, group = self.level + found.value, found.group
        seen = {e: self.place[e] for e, _, _ in kept}
        return Order(
            {e: float(value[i]) for e, i in seen.items()},
            {e: int(group[i]) for e, i in seen.items()},
        )

    def _orders(self) -> list[list[list[int]]]:
        orders = [ballots.order(dict(c.values), [e for e, _ in c.values]) for c in self.cast]
        return [[[self.place[e] for e in group] for group in order] for order in orders]

    def _within(self, but: uuid.UUID | None, draws: int) -> "Posterior":
        from contest.ranking import slates  # noqa: PLC0415 -- slow import

        kept = [v for v in self.values if v[1] != but]
        judges = {c.judge: j for j, c in enumerate(c for c in self.cast if c.judge != but)}
        return slates.posterior(
            [self.place[e] for e, _, _ in kept],
            [judges[j] for _, j, _ in kept],
            [value for _, _, value in kept],
            len(self.names),
            len(judges),
            span=FULL if self.rule else SPREAD_OF_POINTS * self.level,
            draws=draws,
            seed=SEED,
        )


def _wanted(
    standings: Sequence[Mapping[str, Any]],
    names: Sequence[uuid.UUID],
    found: "Posterior",
    judges: int,
    coming: Mapping[uuid.UUID, int],
) -> list[dict[str, Any]]:
    """Return where one more judge would help most to find the first, by doubt on the model's scale."""
    from contest.ranking.model.wanted import Doubt, after, deal  # noqa: PLC0415 -- slow import

    variance = found.draws.var(axis=1)
    place = {str(e): i for i, e in enumerate(names)}
    doubts, have = [], {}
    for s in standings:
        i = place[s["entry_id"]]
        ahead = coming.get(names[i], 0)
        have[i] = s["reviews"] + ahead
        left = after(float(variance[i]), found.noise, ahead)
        doubts.append(Doubt(i, s["p_top"], left, judges - have[i]))
    return [
        {"entry": str(names[w.entry]), "reviews": w.reviews, "gain": w.gain,
         "in_all": have[w.entry] + w.reviews}
        for w in deal(doubts, found.noise, EXTRA)
    ]  # fmt: skip


def _standings(
    names: Sequence[uuid.UUID],
    seen: Sequence[int],
    given: Given,
    found: "Posterior",
    level: float,
    rule: Aggregation | None,
    top: int,
) -> list[dict[str, Any]]:
    """Return one row per entry that a ballot is about; ranks count inside each group of slates."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.special import expit  # noqa: PLC0415 -- slow import

    from contest.ranking.model import places  # noqa: PLC0415 -- slow import
    from contest.ranking.model.order import chances  # noqa: PLC0415 -- slow import

    strengths = rule is Aggregation.PLACKETT_LUCE
    value = FULL * expit(found.value) if strengths else level + found.value
    drawn = FULL * expit(found.draws) if strengths else level + found.draws
    raw = np.array([np.mean(list(given[e].values())) if given[e] else 0.0 for e in names])
    rows = []
    numbers = {group: k for k, group in enumerate(sorted({int(found.group[i]) for i in seen}))}
    for group, number in numbers.items():
        here = np.array([i for i in seen if found.group[i] == group])
        # Entries of the same ballots and values are not told apart: equal here to nine decimals.
        twin = np.unique(np.round(value[here], 9), return_inverse=True)[1]
        told = chances(drawn[here], value[here], twin, top)
        ranks, raw_ranks = places(value[here], 2), places(raw[here], 2)
        near = _neighbours([names[i] for i in here], value[here], drawn[here])
        for k, i in enumerate(here):
            entry = names[i]
            rows.append(
                {
                    "entry_id": str(entry),
                    "reviews": len(given[entry]),
                    "raw": float(raw[i]),
                    "median": float(median(given[entry].values())),
                    "adjusted": float(value[i]),
                    "sd": max(float(drawn[i].std()), 0.01),
                    "rank": int(ranks[k]),
                    "raw_rank": int(raw_ranks[k]),
                    "rank_low": int(told.low[k]),
                    "rank_high": int(told.high[k]),
                    "p_top": float(told.top[k]),
                    "tie_band": int(told.band[k]),
                    "details": {"component": number, "slate": float(value[i] - raw[i]),
                                "given": [{"judge": str(judge), "score": score}
                                          for judge, score in given[entry].items()],
                                "corrections": [], "beats": near[entry]},
                }
            )  # fmt: skip
    return rows


def _neighbours(
    entries: Sequence[uuid.UUID], value: Any, drawn: Any
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Return, per entry, those around it in the order and the chance to be better than each."""
    order = sorted(range(len(entries)), key=lambda k: (-value[k], str(entries[k])))
    near = {}
    for place, k in enumerate(order):
        around = order[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
        near[entries[k]] = [
            {"entry": str(entries[o]), "chance": float((drawn[k] > drawn[o]).mean())}
            for o in around
            if o != k
        ]
    return near


def _digest(entries: Sequence[uuid.UUID], cast: Sequence[Cast], round_: Round, more: object) -> str:
    lines: list[Any] = [round_.mode, round_.rule(), *entries, more]
    lines += sorted(f"{c.judge} {e} {value}" for c in cast for e, value in c.values)
    return hashlib.sha256("\n".join(map(str, lines)).encode()).hexdigest()
