"""Made-up panels for the tests of the arithmetic, and what must hold of every estimate."""

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from contest.ranking.model import Code, Estimate, Options, explain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scores = tuple[Ints, Ints, Floats]

QUICK = settings(max_examples=8, deadline=None)
FEW = Options(draws=100)


def contest(
    seed: int, n: int = 15, m: int = 6, k: int = 3, bias: float = 0.7, noise: float = 0.5
) -> tuple[Scores, Floats, Floats]:
    """Return scores on a scale around 5.5, the entries' true qualities and the judges' biases."""
    r = np.random.default_rng(seed)
    quality, severity = r.normal(size=n), bias * r.normal(size=m)
    first = r.permutation(np.arange(n) % m)
    judge = np.concatenate([(j + 1 + r.choice(m - 1, k - 1, replace=False)) % m for j in first])
    pairs = {(i, int(j)) for i, j in enumerate(first)}
    pairs |= {(i // (k - 1), int(j)) for i, j in enumerate(judge)}
    entry, judge = np.array(sorted(pairs)).T
    score = 5.5 + 1.5 * (quality[entry] + severity[judge] + noise * r.normal(size=len(entry)))
    return (entry, judge, np.round(score, 2)), quality, severity


def codes(estimate: Estimate) -> set[Code]:
    return {note.code for note in estimate.notes}


def assert_sound(estimate: Estimate) -> None:
    """Finite numbers, no interval of width zero, ranks in order, explanations that sum."""
    for s in estimate.standings:
        numbers = (s.raw, s.median, s.adjusted, s.sd, s.p_top, s.target, s.weight)
        assert np.isfinite(numbers).all()
        assert s.sd > 0
        assert 1 <= s.rank_low <= s.rank_high <= len(estimate.standings)
        assert 0 <= s.p_top <= 1
        told = explain(estimate, s.entry)
        total = told.raw + sum(c.points for c in told.corrections) + told.shrinkage
        assert total == pytest.approx(s.adjusted, abs=1e-9)
        assert len(told.corrections) == s.reviews
    for j in estimate.judges:
        assert np.isfinite(j.effect)
        assert j.sd > 0
    assert np.isfinite(estimate.draws).all()
