"""What stands in one chain of the record."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.events.models import Event


def in_chain(session: Session, chain: str) -> list[Event]:
    """Return a chain's events, newest first."""
    newest = Event.sequence.desc()
    return list(session.scalars(select(Event).where(Event.chain == chain).order_by(newest)))
