"""Reads rankings. Each query loads all that its reader touches."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from contest.accounts.models import User
from contest.contests.models import Appointment
from contest.entries.models import Entry
from contest.judging.models import Assignment, Scorecard
from contest.ranking.models import Ranking, Standing

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


@dataclass(frozen=True, slots=True)
class Severity:
    """How many points a judge gives above (+) or below (-) the panel."""

    name: str
    reviews: int
    effect: float
    sd: float
    outfit: float | None
    stands_out: tuple[str, ...]

    @property
    def margin(self) -> float:
        """How far the effect may be off, with a probability of nine in ten."""
        return SPREAD * self.sd


def severities(session: Session, ranking: Ranking) -> list[Severity]:
    """Return one line per judge of the ranking, the strictest first. One statement."""
    names = names_of(session, [uuid.UUID(j["judge"]) for j in ranking.components["judges"]])
    found = [
        Severity(
            names.get(j["judge"], "–"), j["reviews"], j["effect"], j["sd"], j["outfit"],
            tuple(j["flags"]),
        )
        for j in ranking.components["judges"]
    ]  # fmt: skip
    return sorted(found, key=lambda s: (s.effect, s.name))


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

    ordered = sorted(standings, key=lambda s: (-round(value(s), 2), str(s.entry_id)))
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
