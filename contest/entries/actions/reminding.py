"""Reminds teams of their deadline while there is still time to meet it."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Contest
from contest.contests.models.contest import LIVE
from contest.entries import queries
from contest.entries.models import Version, can_edit
from contest.entries.queries import Deadline
from contest.messages import outbox
from contest.teams.models import Member

BEFORE = (timedelta(hours=24), timedelta(hours=72))  # the nearest first


def remind(session: Session, *, at: datetime) -> int:
    """Write to every member of a team that has not handed in or not answered, three days and one day before.

    What counts is the team's own deadline. Each step is written once, however often this runs, and
    not to those who were told of that date when the step had already passed. Returns how many
    messages were written.
    """
    open_ones = _unmet(
        session,
        queries.ending(session, Contest.phase.in_(LIVE), at=at, until=at + BEFORE[-1]),
        at,
    )
    people = _people(session, open_ones)
    written = 0
    for deadline in open_ones:
        step = next(s for s in BEFORE if at >= deadline.until - s)
        if deadline.told_at is not None and deadline.told_at >= deadline.until - step:
            continue
        for user in people[deadline.team.id]:
            _write(session, deadline, user, step, at)
            written += 1
    return written


def _write(session: Session, deadline: Deadline, user: User, step: timedelta, at: datetime) -> None:
    contest, team, entry = deadline.round.contest, deadline.team, deadline.entry
    key = f"deadline:{deadline.round.id}:{user.id}:{step}:{deadline.until.isoformat()}"
    if deadline.is_asked() and entry is not None:
        outbox.write(
            session, "answer_reminder", to=user, at=at, contest_id=contest.id, dedupe_key=key,
            team_id=team.id, entry_title=entry.title, contest=contest.title,
            until=deadline.until, zone=contest.zone,
        )  # fmt: skip
        return
    outbox.write(
        session, "deadline_reminder", to=user, at=at, contest_id=contest.id, dedupe_key=key,
        team_id=team.id, team=team.name, contest=contest.title, round=deadline.round.title,
        closes_at=deadline.until, extended=deadline.is_extended(), zone=contest.zone,
    )  # fmt: skip


def _unmet(session: Session, deadlines: Sequence[Deadline], at: datetime) -> list[Deadline]:
    """Return those that still can be met and are not: nothing handed in, or no answer."""
    handed_in = {
        (entry_id, round_id)
        for entry_id, round_id in session.execute(
            select(Version.entry_id, Version.round_id).where(
                Version.round_id.in_({d.round.id for d in deadlines})
            )
        )
    }
    return [
        d
        for d in deadlines
        if can_edit(d.entry, at, d.round, d.leave)
        and (d.is_asked() or d.entry is None or (d.entry.id, d.round.id) not in handed_in)
    ]


def _people(session: Session, deadlines: Sequence[Deadline]) -> dict[uuid.UUID, list[User]]:
    """Return the members of the contests' teams, by team and by name."""
    found: dict[uuid.UUID, list[User]] = defaultdict(list)
    for team_id, user in session.execute(
        select(Member.team_id, User)
        .join(User, User.id == Member.user_id)
        .where(
            Member.contest_id.in_({d.round.contest_id for d in deadlines}),
            Member.left_at.is_(None),
        )
        .order_by(User.name, User.id)
    ):
        found[team_id].append(user)
    return found
