"""What has to be said about an estimate, and whether the adjusted values may lead."""

import numpy as np

from contest.ranking.model.design import Parts
from contest.ranking.model.reml import Solution
from contest.ranking.model.result import Code, Note, Options, Pool
from contest.ranking.model.reviews import Reviews

FEWEST_SCORES = 5
"""Below this many scores nothing is said of how a judge gives them."""

MIN_JUDGES = 3
MIN_ENTRIES = 5
NO_SPREAD = 1e-3
"""Below this ratio of the entries' variance to the noise's the scores tell nothing apart."""


def verdict(
    reviews: Reviews,
    split: Parts,
    options: Options,
    found: Solution,
    gate: Pool | None,
    unreviewed: tuple[int, ...],
) -> tuple[bool, tuple[Note, ...]]:
    """Return whether the adjusted values may lead, and the notes: into what groups the panel falls, and
    what is against it, come first.
    """
    apart = split.count > 1 and not options.across
    against = _too_little(split, options)
    if float(np.ptp(reviews.score)) == 0:
        against.append(Note(Code.ALL_EQUAL))
    elif split.noise_known and found.theta[0] < np.log(NO_SPREAD):
        against.append(Note(Code.NO_DIFFERENCES))
    groups = {"components": split.count}
    notes = [Note(Code.DISCONNECTED, groups)] if apart else []
    notes += against
    if split.count > 1 and options.across:
        notes.append(Note(Code.COMPARED_ACROSS, groups))
    notes += _remarks(reviews, unreviewed)
    if gate is not None and gate.used and not against:
        notes.append(Note(Code.POOLS_DIFFER, {"gamma": gate.gamma, "se": gate.se}))
    return not against, tuple(notes)


def _too_little(split: Parts, options: Options) -> list[Note]:
    """Take each group of entries that is ranked together by itself; the poorest decides."""
    entries, judges = np.bincount(split.of_entry), np.bincount(split.of_judge)
    groups = {"groups": split.count} if split.count > 1 and not options.across else {}
    spare = split.spare
    if options.across:
        entries, judges, spare = (np.array([a.sum()]) for a in (entries, judges, spare))
    against = []
    if judges.min() < MIN_JUDGES:
        against.append(
            Note(Code.FEW_JUDGES, {"judges": int(judges.min()), "needed": MIN_JUDGES, **groups})
        )
    if entries.min() < MIN_ENTRIES:
        against.append(
            Note(Code.FEW_ENTRIES, {"entries": int(entries.min()), "needed": MIN_ENTRIES, **groups})
        )
    if (spare < judges).any():
        worst = int(np.argmin(spare - judges))
        facts = {"comparisons": int(spare[worst]), "needed": int(judges[worst])}
        against.append(Note(Code.THIN_OVERLAP, facts))
    return against


def _remarks(reviews: Reviews, unreviewed: tuple[int, ...]) -> list[Note]:
    given = reviews.given
    top, bottom = np.full(len(given), -np.inf), np.full(len(given), np.inf)
    np.maximum.at(top, reviews.judge, reviews.score)
    np.minimum.at(bottom, reviews.judge, reviews.score)
    late = (given > 1) & (given < np.median(given) / 2)
    found = [
        (Code.UNREVIEWED, "entries", unreviewed),
        (Code.SINGLE_REVIEW, "entries", reviews.entries[reviews.counts == 1]),
        (Code.SINGLE_SCORE_JUDGE, "judges", reviews.judges[given == 1]),
        (Code.FEW_SCORES_JUDGE, "judges", reviews.judges[late]),
        (Code.CONSTANT_JUDGE, "judges", reviews.judges[(given >= FEWEST_SCORES) & (top == bottom)]),
    ]
    return [
        Note(code, {name: tuple(sorted(int(i) for i in which))})
        for code, name, which in found
        if len(which)
    ]
