"""Promises, computes and stores rankings. The same scores give the same stored numbers."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.ranking import queries
from contest.ranking.models import Ranking, Standing


@dataclass(frozen=True, slots=True)
class Computed:
    """What the model of record says, by the ids of entries and judges."""

    method: str
    parameters: Mapping[str, Any]
    input_sha256: str
    code_version: str
    seed: int
    adjusted_is_official: bool
    notes: Sequence[Mapping[str, Any]]
    components: Mapping[str, Any]
    standings: Sequence[Mapping[str, Any]]


def ask(session: Session, round_: Round, *, by: User | None, at: datetime) -> None:
    """Promise a ranking of the round's scores as they stand when the work is done."""
    enqueue(
        session,
        "ranking.compute",
        at=at,
        round_id=str(round_.id),
        **({"by_id": str(by.id)} if by else {}),
    )


def keep(
    session: Session, round_: Round, computed: Computed, *, by: uuid.UUID | None, at: datetime
) -> Ranking:
    """Store a ranking; the same input by the same method and code is already there and is returned."""
    newest = queries.newest(session, round_.id)
    if newest is not None and (newest.input_sha256, newest.method, newest.code_version) == (
        computed.input_sha256,
        computed.method,
        computed.code_version,
    ):
        newest.computed_at = at
        return newest
    ranking = Ranking(
        round_id=round_.id,
        method=computed.method,
        parameters=dict(computed.parameters),
        input_sha256=computed.input_sha256,
        code_version=computed.code_version,
        seed=computed.seed,
        computed_at=at,
        adjusted_is_official=computed.adjusted_is_official,
        notes=[dict(note) for note in computed.notes],
        components=dict(computed.components),
        standings=[Standing(**standing) for standing in computed.standings],
    )
    session.add(ranking)
    record(session, Verb.RANKING_COMPUTED, ranking, by=by, at=at, contest_id=round_.contest_id,
           method=computed.method, input=computed.input_sha256,
           entries=len(computed.standings))  # fmt: skip
    return ranking
