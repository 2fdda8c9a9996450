"""Computes rankings outside of requests."""

import hashlib
import math
import os
import uuid
from typing import Any

from contest.contests import queries as contests
from contest.contests.models import Round
from contest.core import clock
from contest.jobs.registry import job
from contest.judging.queries import panel, work
from contest.ranking import actions
from contest.ranking.actions import Computed
from contest.web.db import db

SEED = 20190301
TOP = 3
VERSION = "1"  # of the arithmetic: raise it when the same scores give other numbers


@job("ranking.compute")
def compute(round_id: str, by_id: str | None = None) -> None:
    """Compute the round's ranking from the scores of record and keep it."""
    session = db.session()
    round_ = contests.round_(session, uuid.UUID(round_id))
    if round_ is None:
        return
    entries = [e.id for e in panel.judged_entries(session, round_)]
    marks = work.marks(session, round_.id)
    entries += sorted({m.entry_id for m in marks} - set(entries), key=str)
    by = uuid.UUID(by_id) if by_id else None
    actions.keep(session, round_, _rank(round_, entries, marks), by=by, at=clock.now())


def _rank(round_: Round, entries: list[uuid.UUID], marks: list[work.Mark]) -> Computed:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    from contest.ranking import agreement, model  # noqa: PLC0415 -- slow import

    entries = sorted(entries, key=str)
    judges = sorted({m.appointment_id for m in marks}, key=str)
    columns = (
        [entries.index(m.entry_id) for m in marks],
        [judges.index(m.appointment_id) for m in marks],
        [m.value for m in marks],
    )
    top = min(round_.advance_count or TOP, max(1, len(entries)))
    options = model.Options(span=100, seed=SEED, top_k=top)
    found = model.rank(*columns, len(entries), len(judges), options)
    agreed = agreement.agreement(*columns, len(entries), len(judges)) if marks else None
    fits = {fit.judge: fit for fit in agreed.judges} if agreed else {}

    def ids(name: str, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        return [str((entries if name == "entries" else judges)[i]) for i in value]

    return Computed(
        method=found.method,
        parameters={
            "draws": options.draws,
            "top_k": top,
            "decimals": options.decimals,
            "span": 100,
        },
        input_sha256=hashlib.sha256(
            " ".join([found.digest, *map(str, entries), *map(str, judges)]).encode()
        ).hexdigest(),
        code_version=VERSION,
        seed=options.seed,
        adjusted_is_official=found.adjusted_is_official,
        notes=[
            {"code": note.code.value, "facts": {k: ids(k, v) for k, v in note.facts.items()}}
            for note in found.notes
        ],
        components={
            "mean": _number(found.mean),
            "variance": None
            if found.variance is None
            else {
                "entries": found.variance.entries,
                "judges": found.variance.judges,
                "noise": found.variance.noise,
                "judge_share": found.variance.judge_share,
            },
            "agreement": None
            if agreed is None
            else {
                "alpha": _figure(agreed.alpha),
                "icc": _figure(agreed.icc.one),
                "icc_k": _figure(agreed.icc.one_k),
            },
            "judges": [
                {
                    "judge": str(judges[effect.judge]),
                    "reviews": effect.reviews,
                    "effect": effect.effect,
                    "sd": effect.sd,
                    "outfit": _number(fits[effect.judge].outfit.value)
                    if effect.judge in fits
                    else None,
                    "flags": _flags(fits.get(effect.judge)),
                }
                for effect in found.judges
            ],
            "depends": [str(entries[i]) for i in found.prize_depends],
        },
        standings=[
            {
                "entry_id": entries[s.entry],
                "reviews": s.reviews,
                "raw": s.raw,
                "median": s.median,
                "adjusted": s.adjusted,
                "sd": s.sd,
                "rank": s.rank,
                "raw_rank": s.raw_rank,
                "rank_low": s.rank_low,
                "rank_high": s.rank_high,
                "p_top": s.p_top,
                "tie_band": s.tie_band,
            }
            for s in found.standings
        ],
    )


def _number(value: float | None) -> float | None:
    """Return what JSON can hold."""
    return value if value is not None and math.isfinite(value) else None


def _figure(figure: Any) -> dict[str, Any]:
    return {
        "value": _number(figure.value),
        "reason": figure.reason.value if figure.reason else None,
    }


def _flags(fit: Any) -> list[str]:
    if fit is None:
        return []
    return [
        name
        for name, raised in (("level", fit.lenient_or_severe), ("order", fit.unpredictable))
        if raised
    ]
