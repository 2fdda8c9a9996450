"""What a proposed assignment brings, as the chair reads it before applying it."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests import queries as contests
from contest.contests.models import Appointment, Mode, Round
from contest.core.words import Words
from contest.entries.models import Entry
from contest.judging.models import Assignment
from contest.judging.models.assignment import OPEN
from contest.judging.queries.matrix import NO_TRACK, Matrix

CELLS = 3000  # more make no table that anybody reads
NINE_IN_TEN = 1.645  # standard deviations to each side that hold 90 %
SPREAD = (
    18.5  # points of 100 between entries, one standard deviation: six hold a scale of ten levels
)


@dataclass(frozen=True, slots=True)
class Missing:
    """An entry that the plan could not fill, and why."""

    entry: Entry
    missing: int
    eligible: int
    conflicts: int
    off_track: int
    unread: int  # judges who do not read its language
    full: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """Entries that compete for the same judges; `tracks` with the number of these entries in each.

    `languages` likewise, of those that said one.
    """

    missing: int
    entries: int
    judges: tuple[str, ...]
    tracks: tuple[tuple[Words | None, int], ...]
    languages: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One review of the plan and why this judge gives it."""

    judge: str
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two tracks and the judges they share."""

    tracks: tuple[Words | None, Words | None]
    judges: int
    strong: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A proposal in the words of the contest."""

    unfilled: list[Missing]
    shortages: list[Shortage]
    underused: list[tuple[Appointment, int, int]]  # judge, short of, may see
    worst: Entry | None
    links: list[Link]
    apart: list[list[Words | None]]
    titles: Mapping[uuid.UUID, Words]  # of the tracks
    given: list[tuple[Entry, list[Review]]]
    loads: list[tuple[int, int]]  # entries per judge, judges
    doubt: "Doubt | None"  # where judges give points


@dataclass(frozen=True, slots=True)
class Doubt:
    """How far the difference of two entries may be off, in points of 100, as expected before judging.

    `sd` is one standard deviation, `margin` holds nine in ten.
    """

    sd: float
    margin: float


def preview(session: Session, round_: Round, table: Matrix, report: Mapping[str, Any]) -> Preview:
    """Return what the stored report says, with names. One statement."""
    entries = {str(e.id): e for e in table.entries}
    judges = {str(c.appointment.id): c.appointment for c in table.judges}
    names: dict[str, Words | None] = {
        str(t.id): t.title for t in contests.tracks(session, round_.contest_id)
    }
    reviews: dict[str, list[Review]] = defaultdict(list)
    for (entry_id, judge_id), why in zip(report["pairs"], report["why"], strict=True):
        if judge_id in judges:
            reviews[entry_id].append(Review(judges[judge_id].user.name, why))
    worst = report["worst"]
    return Preview(
        unfilled=[_missing(table, entries[u["entry"]], u) for u in report["unfilled"]
                  if u["entry"] in entries],
        shortages=[
            Shortage(
                missing=s["missing"],
                entries=len(s["entries"]),
                judges=tuple(judges[j].user.name for j in s["judges"] if j in judges),
                tracks=_tracks([entries[e] for e in s["entries"] if e in entries], names),
                languages=_languages([entries[e] for e in s["entries"] if e in entries]),
            )
            for s in report["shortages"]
        ],
        underused=[(judges[u["judge"]], u["short"], u["eligible"]) for u in report["underused"]
                   if u["judge"] in judges],
        worst=entries.get(worst["entry"]) if worst else None,
        links=[
            Link((names.get(one), names.get(two)), link["judges"], link["strong"])
            for link in report["links"]
            for one, two in [link["tracks"]]
        ],
        apart=[[names.get(t) for t in group] for group in report["apart"]],
        titles={uuid.UUID(t): title for t, title in names.items() if title is not None},
        given=[(e, reviews[str(e.id)]) for e in table.entries],
        loads=sorted(Counter(c.then for c in table.judges).items()),
        doubt=_doubt(report["precision"]) if round_.mode is Mode.RUBRIC else None,
    )  # fmt: skip


def _doubt(precision: Mapping[str, float] | None) -> Doubt | None:
    if precision is None:
        return None
    sd = SPREAD * precision["typical"]
    return Doubt(sd, NINE_IN_TEN * sd)


def _missing(table: Matrix, entry: Entry, said: Mapping[str, Any]) -> Missing:
    marks = Counter(table.cell(entry, column).mark for column in table.judges)
    return Missing(entry, said["missing"], said["eligible"], marks["conflict"], marks["track"],
                   marks["language"], said["full"])  # fmt: skip


def _tracks(
    entries: list[Entry], names: Mapping[str, Words | None]
) -> tuple[tuple[Words | None, int], ...]:
    counts = Counter(str(e.team.track_id or NO_TRACK) for e in entries)
    return tuple((names.get(track), count) for track, count in counts.most_common())


def _languages(entries: list[Entry]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(e.lang for e in entries if e.lang).most_common())


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who judges no more and still has open entries."""

    name: str
    entries: int


def left(session: Session, round_id: uuid.UUID) -> list[Left]:
    """Return who left the panel with work undone in the round. One statement."""
    rows = session.scalars(
        select(User.name)
        .join(Appointment, Appointment.user_id == User.id)
        .join(Assignment, Assignment.appointment_id == Appointment.id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state.in_(OPEN),
            Appointment.ended_at.is_not(None),
        )
    )
    return [Left(name, count) for name, count in sorted(Counter(rows).items())]
