"""Reminds teams of a deadline while there is still time to meet it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.models import Contest, Round, RoundPhase
from contest.contests.models.contest import LIVE
from contest.entries.models import Entry, Version
from contest.messages import outbox
from contest.teams.models import Member, Team

BEFORE = (timedelta(hours=24), timedelta(hours=72))  # the nearest first


def remind(session: Session, *, at: datetime) -> int:
    """Write to every member of a team that has handed in nothing, three days and one day before.

    Each step is written once, however often this runs. Returns how many messages were written.
    """
    written = 0
    for round_ in session.scalars(
        select(Round)
        .join(Contest, Contest.id == Round.contest_id)
        .where(
            Contest.phase.in_(LIVE),
            Round.phase == RoundPhase.COLLECTING,
            Round.closes_at > at,
            Round.closes_at <= at + BEFORE[-1],
        )
        .options(joinedload(Round.contest))
    ):
        assert round_.closes_at is not None  # noqa: S101 -- the statement says so
        step = next(s for s in BEFORE if at >= round_.closes_at - s)
        for team, user in _waiting(session, round_):
            outbox.write(
                session, "deadline_reminder", to=user, at=at, contest_id=round_.contest_id,
                dedupe_key=f"deadline:{round_.id}:{user.id}:{step}", team_id=team.id,
                team=team.name, contest=round_.contest.title, round=round_.title,
                closes_at=round_.closes_at, zone=round_.contest.zone,
            )  # fmt: skip
            written += 1
    return written


def _waiting(session: Session, round_: Round) -> list[tuple[Team, User]]:
    """Return the members of teams without a version in the round."""
    handed_in = (
        select(Version.id)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.team_id == Team.id, Version.round_id == round_.id)
        .exists()
    )
    rows = session.execute(
        select(Team, User)
        .join(Member, Member.team_id == Team.id)
        .join(User, User.id == Member.user_id)
        .where(
            Team.contest_id == round_.contest_id,
            Team.dissolved_at.is_(None),
            Member.left_at.is_(None),
            ~handed_in,
        )
        .order_by(Team.name, User.name)
    )
    return [(team, user) for team, user in rows]
