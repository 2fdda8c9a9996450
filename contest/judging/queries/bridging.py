"""Groups of entries that share no judge, and who could join them."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Appointment, Round
from contest.entries.models import Entry
from contest.judging import bridges
from contest.judging.bridges import Group
from contest.judging.models import Assignment
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import plans, reviews


def groups(session: Session, round_: Round) -> list[Group]:
    """Return the groups without a common judge into which the assigned entries fall, the largest first.

    Two statements.
    """
    read: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for entry_id, judge_id in session.execute(
        select(Assignment.entry_id, Assignment.appointment_id).where(
            Assignment.round_id == round_.id,
            Assignment.state.in_(OPEN | DONE),
            Assignment.id.not_in(reviews.aside(session, round_.id)),
        )
    ):
        read[judge_id].add(entry_id)
    found: list[tuple[set[uuid.UUID], set[uuid.UUID]]] = []
    for judge, entries in read.items():
        near = [group for group in found if group[0] & entries]
        joined = (
            entries.union(*(group[0] for group in near)),
            {judge}.union(*(group[1] for group in near)),
        )
        found = [*(group for group in found if group not in near), joined]
    found.sort(key=lambda group: (-len(group[0]), min(map(str, group[0]))))
    return [Group(frozenset(entries), frozenset(judges)) for entries, judges in found]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A judge who could join two groups, and by which entries; `has` says that they have them already."""

    judge: Appointment
    entries: tuple[Entry, ...]
    has: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Two groups by number, and who could join them."""

    groups: tuple[int, int]
    bridges: tuple[Bridge, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What would join groups; `more` pairs of groups are left out."""

    listed: tuple[Gap, ...]
    more: int


def gaps(session: Session, round_: Round, found: Sequence[Group]) -> Gaps | None:
    """Return who of the panel could join the groups, None where there are no two.

    A pair that is assigned and not yet handed in comes first: it only has to be waited for. The
    statements do not grow with the number of entries or judges.
    """
    if len(found) < 2:
        return None
    known = plans.eligibility(session, round_)
    judges, entries = {j.id: j for j in known.judges}, {e.id: e for e in known.entries}
    shown = [Group(g.entries & entries.keys(), g.judges) for g in found]
    work = Counter(i for pair, state in known.states.items() if state in OPEN | DONE for i in pair)

    def waits(judge: uuid.UUID, entry: uuid.UUID) -> bool:
        return known.states.get((judge, entry)) in OPEN and known.may(judges[judge], entries[entry])

    def can(judge: uuid.UUID, entry: uuid.UUID) -> bool:
        is_new = (judge, entry) not in known.states
        return waits(judge, entry) or (is_new and known.may(judges[judge], entries[entry]))

    def named(bridge: bridges.Bridge) -> Bridge:
        has = all(waits(bridge.judge, entry) for entry in bridge.entries)
        return Bridge(judges[bridge.judge], tuple(entries[e] for e in bridge.entries), has)

    under_way = bridges.gaps(shown, judges, waits, work)
    possible = bridges.gaps(shown, judges, can, work)
    listed = tuple(
        Gap(new.groups, tuple(named(bridge) for bridge in old.bridges or new.bridges))
        for old, new in zip(under_way, possible, strict=True)
    )
    return Gaps(listed, len(found) * (len(found) - 1) // 2 - len(listed))
