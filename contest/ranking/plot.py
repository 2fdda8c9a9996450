"""Where the intervals of a ranking lie in its picture. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from contest.ranking.queries import Line

WIDTH, LEFT, RIGHT = 640.0, 190.0, 16.0  # the names stand in the left margin
ROW, HEAD = 20.0, 12.0
MOST = 40  # entries in the picture; the table has all


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its interval, its value and its raw mean, in the picture's units."""

    line: Line
    y: float
    low: float
    high: float
    adjusted: float
    raw: float
    band_ends: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """The picture: rows, ticks of the axis as (x, points), and where the first end (with one group only)."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, int], ...]
    cut: float | None
    height: float
    width: float = WIDTH
    left: float = LEFT
    row: float = ROW


def plot(lines: Sequence[Line], top_k: int) -> Plot:
    """Lay out the first entries of a ranking on a common axis of points."""
    shown = list(lines[:MOST])
    ends = [
        points
        for line in shown
        for points in (line.from_points, line.to_points, line.standing.adjusted, line.standing.raw)
    ]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    step = _step(high - low)
    low, high = step * math.floor(low / step), step * math.ceil(high / step)

    def x(points: float) -> float:
        return round(LEFT + (points - low) / (high - low or 1.0) * (WIDTH - LEFT - RIGHT), 1)

    rows = tuple(
        Row(
            line=line,
            y=HEAD + ROW * (i + 0.5),
            low=x(line.from_points),
            high=x(line.to_points),
            adjusted=x(line.standing.adjusted),
            raw=x(line.standing.raw),
            band_ends=i + 1 < len(shown) and not line.tied_with_next,
        )
        for i, line in enumerate(shown)
    )
    count = round((high - low) / step)
    return Plot(
        rows=rows,
        ticks=tuple((x(low + k * step), round(low + k * step)) for k in range(count + 1)),
        cut=HEAD + ROW * top_k if top_k < len(shown) and shown[-1].group == 1 else None,
        height=HEAD + ROW * len(shown) + 24,
    )


def _step(span: float) -> int:
    """Return a round distance of ticks that makes about six of them."""
    return next((step for step in (1, 2, 5, 10, 20) if span / step <= 7), 50)
