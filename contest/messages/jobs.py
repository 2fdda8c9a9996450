"""Sends what was written: frozen, then posted, then noted, each of them done once where it can be."""

import uuid

from flask import current_app

from contest.core import clock
from contest.jobs.registry import failed, job
from contest.messages import actions, queries
from contest.messages.models import Message
from contest.messages.post import post
from contest.messages.rendering import mail, render
from contest.web.db import db


@job("messages.send")
def freeze(message_id: str) -> None:
    """Make the text and keep it."""
    if message := _going(message_id):
        letter = render(message)
        actions.freeze(db.session(), message, letter.subject, letter.body, letter.links)


@job("messages.send", writes=False)
def send(message_id: str) -> None:
    """Hand it to the mail server. Should this be repeated, it is the same mail by its number."""
    if message := _going(message_id):
        given = current_app.config
        letter = mail(message, at=clock.now())
        post(given["MAIL_URL"], letter, plain_hosts=given["PLAIN_HOSTS"])


@job("messages.send")
def note(message_id: str) -> None:
    """Note that it is sent."""
    if message := _going(message_id):
        actions.arrived(db.session(), message, at=clock.now())


@failed("messages.send")
def keep_error(*, error: str, final: bool, message_id: str) -> None:  # noqa: ARG001 -- shown either way
    """Show in the outbox why it did not get out; it is tried again."""
    if message := _going(message_id):
        actions.failed(db.session(), message, error=error)


def _going(message_id: str) -> Message | None:
    message = queries.message(db.session(), uuid.UUID(message_id))
    return message if message is not None and message.can_go() else None
