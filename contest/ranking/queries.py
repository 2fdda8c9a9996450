"""Reads rankings. Each query loads all that its reader touches."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.models import Appointment, Round
from contest.core.words import Words
from contest.entries.models import Entry, Version
from contest.judging.bridges import Group
from contest.judging.models import (
    Assignment,
    Ballot,
    Comparison,
    Consensus,
    Criterion,
    Rubric,
    Score,
    Scorecard,
)
from contest.judging.models.assignment import OPEN
from contest.judging.queries import panel, work
from contest.ranking.models import Ranking, RankingRun, Standing

SPREAD = 1.645  # standard deviations to each side that hold 90 %
LOWEST, HIGHEST = 0.0, 100.0  # totals are shares of the rubric's range


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


def underway(session: Session, round_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return entry id -> reviews that are assigned and not handed in. One statement."""
    rows = session.execute(
        select(Assignment.entry_id, func.count())
        .where(Assignment.round_id == round_id, Assignment.state.in_(OPEN))
        .group_by(Assignment.entry_id)
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Rungs:
    """What may settle equal places besides the results themselves.

    `criteria` are ids, the weightiest first; `means` holds each entry's mean points per criterion,
    `codes` each entry's code for the lot, `submitted` when its newest version came in.
    """

    criteria: tuple[str, ...]
    means: dict[uuid.UUID, tuple[float, ...]]
    codes: dict[uuid.UUID, str]
    submitted: dict[uuid.UUID, datetime]


def rungs(session: Session, round_: Round) -> Rungs:
    """Return what the tie-break of the round may look at. Four statements."""
    rubric = panel.rubric(session, round_.id)
    criteria = sorted(rubric.criteria if rubric else (), key=lambda c: (-c.weight, c.position))
    rows = session.execute(
        select(Assignment.entry_id, Score.criterion_id, func.avg(Score.points))
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .where(
            Assignment.round_id == round_.id,
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
    so_far = select(Round.id).where(
        Round.contest_id == round_.contest_id, Round.number <= round_.number
    )
    judged = and_(Version.entry_id == Entry.id, Version.round_id.in_(so_far))
    came = session.execute(
        select(Entry.id, Entry.code, func.max(Version.submitted_at))
        .outerjoin(Version, judged)
        .where(Entry.contest_id == round_.contest_id)
        .group_by(Entry.id)
    ).all()
    return Rungs(
        tuple(str(c.id) for c in criteria),
        {e: tuple(found.get(c.id, 0.0) for c in criteria) for e, found in sorted(means.items())},
        {entry_id: code for entry_id, code, _ in came},
        {entry_id: at for entry_id, _, at in came if at is not None},
    )


@dataclass(frozen=True, slots=True)
class Severity:
    """How many points a judge gives above (+) or below (-) the panel.

    `slope` is 1 for who uses the scale like the panel, less for who keeps to a part of it;
    `influence` the largest change of an entry's value without this judge; `lost` and `gained` are
    the entries that would leave, or come among, the first; of those `only` nobody else has reviewed.
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
    only: tuple[str, ...]

    @property
    def margin(self) -> float:
        """How far the effect may be off, with a probability of nine in ten."""
        return SPREAD * self.sd


def severities(session: Session, ranking: Ranking) -> list[Severity]:
    """Return one line per judge of the ranking, the strictest first. One statement."""
    names = names_of(session, [uuid.UUID(j["judge"]) for j in ranking.components["judges"]])
    titles, constant = titles_in(ranking), _constant(ranking)
    found = [
        Severity(
            names.get(j["judge"], "–"), j["reviews"], j["effect"], j["sd"], j["outfit"],
            (*j["flags"], *(["constant"] if j["judge"] in constant else ())),
            None if j["judge"] in constant else j.get("slope"), j.get("influence"),
            tuple(titles.get(i, "–") for i in j.get("lost", [])),
            tuple(titles.get(i, "–") for i in j.get("gained", [])),
            tuple(titles.get(i, "–") for i in j.get("lost", []) if i in j.get("only", [])),
        )
        for j in ranking.components["judges"]
    ]  # fmt: skip
    return sorted(found, key=lambda s: (s.effect, s.name))


def _constant(ranking: Ranking) -> set[str]:
    """Return who gave all their entries the same: of their use of the scale nothing is known."""
    notes = (n["facts"]["judges"] for n in ranking.notes if n["code"] == "constant_judge")
    return {judge for judges in notes for judge in judges}


@dataclass(frozen=True, slots=True)
class Voter:
    """How well a judge who compares, or fills a ballot, agrees with the others; see `Severity`.

    `votes` counts comparisons, or entries on the ballot; `opposite` is less than by chance.
    """

    name: str
    votes: int
    reliability: float | None
    opposite: bool
    influence: float | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    only: tuple[str, ...]


def voters(session: Session, ranking: Ranking) -> list[Voter]:
    """Return one line per judge of a ranking without scores, who agrees least first. One statement."""
    rows = ranking.components.get("reliability", [])
    names = names_of(session, [uuid.UUID(r["judge"]) for r in rows])
    titles = titles_in(ranking)
    found = [
        Voter(
            names.get(r["judge"], "–"), r.get("votes", 0), r["value"], r["opposite"],
            r.get("influence"),
            *(tuple(titles.get(i, "–") for i in r.get(w, [])) for w in ("lost", "gained", "only")),
        )
        for r in rows
    ]  # fmt: skip
    return sorted(found, key=lambda v: (1.0 if v.reliability is None else v.reliability, v.name))


@dataclass(frozen=True, slots=True)
class VerdictsOf:
    """One judge of pass or fail: the share they pass, and the others of the same entries.

    `hangs` holds the entries whose verdict would be another without this judge, by what it would be:
    pass, fail, wait for the panel, or none.
    """

    name: str
    verdicts: int
    passes: float | None
    others: float | None
    flags: tuple[str, ...]
    hangs: dict[str, tuple[str, ...]]


def verdicts_by(session: Session, ranking: Ranking) -> list[VerdictsOf]:
    """Return one line per judge of a round of pass or fail, the strictest first. Two statements."""
    rows = ranking.components.get("votes", [])
    names = names_of(session, [uuid.UUID(r["judge"]) for r in rows])
    titles = titles_of(
        session, [uuid.UUID(e) for r in rows for es in r["hangs"].values() for e in es]
    )
    found = [
        VerdictsOf(
            names.get(r["judge"], "–"), r["verdicts"], r["passes"], r["others"], tuple(r["flags"]),
            {word: tuple(titles.get(e, "–") for e in es) for word, es in r["hangs"].items()},
        )
        for r in rows
    ]  # fmt: skip
    return sorted(found, key=lambda v: ((v.passes or 0.0) - (v.others or 0.0), v.name))


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
    """Say whether a judge or the panel said something else after the ranking was computed.

    What was restored or taken back leaves no instant; the number of scorecards tells. One statement.
    """
    moments = (
        (Consensus, Consensus.at),
        (Ballot, Ballot.submitted_at),
        (Ballot, Ballot.set_aside_at),
        (Comparison, Comparison.at),
        (Comparison, Comparison.superseded_at),
    )
    beside = [
        select(func.max(at)).where(of.round_id == ranking.round_id).scalar_subquery()
        for of, at in moments
    ]
    counts = (
        Assignment.state.in_(work.COUNTED)
        & Scorecard.submitted_at.is_not(None)
        & Scorecard.superseded_at.is_(None)
        & Scorecard.set_aside_at.is_(None)
    )
    cards, counted, *latest = session.execute(
        select(
            func.count(),
            func.count().filter(counts),
            func.max(Scorecard.submitted_at),
            func.max(Scorecard.set_aside_at),
            *beside,
        )
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(Assignment.round_id == ranking.round_id)
    ).one()
    known = sum(s.reviews for s in ranking.standings)
    return any(at is not None and at > ranking.computed_at for at in latest) or (
        bool(cards) and ranking.method != "verdicts" and counted != known
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it. Places count inside the group of entries that share judges."""

    standing: Standing
    group: int
    place: int
    value: float
    tied_with_next: bool

    @property
    def from_points(self) -> float:
        """Return where the interval begins: within the scale, and never beyond the value itself.

        A correction for strict judges may carry a value over the end of the scale.
        """
        s = self.standing
        return max(min(LOWEST, s.adjusted), s.adjusted - SPREAD * s.sd)

    @property
    def to_points(self) -> float:
        s = self.standing
        return min(max(HIGHEST, s.adjusted), s.adjusted + SPREAD * s.sd)


def lines(standings: Sequence[Standing], by: str) -> list[Line]:
    """Return the entries by group, in the order of the raw or of the adjusted value. Pure."""

    def value(s: Standing) -> float:
        return round(s.raw if by == "raw" else s.adjusted, 2)

    ordered = sorted(
        standings,
        key=lambda s: (_group(s), -value(s), s.details.get("position", 0), str(s.entry_id)),
    )
    following = [*ordered[1:], None][: len(ordered)]
    return [
        Line(
            standing=s,
            group=_group(s),
            place=1 + sum(_group(o) == _group(s) and value(o) > value(s) for o in ordered),
            value=value(s),
            tied_with_next=after is not None and _band(after) == _band(s),
        )
        for s, after in zip(ordered, following, strict=True)
    ]


def bands(standings: Sequence[Standing]) -> list[tuple[Standing, ...]]:
    """Return the sets of entries that cannot be separated, by group, best first. Pure."""
    found: dict[tuple[int, int], list[Standing]] = {}
    for standing in sorted(standings, key=lambda s: (_band(s), -s.adjusted, str(s.entry_id))):
        found.setdefault(_band(standing), []).append(standing)
    return [tuple(band) for band in found.values()]


def groups(standings: Sequence[Standing]) -> list[Group]:
    """Return the groups that share no judge, in the order of their numbers. Pure."""
    numbers = sorted({_group(s) for s in standings})
    return [
        Group(
            frozenset(s.entry_id for s in standings if _group(s) == number),
            frozenset(uuid.UUID(c["judge"]) for s in standings if _group(s) == number
                      for c in (*s.details.get("corrections", ()), *s.details.get("given", ()))),
        )
        for number in numbers
    ]  # fmt: skip


def _group(standing: Standing) -> int:
    """Return the number of the group that shares judges, from 1."""
    return int(standing.details.get("component", 0)) + 1


def _band(standing: Standing) -> tuple[int, int]:
    return _group(standing), standing.tie_band
