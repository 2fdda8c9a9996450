"""Reads rankings. Each query loads all that its reader touches."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Appointment, Round
from contest.core.words import Words
from contest.entries.models import Entry
from contest.judging.models import Assignment, Criterion, Rubric, Score, Scorecard
from contest.judging.queries import panel
from contest.ranking.models import Ranking, RankingRun, Standing

SPREAD = 1.645  # standard deviations to each side that hold 90 %


def newest(session: Session, round_id: uuid.UUID) -> Ranking | None:
    """Return the round's ranking that was computed last, with its standings, entries and teams."""
    return session.scalar(
        select(Ranking)
        .where(Ranking.round_id == round_id)
        .order_by(Ranking.computed_at.desc(), Ranking.id)
        .limit(1)
        .options(selectinload(Ranking.standings).joinedload(Standing.entry).joinedload(Entry.team))
    )


def newest_run(session: Session, round_id: uuid.UUID) -> RankingRun | None:
    """Return what was asked for last."""
    return session.scalar(
        select(RankingRun)
        .where(RankingRun.round_id == round_id)
        .order_by(RankingRun.asked_at.desc(), RankingRun.state, RankingRun.id)
        .limit(1)
    )


def standing(session: Session, round_id: uuid.UUID, entry_id: uuid.UUID) -> Standing | None:
    """Return where the entry stands in the round's newest ranking, with entry, team and ranking."""
    latest = (
        select(Ranking.id)
        .where(Ranking.round_id == round_id)
        .order_by(Ranking.computed_at.desc(), Ranking.id)
        .limit(1)
        .scalar_subquery()
    )
    return session.scalar(
        select(Standing)
        .where(Standing.ranking_id == latest, Standing.entry_id == entry_id)
        .options(joinedload(Standing.ranking), joinedload(Standing.entry).joinedload(Entry.team))
    )


def left_out(session: Session, round_id: uuid.UUID) -> dict[str, int]:
    """Return how many scorecards were set aside, and how many lack a criterion. One statement."""
    lacking = select(Score.id).where(Score.scorecard_id == Scorecard.id, Score.points.is_(None))
    aside = Scorecard.set_aside_at.is_not(None)
    row = session.execute(
        select(func.count().filter(aside), func.count().filter(~aside, lacking.exists()))
        .select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(
            Assignment.round_id == round_id,
            Scorecard.submitted_at.is_not(None),
            Scorecard.superseded_at.is_(None),
        )
    ).one()
    return {"set_aside": int(row[0]), "missing_criterion": int(row[1])}


@dataclass(frozen=True, slots=True)
class Rungs:
    """What settles equal places: the criteria, the weightiest first, then the median.

    `names` are the criteria's ids and "median"; `means` holds each entry's mean share per criterion.
    """

    names: tuple[str, ...]
    means: dict[uuid.UUID, tuple[float, ...]]


def rungs(session: Session, round_id: uuid.UUID) -> Rungs:
    """Return the tie-break ladder of the round. Two statements."""
    rubric = panel.rubric(session, round_id)
    criteria = sorted(rubric.criteria if rubric else (), key=lambda c: (-c.weight, c.position))
    rows = session.execute(
        select(Assignment.entry_id, Score.criterion_id, func.avg(Score.points))
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .where(
            Assignment.round_id == round_id,
            Scorecard.submitted_at.is_not(None),
            Scorecard.superseded_at.is_(None),
            Scorecard.set_aside_at.is_(None),
            Score.points.is_not(None),
        )
        .group_by(Assignment.entry_id, Score.criterion_id)
    )
    means: dict[uuid.UUID, dict[uuid.UUID, float]] = {}
    for entry_id, criterion_id, mean in rows:
        means.setdefault(entry_id, {})[criterion_id] = float(mean)
    return Rungs(
        (*(str(c.id) for c in criteria), "median"),
        {e: tuple(found.get(c.id, 0.0) for c in criteria) for e, found in sorted(means.items())},
    )


@dataclass(frozen=True, slots=True)
class Severity:
    """How many points a judge gives above (+) or below (-) the panel.

    `slope` is 1 for who uses the scale like the panel, less for who keeps to a part of it;
    `influence` the largest change of an entry's value without this judge; `lost` and `gained` are
    the entries that would leave, or come among, the first.
    """

    name: str
    reviews: int
    effect: float
    sd: float
    outfit: float | None
    stands_out: tuple[str, ...]
    slope: float | None
    influence: float | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]

    @property
    def margin(self) -> float:
        """How far the effect may be off, with a probability of nine in ten."""
        return SPREAD * self.sd


def severities(session: Session, ranking: Ranking) -> list[Severity]:
    """Return one line per judge of the ranking, the strictest first. One statement."""
    names = names_of(session, [uuid.UUID(j["judge"]) for j in ranking.components["judges"]])
    titles = titles_in(ranking)
    found = [
        Severity(
            names.get(j["judge"], "–"), j["reviews"], j["effect"], j["sd"], j["outfit"],
            tuple(j["flags"]), j.get("slope"), j.get("influence"),
            tuple(titles.get(i, "–") for i in j.get("lost", [])),
            tuple(titles.get(i, "–") for i in j.get("gained", [])),
        )
        for j in ranking.components["judges"]
    ]  # fmt: skip
    return sorted(found, key=lambda s: (s.effect, s.name))


def titles_in(ranking: Ranking) -> dict[str, str]:
    """Return entry id -> title of the ranking's entries, which are loaded. Pure."""
    return {str(s.entry_id): s.entry.title for s in ranking.standings}


def names_of(session: Session, appointment_ids: Sequence[uuid.UUID]) -> dict[str, str]:
    """Return appointment id -> name of the person."""
    rows = session.execute(
        select(Appointment.id, User.name)
        .join(User, User.id == Appointment.user_id)
        .where(Appointment.id.in_(appointment_ids))
    )
    return {str(number): name for number, name in rows}


def titles_of(session: Session, entry_ids: Sequence[uuid.UUID]) -> dict[str, str]:
    """Return entry id -> title."""
    rows = session.execute(select(Entry.id, Entry.title).where(Entry.id.in_(entry_ids)))
    return {str(number): title for number, title in rows}


def criteria_of(session: Session, round_id: uuid.UUID) -> dict[str, Words]:
    """Return criterion id -> title, for the rungs of the tie-break. One statement."""
    rows = session.execute(
        select(Criterion.id, Criterion.title)
        .join(Rubric, Rubric.id == Criterion.rubric_id)
        .where(Rubric.round_id == round_id)
    )
    return {str(number): title for number, title in rows}


@dataclass(frozen=True, slots=True)
class Scale:
    """How often a judge gave each number of points for one criterion, beside what they mean."""

    criterion: Criterion
    counts: dict[int, int]
    without: int  # scorecards on which the judge had no view

    @property
    def given(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> float:
        return sum(points * n for points, n in self.counts.items()) / self.given

    @property
    def most(self) -> int:
        return max(self.counts.values(), default=0)

    def meaning(self, points: int) -> Words | None:
        """Return what the rubric says of so many points."""
        return next((lev.title for lev in self.criterion.levels if lev.points == points), None)


def own_scales(session: Session, round_: Round, user: User) -> list[Scale]:
    """Return the user's own handed-in points per criterion; nothing for who judges nothing here.

    Three statements.
    """
    rows = session.execute(
        select(Score.criterion_id, Score.points, func.count())
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Appointment, Appointment.id == Assignment.appointment_id)
        .where(
            Assignment.round_id == round_.id,
            Appointment.user_id == user.id,
            Scorecard.submitted_at.is_not(None),
            Scorecard.superseded_at.is_(None),
        )
        .group_by(Score.criterion_id, Score.points)
    )
    counts: dict[uuid.UUID, dict[int | None, int]] = {}
    for criterion_id, points, number in rows:
        counts.setdefault(criterion_id, {})[points] = number
    rubric = panel.rubric(session, round_.id) if counts else None
    return [
        Scale(
            c,
            {points: counts[c.id].get(points, 0) for points in range(c.high, c.low - 1, -1)},
            counts[c.id].get(None, 0),
        )
        for c in (rubric.criteria if rubric else ())
        if c.id in counts
    ]


def changed_since(session: Session, ranking: Ranking) -> bool:
    """Say whether a score was handed in or set aside after the ranking was computed. One statement."""
    latest = session.execute(
        select(func.max(Scorecard.submitted_at), func.max(Scorecard.set_aside_at))
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(Assignment.round_id == ranking.round_id)
    ).one()
    return any(at is not None and at > ranking.computed_at for at in latest)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it; positions are shares of the axis, 0 to 100."""

    standing: Standing
    place: int
    value: float
    low: float
    high: float
    at: float
    tied_with_next: bool

    @property
    def from_points(self) -> float:
        return self.standing.adjusted - SPREAD * self.standing.sd

    @property
    def to_points(self) -> float:
        return self.standing.adjusted + SPREAD * self.standing.sd


def lines(standings: Sequence[Standing], by: str) -> list[Line]:
    """Return the entries in the order of the raw or of the adjusted value. Pure."""

    def value(s: Standing) -> float:
        return s.raw if by == "raw" else s.adjusted

    ordered = sorted(
        standings,
        key=lambda s: (-round(value(s), 2), s.details.get("position", 0), str(s.entry_id)),
    )
    places: list[int] = []
    for i, s in enumerate(ordered):
        same = i and round(value(s), 2) == round(value(ordered[i - 1]), 2)
        places.append(places[-1] if same else i + 1)
    reach = [(s.adjusted - SPREAD * s.sd, s.adjusted + SPREAD * s.sd) for s in ordered]
    low = min((r[0] for r in reach), default=0.0)
    high = max((r[1] for r in reach), default=1.0)
    wide = (high - low) or 1.0
    following = [*ordered[1:], None][: len(ordered)]
    return [
        Line(
            s, place, value(s), 100 * (r[0] - low) / wide, 100 * (r[1] - low) / wide,
            100 * (s.adjusted - low) / wide, after is not None and after.tie_band == s.tie_band,
        )
        for s, place, r, after in zip(ordered, places, reach, following, strict=True)
    ]  # fmt: skip


def bands(standings: Sequence[Standing]) -> list[tuple[Standing, ...]]:
    """Return the groups of entries that cannot be separated, best first. Pure."""
    ordered = sorted(standings, key=lambda s: (s.tie_band, -s.adjusted, str(s.entry_id)))
    groups: list[list[Standing]] = []
    for standing in ordered:
        if groups and groups[-1][0].tie_band == standing.tie_band:
            groups[-1].append(standing)
        else:
            groups.append([standing])
    return [tuple(group) for group in groups]
