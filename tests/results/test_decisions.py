import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import State
from contest.events.models import Event
from contest.messages.models import Message
from contest.messages.models import State as MessageState
from contest.ranking.models import Standing
from contest.results.actions import decisions as actions
from contest.results.actions.decisions import Choice
from contest.results.models import Award, Decision, Outcome
from contest.results.queries import decisions as queries
from tests import make
from tests.results.story import choices, decided, story, swapped
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("noon")


def test_the_best_of_a_middle_round_go_on_and_letters_wait(session: Session) -> None:
    told = story(session)
    told.round.advance_count = 2
    actions.propose(session, told.round, choices(session, told.round), by=told.chair, at=make.NOON)

    assert actions.apply(session, told.round, by=told.chair, at=make.NOON) == 3
    assert [e.state for e in told.entries] == [State.ADVANCED, State.ADVANCED, State.NOT_ADVANCED]
    letters = session.scalars(select(Message).order_by(Message.kind)).all()
    assert [(m.kind, m.state) for m in letters] == [
        ("advanced", MessageState.DRAFT),
        ("advanced", MessageState.DRAFT),
        ("not_advanced", MessageState.DRAFT),
    ]


def test_applying_twice_changes_nothing_more(session: Session) -> None:
    told = story(session)
    told.round.advance_count = 2
    actions.propose(session, told.round, choices(session, told.round), by=told.chair, at=make.NOON)
    actions.apply(session, told.round, by=told.chair, at=make.NOON)

    assert actions.apply(session, told.round, by=told.chair, at=make.NOON) == 0
    assert len(session.scalars(select(Message)).all()) == 3


def test_awards_of_the_last_round_are_not_seen_on_the_entries_yet(session: Session) -> None:
    told = story(session)
    decided(session, told)

    assert {e.state for e in told.entries} == {State.ELIGIBLE}
    awards = session.scalars(select(Award).order_by(Award.place)).all()
    assert [(a.entry_id, a.place) for a in awards] == [
        (told.entries[0].id, 1),
        (told.entries[1].id, 2),
    ]
    facts = session.scalars(select(Event.facts).where(Event.subject_type == "entries")).all()
    assert facts == []


def test_a_departure_from_the_order_needs_its_reason(session: Session) -> None:
    told = story(session)
    chosen = [Choice(c.entry_id, c.outcome, c.prize_id) for c in swapped(told)]

    with pytest.raises(DomainError, match="departs from the order"):
        actions.propose(session, told.round, chosen, by=told.chair, at=make.NOON)

    actions.propose(session, told.round, swapped(told), by=told.chair, at=make.NOON)
    departing = session.scalars(select(Decision).where(Decision.departs)).all()
    assert {d.entry_id for d in departing} == {told.entries[1].id, told.entries[2].id}


def test_a_tie_at_the_cut_is_settled_with_a_reason(session: Session) -> None:
    told = story(session, ranks=[1, 2, 2])
    lines = queries.table(session, told.round).lines
    assert [line.tied for line in lines] == [False, True, True]

    with pytest.raises(DomainError, match="ties at the cut"):
        actions.propose(
            session, told.round, choices(session, told.round), by=told.chair, at=make.NOON
        )
    settled = {lines[1].title.replace(" ", "_"): "The chair's vote."}
    actions.propose(
        session, told.round, choices(session, told.round, **settled), by=told.chair, at=make.NOON
    )
    assert queries.table(session, told.round).is_decided()


def test_a_tie_that_the_declared_steps_have_settled_needs_no_reason(session: Session) -> None:
    told = story(session, ranks=[1, 2, 2])
    places = dict(zip((e.id for e in told.entries), (1, 3, 2), strict=True))
    for standing in session.scalars(select(Standing)):
        standing.details = {"position": places[standing.entry_id], "rung": "lot"}
    session.flush()
    lines = queries.table(session, told.round).lines
    assert [line.tied for line in lines] == [False, False, False]
    assert [line.outcome for line in lines] == [Outcome.AWARD, Outcome.AWARD, Outcome.NOT_AWARD]
    assert (lines[1].entry_id, lines[1].settled_by) == (told.entries[2].id, "lot")


def test_a_prize_is_not_given_to_more_than_it_has_places(session: Session) -> None:
    told = story(session, places=1)
    chosen = [Choice(e.id, Outcome.AWARD, told.prize.id, "All good.") for e in told.entries]

    with pytest.raises(DomainError, match="has 1 places and is given to more"):
        actions.propose(session, told.round, chosen, by=told.chair, at=make.NOON)


def test_nothing_is_decided_before_the_judging_is_closed(session: Session) -> None:
    told = story(session)
    told.round.phase = RoundPhase.JUDGING

    with pytest.raises(DomainError, match="First close the judging"):
        actions.propose(
            session, told.round, choices(session, told.round), by=told.chair, at=make.NOON
        )


def test_taking_back_returns_entries_and_drops_the_letters(session: Session) -> None:
    told = story(session)
    told.round.advance_count = 2
    actions.propose(session, told.round, choices(session, told.round), by=told.chair, at=make.NOON)
    actions.apply(session, told.round, by=told.chair, at=make.NOON)

    actions.take_back(session, told.round, reason="Wrong ranking.", by=told.chair, at=make.NOON)

    assert {e.state for e in told.entries} == {State.ELIGIBLE}
    assert set(session.scalars(select(Message.state))) == {MessageState.DROPPED}
    assert not queries.table(session, told.round).is_applied()
    assert set(session.scalars(select(Decision.undone_reason))) == {"Wrong ranking."}


def test_the_table_costs_the_same_for_one_and_three_entries(session: Session) -> None:
    one, three = story(session), story(session)
    one.entries[1].state = one.entries[2].state = State.WITHDRAWN
    session.flush()

    counts = []
    for told in (one, three):
        with counted(session) as statements:
            queries.table(session, told.round)
        counts.append(len(statements))
    assert counts[0] == counts[1]
