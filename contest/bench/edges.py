"""Panels about which little can be known, and how judges agree: bars that a table of cases decides."""

from collections.abc import Iterator

import numpy as np

from contest.bench import peers
from contest.bench.bars import Bar, at_most
from contest.bench.worlds import SCENARIOS, Floats, Ints, world
from contest.judging.scoring import Given, total
from contest.ranking.agreement import agreement, icc
from contest.ranking.model import Code, Estimate, Note, Standing, explain, rank

Case = tuple[Ints, Ints, Floats, int, int]
SHROUT_FLEISS = (
    (9, 2, 5, 8),
    (6, 1, 3, 2),
    (8, 4, 6, 8),
    (7, 1, 2, 6),
    (10, 5, 6, 9),
    (6, 2, 4, 7),
)
SIX = (0.17, 0.29, 0.71, 0.44, 0.62, 0.91)


def bars(*, quick: bool) -> Iterator[Bar]:
    """Every edge case, and the bars of agreement; `quick` plays fewer honest panels."""
    known = cases()
    faults = [name for name, (case, note) in known.items() if not is_sound(case, note)]
    told = f"{len(known)} edge cases: without a sound answer and its note"
    yield at_most(f"{told} {', '.join(faults)}".strip(), len(faults), 0, ".0f")
    yield from _agreement(50 if quick else 200)


def cases() -> dict[str, tuple[Case, Note | None]]:
    """Return the awkward panels, each with the note that it must carry, facts and all."""
    w = world(SCENARIOS["S6 15 x 6, three reviews"], 1000)
    full: Case = (w.entry, w.judge, w.score, 15, 6)
    constant = np.where(w.judge == 2, 5.0, w.score)
    late = (np.append(w.entry, 0), np.append(w.judge, 6), np.append(w.score, 9.0), 15, 7)
    of_first = np.flatnonzero(w.entry == 0)
    every, all_judges = np.divmod(np.arange(60), 6)
    two = every < 10
    none = np.zeros(0, dtype=np.int64)
    return {
        "usual": (full, None),
        "empty": ((none, none, np.zeros(0), 3, 2), Note(Code.NO_SCORES)),
        "one score": ((np.array([0]), np.array([0]), np.array([7.0]), 1, 1),
                      Note(Code.FEW_JUDGES, {"judges": 1, "needed": 3})),
        "one judge": ((np.arange(6), np.zeros(6, dtype=np.int64), np.arange(6.0), 6, 1),
                      Note(Code.FEW_JUDGES, {"judges": 1, "needed": 3})),
        "one review each": ((np.arange(6), np.arange(6) // 2, np.arange(6.0), 6, 3),
                            Note(Code.SINGLE_REVIEW, {"entries": tuple(range(6))})),
        "constant judge": ((w.entry, w.judge, constant, 15, 6),
                           Note(Code.CONSTANT_JUDGE, {"judges": (2,)})),
        "judge with one score": (late, Note(Code.SINGLE_SCORE_JUDGE, {"judges": (6,)})),
        "all equal": ((every, all_judges, np.full(60, 5.0), 10, 6), Note(Code.ALL_EQUAL)),
        "missing criterion": (_abstained(criterion=2), None),
        "every criterion missing": (_abstained(criterion=None),
                                    Note(Code.UNREVIEWED, {"entries": (3,)})),
        "recusal after scoring": (_but(full, of_first[:1]), None),
        "recusals that leave one score": (_but(full, of_first[:2]),
                                          Note(Code.SINGLE_REVIEW, {"entries": (0,)})),
        "recusals that leave none": (_but(full, of_first),
                                     Note(Code.UNREVIEWED, {"entries": (0,)})),
        "late judge": (
            (np.append(every, [0, 1]), np.append(all_judges, [6, 6]),
             np.append(np.sin(np.arange(60)), [0.5, 0.4]), 10, 7),
            Note(Code.FEW_SCORES_JUDGE, {"judges": (6,)})),
        "fewer than three judges": (
            (every[two & (all_judges < 2)], all_judges[two & (all_judges < 2)],
             np.sin(every[two & (all_judges < 2)]), 10, 2),
            Note(Code.FEW_JUDGES, {"judges": 2, "needed": 3})),
        "fewer than five entries": (
            (every[every < 4], all_judges[every < 4], np.sin(np.arange(24)), 4, 6),
            Note(Code.FEW_ENTRIES, {"entries": 4, "needed": 5})),
        "two separate panels": (
            (np.append(every, every + 10), np.append(all_judges, all_judges + 6),
             np.sin(np.arange(120)), 20, 12), Note(Code.DISCONNECTED, {"components": 2})),
    }  # fmt: skip


def _but(case: Case, gone: Ints) -> Case:
    """Leave out some reviews, by their number."""
    entry, judge, score, n, m = case
    return np.delete(entry, gone), np.delete(judge, gone), np.delete(score, gone), n, m


def _abstained(*, criterion: int | None) -> Case:
    """Return totals of ten entries before five judges, of whom some had no view of one criterion.

    Without a criterion nobody had a view of anything in entry 3, which so has no total at all.
    """
    r = np.random.default_rng(3)
    entry, judge = np.divmod(np.arange(50), 5)
    points = np.clip(np.rint(5 + r.normal(size=(10, 4))[entry] + r.normal(size=(50, 4))), 0, 10)
    seen = np.ones((50, 4), dtype=np.bool_)
    if criterion is None:
        seen[entry == 3] = False
    else:
        seen[(entry == 3) | (judge == 1), criterion] = False
    totals = [
        total([Given(weight, 0, 10, int(p) if known else None)
               for weight, p, known in zip((4, 3, 2, 1), of_card, views, strict=True)])
        for of_card, views in zip(points, seen, strict=True)
    ]  # fmt: skip
    kept = np.array([value is not None for value in totals])
    score = np.array([value for value in totals if value is not None])
    return entry[kept], judge[kept], score, 10, 5


def is_sound(case: Case, note: Note | None) -> bool:
    """Say whether the estimate has finite numbers, widths, sums that hold, and the note.

    Without a note to expect, there is nothing to say: neither of the entries nor of the judges.
    """
    estimate = rank(*case)
    known = note in estimate.notes if note else not estimate.notes
    return known and all(stands(estimate, s) for s in estimate.standings)


def stands(estimate: Estimate, s: Standing) -> bool:
    """Say whether an entry's numbers are finite, add up, and its intervals as wide as they must be."""
    told, decimals = explain(estimate, s.entry), estimate.options.decimals
    added = told.raw + sum(c.points for c in told.corrections) + told.shrinkage
    numbers = (s.raw, s.median, s.adjusted, s.sd, s.p_top)
    ends = [round(s.adjusted + side * 1.645 * s.sd, decimals) for side in (-1, 0, 1)]
    return bool(
        np.isfinite(numbers).all()
        and ends[0] < ends[1] < ends[2]
        and abs(added - s.adjusted) < 1e-9
        and (s.rank_low < s.rank_high or _is_sure(estimate, s))
    )


def _is_sure(estimate: Estimate, s: Standing) -> bool:
    """Say whether nine draws in ten give the entry its one rank among those it is compared with."""
    rows = [row for row, o in enumerate(estimate.standings) if o.component == s.component]
    own = [estimate.standings[row].entry for row in rows].index(s.entry)
    drawn = estimate.draws[:, rows]
    ranks = 1 + (drawn > drawn[:, [own]]).sum(axis=1)
    return float((ranks == s.rank_low).mean()) >= 0.9


def _agreement(panels: int) -> Iterator[Bar]:
    w = world(SCENARIOS["S1 base"], 1000)
    ours = agreement(w.entry, w.judge, w.score, 100, 20)
    off = abs((ours.alpha.value or 0.0) - peers.alpha(w.entry, w.score))
    yield at_most("alpha beside all pairs of scores", off, 1e-9, ".1e")
    six = icc(SHROUT_FLEISS)
    figures = (six.one, six.two, six.three, six.one_k, six.two_k, six.three_k)
    worst = max(abs(round(f.value or 0.0, 2) - e) for f, e in zip(figures, SIX, strict=True))
    yield at_most("intraclass correlations beside Shrout and Fleiss's table", worst, 0.001)
    flags, few = _false_flags(panels)
    yield at_most("honest judges flagged, per judge", flags, 0.05)
    yield at_most("judges flagged with fewer than five scores", few, 0, ".0f")


def _false_flags(panels: int) -> tuple[float, int]:
    """Return the share of honest judges who are flagged, and flags on four scores, however odd."""
    entry, judge = np.divmod(np.arange(90), 6)
    flagged = few = 0
    for seed in range(panels):
        r = np.random.default_rng(seed)
        score = r.normal(size=15)[entry] + r.normal(size=90)
        found = agreement(entry, judge, score, 15, 6)
        flagged += sum(j.unpredictable or j.lenient_or_severe for j in found.judges)
        odd = score[:24] + 50.0 * (judge[:24] == 1)
        short = agreement(entry[:24], judge[:24], odd, 4, 6)
        few += sum(j.unpredictable or j.lenient_or_severe for j in short.judges)
    return flagged / (6 * panels), few
