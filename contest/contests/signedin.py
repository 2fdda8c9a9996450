"""The actor of the running request: who is signed in, and as what in this contest."""

from flask import g
from sqlalchemy import select

from contest.accounts.signin import visitor
from contest.contests.actor import Actor
from contest.contests.models import Answer, Appointment, Contest
from contest.web import navigation
from contest.web.db import db


def actor(contest: Contest) -> Actor:
    """Return the request's actor in `contest`; one statement, once per request.

    Also tells the layout that this request is in the contest's workspace.
    """
    known: Actor | None = g.get("actor")
    if known is None or known.contest_id != contest.id:
        user = visitor()
        roles = (
            frozenset(
                db.session.scalars(
                    select(Appointment.role).where(
                        Appointment.contest_id == contest.id,
                        Appointment.user_id == user.id,
                        Appointment.answer == Answer.ACCEPTED,
                        Appointment.ended_at.is_(None),
                    )
                )
            )
            if user is not None
            else frozenset()
        )
        known = g.actor = Actor(user, contest.id, roles)
    navigation.enter(contest.slug, contest.title, known)
    return known
