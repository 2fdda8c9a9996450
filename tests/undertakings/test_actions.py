from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.errors import DomainError
from contest.core.words import Words
from contest.events.models import Event
from contest.undertakings import actions, queries
from contest.undertakings.models import Kind
from tests import make

RULES = Words(en="Be fair.", zh="公平竞争。")


def test_publishing_again_takes_the_next_number_and_suspends_what_was_signed(
    session: Session,
) -> None:
    ada, contest = make.user(session), make.contest(session)
    place = (session, "contest", contest.id, Kind.RULES)
    first = actions.publish_text(*place, RULES, about=contest.title, by=ada, at=make.NOON)
    actions.sign(session, first, lang="zh", by=ada, at=make.NOON)
    later = make.NOON + timedelta(hours=1)
    assert queries.signed(session, ada, "contest", contest.id, Kind.RULES, make.NOON)

    second = actions.publish_text(
        *place, Words(en="Be fairer."), about=contest.title, by=ada, at=later
    )

    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    assert queries.unsigned(session, ada, "contest", contest.id, [Kind.RULES], later) == [second]
    assert [e.verb for e in session.scalars(select(Event).order_by(Event.sequence))] == [
        "undertaking.published",
        "undertaking.signed",
        "undertaking.published",
    ]


def test_the_same_words_are_not_published_twice(session: Session) -> None:
    ada, contest = make.user(session), make.contest(session)
    place = (session, "contest", contest.id, Kind.IP)
    actions.publish_text(*place, RULES, about=contest.title, by=ada, at=make.NOON)

    with pytest.raises(DomainError, match="word for word number 1"):
        actions.publish_text(*place, RULES, about=contest.title, by=ada, at=make.NOON)


def test_signing_twice_is_signing_once(session: Session) -> None:
    ada, text = make.user(session), make.undertaking(session, make.contest(session))

    first = actions.sign(session, text, lang="en", by=ada, at=make.NOON)
    again = actions.sign(session, text, lang="en", by=ada, at=make.NOON + timedelta(days=1))

    assert (again, again.signed_at) == (first, make.NOON)
    assert [e.verb for e in session.scalars(select(Event))] == ["undertaking.signed"]


def test_a_replaced_text_a_future_text_and_an_unknown_language_cannot_be_signed(
    session: Session,
) -> None:
    ada, contest = make.user(session), make.contest(session)
    place = (session, "contest", contest.id, Kind.NDA)
    old = actions.publish_text(*place, RULES, about=contest.title, by=ada, at=make.NOON)
    new = actions.publish_text(
        *place,
        Words(en="Be silent."),
        about=contest.title,
        by=ada,
        at=make.NOON,
        effective_at=make.NOON + make.DAY,
    )

    with pytest.raises(DomainError, match="not in force yet"):
        actions.sign(session, new, lang="en", by=ada, at=make.NOON)
    with pytest.raises(DomainError, match="no text in this language"):
        actions.sign(session, old, lang="de", by=ada, at=make.NOON)
    with pytest.raises(DomainError, match="Number 2 has replaced"):
        actions.sign(session, old, lang="en", by=ada, at=make.NOON + make.DAY)


def test_where_there_is_no_text_nothing_is_owed(session: Session) -> None:
    ada, contest = make.user(session), make.contest(session)

    assert queries.unsigned(session, ada, "contest", contest.id, list(Kind), make.NOON) == []
    assert queries.signed(session, ada, "contest", contest.id, Kind.NDA, make.NOON)
