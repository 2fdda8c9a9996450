"""Which entry a judge should see next, and what the votes say so far."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from contest.contests.models import Round
from contest.judging.actions import comparing as actions
from contest.judging.models import Visit
from contest.judging.queries import comparing as queries
from contest.judging.queries.comparing import Hall, Vote

if TYPE_CHECKING:
    from contest.ranking.pairwise import Belief, Ints, Standing

ROOMS = 8
"""So many beliefs are kept in a process, the newest each of so many rooms: 500 entries take 3 MB."""

Room = tuple[tuple[uuid.UUID, ...], tuple[uuid.UUID, ...]]  # who is compared, and who compares
Row = tuple[int, int, int, float]  # left, right, judge, part that left won


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was believed last of a room, and the votes that say so."""

    votes: list[Row]
    belief: "Belief"


class Beliefs:
    """What was believed last of each room, in this process.

    It is the answer while all votes are the same, and after another vote it is where the search
    begins, which ends in the same place. It is found by what was read: it can never be too old.
    """

    def __init__(self) -> None:
        self.rooms: OrderedDict[Room, _Kept] = OrderedDict()
        self._turn = threading.Lock()

    def of(
        self, votes: Sequence[Vote], entries: Sequence[uuid.UUID], judges: Sequence[uuid.UUID]
    ) -> "Belief":
        """Return what the votes say. Votes on entries that are not in the list are left out."""
        import numpy as np  # noqa: PLC0415 -- slow import

        from contest.ranking import pairwise  # noqa: PLC0415 -- slow import

        place = {entry: i for i, entry in enumerate(entries)}
        seat = {judge: j for j, judge in enumerate(judges)}
        rows = ((place.get(v.left), place.get(v.right), seat[v.judge], v.won) for v in votes)
        known = [
            (left, right, judge, won)
            for left, right, judge, won in rows
            if left is not None and right is not None
        ]
        room = (tuple(entries), tuple(judges))
        with self._turn:
            last = self.rooms.get(room)
        if last is not None and last.votes == known:
            return last.belief
        start = None if last is None else last.belief
        left, right, judge, won = np.array(known, dtype=np.float64).reshape(-1, 4).T
        found = pairwise.fit(left, right, judge, won, len(entries), len(judges), start=start)
        with self._turn:
            self.rooms[room] = _Kept(known, found)
            self.rooms.move_to_end(room)
            while len(self.rooms) > ROOMS:
                self.rooms.popitem(last=False)
        return found


belief = Beliefs().of


def order(known: "Belief", top: int) -> "list[Standing]":
    """Return the order that the votes give, with its doubt."""
    from contest.ranking import pairwise  # noqa: PLC0415 -- slow import

    return pairwise.standings(known, top=top, seed=1)


def send_on(session: Session, round_: Round, visit: Visit, *, at: datetime) -> None:
    """Send the judge to the entry that teaches most, into the queue, or nowhere when all is seen."""
    session.flush()
    hall = queries.hall(session, round_, at)
    entry, left = next_for(hall, visit)
    if entry is not None or left:
        actions.send(session, visit, entry, at=at)
    else:
        visit.waiting_since = None


def next_for(hall: Hall, visit: Visit) -> tuple[uuid.UUID | None, bool]:
    """Return the entry to see next, and whether there is any left that this judge may see.

    Whoever waits for longer chooses first: what they would take is not offered to others.
    """
    entries = [e.id for e in hall.entries]
    judges = sorted(
        {v.appointment_id for v in hall.visits} | {v.judge for v in hall.votes}, key=str
    )
    known = belief(hall.votes, entries, judges)
    views = known.seen.copy()
    taken = hall.taken(visit.appointment_id)
    for entry in taken:
        if entry in entries:
            views[entries.index(entry)] += 1
    for other in hall.ahead(visit):
        choice = _choice(hall, other, entries, judges, known, views, taken)
        if choice is not None:
            taken.add(choice)
    left = any((visit.appointment_id, entry) not in hall.closed for entry in entries)
    return _choice(hall, visit, entries, judges, known, views, taken), left


def _choice(
    hall: Hall,
    visit: Visit,
    entries: list[uuid.UUID],
    judges: list[uuid.UUID],
    known: "Belief",
    views: "Ints",
    taken: set[uuid.UUID],
) -> uuid.UUID | None:
    import numpy as np  # noqa: PLC0415 -- slow import

    from contest.ranking import pairwise  # noqa: PLC0415 -- slow import

    free = [e not in taken and (visit.appointment_id, e) not in hall.closed for e in entries]
    at = entries.index(visit.current_id) if visit.current_id in entries else None
    draw = np.random.default_rng([visit.appointment_id.int % 2**32, len(hall.votes)])
    found = pairwise.next_entry(known, at, judges.index(visit.appointment_id), free, views, draw)
    return None if found is None else entries[found]
