"""The actor of the running request: who is signed in, and as what in this contest."""

from collections.abc import Collection

from flask import g, request
from sqlalchemy import bindparam, select

from contest.accounts.models import User
from contest.accounts.signin import FactorNeeded, is_strong, visitor
from contest.contests.actor import Actor
from contest.contests.models import Appointment, Contest, Role, in_office
from contest.web import navigation
from contest.web.access import is_public
from contest.web.db import db

# Made once: nearly every request asks.
ROLES = select(Appointment.role).where(
    Appointment.contest_id == bindparam("contest_id"),
    Appointment.user_id == bindparam("user_id"),
    in_office(),
)


def actor(contest: Contest) -> Actor:
    """Return the request's actor in `contest`; one statement, once per request.

    Also tells the layout that this request is in the contest's workspace, which somebody whose role
    asks for a second factor enters with one only.
    """
    known: Actor | None = g.get("actor")
    if known is None or known.contest_id != contest.id:
        user = visitor()
        roles = (
            frozenset(db.session.scalars(ROLES, {"contest_id": contest.id, "user_id": user.id}))
            if user is not None
            else frozenset()
        )
        known = g.actor = Actor(user, contest.id, roles)
        if user is not None and not is_public(request.endpoint):
            require_factor(contest, user, roles | ({Role.ORGANISER} if user.is_admin else set()))
    navigation.enter(contest.slug, contest.title, known)
    return known


def require_factor(contest: Contest, user: User, roles: Collection[Role]) -> None:
    """Lead whoever lacks the second factor that the contest asks of these roles to setting one up."""
    if not (user.has_factor() or is_strong()) and contest.asks_for_factor(roles):
        raise FactorNeeded
