"""Draws the pictures of docs/organisers/ranking.md: `python -m tests.figures`, or `make figures`.

What they show is computed by the model of record on a made-up panel, and by the power check.
"""

import itertools
from collections.abc import Iterable

import numpy as np

from contest.ranking.model import Estimate, Options, explain, rank
from contest.ranking.model.power import power
from tests.browser import ROOT
from tests.ranking.panels import contest

OUT = ROOT / "docs" / "organisers" / "pictures"
INK, SOFT, PALE, BLUE = "#1f2937", "#6b7280", "#e5e7eb", "#2f49b5"
WIDTH = 640
SPREAD = 1.645  # standard deviations to each side that hold 90 %
NAMES = ("Anchor", "Beacon", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Harbour", "Islet", "Jetty",
         "Kelp", "Lantern", "Mast", "Nave", "Oar")  # fmt: skip


def panel() -> tuple[Estimate, np.ndarray]:
    """Fifteen entries, three reviews each, by six judges who differ much in strictness."""
    (entry, judge, score), quality, _ = contest(62, bias=1.0, noise=0.35)
    return rank(entry, judge, np.clip(10 * score, 0, 100), 15, 6, Options(scale=(0, 100))), quality


def save(name: str, height: int, says: str, parts: Iterable[str]) -> None:
    """Write one picture; light by itself, so that it reads on any page."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{says}" font-family="system-ui, sans-serif" '
        f'font-size="13" fill="{INK}">\n<rect width="{WIDTH}" height="{height}" rx="10" fill="#fff"/>'
    )
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.svg").write_text("\n".join([head, *parts, "</svg>"]) + "\n")


def word(x: float, y: float, text: object, fill: str = INK, at: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{at}">{text}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width}" stroke-linecap="round"/>'
    )


def dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{BLUE}"/>'


def ring(x: float, y: float, size: float = 6, colour: str = INK) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="#fff" stroke="{colour}" '
        'stroke-width="2"/>'
    )


def axis(low: int, high: int, top: int, foot: int) -> tuple[list[str], float, float]:
    """Return the lines of a scale of points, and how to come from points to places."""
    left, scale = 170.0, (WIDTH - 200) / (high - low)
    ticks = [
        part
        for p in range(low, high + 1, 10)
        for part in (line(left + scale * (p - low), top, left + scale * (p - low), foot, PALE),
                     word(left + scale * (p - low), foot + 18, p, SOFT, "middle"))
    ]  # fmt: skip
    return ticks, left - scale * low, scale


def adjusted() -> None:
    """Two entries whose order the strictness of their judges had turned round."""
    estimate, quality = panel()
    rows = {s.entry: s for s in estimate.standings}
    one, other = max(
        (
            (a, b)
            for a, b in itertools.permutations(rows, 2)
            if rows[a].raw < rows[b].raw and quality[a] > quality[b]
        ),
        key=lambda pair: min(
            rows[pair[1]].raw - rows[pair[0]].raw, rows[pair[0]].adjusted - rows[pair[1]].adjusted
        ),
    )
    parts, zero, scale = axis(10, 100, 52, 220)
    for y, entry in ((80, one), (165, other)):
        told = explain(estimate, entry)
        parts.append(word(24, y + 4, NAMES[entry]))
        for c in told.corrections:
            parts.append(ring(zero + scale * c.score, y, 4, SOFT))
            parts.append(
                word(
                    zero + scale * c.score,
                    y - 10,
                    f"{c.effect:+.0f}".replace("-", "−"),
                    SOFT,
                    "middle",
                )
            )
        start, end = zero + scale * told.raw, zero + scale * told.adjusted
        parts += [line(start, y + 28, end, y + 28, BLUE, 2), ring(start, y + 28), dot(end, y + 28)]
    key = (
        "Small: scores, and how lenient (+) or strict (−) the judge is. Ring: mean. Dot: adjusted."
    )
    save("adjusted", 252, "Two entries change their order once the strictness of their judges is taken out.",
         [word(24, 28, key, SOFT), *parts])  # fmt: skip


def interval() -> None:
    """Bars that overlap, and bars that do not."""
    estimate, _ = panel()
    ordered = sorted(estimate.standings, key=lambda s: -s.adjusted)
    chosen = [*ordered[:3], ordered[-1]]
    parts, zero, scale = axis(10, 100, 44, 44 + 42 * len(chosen))
    for place, s in enumerate(chosen):
        y = 66 + 42 * place
        low, high = (zero + scale * (s.adjusted + side * SPREAD * s.sd) for side in (-1, 1))
        parts += [word(24, y + 4, f"{s.rank}  {NAMES[s.entry]}"),
                  line(low, y, high, y, "#b9c2ea", 8), dot(zero + scale * s.adjusted, y)]  # fmt: skip
    key = "Bars that overlap widely: nobody can say who is better. Bars apart: the scores can."
    save("interval", 82 + 42 * len(chosen), key, [word(24, 28, key, SOFT), *parts])


def bridge() -> None:
    """Two tracks that share no judge, and the same with one judge who reads in both."""
    key = "Left, nothing compares the two tracks; right, two judges (above) read in both."
    parts = [word(24, 28, key, SOFT)]
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 3), (2, 4), (3, 4), (3, 5), (3, 3)]
    for shift, more in ((0, []), (320, [(1, 3), (2, 2)])):
        judge = [(60 + shift + 62 * j, 70) for j in range(4)]
        entry = [(40 + shift + 44 * e, 170) for e in range(6)]
        for j, e in [*pairs, *more]:
            bold = (j, e) in more
            parts.append(
                line(*judge[j], *entry[e], BLUE if bold else "#c7cbd4", 3 if bold else 1.5)
            )
        parts += [f'<circle cx="{x}" cy="{y}" r="10" fill="{INK}"/>' for x, y in judge]
        parts += [
            f'<rect x="{x - 9}" y="{y - 9}" width="18" height="18" rx="3" '
            f'fill="{BLUE if e < 3 else "#fff"}" stroke="{BLUE}" stroke-width="2"/>'
            for e, (x, y) in enumerate(entry)
        ]
        says = "two orders, side by side" if not more else "one order of all"
        parts.append(word(150 + shift, 212, says, INK, "middle"))
    save("bridge", 232, "Without a judge who reads in both tracks there is no common order.", parts)


def judges() -> None:
    """How the chance to find the best grows with reviews, and falls with entries."""
    r = np.random.default_rng(0)
    parts = [
        word(
            24,
            28,
            "The chance that the truly best entry comes out first, by reviews of each entry.",
            SOFT,
        )
    ]
    for p in (20, 40, 60, 80, 100):
        parts += [
            line(70, 260 - 2 * p, 600, 260 - 2 * p, PALE),
            word(60, 264 - 2 * p, f"{p} %", SOFT, "end"),
        ]
    for reviews in range(1, 7):
        parts.append(word(90 + 80 * (reviews - 1), 284, reviews, SOFT, "middle"))
    for (entries, many), colour in zip(
        ((15, 6), (40, 10), (100, 20)), (BLUE, INK, SOFT), strict=True
    ):
        points = []
        for reviews in range(1, 7):
            judge = np.argsort(r.random((entries, many)), axis=1)[:, :reviews].ravel()
            entry = np.repeat(np.arange(entries), reviews)
            best = power(entry, judge, entries, many, runs=4000).best
            points.append((90 + 80 * (reviews - 1), 260 - 200 * best))
        parts += [line(*a, *b, colour, 2.5) for a, b in itertools.pairwise(points)]
        parts += [f'<circle cx="{x}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
        parts.append(word(505, points[-1][1] + 5, f"{entries} entries, {many} judges", colour))
    save(
        "judges", 300, "The chance grows with reviews and falls with the number of entries.", parts
    )


if __name__ == "__main__":
    for draw in (adjusted, interval, bridge, judges):
        draw()
