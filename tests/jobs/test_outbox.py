from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from contest.jobs import engine, registry
from contest.jobs.outbox import enqueue
from tests import make
from tests.jobs import run_promised

pytestmark = pytest.mark.database


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Register a kind of work that notes what it was given."""
    noted: list[str] = []
    monkeypatch.setitem(
        registry.HANDLERS, "tests.note", [registry.Handler(lambda *, word: noted.append(word))]
    )
    return noted


@pytest.mark.usefixtures("noon")
def test_promised_work_is_done_in_order_and_once(session: Session, done: list[str]) -> None:
    for word in ("first", "second", "third"):
        enqueue(session, "tests.note", at=make.NOON, word=word)

    assert run_promised(session) == 3
    assert done == ["first", "second", "third"]
    assert run_promised(session) == 0


@pytest.mark.usefixtures("noon")
def test_work_for_later_waits_for_its_time(session: Session, done: list[str]) -> None:
    enqueue(session, "tests.note", at=make.NOON + timedelta(hours=1), word="later")

    assert run_promised(session) == 0
    assert run_promised(session, at=make.NOON + timedelta(hours=1)) == 1
    assert done == ["later"]


def test_a_rollback_removes_the_promise(session: Session) -> None:
    with session.begin_nested() as part:
        enqueue(session, "tests.note", at=make.NOON, word="never")
        assert [p.kind for p in engine.promised(session.connection())] == ["tests.note"]
        part.rollback()

    assert engine.promised(session.connection()) == []
