import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.actor import Actor
from contest.contests.models import Role, RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import Attachment, State
from contest.judging.models import AssignmentState
from contest.messages.models import Message
from contest.results import snapshot
from contest.results.actions import decisions, sets
from contest.results.models import Award, Certificate, OfficerSignature, ResultSet, ResultState
from contest.results.queries import readiness, shown
from contest.results.queries import sets as queries
from contest.vault.models import DocumentView
from tests import make
from tests.jobs import run_promised
from tests.results.story import decided, published, signed, story, swapped

pytestmark = pytest.mark.usefixtures("noon")
HOUR = timedelta(hours=1)


def test_a_result_is_certified_by_two_different_people(session: Session) -> None:
    told = story(session)
    decided(session, told)
    made = sets.compute(session, told.contest, by=told.chair, at=make.NOON)
    code = made.sha256[:8]

    sets.sign(session, made, code=code.upper(), role=Role.CHAIR, by=told.chair, at=make.NOON)
    assert made.state is ResultState.COMPUTED
    with pytest.raises(DomainError, match="another person's"):
        sets.sign(session, made, code=code, role=Role.ORGANISER, by=told.chair, at=make.NOON)
    sets.sign(session, made, code=code, role=Role.SPONSOR, by=told.officer, at=make.NOON)

    assert (made.state, made.certified_at) == (ResultState.CERTIFIED, make.NOON)
    assert told.round.phase is RoundPhase.CERTIFIED
    assert set(session.scalars(select(OfficerSignature.sha256))) == {made.sha256}


def test_a_wrong_code_signs_nothing(session: Session) -> None:
    told = story(session)
    decided(session, told)
    made = sets.compute(session, told.contest, by=told.chair, at=make.NOON)

    with pytest.raises(DomainError, match="not how the code") as refused:
        sets.sign(session, made, code="00000000", role=Role.CHAIR, by=told.chair, at=make.NOON)
    assert refused.value.field == "code"
    assert made.signatures == []


def test_a_result_that_no_longer_says_what_is_decided_cannot_be_signed(session: Session) -> None:
    told = story(session)
    decided(session, told)
    made = sets.compute(session, told.contest, by=told.chair, at=make.NOON)
    told.entries[0].title = "Another title"
    session.flush()

    with pytest.raises(DomainError, match="has changed since"):
        sets.sign(session, made, code=made.sha256[:8], role=Role.CHAIR, by=told.chair, at=make.NOON)


def test_blockers_name_what_is_missing_and_lead_to_its_cure(session: Session) -> None:
    told = story(session)
    judge = make.appointment(session, told.contest, make.user(session))
    make.assignment(session, told.round, judge, told.entries[0], state=AssignmentState.OPENED)

    found = readiness.blockers(session, told.contest)

    assert [(b.place, dict(b.facts)) for b in found] == [
        ("judging.close", {"number": 1, "count": 1}),
        ("results.decide", {"number": 1, "count": 3}),
    ]
    assert all(b.where == {"round_id": told.round.id} for b in found)


def test_a_winner_whose_deck_no_judge_opened_is_a_blocker(session: Session) -> None:
    told = story(session)
    decided(session, told)
    form = make.form(session, told.round)
    version = make.version(session, told.entries[0], form)
    deck = make.file(session)
    make.added(
        session,
        Attachment(version_id=version.id, question_id=form.questions[1].id, file_id=deck.id),
    )
    assert [b.place for b in readiness.blockers(session, told.contest)] == ["vault.ledger"]

    make.added(
        session,
        DocumentView(
            user_id=told.chair.id, file_id=deck.id, version_id=version.id, capacity="judge",
            at=make.NOON,
        ),
    )  # fmt: skip
    assert readiness.blockers(session, told.contest) == []


def test_nothing_is_computed_while_something_stands_in_the_way(session: Session) -> None:
    told = story(session)
    with pytest.raises(DomainError, match="stands in the way"):
        sets.compute(session, told.contest, by=told.chair, at=make.NOON)


def test_the_result_appears_at_its_instant_and_not_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = story(session)
    made = signed(session, told)
    anybody = Actor(None, told.contest.id)
    sets.embargo(session, made, publish_at=make.NOON + HOUR, by=told.chair, at=make.NOON)

    for who in (anybody, Actor(told.leads[0]), Actor(told.chair, roles=frozenset({Role.CHAIR}))):
        assert shown.results_for(session, told.contest.id, who) is None
    run_promised(session)
    assert made.state is ResultState.EMBARGOED
    assert session.scalars(select(Message)).all() == []

    monkeypatch.setattr("contest.core.clock.now", lambda: make.NOON + HOUR)
    run_promised(session, at=make.NOON + HOUR)

    found = shown.results_for(session, told.contest.id, anybody)
    assert found is not None
    assert [(w.title, w.place) for w in found.winners] == [("Reed filter", 1), ("冷链溯源", 2)]
    assert made.published_at == make.NOON + HOUR


def test_publishing_moves_rounds_and_entries_and_tells_every_team(session: Session) -> None:
    told = story(session)
    published(session, told)

    assert told.round.phase is RoundPhase.PUBLISHED
    assert [e.state for e in told.entries] == [State.AWARDED, State.AWARDED, State.NOT_AWARDED]
    letters = session.scalars(select(Message)).all()
    assert {(m.kind, m.recipient_id, m.facts["won"]) for m in letters} == {
        ("result_published", lead.id, won)
        for lead, won in zip(told.leads, (True, True, False), strict=True)
    }


def test_publishing_twice_changes_nothing_more(session: Session) -> None:
    told = story(session)
    made = published(session, told)

    assert not sets.publish(session, made, by=None, at=make.NOON + HOUR)
    assert made.published_at == make.NOON
    assert len(session.scalars(select(Message)).all()) == 3


def test_the_text_recomputes_to_the_signed_hash(session: Session) -> None:
    made = published(session, story(session))
    assert snapshot.digest(made.salt, made.body) == made.sha256
    assert queries.text(made)["counts"]["judged"] == 3


def test_the_history_shows_the_hash_before_and_the_salt_after(session: Session) -> None:
    told = story(session)
    made = signed(session, told)
    (before,) = shown.history(session, told.contest.id)
    assert (before.sha256, before.salt) == (made.sha256, "")

    sets.embargo(session, made, publish_at=make.NOON, by=told.chair, at=make.NOON)
    sets.publish(session, made, by=told.chair, at=make.NOON)
    (after,) = shown.history(session, told.contest.id)
    assert (after.sha256, after.salt) == (made.sha256, made.salt)


def test_a_correction_supersedes_with_a_reason(session: Session) -> None:
    told = story(session)
    first = published(session, told)
    decisions.take_back(session, told.round, reason="Patent", by=told.chair, at=make.NOON)
    decisions.propose(session, told.round, swapped(told), by=told.chair, at=make.NOON)
    decisions.apply(session, told.round, by=told.chair, at=make.NOON)
    with pytest.raises(DomainError, match="Say why"):
        sets.compute(session, told.contest, by=told.chair, at=make.NOON)

    second = sets.compute(
        session, told.contest, by=told.chair, at=make.NOON, reason="A patent is disputed."
    )
    for person, role in ((told.chair, Role.CHAIR), (told.officer, Role.SPONSOR)):
        sets.sign(session, second, code=second.sha256[:8], role=role, by=person, at=make.NOON)
    assert first.state is ResultState.PUBLISHED
    sets.embargo(session, second, publish_at=make.NOON, by=told.chair, at=make.NOON)
    sets.publish(session, second, by=told.chair, at=make.NOON)

    assert (first.state, second.state) == (ResultState.SUPERSEDED, ResultState.PUBLISHED)
    assert second.supersedes_id == first.id
    assert [e.state for e in told.entries] == [State.AWARDED, State.NOT_AWARDED, State.AWARDED]
    steps = shown.history(session, told.contest.id)
    assert [(s.number, s.reason) for s in steps] == [(2, "A patent is disputed."), (1, "")]


def test_a_discarded_result_stays_in_the_history_without_its_reason(session: Session) -> None:
    told = story(session)
    made = signed(session, told)
    sets.discard(session, made, reason="Team Reed lied.", by=told.chair, at=make.NOON)

    (step,) = shown.history(session, told.contest.id)
    assert (step.state, step.discarded_at, step.salt, step.reason) == (
        ResultState.DISCARDED, make.NOON, "", "",
    )  # fmt: skip
    assert "Reed" not in repr(step)


def test_decisions_rest_while_a_result_is_certified(session: Session) -> None:
    told = story(session)
    signed(session, told)
    with pytest.raises(DomainError, match="A certified result rests on these decisions"):
        decisions.take_back(session, told.round, reason="No", by=told.chair, at=make.NOON)


def test_a_winner_who_left_stops_the_publication_and_the_officers_hear_of_it(
    session: Session,
) -> None:
    told = story(session)
    made = signed(session, told)
    sets.embargo(session, made, publish_at=make.NOON, by=told.chair, at=make.NOON)
    told.entries[0].state = State.WITHDRAWN
    session.flush()

    run_promised(session)

    assert made.state is ResultState.EMBARGOED
    assert {(m.kind, m.recipient_id) for m in session.scalars(select(Message))} == {
        ("result_stuck", told.organiser.id),
        ("result_stuck", told.officer.id),
    }


def test_every_judged_entry_gets_one_certificate(session: Session) -> None:
    told = story(session)
    made = published(session, told)
    run_promised(session)
    run_promised(session)

    certificates = session.scalars(select(Certificate)).all()
    awarded = dict(session.execute(select(Award.entry_id, Award.id)).all())
    assert {(c.entry_id, c.award_id) for c in certificates} == {
        (e.id, awarded.get(e.id)) for e in told.entries
    }
    assert {c.result_set_id for c in certificates} == {made.id}
    assert len({c.code for c in certificates}) == 3


def test_the_published_text_names_nobody_who_did_not_win(session: Session) -> None:
    made = published(session, story(session))
    told = json.loads(made.body)
    assert len(told["others"]) == 1
    assert "川のセンサー" not in made.body


def test_numbers_grow_and_one_result_is_on_its_way_at_a_time(session: Session) -> None:
    told = story(session)
    decided(session, told)
    first = sets.compute(session, told.contest, by=told.chair, at=make.NOON)
    with pytest.raises(DomainError, match="already on its way"):
        sets.compute(session, told.contest, by=told.chair, at=make.NOON)
    sets.discard(session, first, reason="Again", by=told.chair, at=make.NOON)

    second = sets.compute(session, told.contest, by=told.chair, at=make.NOON)
    assert (first.number, second.number) == (1, 2)
    assert len(session.scalars(select(ResultSet)).all()) == 2
