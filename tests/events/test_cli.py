"""The record is proved from the shell."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from contest.events.log import Verb, record
from tests import make


def _forge(session: Session) -> None:
    """Change a line behind the back of the triggers, as somebody with the database's password could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE events DISABLE TRIGGER events_append_only"))
    else:
        session.execute(text("DROP TRIGGER events_no_update"))
    session.execute(text("UPDATE events SET verb = 'user.changed' WHERE sequence = 2"))


def test_a_whole_record_is_said_to_hold(app: Flask, session: Session) -> None:
    ada = make.user(session)
    for _ in range(3):
        record(session, Verb.USER_CREATED, ada, by=ada.id, at=make.NOON)

    result = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert (result.exit_code, result.output) == (0, "3 events in 1 chains, every hash holds.\n")


def test_a_forged_line_is_named_and_the_command_fails(app: Flask, session: Session) -> None:
    ada = make.user(session)
    for _ in range(3):
        record(session, Verb.USER_CREATED, ada, by=ada.id, at=make.NOON)
    _forge(session)

    result = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 1
    assert "site 2: was changed after it was written" in result.output
