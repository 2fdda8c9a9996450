"""Where the values and intervals of a ranking are shown: on the scale, and never apart."""

import uuid

import numpy as np

from contest.ranking import queries
from contest.ranking.model import Options, rank
from contest.ranking.models import Standing
from contest.ranking.plot import LEFT, RIGHT, WIDTH, plot


def standing(**shown: float) -> Standing:
    values = {"raw": 50.0, "adjusted": 50.0, "sd": 4.0, **shown}
    return Standing(entry_id=uuid.uuid4(), tie_band=1, details={}, **values)


def harsh_and_mild() -> list[Standing]:
    """Twenty entries before six judges, three of them 25 points too harsh, three as much too mild."""
    r = np.random.default_rng(3)
    entry = np.repeat(np.arange(20), 3)
    judge = np.concatenate([r.permutation(6)[:3] for _ in range(20)])
    quality, bias = np.linspace(20, 115, 20), np.array([-25.0, 25.0] * 3)
    score = np.clip(quality[entry] + bias[judge] + 2 * r.normal(size=60), 0, 100)
    found = rank(entry, judge, score, 20, 6, Options(scale=(0, 100)))
    return [standing(raw=s.raw, adjusted=s.adjusted, sd=s.sd) for s in found.standings]


def test_a_value_over_the_end_of_the_scale_lies_in_its_own_interval() -> None:
    lines = queries.lines(harsh_and_mild(), "adjusted")
    assert max(line.standing.adjusted for line in lines) > queries.HIGHEST
    for line in lines:
        assert line.from_points <= line.standing.adjusted <= line.to_points
        assert line.from_points < line.to_points


def test_an_interval_ends_with_the_scale_unless_its_value_is_over_it() -> None:
    shown = [
        standing(adjusted=106.7, sd=12.5),
        standing(adjusted=97.0),
        standing(adjusted=2.0),
        standing(adjusted=-3.0),
    ]
    ends = [(round(x.from_points, 2), round(x.to_points, 2)) for x in queries.lines(shown, "")]
    assert ends == [(86.14, 106.7), (90.42, 100.0), (0.0, 8.58), (-3.0, 3.58)]


def test_every_dot_of_the_picture_lies_on_its_axis() -> None:
    drawn = plot(queries.lines(harsh_and_mild(), "adjusted"), 3)
    assert drawn.rows
    for row in drawn.rows:
        assert LEFT <= row.low <= row.adjusted <= row.high <= WIDTH - RIGHT
        assert LEFT <= row.raw <= WIDTH - RIGHT
    assert drawn.ticks[-1][1] > queries.HIGHEST
