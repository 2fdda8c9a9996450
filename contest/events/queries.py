"""Reads the record."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.events.log import FIRST, digest
from contest.events.models import ChainHead, Event


def of(session: Session, subject_id: uuid.UUID, *, limit: int = 200) -> list[Event]:
    """Return what happened to one thing, newest first."""
    return list(
        session.scalars(
            select(Event)
            .where(Event.subject_id == subject_id)
            .order_by(Event.at.desc(), Event.sequence.desc())
            .limit(limit)
        )
    )


# The number that grows with each change that visitors can see, in whatever contest: their pages also
# show other editions, organisations and people, so one contest's number alone would not do.
PUBLIC_VERSION = "SELECT COALESCE(SUM(public), 0) FROM chain_heads"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain does not hold."""

    chain: str
    sequence: int
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What the verification of all chains found."""

    chains: int
    events: int
    faults: tuple[Fault, ...]


def verify(session: Session) -> Verified:
    """Recompute every hash of every chain, and compare each chain's end with its head."""
    faults: list[Fault] = []
    heads = {h.chain: h for h in session.scalars(select(ChainHead))}
    count, chain, prev, sequence = 0, None, FIRST, 0
    ends: dict[str, tuple[int, str]] = {}
    for event in _all(session):
        if event.chain != chain:
            chain, prev, sequence = event.chain, FIRST, 0
        sequence += 1
        count += 1
        if event.sequence != sequence:
            faults.append(Fault(chain, event.sequence, "a number is missing before this one"))
            sequence = event.sequence
        if event.prev != prev:
            faults.append(Fault(chain, event.sequence, "does not follow the event before it"))
        if event.hash != digest(event):
            faults.append(Fault(chain, event.sequence, "was changed after it was written"))
        prev = event.hash
        ends[chain] = (event.sequence, event.hash)
    for name in sorted(heads.keys() | ends.keys()):
        head = heads.get(name)
        if head is None or (head.sequence, head.hash) != ends.get(name, (0, FIRST)):
            faults.append(Fault(name, ends.get(name, (0, FIRST))[0], "is not the chain's end"))
    return Verified(len(heads), count, tuple(faults))


def _all(session: Session) -> Iterator[Event]:
    return iter(
        session.scalars(
            select(Event).order_by(Event.chain, Event.sequence).execution_options(yield_per=1000)
        )
    )


def facts_of(event: Event) -> dict[str, Any]:
    """Return the event's facts in a stable order."""
    return dict(sorted(event.facts.items()))
