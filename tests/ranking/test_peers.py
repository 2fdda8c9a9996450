"""The same figures from implementations that know nothing of ours."""

from importlib import import_module
from typing import Any

import krippendorff
import numpy as np
import pytest

from contest.ranking.agreement import agreement, alpha
from contest.ranking.drift import drifts
from contest.ranking.model import Options, rank
from contest.ranking.model import estimate as estimates
from tests.ranking.panels import Scores, contest


@pytest.fixture(scope="module")
def sm() -> Any:
    """It brings pandas: seconds that only the process which plays these tests should pay."""
    return import_module("statsmodels.api")


def by_statsmodels(sm: Any, scores: Scores) -> tuple[float, float, float]:
    """Return the variances of entries, judges and noise by crossed random effects in one group."""
    entry, judge, score = scores
    model = sm.MixedLM(
        score,
        np.ones((len(score), 1)),
        groups=np.ones(len(score)),
        exog_vc=sm.regression.mixed_linear_model.VCSpec(
            ["entry", "judge"],
            [[["e"] * (entry.max() + 1)], [["j"] * (judge.max() + 1)]],
            [[np.eye(entry.max() + 1)[entry]], [np.eye(judge.max() + 1)[judge]]],
        ),
    )
    found = model.fit(reml=True)
    entries, judges = found.vcomp
    return float(entries), float(judges), float(found.scale)


@pytest.mark.parametrize("seed", [3, 5])
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_statsmodels_finds_the_same_variances(sm: Any, seed: int) -> None:
    scores, _, _ = contest(seed, n=25, m=8, k=3)
    found = rank(*scores, 25, 8, Options(draws=10)).variance
    assert found is not None
    assert (found.entries, found.judges, found.noise) == pytest.approx(
        by_statsmodels(sm, scores), rel=1e-3
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_krippendorff_package_finds_the_same_alpha(seed: int) -> None:
    (entry, judge, score), _, _ = contest(seed)
    table = np.full((6, 15), np.nan)
    table[judge, entry] = score
    expected = krippendorff.alpha(reliability_data=table, level_of_measurement="interval")
    assert alpha(entry, score).value == pytest.approx(expected, abs=1e-9)
    assert agreement(entry, judge, score, 15, 6).alpha == alpha(entry, score)


def test_drift_with_gaps_is_the_contrast_of_a_plain_regression_with_its_standard_error(
    sm: Any,
) -> None:
    table = np.random.default_rng(3).normal(5, 2, (4, 5))
    table[[0, 1, 3], [4, 0, 2]] = np.nan
    anchor, judge = np.nonzero(np.isfinite(table))
    design = np.column_stack([np.eye(4)[anchor], np.eye(5)[judge][:, 1:]])
    fit = sm.OLS(table[anchor, judge], design).fit()

    for j, found in enumerate(drifts(table, 1.0)):
        assert found is not None
        contrast = np.full(5, -1 / 4)
        contrast[j] = 1
        told = fit.t_test(np.concatenate([np.zeros(4), contrast[1:]]))
        low, high = told.conf_int(alpha=0.1)[0]
        assert found.value == pytest.approx(float(told.effect[0]), abs=1e-9)
        assert found.se == pytest.approx(float(told.sd[0, 0]), rel=1e-9)
        assert found.margin == pytest.approx(float(high - low) / 2, rel=1e-9)


def test_sparse_and_dense_algebra_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, _, _ = contest(0, n=1000, m=120, k=4)
    dense = rank(*scores, 1000, 120, Options(draws=256))
    monkeypatch.setattr(estimates, "MANY_JUDGES", 50)
    large = rank(*scores, 1000, 120, Options(draws=256))
    assert dense.variance is not None
    assert large.variance is not None
    assert large.variance.entries == pytest.approx(dense.variance.entries, rel=1e-3)
    assert large.variance.judges == pytest.approx(dense.variance.judges, rel=1e-2)
    assert large.variance.noise == pytest.approx(dense.variance.noise, rel=1e-3)
    for one, other in zip(dense.standings, large.standings, strict=True):
        assert other.adjusted == pytest.approx(one.adjusted, abs=2e-3)
    spread = [o.sd / s.sd for s, o in zip(dense.standings, large.standings, strict=True)]
    assert np.mean(spread) == pytest.approx(1, abs=0.03)
    assert large.pool is not None
    assert dense.pool is not None
    assert large.pool.t == pytest.approx(dense.pool.t, abs=0.02)
