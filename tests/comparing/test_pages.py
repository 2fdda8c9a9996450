"""A round in which judges compare two entries at a time, as its judges and its chair see it."""

import itertools
import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests import pages
from contest.contests.models import AGGREGATIONS, Mode, Role, Round, RoundPhase
from contest.entries.models import State
from contest.judging.actions import closing, conflicts, opening
from contest.judging.models import Comparison, ConflictKind, Outcome, Visit
from contest.judging.queries import comparing
from contest.ranking.actions import ask
from contest.ranking.models import Ranking
from contest.ranking.queries import newest
from tests import make
from tests.jobs import run_promised
from tests.pages import Client


class Hall:
    """A round of comparisons with judges who have declared."""

    def __init__(self, session: Session, *, judges: int = 1, entries: int = 3) -> None:
        self.session = session
        self.contest = make.contest(session)
        self.round = make.round_(session, self.contest, phase=RoundPhase.JUDGING)
        self.round.mode = Mode.PAIRWISE
        self.chair = make.user(session, name="Chair Charlotte")
        make.appointment(session, self.contest, self.chair, Role.CHAIR)
        self.entries = [
            make.entry(session, make.user(session), contest=self.contest, title=f"Idea {i}",
                       state=State.ELIGIBLE)
            for i in range(entries)
        ]  # fmt: skip
        self.judges = [
            make.appointment(session, self.contest, make.user(session, name=f"Judge {i}"))
            for i in range(judges)
        ]
        self.users = [judge.user for judge in self.judges]
        for judge in self.judges:
            make.declaration(session, judge, *self.entries)
        session.flush()
        self.page = f"/rounds/{self.round.id}/compare"

    def visit(self, judge: int = 0) -> Visit:
        self.session.expire_all()
        found = comparing.visit(self.session, self.round.id, self.judges[judge].id)
        assert found is not None
        return found

    def pair(self, judge: int = 0) -> dict[str, str]:
        visit = self.visit(judge)
        return {"current": str(visit.current_id or ""), "next": str(visit.next_id or "")}

    def enter(self, client: Client, judge: int = 0) -> None:
        """Send a judge to the first entry and on to the second."""
        client.sign_in(self.users[judge])
        client.post(f"{self.page}/next")
        client.post(f"{self.page}/arrive", data=self.pair(judge))

    def vote(self, client: Client, outcome: str = "right", judge: int = 0) -> None:
        answer = client.post(f"{self.page}/vote", data={**self.pair(judge), "outcome": outcome})
        assert answer.status_code == 303

    def made(self) -> list[Comparison]:
        self.session.expire_all()
        return list(self.session.scalars(select(Comparison).order_by(Comparison.number)))


def test_a_judge_walks_from_the_first_entry_to_the_last(client: Client, session: Session) -> None:
    hall = Hall(session)
    client.sign_in(hall.users[0])
    assert "Compare entries" in client.page("/judging").text
    assert "You are sent from one entry to the next" in client.page(hall.page).text
    client.post(f"{hall.page}/next")
    assert "I have seen it" in client.page(hall.page).text
    client.post(f"{hall.page}/arrive", data=hall.pair())
    text = client.page(hall.page).text
    assert "The first is better" in text
    before = hall.pair()
    hall.vote(client)
    assert hall.pair()["current"] == before["next"]
    hall.vote(client, "tie")
    assert "You have seen everything" in client.page(hall.page).text
    assert [c.outcome for c in hall.made()] == [Outcome.RIGHT, Outcome.TIE]


def test_the_same_vote_sent_twice_counts_once(client: Client, session: Session) -> None:
    hall = Hall(session, entries=4)
    hall.enter(client)
    stale = {**hall.pair(), "outcome": "left"}
    hall.vote(client)
    assert client.post(f"{hall.page}/vote", data=stale).status_code == 303
    assert "You have gone on since" in client.page(hall.page).text
    assert len(hall.made()) == 1
    answer = client.post(f"{hall.page}/vote", data={**hall.pair(), "outcome": "skipped"})
    assert answer.status_code == 422


def test_the_last_vote_is_taken_back_and_an_earlier_one_corrected(
    client: Client, session: Session
) -> None:
    hall = Hall(session, entries=4)
    hall.enter(client)
    hall.vote(client, "left")
    first = hall.pair()
    hall.vote(client, "left")
    one, two = hall.made()
    assert client.post(f"/comparisons/{one.id}/undo").status_code == 422
    client.post(f"/comparisons/{two.id}/undo")
    assert hall.pair() == first
    assert hall.made()[1].superseded_at == make.NOON
    client.page(f"{hall.page}/votes")
    client.post(f"/comparisons/{one.id}/correct", data={"outcome": "right"})
    assert [v.won for v in comparing.votes(session, hall.round)] == [0.0]
    assert len(hall.made()) == 3
    assert client.post(f"/comparisons/{one.id}/correct", data={"outcome": "tie"}).status_code == 422


def test_an_entry_is_passed_by_and_a_conflict_keeps_the_judge_away_for_good(
    client: Client, session: Session
) -> None:
    hall = Hall(session, entries=4)
    hall.enter(client)
    gone = uuid.UUID(hall.pair()["next"])
    client.post(f"{hall.page}/skip", data={**hall.pair(), "reason": "conflict"})
    assert hall.visit().next_id not in {gone, None}
    later = comparing.hall(session, hall.round, make.NOON + timedelta(days=1))
    assert (hall.judges[0].id, gone) in later.closed
    absent = hall.visit().next_id
    client.post(f"{hall.page}/skip", data={**hall.pair(), "reason": "absent"})
    later = comparing.hall(session, hall.round, make.NOON + timedelta(minutes=16))
    assert (hall.judges[0].id, absent) not in later.closed
    assert comparing.votes(session, hall.round) == []
    answer = client.post(f"{hall.page}/skip", data={**hall.pair(), "reason": "boredom"})
    assert answer.status_code in {303, 422}
    assert len(hall.made()) == 2


def test_no_two_judges_are_at_one_table_and_who_waits_longest_goes_first(
    client: Client, session: Session
) -> None:
    hall = Hall(session, judges=3, entries=2)
    hall.enter(client, 0)
    client.sign_in(hall.users[1])
    client.post(f"{hall.page}/next")
    assert hall.visit(1).next_id not in {None, hall.visit(0).next_id}
    client.sign_in(hall.users[2])
    client.post(f"{hall.page}/next")
    assert hall.visit(2).next_id is None
    assert hall.visit(2).waiting_since == make.NOON
    assert "is busy" in client.page(hall.page).text
    assert "is busy" in client.get(f"{hall.page}/state").text
    client.sign_in(hall.users[0])
    hall.vote(client)
    client.sign_in(hall.users[2])
    assert "A table is free for you" in client.get(f"{hall.page}/state").text
    ahead = hall.visit(2)
    ahead.waiting_since = make.NOON - timedelta(minutes=3)
    late = Visit(round_id=hall.round.id, appointment_id=make.appointment(
        session, hall.contest, make.user(session)).id, since=make.NOON,
        waiting_since=make.NOON)  # fmt: skip
    session.add(late)
    session.flush()
    now = comparing.hall(session, hall.round, make.NOON)
    assert [v.id for v in now.ahead(late)] == [ahead.id]


def test_only_judges_who_promised_and_declared_vote_and_nobody_else_sees_the_page(
    client: Client, session: Session
) -> None:
    hall = Hall(session)
    client.sign_in(make.user(session))
    assert client.get(hall.page).status_code == 404
    new = make.appointment(session, hall.contest, make.user(session))
    client.sign_in(new.user)
    assert "Before you begin" in client.page(hall.page).text
    assert client.post(f"{hall.page}/next").status_code == 403
    hall.round.phase = RoundPhase.DELIBERATION
    session.flush()
    client.sign_in(hall.users[0])
    assert client.post(f"{hall.page}/next").status_code == 403
    hall.round.mode, hall.round.phase = Mode.RUBRIC, RoundPhase.JUDGING
    session.flush()
    assert client.get(hall.page).status_code == 404


def test_another_judge_s_vote_cannot_be_touched(client: Client, session: Session) -> None:
    hall = Hall(session, judges=2)
    hall.enter(client, 0)
    hall.vote(client)
    (made,) = hall.made()
    client.sign_in(hall.users[1])
    for verb in ("undo", "correct"):
        answer = client.post(f"/comparisons/{made.id}/{verb}", data={"outcome": "tie"})
        assert answer.status_code == 404


def test_the_chair_sees_the_order_its_doubt_and_where_everybody_is(
    client: Client, session: Session
) -> None:
    hall = Hall(session, judges=2, entries=4)
    hall.enter(client, 0)
    hall.vote(client)
    page = f"/rounds/{hall.round.id}/comparisons"
    assert client.get(page).status_code == 403
    client.sign_in(hall.chair)
    text = re.sub(r"\s+", " ", client.page(page).text)
    assert "Nine times in ten between" in text
    assert "Idea 3" in text
    assert "1/2" in text
    assert "Comparisons" in client.page(f"/contests/{hall.contest.slug}/judging").text


def test_a_round_that_is_over_keeps_the_entries_that_went_no_further(
    client: Client, session: Session
) -> None:
    hall = Hall(session, entries=2)
    hall.enter(client)
    hall.vote(client)
    hall.round.phase = RoundPhase.DELIBERATION
    for entry, state in zip(hall.entries, (State.ADVANCED, State.NOT_ADVANCED), strict=True):
        entry.state = state
    session.flush()
    assert "Idea 1" in client.page(f"{hall.page}/votes").text
    client.sign_in(hall.chair)
    text = client.page(f"/rounds/{hall.round.id}/comparisons").text
    assert "Idea 0" in text
    assert "Idea 1" in text


def test_a_ranking_computed_after_the_decisions_still_counts_every_vote(
    client: Client, session: Session
) -> None:
    hall = Hall(session)
    hall.enter(client)
    hall.vote(client)
    hall.vote(client)
    closing.close(session, hall.round, by=hall.chair, at=make.NOON)
    run_promised(session)
    before = newest(session, hall.round.id)
    assert before is not None
    for entry, state in zip(hall.entries, [State.ADVANCED, *[State.NOT_ADVANCED] * 2], strict=True):
        entry.state = state
    session.flush()
    ask(session, hall.round, by=hall.chair, at=make.NOON)
    run_promised(session)
    (after,) = session.scalars(select(Ranking).where(Ranking.round_id == hall.round.id))
    assert after is before
    client.sign_in(hall.chair)
    text = client.page(f"/rounds/{hall.round.id}/ranking").text
    assert "that is where judges are sent next" in text
    assert "Influence" in text
    assert {s.entry_id for s in after.standings} == {e.id for e in hall.entries}


def test_a_vote_that_a_conflict_overtakes_counts_no_more(client: Client, session: Session) -> None:
    hall = Hall(session)
    hall.enter(client)
    hall.vote(client)
    (made,) = hall.made()
    conflicts.add(session, hall.judges[0], made.right_id, ConflictKind.OTHER, by=hall.chair,
                  at=make.NOON)  # fmt: skip
    assert comparing.votes(session, hall.round) == []


def test_the_round_opens_without_an_assignment_closes_when_all_were_seen_and_is_ranked(
    client: Client, session: Session
) -> None:
    hall = Hall(session)
    hall.round.phase = RoundPhase.SCREENING
    session.flush()
    assert opening.blockers(session, hall.round) == []
    opening.begin(session, hall.round, by=hall.chair, at=make.NOON)
    assert closing.blockers(session, hall.round)
    hall.enter(client)
    hall.vote(client, "left")
    hall.vote(client, "left")
    closing.close(session, hall.round, by=hall.chair, at=make.NOON)
    run_promised(session)
    ranking = newest(session, hall.round.id)
    assert ranking is not None
    assert ranking.method == "pairwise"
    assert sorted(s.rank for s in ranking.standings) == [1, 2, 3]
    client.sign_in(hall.chair)
    assert "Idea 0" in client.page(f"/rounds/{hall.round.id}/ranking").text


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_has_a_word_in_the_form_of_a_round(
    client: Client, session: Session, mode: Mode
) -> None:
    hall = Hall(session)
    organiser = make.user(session)
    make.appointment(session, hall.contest, organiser, Role.ORGANISER)
    client.sign_in(organiser)
    assert f'value="{mode.value}' in client.page(f"/rounds/{hall.round.id}/edit").text


def test_every_way_to_judge_has_a_paragraph_for_everybody(app: Flask) -> None:
    with app.test_request_context():
        told = {
            pages.how_judged(Round(mode=mode, aggregation=rule, minimum_reviews=3, budget=90,
                                   ladder=[], blind=False, ties_allowed=False))
            for mode in Mode
            for rule in AGGREGATIONS.get(mode, (None,))
        }  # fmt: skip
    assert len(told) == 7
    assert any("distributes 90 points" in paragraph for paragraph in told)


def test_the_public_page_says_how_each_round_is_judged(client: Client, session: Session) -> None:
    hall = Hall(session)
    hall.round.blind = True
    make.round_(session, hall.contest, number=2, minimum_reviews=4)
    session.flush()
    text = re.sub(r"\s+", " ", client.page(f"/contests/{hall.contest.slug}").text)
    assert "say each time which of two is better" in text
    assert "Judges see codes instead of team names." in text
    assert "At least 4 judges score each entry" in text


def test_the_ranking_names_who_votes_opposite_to_the_panel(
    client: Client, session: Session
) -> None:
    hall = Hall(session, judges=5, entries=6)
    for judge, appointment in enumerate(hall.judges):
        won = Outcome.RIGHT if judge == 4 else Outcome.LEFT
        for number, (left, right) in enumerate(itertools.combinations(hall.entries, 2)):
            session.add(
                Comparison(round_id=hall.round.id, appointment_id=appointment.id, number=number,
                           left_id=left.id, right_id=right.id, outcome=won, at=make.NOON)
            )  # fmt: skip
    session.flush()
    client.sign_in(hall.chair)
    client.post(f"/rounds/{hall.round.id}/ranking")
    run_promised(session)

    text = client.page(f"/rounds/{hall.round.id}/ranking").text

    opposite = text.index("votes opposite to the panel")
    assert text.count("votes opposite to the panel") == 1
    assert text.index("Judge 4") < opposite < text.index("Judge 0")
    assert "Under half, their votes are read the other way round" in text
    assert "the share of its comparisons that it won" in text
