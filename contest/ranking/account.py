"""A ranking in the words of a round, as it is stored: ids instead of numbers. Pure."""

import hashlib
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contest.judging.queries.work import Mark

if TYPE_CHECKING:
    from contest.ranking.agreement import Agreement, Figure, JudgeFit
    from contest.ranking.model import Estimate, Explanation
    from contest.ranking.model.sensitivity import Capped, Without
    from contest.ranking.model.wanted import Wanted

VERSION = "6"  # of the arithmetic: raise it when the same scores give other numbers, or more
NEIGHBOURS = 5  # to each side, with whom an entry is compared by name
EXTRA = 12  # reviews that are proposed where they help most


@dataclass(frozen=True, slots=True)
class Names:
    """Who stands behind the numbers: entries and judges by index."""

    entries: Sequence[uuid.UUID]
    judges: Sequence[uuid.UUID]

    def entry(self, i: int) -> str:
        return str(self.entries[i])

    def judge(self, j: int) -> str:
        return str(self.judges[j])

    def listed(self, which: Sequence[int]) -> list[str]:
        return [self.entry(i) for i in which]

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Replace the lists of indices in a note's facts."""
        said: dict[str, Any] = {}
        for name, value in facts.items():
            of = self.entry if name == "entries" else self.judge
            said[name] = [of(i) for i in value] if isinstance(value, tuple) else value
        return said


def columns(names: Names, marks: Sequence[Mark]) -> tuple[list[int], list[int], list[float]]:
    """Return entry, judge and score of every review."""
    entry = {number: i for i, number in enumerate(names.entries)}
    judge = {number: j for j, number in enumerate(names.judges)}
    return (
        [entry[m.entry_id] for m in marks],
        [judge[m.appointment_id] for m in marks],
        [m.value for m in marks],
    )


def fingerprint(names: Names, digest: str, more: object) -> str:
    """Return the hash of everything that a stored ranking is computed from."""
    parts = [digest, *map(str, names.entries), "|", *map(str, names.judges), repr(more)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def standings(
    names: Names,
    estimate: "Estimate",
    told: Sequence["Explanation"],
) -> list[dict[str, Any]]:
    """Return one row per reviewed entry; `told` belongs to the standings."""
    near = _neighbours(names, estimate)
    return [
        {
            "entry_id": names.entry(s.entry),
            **{
                name: getattr(s, name)
                for name in ("reviews", "raw", "median", "adjusted", "sd", "rank", "raw_rank",
                             "rank_low", "rank_high", "p_top", "tie_band")
            },
            "details": {
                "corrections": [
                    {"judge": names.judge(c.judge), "score": c.score, "effect": c.effect,
                     "points": c.points}
                    for c in why.corrections
                ],
                "target": why.target,
                "weight": why.weight,
                "shrinkage": why.shrinkage,
                "component": s.component,
                "beats": near[s.entry],
            },
        }
        for s, why in zip(estimate.standings, told, strict=True)
    ]  # fmt: skip


def _neighbours(names: Names, estimate: "Estimate") -> dict[int, list[dict[str, Any]]]:
    """Return, per entry, the entries around it in the official order and the chance to beat each."""
    near: dict[int, list[dict[str, Any]]] = {}
    ordered = sorted(estimate.standings, key=lambda s: (s.component, s.rank, s.entry))
    for place, s in enumerate(ordered):
        around = ordered[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
        chances = [(o.entry, estimate.beats(s.entry, o.entry)) for o in around if o is not s]
        near[s.entry] = [
            {"entry": names.entry(o), "chance": chance}
            for o, chance in chances
            if chance is not None
        ]
    return near


def components(
    names: Names,
    estimate: "Estimate",
    agreed: "Agreement | None",
    without: Sequence["Without"],
    capped: "Capped | None",
    wanted: Sequence["Wanted"],
    underway: Mapping[int, int],
) -> dict[str, Any]:
    """Return what is known of the panel as a whole and of each judge."""
    from contest.ranking.model.notes import FEWEST_SCORES  # noqa: PLC0415 -- slow import

    fits = {fit.judge: fit for fit in agreed.judges} if agreed else {}
    left = {w.judge: w for w in without}
    spread, pool = estimate.variance, estimate.pool
    have = {s.entry: s.reviews + underway.get(s.entry, 0) for s in estimate.standings}
    return {
        "mean": number(estimate.mean),
        "groups": len(estimate.components),
        "variance": None
        if spread is None
        else {"entries": spread.entries, "judges": spread.judges, "noise": spread.noise,
              "judge_share": spread.judge_share},
        "pool": None
        if pool is None
        else {"gamma": pool.gamma, "t": number(pool.t), "used": pool.used},
        "agreement": None
        if agreed is None
        else {"alpha": _figure(agreed.alpha), "icc": _figure(agreed.icc.two),
              "icc_k": _figure(agreed.icc.two_k)},
        "judges": [
            {
                "judge": names.judge(j.judge),
                "reviews": j.reviews,
                "effect": j.effect,
                "sd": j.sd,
                **_fit(fits.get(j.judge)),
                "slope": float(capped.slopes[k])
                if capped is not None and j.reviews >= FEWEST_SCORES
                else None,
                "weight": None if capped is None else float(capped.weights[k]),
                **_without(names, left.get(j.judge)),
            }
            for k, j in enumerate(estimate.judges)
        ],
        "depends": names.listed(estimate.prize_depends),
        "capped": None
        if capped is None
        else {"lost": names.listed(capped.lost), "gained": names.listed(capped.gained)},
        "wanted": [
            {"entry": names.entry(w.entry), "reviews": w.reviews, "gain": w.gain,
             "in_all": have[w.entry] + w.reviews}
            for w in wanted
        ],
    }  # fmt: skip


def compared(computed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ranking with how far its raw and its adjusted values make the same order."""
    from contest.ranking.turned import turned  # noqa: PLC0415 -- slow import

    rows, decimals = computed["standings"], computed["parameters"]["decimals"]
    raw, adjusted = ([round(s[name], decimals) for s in rows] for name in ("raw", "adjusted"))
    found = turned(raw, adjusted, [s["details"]["component"] for s in rows])
    told = {"pairs": found.pairs, "opposite": found.opposite, "tau": found.tau}
    return {**computed, "components": {**computed["components"], "raw_adjusted": told}}


def _fit(fit: "JudgeFit | None") -> dict[str, Any]:
    if fit is None:
        return {"outfit": None, "leniency_t": None, "spread": None, "flags": []}
    raised = (("level", fit.lenient_or_severe), ("order", fit.unpredictable))
    return {
        "outfit": number(fit.outfit.value),
        "leniency_t": number(fit.leniency_t.value),
        "spread": fit.spread,
        "flags": [name for name, is_raised in raised if is_raised],
    }


def _without(names: Names, left: "Without | None") -> dict[str, Any]:
    if left is None:
        return {"influence": None, "lost": [], "gained": [], "only": []}
    return {
        "influence": left.influence,
        "lost": names.listed(left.lost),
        "gained": names.listed(left.gained),
        "only": names.listed(left.unreviewed),
    }


def number(value: float | None) -> float | None:
    """Return what JSON can hold."""
    return value if value is not None and math.isfinite(value) else None


def _figure(figure: "Figure") -> dict[str, Any]:
    reason = figure.reason.value if figure.reason else None
    return {"value": number(figure.value), "reason": reason}
