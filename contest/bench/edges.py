"""Panels about which little can be known, and how judges agree: bars that a table of cases decides."""

from collections.abc import Iterator

import numpy as np

from contest.bench import peers
from contest.bench.bars import Bar, at_most
from contest.bench.worlds import SCENARIOS, Floats, Ints, world
from contest.ranking.agreement import agreement, icc
from contest.ranking.model import Code, Estimate, explain, rank

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
    faults = [name for name, (case, code) in cases().items() if not is_sound(case, code)]
    yield at_most(
        f"edge cases without a sound answer and its note {', '.join(faults)}", len(faults), 0, ".0f"
    )
    yield from _agreement(50 if quick else 200)


def cases() -> dict[str, tuple[Case, Code | None]]:
    """Return the awkward panels, each with the note that it must carry."""
    w = world(SCENARIOS["S6 15 x 6, three reviews"], 1000)
    full: Case = (w.entry, w.judge, w.score, 15, 6)
    constant = np.where(w.judge == 2, 5.0, w.score)
    late = (np.append(w.entry, 0), np.append(w.judge, 6), np.append(w.score, 9.0), 15, 7)
    recused = ~((w.entry == 0) & (w.judge == w.judge[w.entry == 0][0]))
    every, all_judges = np.divmod(np.arange(60), 6)
    two = every < 10
    none = np.zeros(0, dtype=np.int64)
    return {
        "usual": (full, None),
        "empty": ((none, none, np.zeros(0), 3, 2), Code.NO_SCORES),
        "one score": ((np.array([0]), np.array([0]), np.array([7.0]), 1, 1),
                      Code.FEW_JUDGES),
        "one judge": ((np.arange(6), np.zeros(6, dtype=np.int64), np.arange(6.0), 6, 1),
                      Code.FEW_JUDGES),
        "one review each": ((np.arange(6), np.arange(6) // 2, np.arange(6.0), 6, 3),
                            Code.SINGLE_REVIEW),
        "constant judge": ((w.entry, w.judge, constant, 15, 6), Code.CONSTANT_JUDGE),
        "judge with one score": (late, Code.SINGLE_SCORE_JUDGE),
        "all equal": ((every, all_judges, np.full(60, 5.0), 10, 6), Code.ALL_EQUAL),
        "recusal after scoring": (
            (w.entry[recused], w.judge[recused], w.score[recused], 15, 6), None),
        "late judge": (
            (np.append(every, [0, 1]), np.append(all_judges, [6, 6]),
             np.append(np.sin(np.arange(60)), [0.5, 0.4]), 10, 7), Code.FEW_SCORES_JUDGE),
        "fewer than three judges": (
            (every[two & (all_judges < 2)], all_judges[two & (all_judges < 2)],
             np.sin(every[two & (all_judges < 2)]), 10, 2), Code.FEW_JUDGES),
        "fewer than five entries": (
            (every[every < 4], all_judges[every < 4], np.sin(np.arange(24)), 4, 6),
            Code.FEW_ENTRIES),
        "two separate panels": (
            (np.append(every, every + 10), np.append(all_judges, all_judges + 6),
             np.sin(np.arange(120)), 20, 12), Code.DISCONNECTED),
    }  # fmt: skip


def is_sound(case: Case, code: Code | None) -> bool:
    """Say whether the estimate has finite numbers, widths, sums that hold, and the note."""
    estimate = rank(*case)
    known = code is None or code in {note.code for note in estimate.notes}
    return known and all(_stands(estimate, s.entry) for s in estimate.standings)


def _stands(estimate: Estimate, entry: int) -> bool:
    s, told = estimate.standing(entry), explain(estimate, entry)
    if s is None:
        return False
    total = told.raw + sum(c.points for c in told.corrections) + told.shrinkage
    numbers = (s.raw, s.median, s.adjusted, s.sd, s.p_top)
    return bool(np.isfinite(numbers).all() and s.sd > 0 and abs(total - s.adjusted) < 1e-9)


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
