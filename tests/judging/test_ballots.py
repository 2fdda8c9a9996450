"""A judge's ballot: all their entries in order, or points over them; and the chair's view of it."""

import re
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Aggregation, Mode, Role, RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import Attachment, Question, State
from contest.events.models import Event
from contest.judging import ordering
from contest.judging.actions import ballots, closing, opening, plan, scoring
from contest.judging.models import AssignmentState, ConflictKind
from contest.judging.queries import ballots as queries
from contest.judging.queries import material, overview
from contest.ranking.queries import changed_since, newest
from contest.results.queries import sets
from contest.vault.models import DocumentView
from tests import make
from tests.jobs import run_promised
from tests.pages import Client

# --- moves in an order


def test_an_entry_moves_past_its_neighbour_and_out_of_a_shared_place() -> None:
    order = [["a"], ["b", "c"], ["d"]]
    assert ordering.up(order, "d") == [["a"], ["d"], ["b", "c"]]
    assert ordering.up(order, "c") == [["a"], ["c"], ["b"], ["d"]]
    assert ordering.down(order, "b") == [["a"], ["c"], ["b"], ["d"]]
    assert ordering.up(order, "a") == ordering.down(order, "d") == order
    assert ordering.join(order, "d") == [["a"], ["b", "c", "d"]]
    assert ordering.join(order, "a") == ordering.join(order, "b") == order
    assert ordering.place(order, "b") == [["a"], ["c"], ["d"], ["b"]]
    assert ordering.place(order, "e")[-1] == ["e"]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ordering.STEPS)), st.sampled_from("abcde")), max_size=12
    )
)
def test_no_move_loses_an_entry_or_doubles_one(moves: list[tuple[str, str]]) -> None:
    order: ordering.Order[str] = [["a"], ["b"], ["c", "d"]]
    for step, entry in moves:
        order = ordering.STEPS[step](order, entry)
        known = [e for group in order for e in group]
        assert len(set(known)) == len(known)
        assert {"a", "b", "c", "d"} <= set(known)
        assert all(order)
    assert ordering.read(ordering.written(order)) == order


# --- a ballot


class Booth:
    """Judges with a ballot about three entries, in a round that needs no rubric."""

    def __init__(self, session: Session, mode: Mode = Mode.POINTS, *, judges: int = 1) -> None:
        self.session = session
        self.chair = make.user(session, name="Chair Charlotte")
        self.contest = make.contest(session, organiser=self.chair)
        self.round = make.round_(session, self.contest, phase=RoundPhase.SCREENING,
                                 minimum_reviews=1)  # fmt: skip
        self.round.mode = mode
        self.entries = [
            make.entry(session, make.user(session), contest=self.contest, title=f"Idea {i}",
                       state=State.ELIGIBLE)
            for i in range(3)
        ]  # fmt: skip
        self.ids = [e.id for e in self.entries]
        self.judges = [
            make.appointment(session, self.contest, make.user(session, name=f"Judge {j}"))
            for j in range(judges)
        ]
        self.users = [judge.user for judge in self.judges]
        self.work = [
            [make.assignment(session, self.round, judge, e, position=i)
             for i, e in enumerate(self.entries)]
            for judge in self.judges
        ]  # fmt: skip
        for judge in self.judges:
            make.declaration(session, judge, *self.entries)
        session.flush()
        opening.begin(session, self.round, by=self.chair, at=make.NOON)
        self.page = f"/rounds/{self.round.id}/ballot"

    def points(self, *points: int, judge: int = 0) -> None:
        spent = dict(zip(self.ids, points, strict=False))
        ballots.put_points(self.session, self.round, self.judges[judge], spent, at=make.NOON)

    def order(self, *places: list[int], judge: int = 0) -> None:
        order = [[self.ids[i] for i in group] for group in places]
        ballots.put_order(self.session, self.round, self.judges[judge], order, at=make.NOON)

    def hand_in(self, judge: int = 0) -> None:
        ballots.submit(self.session, self.round, self.judges[judge], unread=[],
                       by=self.users[judge], at=make.NOON)  # fmt: skip

    def counting(self) -> list[dict[uuid.UUID, int]]:
        self.session.expire_all()
        return [dict(c.values) for c in queries.cast(self.session, self.round.id)]

    def states(self) -> set[AssignmentState]:
        return {a.state for work in self.work for a in work}


def test_the_points_are_spent_exactly_and_nought_is_a_choice(session: Session) -> None:
    booth = Booth(session)
    booth.points(60, 30)
    with pytest.raises(DomainError, match="exactly"):
        booth.hand_in()
    booth.points(70)
    assert booth.counting() == []
    booth.hand_in()
    assert booth.counting() == [dict(zip(booth.ids, (70, 30, 0), strict=True))]
    assert booth.states() == {AssignmentState.SCORED}


@pytest.mark.parametrize("points", [-1, 101])
def test_points_outside_the_budget_are_refused(session: Session, points: int) -> None:
    with pytest.raises(DomainError, match="Give 0 to"):
        Booth(session).points(points)


def test_every_entry_has_a_place_of_its_own_unless_ties_are_declared(session: Session) -> None:
    booth = Booth(session, Mode.RANKING)
    booth.order([2], [0])
    with pytest.raises(DomainError, match="Still without a place"):
        booth.hand_in()
    with pytest.raises(DomainError, match="cannot share"):
        booth.order([2], [0, 1])
    with pytest.raises(DomainError, match="one place only"):
        booth.order([2], [0], [2])
    booth.round.ties_allowed = True
    booth.order([2], [0, 1])
    booth.hand_in()
    assert booth.counting() == [dict(zip(booth.ids, (2, 2, 1), strict=True))]


def test_an_entry_of_somebody_else_cannot_be_placed(session: Session) -> None:
    booth = Booth(session)
    with pytest.raises(DomainError, match="not assigned"):
        ballots.put_points(session, booth.round, booth.judges[0], {uuid.uuid4(): 1}, at=make.NOON)


def test_what_is_unread_is_not_judged(session: Session) -> None:
    booth = Booth(session)
    booth.points(100)
    with pytest.raises(DomainError, match="Idea 1"):
        ballots.submit(session, booth.round, booth.judges[0], unread=[booth.entries[1]],
                       by=booth.users[0], at=make.NOON)  # fmt: skip


def test_an_amendment_counts_when_it_is_handed_in_and_nothing_is_overwritten(
    session: Session,
) -> None:
    booth = Booth(session)
    booth.points(100, 0, 0)
    booth.hand_in()
    booth.points(100)  # what a page sends again changes nothing
    assert booth.states() == {AssignmentState.SCORED}
    booth.points(0, 100)
    assert booth.counting()[0][booth.ids[0]] == 100
    assert booth.states() == {AssignmentState.IN_PROGRESS}
    booth.hand_in()
    assert booth.counting()[0][booth.ids[0]] == 0
    made = queries.revisions(session, booth.round.id, booth.judges[0].id)
    assert [b.revision for b in made] == [1, 2]
    assert made[0].values()[booth.ids[0]] == 100


def test_no_amendment_of_a_judge_undoes_that_the_chair_set_their_ballot_aside(
    session: Session,
) -> None:
    booth = Booth(session)
    booth.points(100, 0, 0)
    booth.hand_in()
    booth.points(0, 100)
    (paper,) = queries.papers(session, booth.round.id)
    ballot = queries.ballot(session, paper.id)
    assert ballot is not None
    ballots.set_aside(session, ballot, "Same for all.", by=booth.chair, at=make.NOON)
    booth.hand_in()
    assert booth.counting() == []
    (paper,) = queries.papers(session, booth.round.id)
    assert (paper.revision, paper.set_aside_reason) == (2, "Same for all.")


@pytest.mark.parametrize("by", ["waiving", "releasing", "reassigning"])
def test_an_amendment_that_is_cut_short_by_the_chair_leaves_the_ballot_that_was_handed_in(
    session: Session, by: str
) -> None:
    booth = Booth(session, judges=2)
    booth.points(70, 30, 0)
    booth.hand_in()
    before = booth.counting()
    booth.points(0, 100)
    work, chair, at = booth.work[0][0], booth.chair, make.NOON

    if by == "waiving":
        closing.waive(session, booth.round, booth.entries[0], "Enough.", by=chair, at=at)
    elif by == "releasing":
        closing.release(session, work, booth.round, "Enough.", by=chair, at=at)
    else:
        session.delete(booth.work[1][0])
        session.flush()
        plan.reassign(session, work, booth.judges[1], by=chair, at=at)

    assert booth.counting() == before
    assert work.state is AssignmentState.SCORED


def test_what_was_taken_back_or_never_handed_in_is_waived_for_good(session: Session) -> None:
    booth = Booth(session, judges=2)
    for judge in (0, 1):
        booth.points(100, judge=judge)
    booth.hand_in()
    ballots.take_back(session, booth.round, booth.judges[0], by=booth.chair, at=make.NOON)
    closing.waive(session, booth.round, booth.entries[0], "Enough.", by=booth.chair, at=make.NOON)
    assert {work[0].state for work in booth.work} == {AssignmentState.WAIVED}


def test_the_record_says_that_a_judge_began_to_change_a_ballot_once(session: Session) -> None:
    booth = Booth(session)
    booth.points(70, 30, 0)
    booth.hand_in()
    for points in (100, 100, 90):
        booth.points(100 - points, points)
    wanted = select(Event.facts).where(Event.verb == "ballot.reopened")
    assert [facts["revision"] for facts in session.scalars(wanted)] == [2]


def test_a_ballot_that_is_taken_back_does_not_count(session: Session) -> None:
    booth = Booth(session)
    booth.points(100)
    booth.hand_in()
    ballots.take_back(session, booth.round, booth.judges[0], by=booth.chair, at=make.NOON)
    assert booth.counting() == []
    booth.hand_in()
    assert len(booth.counting()) == 1


def test_a_recusal_after_the_ballot_takes_only_that_entry_out(session: Session) -> None:
    booth = Booth(session, Mode.RANKING)
    booth.order([0], [1], [2])
    booth.hand_in()
    scoring.recuse(session, booth.work[0][1], ConflictKind.FAMILY, "My sister.",
                   by=booth.users[0], at=make.NOON)  # fmt: skip
    assert booth.counting() == [{booth.ids[0]: 1, booth.ids[2]: 3}]


def test_a_ballot_is_set_aside_with_a_reason_and_let_count_again(session: Session) -> None:
    booth = Booth(session)
    booth.points(100)
    booth.hand_in()
    (paper,) = queries.papers(session, booth.round.id)
    ballot = queries.ballot(session, paper.id)
    assert ballot is not None
    ballots.set_aside(session, ballot, "Same for all.", by=booth.chair, at=make.NOON)
    assert booth.counting() == []
    ballots.restore(session, ballot, by=booth.chair, at=make.NOON)
    assert len(booth.counting()) == 1


@pytest.mark.parametrize(
    ("mode", "rule", "method"),
    [(Mode.POINTS, None, "points"), (Mode.RANKING, None, "plackett-luce"),
     (Mode.RANKING, Aggregation.BORDA, "borda")],
)  # fmt: skip
def test_the_round_is_closed_ranked_and_read_by_the_chair(
    client: Client, session: Session, mode: Mode, rule: Aggregation | None, method: str
) -> None:
    booth = Booth(session, mode, judges=2)
    booth.round.aggregation = rule
    assert list(overview.unready(session, booth.contest)) == []
    for judge in (0, 1):
        if mode is Mode.POINTS:
            booth.points(70, 20, 10, judge=judge)
        else:
            booth.order([0], [1], [2], judge=judge)
        assert closing.blockers(session, booth.round)
        booth.hand_in(judge)
    closing.close(session, booth.round, by=booth.chair, at=make.NOON)
    run_promised(session)
    ranking = newest(session, booth.round.id)
    assert ranking is not None
    assert ranking.method == method
    assert {s.entry_id: s.rank for s in ranking.standings} == dict(
        zip(booth.ids, (1, 2, 3), strict=True)
    )
    assert not changed_since(session, ranking)
    client.sign_in(booth.chair)
    text = client.page(f"/rounds/{booth.round.id}/ranking").text
    assert "What is not available here" in text
    assert "in the same order 100 % of the time" in text
    assert "Same order as the others" in text
    client.page(f"/rounds/{booth.round.id}/ranking/{booth.ids[0]}")
    assert "Judge 1" in client.page(f"/rounds/{booth.round.id}/ballots").text
    assert "of 3" in client.page(f"/rounds/{booth.round.id}/entries/{booth.ids[0]}").text or (
        mode is Mode.POINTS
    )


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [(Mode.POINTS, "65.0 of 100 points"), (Mode.RANKING, "Place 1.0 of 3.0")],
)
def test_a_team_reads_what_ballots_gave_it_and_the_results_count_them(
    client: Client, session: Session, mode: Mode, sentence: str
) -> None:
    booth = Booth(session, mode, judges=2)
    for judge in (0, 1):
        if mode is Mode.POINTS:
            booth.points(70 - 10 * judge, 20, 10 + 10 * judge, judge=judge)
        else:
            booth.order([0], [1], [2], judge=judge)
        booth.hand_in(judge)
    counts = sets.facts(session, booth.contest).counts
    assert (counts["reviews"], counts["judges"]) == (6, 2)
    booth.round.phase = RoundPhase.PUBLISHED
    session.flush()
    client.sign_in(booth.chair)
    assert sentence in client.page(f"/teams/{booth.entries[0].team_id}/feedback").text


# --- the judge's pages


def test_a_judge_orders_without_a_script_hands_in_and_takes_back(
    client: Client, session: Session
) -> None:
    booth = Booth(session, Mode.RANKING)
    client.sign_in(booth.users[0])
    assert "Your order" in client.page("/judging").text
    assert "Not placed yet" in client.page(booth.page).text

    def held() -> str:
        found = re.search(
            r'name="order" value="([^"]*)"', client.page(f"{booth.page}?change=1").text
        )
        assert found
        return found[1]

    for entry in reversed(booth.ids):
        client.post(f"{booth.page}/change", data={"order": held(), "place": str(entry)})
    client.post(f"{booth.page}/change", data={"order": held(), "down": str(booth.ids[2])})
    order = ",".join(str(booth.ids[i]) for i in (1, 2, 0))
    assert held() == order
    answer = client.post(f"{booth.page}/submit", data={"order": order})
    assert answer.status_code == 303
    assert booth.counting() == [dict(zip(booth.ids, (3, 1, 2), strict=True))]
    assert "Your ballot is in" in client.page(booth.page).text
    client.post(f"{booth.page}/undo")
    assert booth.counting() == []
    wrong = client.post(f"{booth.page}/submit", data={"order": f"{booth.ids[0]},{uuid.uuid4()}"})
    assert wrong.status_code == 422


def test_points_save_themselves_and_the_server_checks_their_sum(
    client: Client, session: Session
) -> None:
    booth = Booth(session)
    client.sign_in(booth.users[0])
    names = [f"points_{i}" for i in booth.ids]
    saved = client.post(f"{booth.page}/save", data={"_field": names[0], names[0]: "60"})
    assert saved.status_code == 200
    refused = client.post(f"{booth.page}/save", data={"_field": names[0], names[0]: "a few"})
    assert refused.status_code == 422
    assert "40 left" in client.page(booth.page).text
    few = client.post(f"{booth.page}/submit", data=dict.fromkeys(names, "10"))
    assert few.status_code == 303
    text = client.page(few.location).text
    assert "You have given 30 points" in text
    assert "70 left" in text  # the draft is kept
    enough = client.post(
        f"{booth.page}/submit", data=dict(zip(names, ["5", "5", "90"], strict=True))
    )
    assert enough.status_code == 303
    assert "beside your other entries" in client.page(f"/assignments/{booth.work[0][0].id}").text


def test_points_that_another_device_changed_are_shown_beside_one_s_own(
    client: Client, session: Session
) -> None:
    booth = Booth(session)
    client.sign_in(booth.users[0])
    name = f"points_{booth.ids[0]}"
    booth.points(60, 30, 10)

    stale = client.post(f"{booth.page}/save", data={"_field": name, name: "50", "_version": "0"})
    assert stale.status_code == 409
    assert stale.json == {"mine": "50", "theirs": "60", "value": "60", "version": "60"}
    again = client.post(f"{booth.page}/save", data={"_field": name, name: "50", "_version": "60"})
    assert again.json
    assert again.json["version"] == "50"

    names = [f"points_{i}" for i in booth.ids]
    sent = dict(zip(names, ["40", "30", "30"], strict=True))
    seen = dict.fromkeys([f"{n}_seen" for n in names], "60 40")  # the first: before, and sent since
    refused = client.post(f"{booth.page}/submit", data={**sent, **seen})
    assert refused.status_code == 422
    assert refused.text.count('data-controller="clash"') == 2  # the second is the same for both
    assert f'name="{names[2]}" value="30"' in refused.text
    assert f'name="{names[2]}_seen" value="10"' in refused.text
    assert booth.counting() == []

    held = dict(zip([f"{n}_seen" for n in names], ["50", "30", "10"], strict=True))
    assert client.post(f"{booth.page}/submit", data={**sent, **held}).status_code == 303
    assert booth.counting() == [dict(zip(booth.ids, (40, 30, 30), strict=True))]


def test_an_order_that_another_device_changed_is_shown_beside_one_s_own(
    client: Client, session: Session
) -> None:
    booth = Booth(session, Mode.RANKING)
    client.sign_in(booth.users[0])
    a, b, c = map(str, booth.ids)
    booth.order([1], [0], [2])

    mine = {"_field": "order", "order": f"{a},{b},{c}"}
    stale = client.post(f"{booth.page}/save", data={**mine, "_version": f"{a},{b}"})
    assert stale.status_code == 409
    assert stale.json == {
        "mine": "1. Idea 0\n2. Idea 1\n3. Idea 2",
        "theirs": "1. Idea 1\n2. Idea 0\n3. Idea 2",
        "value": f"{b},{a},{c}",
        "version": f"{b},{a},{c}",
    }
    whole = {"order": f"{a},{b},{c}", "order_seen": f"{a},{b}"}
    refused = client.post(f"{booth.page}/submit", data=whole)
    assert refused.status_code == 422
    assert f'name="order" value="{a},{b},{c}"' in refused.text
    assert "2. Idea 0" in refused.text

    known = {**whole, "order_seen": f"{a},{b} {b},{a},{c}"}
    assert client.post(f"{booth.page}/submit", data=known).status_code == 303
    assert booth.counting() == [dict(zip(booth.ids, (1, 2, 3), strict=True))]


def test_a_ballot_waits_until_every_document_was_opened(client: Client, session: Session) -> None:
    booth = Booth(session)
    booth.points(100)
    form = make.form(session, booth.round)
    version = make.version(session, booth.entries[1], form)
    deck, question = make.file(session), uuid.UUID(version.answers[0]["question"])
    make.added(session, Attachment(version=version, question_id=question, file=deck))
    client.sign_in(booth.users[0])
    assert client.page(booth.page).text.count("not read yet") == 1
    refused = client.post(f"{booth.page}/submit", data={})
    assert "Open “Idea 1” first" in client.page(refused.location).text
    booth.round.blind = True
    session.get_one(Question, question).identifies = True
    session.flush()
    assert material.unread(session, booth.users[0], booth.round, booth.ids) == frozenset()
    booth.round.blind = False
    make.added(session, DocumentView(user=booth.users[0], file=deck, version=version,
                                     capacity="judge", at=make.NOON))  # fmt: skip
    assert "not read yet" not in client.page(booth.page).text
    assert client.post(f"{booth.page}/submit", data={}).status_code == 303
    assert len(booth.counting()) == 1


def test_an_entry_that_a_judge_abstains_on_leaves_the_ballot(
    client: Client, session: Session
) -> None:
    booth = Booth(session)
    client.sign_in(booth.users[0])
    gone = booth.work[0][0]
    answer = client.post(f"/assignments/{gone.id}/abstain", data={"reason": "Not my field."})
    assert answer.location == booth.page
    text = client.page(booth.page).text
    assert f"points_{booth.ids[0]}" not in text
    assert f"points_{booth.ids[1]}" in text
    assert client.post(f"/assignments/{gone.id}/submit", data={}).status_code == 404


def test_ballots_are_the_judge_s_own_and_the_chair_s(client: Client, session: Session) -> None:
    booth = Booth(session, judges=2)
    booth.points(100)
    booth.hand_in()
    client.sign_in(make.user(session, name="Eve"))
    assert client.get(booth.page).status_code == 404
    client.sign_in(booth.users[1])
    assert "0</span>" in client.page(booth.page).text
    assert client.get(f"/rounds/{booth.round.id}/ballots").status_code == 403
    chair = make.user(session, name="Second Chair")
    make.appointment(session, booth.contest, chair, Role.CHAIR)
    client.sign_in(chair)
    (paper,) = queries.papers(session, booth.round.id)
    client.page(f"/ballots/{paper.id}/set-aside")
    client.post(f"/ballots/{paper.id}/set-aside", data={"reason": "Everything to one friend."})
    assert booth.counting() == []
    assert "Everything to one friend." in client.page(f"/rounds/{booth.round.id}/ballots").text
    client.post(f"/ballots/{paper.id}/restore")
    assert len(booth.counting()) == 1
    booth.round.phase = RoundPhase.PUBLISHED
    session.flush()
    assert client.post(f"/ballots/{paper.id}/set-aside").status_code == 403
