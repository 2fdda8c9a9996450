"""The contests that the arithmetic is measured on are still the same ones."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from contest.bench.worlds import SCENARIOS, World, world


def of(name: str) -> World:
    return world(next(s for n, s in SCENARIOS.items() if n.split()[0] == name), 1000)


def tau(w: World) -> float:
    raw = np.bincount(w.entry, w.score) / np.bincount(w.entry)
    return float(kendalltau(raw, w.quality).statistic)


@pytest.mark.parametrize(
    ("name", "scores", "quality", "agreement"),
    [
        ("S1", 2213.2, 8.492686, 0.755080),
        ("S4b", 2254.9, 6.794148, 0.808089),
        ("S5", 2211.8, 8.492686, 0.635887),
        ("S6", 239.5, 1.242127, 0.752381),
    ],
)
def test_a_world_keeps_its_fingerprints(
    name: str, scores: float, quality: float, agreement: float
) -> None:
    w = of(name)
    assert w.score.sum() == pytest.approx(scores, abs=1e-6)
    assert w.quality.sum() == pytest.approx(quality, abs=1e-6)
    assert tau(w) == pytest.approx(agreement, abs=1e-6)


def test_the_careless_judges_are_known() -> None:
    assert np.flatnonzero(of("S5").careless).tolist() == [0, 2, 4, 9, 11, 19]
    assert not of("S1").careless.any()


def test_every_entry_gets_its_reviews_from_different_judges() -> None:
    for settings in SCENARIOS.values():
        w = world(settings, 0)
        assert set(np.bincount(w.entry)) == {settings.reviews}
        assert len(set(zip(w.entry, w.judge, strict=True))) == len(w.entry)
        assert w.score.min() > 1 - 1e-9
        assert w.score.max() < settings.levels + 1e-9
