"""Tells the features below where teams' entries stand."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.entries.models import Entry
from contest.teams.queries import Standing


def of_teams(session: Session, team_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Standing]:
    """Return team -> its entry and that one's state; teams without are left out. One statement."""
    rows = session.execute(
        select(Entry.team_id, Entry.id, Entry.state).where(Entry.team_id.in_(team_ids))
    )
    return {team_id: Standing(entry_id, state) for team_id, entry_id, state in rows}
