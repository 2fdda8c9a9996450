"""The stage as its crew, its judges and the room see it."""

import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Role, RoundKind, RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import State
from contest.pitchday import actions, queries
from contest.pitchday.models import SlotState
from tests import make
from tests.pages import Client


class Day:
    """Three finalists, a chair and a judge."""

    def __init__(self, session: Session) -> None:
        self.contest = make.contest(session)
        self.round = make.round_(
            session, self.contest, number=2, kind=RoundKind.PITCH, phase=RoundPhase.JUDGING
        )
        self.chair, self.judge = make.user(session, name="Chair"), make.user(session, name="Judge")
        make.appointment(session, self.contest, self.chair, Role.CHAIR)
        self.appointment = make.appointment(session, self.contest, self.judge)
        self.entries = [
            make.entry(session, make.user(session), contest=self.contest, state=State.ADVANCED)
            for _ in range(3)
        ]

    def drawn(self, session: Session) -> list[queries.Line]:
        actions.draw(session, self.round, "1234", by=self.chair, at=make.NOON)
        return queries.running_order(session, self.round.id)


def test_the_crew_draws_starts_questions_and_finishes_through_the_page(
    client: Client, session: Session
) -> None:
    day = Day(session)
    client.sign_in(day.chair)
    base = f"/rounds/{day.round.id}"
    assert "No running order yet" in client.page(f"{base}/stage").text

    assert client.post(f"{base}/draw", data={"seed": "4711"}).status_code == 303
    first, second, _ = queries.running_order(session, day.round.id)
    for act in ("start", "question", "finish"):
        assert client.post(f"{base}/stage/{first.slot_id}/{act}").status_code == 303
    refused = client.post(f"{base}/stage/{second.slot_id}/finish")

    assert refused.status_code == 422
    lines = queries.running_order(session, day.round.id)
    assert [line.state for line in lines] == [SlotState.DONE, SlotState.WAITING, SlotState.WAITING]
    assert "4711" in client.page(f"{base}/stage").text


def test_two_pitches_are_never_on_at_once(session: Session) -> None:
    day = Day(session)
    first, second, _ = day.drawn(session)
    stage = queries.stage(session, day.round.id)
    assert stage is not None
    slots = [queries.slot(session, line.slot_id) for line in (first, second)]
    assert slots[0] is not None
    assert slots[1] is not None
    actions.start(session, stage, slots[0], by=day.chair, at=make.NOON)
    with pytest.raises(DomainError, match="Finish the pitch"):
        actions.start(session, stage, slots[1], by=day.chair, at=make.NOON)
    with pytest.raises(DomainError, match="the order stands"):
        actions.draw(session, day.round, "99", reason="again please", by=day.chair, at=make.NOON)


def test_drawing_again_needs_a_reason_and_keeps_both_draws(session: Session) -> None:
    day = Day(session)
    day.drawn(session)
    with pytest.raises(DomainError, match="Say why"):
        actions.draw(session, day.round, "77", by=day.chair, at=make.NOON)
    actions.draw(session, day.round, "77", reason="A team was missing.", by=day.chair, at=make.NOON)
    assert {d.seed for d in queries.draws(session, day.round.id)} == {"1234", "77"}


def test_the_stage_rests_once_the_judging_is_closed(client: Client, session: Session) -> None:
    day = Day(session)
    first, *_ = day.drawn(session)
    day.round.phase = RoundPhase.DELIBERATION
    session.flush()
    client.sign_in(day.chair)
    base = f"/rounds/{day.round.id}"
    assert client.post(f"{base}/stage/{first.slot_id}/start").status_code == 422
    assert client.post(f"{base}/draw", data={"seed": "4711"}).status_code == 422
    page = client.page(f"{base}/stage").text
    assert "Draw again" not in page
    assert "the stage stays as it was" in page


def test_the_projector_answers_nothing_new_until_the_stage_changes(
    client: Client, session: Session
) -> None:
    day = Day(session)
    first, *_ = day.drawn(session)
    client.sign_in(day.judge)
    client.page(f"/rounds/{day.round.id}/projector")
    url = f"/rounds/{day.round.id}/projector/poll"
    answer = client.get(url)
    assert first.team in answer.text
    same = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")

    stage, slot = queries.stage(session, day.round.id), queries.slot(session, first.slot_id)
    assert stage is not None
    assert slot is not None
    actions.start(session, stage, slot, by=day.chair, at=make.NOON)
    assert client.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_a_judge_is_led_from_the_pitch_that_is_on_to_their_own_scorecard(
    client: Client, session: Session
) -> None:
    day = Day(session)
    first, *_ = day.drawn(session)
    assignment = make.assignment(
        session, day.round, day.appointment, next(e for e in day.entries if e.id == first.entry_id)
    )
    stage, slot = queries.stage(session, day.round.id), queries.slot(session, first.slot_id)
    assert stage is not None
    assert slot is not None
    actions.start(session, stage, slot, by=day.chair, at=make.NOON)
    client.sign_in(day.judge)
    assert f"/assignments/{assignment.id}" in client.page(f"/rounds/{day.round.id}/pitches").text


def test_teams_and_strangers_do_not_learn_the_running_order(
    client: Client, session: Session
) -> None:
    day = Day(session)
    day.drawn(session)
    client.sign_in(make.user(session, name="Stranger"))
    for page in ("stage", "projector", "projector/poll", "pitches", "draw"):
        assert client.get(f"/rounds/{day.round.id}/{page}").status_code == 404
