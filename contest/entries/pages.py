"""What every page that shows entries to the staff asks first: their promise of confidentiality."""

import uuid

from contest.contests.actor import Actor
from contest.contests.models import Contest
from contest.undertakings import queries as undertakings
from contest.undertakings.models import Kind
from contest.web.db import db
from contest.web.requests import now


class PromiseNeeded(Exception):
    """A text must be signed first; answered with its page, which leads back."""

    def __init__(self, text_id: uuid.UUID) -> None:
        super().__init__(f"text {text_id} is not signed")
        self.text_id = text_id


def require_promise(who: Actor, contest: Contest) -> None:
    """Stop with the page of the promise unless staff who do not run the contest have signed it."""
    if who.user is None or who.runs() or not who.is_staff():
        return
    owed = undertakings.unsigned(db.session(), who.user, "contest", contest.id, [Kind.NDA], now())
    if owed:
        raise PromiseNeeded(owed[0].id)
