"""Tells the features below where teams' entries stand, and until when they are written."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.entries import queries
from contest.entries.models import Entry
from contest.teams.models import Team
from contest.teams.queries import Standing


def of_teams(session: Session, team_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Standing]:
    """Return team -> its entry and that one's state; teams without are left out. One statement."""
    rows = session.execute(
        select(Entry.team_id, Entry.id, Entry.state).where(Entry.team_id.in_(team_ids))
    )
    return {team_id: Standing(entry_id, state) for team_id, entry_id, state in rows}


def deadline_of(session: Session, team_id: uuid.UUID, at: datetime) -> datetime | None:
    """Return until when the team writes; None if it cannot any more. Two statements."""
    return next((d.until for d in queries.deadlines(session, Team.id == team_id, at=at)), None)
