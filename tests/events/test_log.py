import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contest.events import queries
from contest.events.log import SITE, Verb, record
from contest.events.models import Event
from tests import make
from tests.events.chain import in_chain


def test_a_chain_of_events_verifies_and_a_changed_one_is_named(session: Session) -> None:
    ada = make.user(session)
    for _ in range(3):
        record(session, Verb.USER_CREATED, ada, by=ada.id, at=make.NOON)
    assert queries.verify(session).faults == ()
    assert [e.sequence for e in in_chain(session, SITE)] == [3, 2, 1]

    event = in_chain(session, SITE)[1]
    event.facts = {"forged": True}
    with session.no_autoflush:
        faults = queries.verify(session).faults
    assert [(f.sequence, f.what) for f in faults] == [(2, "was changed after it was written")]
    session.expire(event)


COPY = ", ".join(
    f"1 + {c.name}" if c.name == "sequence" else "'x'" if c.name == "verb" else c.name
    for c in Event.__table__.columns
)
EVERYWHERE = ("UPDATE events SET verb = 'x'", "DELETE FROM events",
              "UPDATE events SET id = id", "DELETE FROM events WHERE sequence = 1")  # fmt: skip
AROUND = {
    "sqlite": ("REPLACE INTO events SELECT * FROM events",
               f"INSERT OR REPLACE INTO events SELECT {COPY} FROM events",
               "INSERT INTO events SELECT * FROM events WHERE 1 ON CONFLICT (id) DO UPDATE SET at = 0"),
    "postgresql": ("TRUNCATE events", "TRUNCATE events CASCADE",
                   "INSERT INTO events SELECT * FROM events ON CONFLICT (id) DO UPDATE SET verb = 'x'"),
}  # fmt: skip


def test_l2_the_database_itself_refuses_to_change_the_record(session: Session) -> None:
    ada = make.user(session)
    record(session, Verb.USER_CREATED, ada, by=ada.id, at=make.NOON)
    for statement in (*EVERYWHERE, *AROUND[session.get_bind().dialect.name]):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))
    assert queries.verify(session).faults == ()
