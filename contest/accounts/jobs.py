"""Answers to whoever asks for a mail about an address: found out here, so that asking tells nothing."""

import json
import uuid
from datetime import datetime
from typing import Any

from contest.accounts import actions, factors, queries
from contest.accounts.actions import addresses
from contest.core import clock
from contest.jobs.registry import every, job
from contest.web import keys
from contest.web.db import db


@job("accounts.sign_up")
def sign_up(asked: str, number: str) -> None:
    """Mail a link that opens a new account, or one that says there is one."""
    actions.sign_up(db.session(), **_opened(asked), number=number, at=clock.now())


@job("accounts.mail_link")
def mail_link(asked: str, number: str) -> None:
    """Mail a link that signs in, if somebody has this address."""
    actions.send_link(db.session(), **_opened(asked), number=number, at=clock.now())


@job("accounts.reset")
def reset(asked: str, number: str) -> None:
    """Mail a link to a new password, if somebody has this address."""
    actions.send_reset(db.session(), **_opened(asked), number=number, at=clock.now())


@job("accounts.new_address")
def new_address(asked: str, number: str) -> None:
    """Mail a link to an address that an account is to go by."""
    wanted = _opened(asked)
    user = queries.by_id(db.session(), uuid.UUID(wanted["user_id"]))
    if user is not None:
        addresses.send_link(
            db.session(), user, email=wanted["email"], asked=asked, number=number, at=clock.now()
        )


@every("accounts.forget_refusals", minutes=60)
def forget_refusals(at: datetime) -> None:
    """Keep no longer than said who was refused what."""
    actions.forget_refusals(db.session(), at=at)


def _opened(asked: str) -> dict[str, Any]:
    """Return what was asked for: sealed, so that no address stands in the queue in the clear."""
    text = factors.opened(asked, keys.secrets(), factors.ASKED)
    return dict(json.loads(text)) if text is not None else {}
