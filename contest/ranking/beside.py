"""Judges beside the panel on the anchors of a calibration: what the pages of its end show. Pure."""

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contest.judging.models import Anchor, Criterion
from contest.judging.queries.calibrating import Marks

if TYPE_CHECKING:
    from contest.ranking.drift import Change, Drift

FULL = 100.0


@dataclass(frozen=True, slots=True)
class Strip:
    """One criterion of one anchor: what the panel gave, and where one judge stands in it."""

    title: str
    own: int | None
    others: float | None  # mean of the others
    bars: tuple[tuple[int, int], ...]  # points, judges

    @property
    def most(self) -> int:
        return max((count for _, count in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion of a judge's own page."""

    criterion: Criterion
    drift: "Drift | None"
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One judge of the chair's page; drifts by criterion in the rubric's order, in its points."""

    name: str
    total: "Drift | None"
    parts: tuple["Drift | None", ...]
    change: "Change | None"


@dataclass(frozen=True, slots=True)
class Spread:
    """One anchor: how many scored it, their mean total, and how far they lie apart."""

    anchor: Anchor
    judges: int
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """What everybody gave the anchors of one closed calibration."""

    anchors: Sequence[Anchor]
    criteria: Sequence[Criterion]
    marks: Sequence[Marks]

    def has(self, judge: uuid.UUID) -> bool:
        return any(m.judge == judge for m in self.marks)

    def totals(self) -> "dict[uuid.UUID, Drift]":
        """Return judge -> drift of the weighted totals, which lie on 0 to 100."""
        whole = sum(c.weight for c in self.criteria)
        squares = ((FULL * c.weight / whole / (c.high - c.low)) ** 2 for c in self.criteria)
        return self._drifts(lambda m: m.total, math.sqrt(sum(squares)))

    def points(self, criterion: Criterion) -> "dict[uuid.UUID, Drift]":
        """Return judge -> drift in points of one criterion."""
        return self._drifts(lambda m: m.points.get(criterion.id), 1.0)

    def _drifts(
        self, value: Callable[[Marks], float | None], step: float
    ) -> "dict[uuid.UUID, Drift]":
        from contest.ranking.drift import drifts  # noqa: PLC0415 -- slow import

        judges = list(dict.fromkeys(m.judge for m in self.marks))
        if not judges:
            return {}
        given = {(m.anchor_id, m.judge): v for m in self.marks if (v := value(m)) is not None}
        table = [[given.get((a.id, j), math.nan) for j in judges] for a in self.anchors]
        return {j: d for j, d in zip(judges, drifts(table, step), strict=True) if d is not None}

    def parts(self, judge: uuid.UUID, *, blind: bool) -> tuple[Part, ...]:
        """Return a judge's own page: each criterion with its drift, each anchor with its points."""
        return tuple(
            Part(
                c,
                self.points(c).get(judge),
                tuple(self._strip(judge, a, c, blind=blind) for a in self.anchors),
            )
            for c in self.criteria
        )

    def _strip(
        self, judge: uuid.UUID, anchor: Anchor, criterion: Criterion, *, blind: bool
    ) -> Strip:
        given = {
            m.judge: m.points.get(criterion.id) for m in self.marks if m.anchor_id == anchor.id
        }
        others = [p for j, p in given.items() if j != judge and p is not None]
        every = list(given.values())
        return Strip(
            anchor.entry.code if blind else anchor.entry.title,
            given.get(judge),
            sum(others) / len(others) if others else None,
            tuple((p, every.count(p)) for p in range(criterion.low, criterion.high + 1)),
        )

    def rows(self, before: "Mapping[uuid.UUID, Drift]") -> list[Row]:
        """Return every judge who scored an anchor, the strictest first; `before` is an earlier time."""
        from contest.ranking.drift import change  # noqa: PLC0415 -- slow import

        whole = self.totals()
        each = [self.points(c) for c in self.criteria]
        found = [
            Row(
                name,
                whole.get(judge),
                tuple(drifts.get(judge) for drifts in each),
                change(before[judge], whole[judge]) if judge in before and judge in whole else None,
            )
            for judge, name in {m.judge: m.name for m in self.marks}.items()
        ]
        return sorted(found, key=lambda r: (r.total.value if r.total else math.inf, r.name))

    def spreads(self) -> list[Spread]:
        """Return each anchor with the panel's totals, those that divide the judges most first."""
        found = []
        for anchor in self.anchors:
            given = [
                m.total for m in self.marks if m.anchor_id == anchor.id and m.total is not None
            ]
            if given:
                mean = sum(given) / len(given)
                found.append(Spread(anchor, len(given), mean, min(given), max(given)))
            else:
                found.append(Spread(anchor, 0, None, None, None))
        return sorted(found, key=lambda s: (s.low or 0) - (s.high or 0))
