"""Reminders before a deadline."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.entries.actions import reminding
from contest.messages.models import Message
from tests import make


def test_teams_without_a_version_are_reminded_three_days_and_one_day_before_and_once_each(
    session: Session,
) -> None:
    ada, done = make.user(session), make.user(session, name="Done")
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=make.NOON + timedelta(days=4))
    make.team(session, ada, contest=contest)
    make.version(session, make.entry(session, done, contest=contest), make.form(session, round_))

    told = [
        reminding.remind(session, at=make.NOON + timedelta(hours=hours))
        for hours in (0, 25, 26, 73, 97)
    ]

    assert told == [0, 1, 1, 1, 0]
    messages = session.scalars(select(Message).where(Message.kind == "deadline_reminder")).all()
    assert [m.recipient_id for m in messages] == [ada.id, ada.id]
