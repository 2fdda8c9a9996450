"""Computes rankings outside of requests."""

import os
import time
import uuid
from dataclasses import replace
from functools import partial
from statistics import harmonic_mean
from typing import Any

from contest.contests import queries as contests
from contest.contests.models import Mode, Round
from contest.core import clock
from contest.jobs.aside import aside
from contest.jobs.registry import failed, job
from contest.judging.queries import ballots, comparing, matrix, panel, work
from contest.judging.queries import verdicts as of_judges
from contest.ranking import account, actions, balloted, compared, queries, ties, verdicts
from contest.ranking.account import Names
from contest.ranking.leaving import Tick
from contest.web.db import db

SEED = 20190301
TOP = 3
SPAN = 100.0  # totals are shares of the rubric's range
LONG = 2.0  # seconds after which the page is told how far it is, and a stop is heard


class Unwanted(Exception):
    """The ranking was stopped while it was computed."""


@job("ranking.compute", writes=False)
def compute(round_id: str, by_id: str | None = None, run_id: str | None = None) -> dict[str, Any]:  # noqa: ARG001 -- by_id is for `keep`
    """Compute the round's ranking from the scores of record."""
    round_ = contests.round_(db.session(), uuid.UUID(round_id))
    if round_ is None or not actions.is_wanted(db.session(), run_id):
        return {"computed": None}
    try:
        found = OTHERWISE.get(round_.mode, _scored)(round_, _teller(run_id))
    except Unwanted:
        return {"computed": None}
    if round_.mode is not Mode.PASS_FAIL:  # where nothing is adjusted
        found = account.compared(found)
    return {"computed": ties.settled(found, round_, queries.rungs(db.session(), round_))}


@job("ranking.compute")
def keep(
    round_id: str,
    computed: dict[str, Any] | None,
    by_id: str | None = None,
    run_id: str | None = None,
) -> None:
    """Keep what was computed."""
    session = db.session()
    round_ = contests.round_(session, uuid.UUID(round_id))
    if round_ is None or computed is None or not actions.is_wanted(session, run_id):
        return
    by = uuid.UUID(by_id) if by_id else None
    actions.keep(session, round_, computed, by=by, at=clock.now())
    actions.finish(session, run_id)


@failed("ranking.compute")
def give_up(*, error: str, final: bool, run_id: str | None = None, **_ids: str) -> None:  # noqa: ARG001 -- the log has it
    """Tell the chair that there will be no ranking."""
    if final:
        actions.give_up(db.session(), run_id)


def _teller(run_id: str | None) -> Tick:
    """Return what tells the page how far the run is, and raises Unwanted when it was stopped."""
    begun = time.monotonic()

    def tell(stage: str, done: int, total: int) -> None:
        if run_id is not None and time.monotonic() - begun >= LONG:
            with aside():
                wanted = actions.advance(db.session(), uuid.UUID(run_id), stage, done, total)
            if not wanted:
                raise Unwanted

    return tell


def _compared(round_: Round, tick: Tick) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    session = db.session()
    entries = [e.id for e in panel.judged_entries(session, round_)]
    top = min(round_.advance_count or TOP, max(1, len(entries)))
    return compared.ranking(entries, comparing.votes(session, round_), top, tick)


def _judged(round_: Round, _: Tick) -> dict[str, Any]:
    session = db.session()
    entries = [e.id for e in panel.judged_entries(session, round_)]
    found, marks = of_judges.verdicts(session, round_), work.marks(session, round_.id)
    busy = set(queries.underway(session, round_.id))
    return verdicts.ranking(entries, found, marks, round_.advance_count or TOP, busy)


def _balloted(round_: Round, tick: Tick) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    session = db.session()
    cast = ballots.cast(session, round_.id)
    entries = {e.id for e in panel.judged_entries(session, round_)}
    entries |= {entry for c in cast for entry, _ in c.values}
    top = min(round_.advance_count or TOP, max(1, len(entries)))
    judges = {j.id for j in panel.judges(session, round_.contest_id)} | {c.judge for c in cast}
    return balloted.ranking(list(entries), cast, round_, top, judges=len(judges),
                            underway=queries.underway(session, round_.id), tick=tick)  # fmt: skip


OTHERWISE = {  # than by the model of record
    Mode.PAIRWISE: _compared,
    Mode.PASS_FAIL: _judged,
    Mode.RANKING: _balloted,
    Mode.POINTS: _balloted,
}


@job("judging.plan", writes=False)
def foresee(plan_id: str, found: dict[str, Any] | None, **_ids: Any) -> dict[str, Any]:
    """Say, before anybody judges, how well a planned assignment will find the best entries."""
    plan = matrix.plan(db.session(), uuid.UUID(plan_id))
    round_ = contests.round_(db.session(), plan.round_id) if plan else None
    if round_ is None or not found or not found["pairs"]:
        return {"power": None}
    from contest.ranking.model.power import power  # noqa: PLC0415 -- slow import

    entries, judges = (
        {name: i for i, name in enumerate(sorted({pair[k] for pair in found["pairs"]}))}
        for k in (0, 1)
    )
    told = power(
        [entries[entry] for entry, _ in found["pairs"]],
        [judges[judge] for _, judge in found["pairs"]],
        len(entries),
        len(judges),
        top_k=round_.advance_count or TOP,
        seed=SEED,
    )
    figures = {"hit": told.hit, "recall": told.recall, "best": told.best}
    return {"power": {"top_k": told.top_k, **figures}}


@job("judging.plan")
def foretell(plan_id: str, power: dict[str, Any] | None, **_ids: Any) -> None:
    """Write it beside the plan."""
    plan = matrix.plan(db.session(), uuid.UUID(plan_id))
    if plan is not None and power is not None:
        actions.foretell(db.session(), plan, power)


def _scored(round_: Round, tell: Tick) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    from contest.ranking import agreement, model  # noqa: PLC0415 -- slow import
    from contest.ranking.model import sensitivity  # noqa: PLC0415 -- slow import
    from contest.ranking.model.wanted import more_reviews  # noqa: PLC0415 -- slow import

    session = db.session()
    marks = work.marks(session, round_.id)
    entries = {e.id for e in panel.judged_entries(session, round_)} | {m.entry_id for m in marks}
    names = Names(sorted(entries, key=str), sorted({m.appointment_id for m in marks}, key=str))
    underway = queries.underway(session, round_.id)
    more = queries.left_out(session, round_.id)
    judges = {j.id for j in panel.judges(session, round_.contest_id)} | set(names.judges)
    top = min(round_.advance_count or TOP, max(1, len(entries)))
    options = model.Options(scale=(0.0, SPAN), seed=SEED, top_k=top)
    columns, size = account.columns(names, marks), (len(names.entries), len(names.judges))

    tell("order", 0, 0)
    found = model.rank(*columns, *size, options)
    agreed = agreement.agreement(*columns, *size) if marks else None
    if agreed and found.variance and agreed.icc.two.value is None:
        v, usual = found.variance, harmonic_mean([s.reviews for s in found.standings])
        agreed = replace(agreed, icc=agreement.icc_of(v.entries, v.judges, v.noise, usual))
    without = sensitivity.without_each_judge(found, tick=partial(tell, "judges"))
    tell("report", 0, 0)
    coming = {i: underway.get(number, 0) for i, number in enumerate(names.entries)}
    helped = more_reviews(found, account.EXTRA, most=len(judges), underway=coming)
    told = [model.explain(found, s.entry) for s in found.standings]
    return {
        "method": found.method,
        "parameters": {
            "draws": options.draws,
            "top_k": top,
            "decimals": options.decimals,
            "span": SPAN,
        },
        "input_sha256": account.fingerprint(names, found.digest, (more, coming, len(judges))),
        "code_version": account.VERSION,
        "seed": options.seed,
        "adjusted_is_official": found.adjusted_is_official,
        "notes": [
            *({"code": n.code.value, "facts": names.facts(n.facts)} for n in found.notes),
            *({"code": code, "facts": {"cards": cards}} for code, cards in more.items() if cards),
        ],
        "components": account.components(
            names, found, agreed, without, sensitivity.capped(found), helped, coming
        ),
        "standings": account.standings(names, found, told),
    }
