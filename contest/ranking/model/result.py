"""What the model of record answers: frozen, in points of the scale that the scores are on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Draws = NDArray[np.floating[Any]]

METHOD = "reml-1"


class Code(StrEnum):
    """What there is to say about an estimate; pages put each into a sentence."""

    NO_SCORES = "no_scores"
    FEW_JUDGES = "few_judges"  # facts: judges, needed; groups if of the smallest
    FEW_ENTRIES = "few_entries"  # facts: entries, needed; groups if of the smallest
    THIN_OVERLAP = "thin_overlap"  # facts: comparisons, needed
    DISCONNECTED = "disconnected"  # facts: components; ranks count inside each component
    COMPARED_ACROSS = "compared_across"  # facts: components; assumes panels of equal strictness
    ALL_EQUAL = "all_equal"  # every score is the same
    NO_DIFFERENCES = "no_differences"  # the scores do not tell the entries apart
    UNREVIEWED = "unreviewed"  # facts: entries
    SINGLE_REVIEW = "single_review"  # facts: entries
    SINGLE_SCORE_JUDGE = "single_score_judge"  # facts: judges
    FEW_SCORES_JUDGE = "few_scores_judge"  # facts: judges with less than half of the usual number
    CONSTANT_JUDGE = "constant_judge"  # facts: judges who gave all their entries the same
    POOLS_DIFFER = "pools_differ"  # facts: gamma, se


@dataclass(frozen=True)
class Note:
    """One thing to say about an estimate, with the facts that its sentence has places for."""

    code: Code
    facts: Mapping[str, int | float | tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """How to compute and how to publish.

    `scale` is the lowest and the highest score there is; any other is refused. Its width, or without
    it the next power of ten above the largest score, matters only where the scores say nothing about
    noise.
    `across` compares components as if their judges were equally strict on the whole.
    """

    draws: int = 1000
    seed: int = 0
    top_k: int = 3
    decimals: int = 2
    scale: tuple[float, float] | None = None
    across: bool = False

    def __post_init__(self) -> None:
        if self.draws < 1 or self.top_k < 1 or not 0 <= self.decimals <= 9 or self.seed < 0:
            raise ValueError("draws and top_k must be at least 1, seed at least 0, decimals 0 to 9")
        if self.scale is not None and not (np.isfinite(self.scale).all() and self.width > 0):
            raise ValueError("the scale must run from one finite number to a larger one")

    @property
    def width(self) -> float:
        """Return the width of the scale, 0 where none is given."""
        return self.scale[1] - self.scale[0] if self.scale else 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """One reviewed entry. Values are in points; ranks count from 1 inside the component.

    `rank` is by the official one of raw and adjusted. `rank_low` to `rank_high` is the shortest run
    of ranks that holds the true one with a probability of at least 0.9. Entries of one `tie_band`
    (1 is the best) cannot be told apart from their neighbours. `target` and `weight` say how
    `adjusted` was drawn to the middle, see `explain`. `sd` is never below one unit of the last
    published decimal.
    """

    entry: int
    reviews: int
    raw: float
    median: float
    adjusted: float
    sd: float
    rank: int
    raw_rank: int
    adjusted_rank: int
    rank_low: int
    rank_high: int
    p_top: float
    tie_band: int
    component: int
    target: float
    weight: float


@dataclass(frozen=True, slots=True)
class JudgeEffect:
    """How many points a judge gives above (+, lenient) or below (-, severe) the panel."""

    judge: int
    reviews: int
    effect: float
    sd: float


@dataclass(frozen=True)
class Variance:
    """REML estimates, in squared points."""

    entries: float
    judges: float
    noise: float

    @property
    def judge_share(self) -> float:
        return self.judges / (self.entries + self.judges + self.noise)


@dataclass(frozen=True)
class Pool:
    """The pool covariate: its coefficient, the standard error, and whether the gate kept it."""

    gamma: float
    se: float
    used: bool

    @property
    def t(self) -> float:
        return self.gamma / self.se


@dataclass(frozen=True)
class Component:
    """Entries and judges that shared reviews link with one another."""

    entries: tuple[int, ...]
    judges: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Estimate:
    """What the scorecards say, with how sure that is.

    `standings` holds the reviewed entries only, by index. `variance` is None where the design
    cannot tell noise from differences. `draws` (draws, standings) are values of the reviewed
    entries drawn jointly, in the order of `standings`. `reviews` is the input: entry, judge, score.
    """

    method: str
    options: Options
    digest: str
    adjusted_is_official: bool
    notes: tuple[Note, ...]
    standings: tuple[Standing, ...]
    judges: tuple[JudgeEffect, ...]
    components: tuple[Component, ...]
    variance: Variance | None
    mean: float
    pool: Pool | None
    draws: Draws
    reviews: tuple[Ints, Ints, Floats]

    @property
    def prize_depends(self) -> tuple[int, ...]:
        """Entries that are among the first `top_k` by one of raw and adjusted, not by both."""
        k = self.options.top_k
        return tuple(s.entry for s in self.standings if (s.raw_rank <= k) != (s.adjusted_rank <= k))

    @property
    def first(self) -> frozenset[int]:
        """Entries among the first `top_k` by the official value, those tied at the edge included."""
        return frozenset(s.entry for s in self.standings if s.rank <= self.options.top_k)

    def standing(self, entry: int) -> Standing | None:
        """Return where the entry stands, or None if nobody reviewed it."""
        return next((s for s in self.standings if s.entry == entry), None)

    def beats(self, entry: int, other: int) -> float | None:
        """Return the probability that an entry is better; None if that cannot be known."""
        rows = {s.entry: row for row, s in enumerate(self.standings)}
        if entry not in rows or other not in rows:
            return None
        a, b = rows[entry], rows[other]
        linked = self.standings[a].component == self.standings[b].component
        if not (linked or self.options.across):
            return None
        return float(np.mean(self.draws[:, a] > self.draws[:, b]))
