"""Computes the ranking of a round from the database, for whoever has the time: a job, or a page."""

import os
import time
from dataclasses import replace
from functools import partial
from statistics import harmonic_mean
from typing import Any

from sqlalchemy.orm import Session

from contest.contests.models import Mode, Round
from contest.judging.queries import ballots, comparing, panel, work
from contest.judging.queries import verdicts as of_judges
from contest.ranking import account, balloted, compared, queries, ties, verdicts
from contest.ranking.account import Names
from contest.ranking.leaving import Tick

SEED = 20190301
TOP = 3
SPAN = 100.0  # totals are shares of the rubric's range
AT_ONCE = 0.9  # seconds that a page may compute, after which a job does it
FEW_JUDGES, FEW_ENTRIES = 60, 500  # whose order alone takes 0.15 seconds; leaving out each judge, 1
QUICK = frozenset({Mode.RUBRIC, Mode.PASS_FAIL})  # of the others nobody has measured it


class TooLong(Exception):
    """A page would be late."""


def at_once(session: Session, round_: Round) -> dict[str, Any] | None:
    """Return the ranking, the same as a job computes, where it takes no longer than a page may.

    None where a job has to, which can be watched and stopped. It only reads.
    """
    judges, entries = (
        panel.judges(session, round_.contest_id),
        panel.judged_entries(session, round_),
    )
    if len(judges) > FEW_JUDGES or len(entries) > FEW_ENTRIES or round_.mode not in QUICK:
        return None
    try:
        return ranking(session, round_, _hurrier())
    except TooLong:
        return None


def _hurrier() -> Tick:
    """Return what raises TooLong as soon as the pace so far says that a page would be late."""
    begun: dict[str, float] = {}

    def tell(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        since = now - begun.setdefault(stage, now)
        left = since / done * (total - done) if done else 0.0
        if now - begun[next(iter(begun))] + left >= AT_ONCE:
            raise TooLong

    return tell


def ranking(session: Session, round_: Round, tell: Tick) -> dict[str, Any]:
    """Return the round's ranking from what its judges said, as it is stored."""
    found = OTHERWISE.get(round_.mode, _scored)(session, round_, tell)
    if round_.mode is not Mode.PASS_FAIL:  # where nothing is adjusted
        found = account.compared(found)
    return ties.settled(found, round_, queries.rungs(session, round_))


def _compared(session: Session, round_: Round, tick: Tick) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    entries = [e.id for e in panel.judged_entries(session, round_)]
    top = min(round_.advance_count or TOP, max(1, len(entries)))
    return compared.ranking(entries, comparing.votes(session, round_), top, tick)


def _judged(session: Session, round_: Round, _: Tick) -> dict[str, Any]:
    entries = [e.id for e in panel.judged_entries(session, round_)]
    found, marks = of_judges.verdicts(session, round_), work.marks(session, round_.id)
    busy = set(queries.underway(session, round_.id))
    return verdicts.ranking(entries, found, marks, round_.advance_count or TOP, busy)


def _balloted(session: Session, round_: Round, tick: Tick) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
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


def _scored(session: Session, round_: Round, tell: Tick) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads, other last digits
    from contest.ranking import agreement, model  # noqa: PLC0415 -- slow import
    from contest.ranking.model import sensitivity  # noqa: PLC0415 -- slow import
    from contest.ranking.model.wanted import more_reviews  # noqa: PLC0415 -- slow import

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
