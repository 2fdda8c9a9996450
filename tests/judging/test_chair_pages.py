"""The pages of the chair: panel, rubric, assignment, progress, and the end of judging."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Answer, Role, RoundKind, RoundPhase
from contest.entries.models import Entry, State
from contest.judging import jobs
from contest.judging.actions import closing, conflicts, scoring
from contest.judging.actions import plan as actions
from contest.judging.models import (
    Assignment,
    AssignmentPlan,
    AssignmentState,
    ConflictKind,
    PlanState,
)
from contest.judging.queries import bridging, interests, matrix, panel, plans, reviews, work
from contest.judging.queries.readiness import rubric_blockers
from contest.messages.models import Message
from tests import make
from tests.jobs import fail_promised, run_promised
from tests.judging.test_judge_pages import counted
from tests.pages import Client

PAGES = (
    "/contests/{slug}/judging",
    "/contests/{slug}/conflicts/new",
    "/rounds/{round}/rubric",
    "/rounds/{round}/rubric/new",
    "/rounds/{round}/assignment",
    "/rounds/{round}/begin",
    "/rounds/{round}/progress",
    "/rounds/{round}/close",
    "/rounds/{round}/entries/{entry}",
)


BEST = {"fair": "total"}


def test_a_contest_with_nothing_left_to_judge_does_not_count_to_nought(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    page = f"/contests/{room.contest.slug}/judging"
    assert "2 judges asked, 2 entries to judge." in client.page(page).text
    for entry in room.entries:
        entry.state = State.NOT_AWARDED
    session.flush()
    text = client.page(page).text
    assert "2 judges asked." in text
    assert "0 entries" not in text


class Room:
    """A round in judging: a chair, judges and eligible entries, nothing assigned yet."""

    def __init__(
        self,
        session: Session,
        *,
        judges: int = 2,
        entries: int = 2,
        phase: RoundPhase = RoundPhase.JUDGING,
        reviews: int = 1,
    ) -> None:
        self.session = session
        self.contest = make.contest(session)
        self.round = make.round_(session, self.contest, phase=phase, minimum_reviews=reviews)
        self.chair = make.user(session, name="Chair Charlotte")
        make.appointment(session, self.contest, self.chair, Role.CHAIR)
        self.judges = [
            make.appointment(session, self.contest, make.user(session, name=f"Judge {i}"))
            for i in range(judges)
        ]
        self.entries = [
            make.entry(
                session, make.user(session), contest=self.contest, title=f"Idea {i}",
                state=State.ELIGIBLE,
            )
            for i in range(entries)
        ]  # fmt: skip

    def address(self, page: str) -> str:
        return page.format(slug=self.contest.slug, round=self.round.id, entry=self.entries[0].id)

    def give(self, judge: int, entry: int, **more: Any) -> Assignment:
        return make.assignment(
            self.session, self.round, self.judges[judge], self.entries[entry], **more
        )


@pytest.mark.parametrize("page", PAGES)
def test_chair_and_organiser_open_every_page_and_nobody_else(
    client: Client, session: Session, page: str
) -> None:
    room = Room(session)
    room.give(0, 0)
    organiser = make.user(session)
    make.appointment(session, room.contest, organiser, Role.ORGANISER)
    for allowed in (room.chair, organiser):
        client.sign_in(allowed)
        client.page(room.address(page))

    others = [room.judges[0].user, make.user(session)]
    for role in (Role.SCREENER, Role.SPONSOR, Role.OBSERVER):
        others.append(make.user(session))
        make.appointment(session, room.contest, others[-1], role)
    for stranger in others:
        client.sign_in(stranger)
        assert client.get(room.address(page)).status_code == 403


def test_the_panel_says_how_far_everybody_is(client: Client, session: Session) -> None:
    room = Room(session, judges=1)
    make.appointment(session, room.contest, make.user(session, name="Shy"), answer=None)
    make.appointment(session, room.contest, make.user(session, name="Busy"), answer=Answer.DECLINED)
    conflicts.add(
        session, room.judges[0], room.entries[0].id, ConflictKind.FAMILY, by=room.chair,
        at=make.NOON,
    )  # fmt: skip
    client.sign_in(room.chair)
    text = client.page(f"/contests/{room.contest.slug}/judging").text
    assert "Waiting for an answer" in text
    assert "Declined" in text
    assert "Family or friends" in text


def test_the_panel_costs_the_same_for_one_judge_and_for_three(
    client: Client, session: Session
) -> None:
    def cost(number: int, page: str) -> int:
        room = Room(session, judges=number, entries=number)
        for i in range(number):
            room.give(i, i)
        client.sign_in(room.chair)
        with counted(session) as statements:
            client.page(room.address(page))
        return len(statements)

    for page in (PAGES[0], PAGES[4], PAGES[6], PAGES[7]):
        assert cost(1, page) == cost(3, page), page


def test_the_dry_run_counts_and_names_nobody(client: Client, session: Session) -> None:
    room = Room(session, entries=1)
    make.entry(
        session, make.user(session, email="cto@firm.example"), contest=room.contest,
        title="Secret idea", state=State.ELIGIBLE,
    )  # fmt: skip
    client.sign_in(room.chair)
    answer = client.post(
        f"/contests/{room.contest.slug}/judging", data={"email": "boss@firm.example"}
    )
    assert "conflicted with 1 of 2 entries" in answer.text
    assert "Secret idea" not in answer.text


def test_a_conflict_is_added_and_lifted_with_a_reason(client: Client, session: Session) -> None:
    room = Room(session)
    given = room.give(0, 0)
    client.sign_in(room.chair)
    client.post(
        f"/contests/{room.contest.slug}/conflicts/new",
        data={"judge": str(room.judges[0].id), "entry": str(room.entries[0].id), "kind": "adviser"},
    )
    session.expire_all()
    assert given.state is AssignmentState.RECUSED
    [conflict] = interests.conflicts(session, room.contest.id).values()
    client.page(f"/conflicts/{conflict.id}/lift")
    assert client.post(f"/conflicts/{conflict.id}/lift", data={"reason": " "}).status_code == 422
    client.post(f"/conflicts/{conflict.id}/lift", data={"reason": "Another person of that name"})
    session.expire_all()
    assert interests.conflicts(session, room.contest.id) == {}


def test_that_there_is_a_conflict_is_hidden_from_whoever_may_not_lift_it(
    client: Client, session: Session
) -> None:
    room = Room(session)
    room.give(0, 0)
    conflicts.add(session, room.judges[0], room.entries[0].id, ConflictKind.OTHER,
                  by=room.chair, at=make.NOON)  # fmt: skip
    session.flush()
    [conflict] = interests.conflicts(session, room.contest.id).values()
    client.sign_in(room.judges[1].user)

    answers = [client.get(f"/conflicts/{one}/lift") for one in (conflict.id, room.contest.id)]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_criterion_needs_one_language_of_the_contest_and_no_more(
    client: Client, session: Session
) -> None:
    room = Room(session, phase=RoundPhase.COLLECTING)
    room.contest.languages = ["en", "zh"]
    session.flush()
    client.sign_in(room.chair)
    page, given = f"/rounds/{room.round.id}/rubric", {"weight": 100, "low": 0, "high": 5}

    assert client.post(f"{page}/new", data=given).status_code == 422
    assert client.post(f"{page}/new", data=given | {"title-zh": "新颖性"}).status_code == 303
    assert "新颖性" in client.page(page).text


def test_a_rubric_is_written_moved_and_freezes(client: Client, session: Session) -> None:
    room = Room(session, phase=RoundPhase.COLLECTING)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/rubric"
    for title, weight in (("New", 60), ("Feasible", 30)):
        answer = client.post(f"{place}/new", data={
            "title-en": title, "weight": weight, "low": 0, "high": 5, "level_0-en": "absent",
        })  # fmt: skip
        assert answer.location == place
    text = client.page(place).text
    assert "sum to 90 of 100" in text
    assert [b.facts["sum"] for b in rubric_blockers(session, room.round)] == [90]

    rubric = panel.rubric(session, room.round.id)
    assert rubric is not None
    second = rubric.criteria[1].id
    client.page(f"{place}/{second}")
    client.post(f"{place}/{second}", data={
        "title-en": "Feasible", "weight": 40, "low": 0, "high": 10, "level_0-en": "no",
    })  # fmt: skip
    client.post(f"{place}/{second}/up")
    session.expire_all()
    assert rubric_blockers(session, room.round) == []
    rubric = panel.rubric(session, room.round.id)
    assert rubric is not None
    assert [(c.title["en"], c.weight, c.high) for c in rubric.criteria] == [
        ("Feasible", 40, 10),
        ("New", 60, 5),
    ]
    client.page(f"{place}/{second}/remove")
    rubric.frozen_at = make.NOON
    session.flush()
    assert "somebody has scored by it" in client.page(place).text
    assert client.get(f"{place}/new").status_code == 403
    assert client.post(f"{place}/{second}/remove").status_code == 403


def test_a_plan_is_computed_looked_at_and_applied_as_a_whole(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=3, entries=4, reviews=2)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    assert re.search(r'<input[^>]* checked [^>]*value="total"', client.page(place).text)
    client.post(f"{place}/compute", data=BEST)
    assert "Looking for the best" in client.page(place).text
    assert "Waiting for its turn" in client.get(f"{place}/state").text
    run_promised(session)

    assert 'data-controller="arrive"' in client.get(f"{place}/state").text
    text = client.page(place).text
    assert "proved optimal" in text
    assert "4/4" in text
    assert "best fit" in text
    assert "Right order of two entries" in text
    sd = 18.5 * proposal(session, room).report["precision"]["typical"]
    assert "Doubt between two entries" in text
    assert f"± {1.645 * sd:.0f}" in text
    assert f"standard deviation {sd:.1f}" in text
    power = proposal(session, room).report["power"]
    assert 0 < power["hit"] <= power["recall"] <= 1
    assert f"All of the first {power['top_k']} right" in text
    assert f"{power['hit']:.0%}" in text
    assert f"that the best comes first: {power['best']:.0%}" in text
    assert work.queue(session, room.judges[0].user) == []
    plan = proposal(session, room)
    client.post(f"/plans/{plan.id}/apply")
    session.expire_all()
    assert plan.state is PlanState.APPLIED
    assert {(p.open, p.short) for p in reviews.progress_by_entry(session, room.round)} == {(2, 2)}
    assert client.post(f"/plans/{plan.id}/apply").status_code == 422


def proposal(session: Session, room: Room) -> AssignmentPlan:
    plan = plans.newest_plan(session, room.round.id)
    assert plan is not None
    return plan


def test_the_chair_may_ask_for_fairness_and_is_told_how_the_worst_served_entry_fares(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=3, entries=4, reviews=2)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    assert client.post(f"{place}/compute", data={"fair": "nobody"}).status_code == 422
    client.post(f"{place}/compute", data={"fair": "full"})
    run_promised(session)
    text = client.page(place).text
    assert "Worst served" in text
    assert "at most 0.50 is possible" in text
    assert proposal(session, room).report["fair"] == "full"


def test_the_chair_may_ask_for_exchanges_that_lift_whoever_is_served_worst(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=4, entries=2, reviews=2)
    room.round.load_max = 1
    track = make.track(session, room.contest)
    for entry in room.entries:
        entry.team.track_id = track.id
    for judge in room.judges[:2]:
        judge.track_id = track.id
    session.flush()
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    assert "exchanges that lift whoever is served worst" in client.page(place).text
    client.post(f"{place}/compute", data={"fair": "swaps"})
    run_promised(session)
    text = client.page(place).text
    assert re.search(r'<input[^>]* checked [^>]*value="swaps"', text)
    report = proposal(session, room).report
    assert report["fair"] == "swaps"
    assert report["worst"]["affinity"] == 0.65  # one judge of the track for each
    assert report["worst"]["bound"] is None


def test_a_computation_is_stopped_and_leaves_nothing_behind(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=3, entries=4, reviews=2)
    client.sign_in(room.chair)
    client.post(f"/rounds/{room.round.id}/assignment/compute", data=BEST)
    plan = proposal(session, room)
    client.post(f"/plans/{plan.id}/discard")
    run_promised(session)
    session.expire_all()
    assert plan.state is PlanState.DISCARDED
    assert plans.newest_plan(session, room.round.id) is None


def test_a_long_computation_says_how_far_it_is_and_ends_when_it_is_not_wanted(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(session, judges=3, entries=4, reviews=2)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    client.post(f"{place}/compute", data=BEST)
    plan = proposal(session, room)
    session.commit()
    said, advance = [], actions.advance

    def told(session: Session, plan: AssignmentPlan, stage: str) -> bool:
        said.append(stage)
        going = advance(session, plan, stage)
        assert ('max="6"' in client.get(f"{place}/state").text) is going
        if stage == "prove":
            actions.discard(session, plan, room.round, by=room.chair, at=make.NOON)
        return going

    monkeypatch.setattr(jobs, "LONG", 0.0)
    monkeypatch.setattr(actions, "advance", told)
    run_promised(session)
    session.expire_all()
    assert plan.state is PlanState.DISCARDED
    assert said[:2] == ["search", "prove"]
    assert "report" not in said


def test_a_computation_that_failed_for_good_is_told(client: Client, session: Session) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    client.post(f"{place}/compute", data=BEST)
    fail_promised(session, "no memory", final=True)
    assert "could not be computed" in client.page(place).text


def test_after_a_judge_left_the_page_says_so_and_a_plan_moves_only_their_entries(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=4, entries=6, reviews=2)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    client.post(f"{place}/compute", data=BEST)
    run_promised(session)
    client.post(f"/plans/{proposal(session, room).id}/apply")
    before = {(a.appointment_id, a.entry_id)
              for a in reviews.open_assignments(session, room.round.id)}  # fmt: skip
    room.judges[0].ended_at = make.NOON
    session.flush()
    theirs = {pair for pair in before if pair[0] == room.judges[0].id}
    assert "Judge 0 has left the panel" in client.page(place).text
    client.post(f"{place}/compute", data=BEST)
    run_promised(session)
    client.post(f"/plans/{proposal(session, room).id}/apply")
    session.expire_all()
    after = {
        (a.appointment_id, a.entry_id) for a in reviews.open_assignments(session, room.round.id)
    }
    assert before - after == theirs
    assert len(after) == 12
    assert "has left the panel" not in client.page(place).text


def test_after_a_recusal_and_for_a_late_judge_the_plan_mends_only_what_it_must(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=4, entries=6, reviews=3)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    client.post(f"{place}/compute", data=BEST)
    run_promised(session)
    client.post(f"/plans/{proposal(session, room).id}/apply")
    given = reviews.open_assignments(session, room.round.id)
    kept = {(str(a.entry_id), str(a.appointment_id)) for a in given}
    for assignment in given[:6]:
        assignment.state = AssignmentState.SCORED
    left = given[0]
    scoring.recuse(session, work.assignment(session, left.id) or left, ConflictKind.FAMILY,
                   "My sister works there", by=left.appointment.user, at=make.NOON)  # fmt: skip
    late = make.appointment(session, room.contest, make.user(session, name="Late Lena"))
    session.flush()
    client.post(f"{place}/compute", data=BEST)
    run_promised(session)
    found = proposal(session, room).report
    pairs = {tuple(pair) for pair in found["pairs"]}
    assert (str(left.entry_id), str(left.appointment_id)) not in pairs
    assert {(str(a.entry_id), str(a.appointment_id)) for a in given[1:6]} <= pairs
    assert sum(judge == str(late.id) for _, judge in pairs) >= 1
    assert len(pairs) == 18
    stay = kept - {(str(left.entry_id), str(left.appointment_id))}
    loads = Counter(judge for _, judge in stay)
    most = max(Counter(judge for _, judge in pairs).values())
    assert most <= max(loads.values())
    assert len(stay - pairs) == sum(max(0, load - most) for load in loads.values())
    assert "Late Lena" in client.page(place).text


def test_entries_that_compete_for_the_same_judges_are_named_together(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=2, entries=3, reviews=2)
    room.round.load_max = 2
    client.sign_in(room.chair)
    client.post(f"/rounds/{room.round.id}/assignment/compute", data=BEST)
    run_promised(session)
    text = re.sub(r"\s+", " ", client.page(f"/rounds/{room.round.id}/assignment").text)
    assert "2 reviews are lacking" in text
    assert "3 entries compete for Judge 0 and Judge 1." in text


def test_assigning_by_hand_makes_a_proposal_out_of_date(client: Client, session: Session) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    client.post(f"/rounds/{room.round.id}/assignment/compute", data=BEST)
    run_promised(session)
    room.give(0, 0)
    answer = client.post(f"/plans/{proposal(session, room).id}/apply")
    assert answer.status_code == 422
    assert "Compute it again" in answer.text


def test_before_inviting_the_organiser_sees_how_many_conflicts_there_would_be(
    client: Client, session: Session
) -> None:
    room = Room(session, entries=3)
    room.entries[0].team.organisation = make.organisation(session, domains=["firm.example"])
    organiser = make.user(session)
    make.appointment(session, room.contest, organiser, Role.ORGANISER)
    session.flush()
    given = {"email": "kim@firm.example", "name": "Kim", "role": "judge"}
    page = f"/contests/{room.contest.slug}/people/check"
    client.sign_in(room.chair)
    assert client.post(page, data=given).status_code == 403
    client.sign_in(organiser)
    text = client.post(page, data=given).text
    assert "conflicted with 1 of 3 entries" in text
    assert 'value="kim@firm.example"' in text
    assert "kim@firm.example" not in client.page(f"/contests/{room.contest.slug}/people").text


def test_a_plan_says_which_entry_lacks_judges_and_why(client: Client, session: Session) -> None:
    room = Room(session, judges=2, entries=2, reviews=2)
    conflicts.add(
        session, room.judges[0], room.entries[0].id, ConflictKind.OTHER, by=room.chair,
        at=make.NOON,
    )  # fmt: skip
    client.sign_in(room.chair)
    client.post(f"/rounds/{room.round.id}/assignment/compute", data=BEST)
    run_promised(session)
    text = client.page(f"/rounds/{room.round.id}/assignment").text
    assert "Idea 0 lacks 1 judge" in text
    assert re.search(r"Only 1 judge may see it\s*: 1 conflict", text)
    plan = plans.newest_plan(session, room.round.id)
    assert plan is not None
    client.post(f"/plans/{plan.id}/discard")
    session.expire_all()
    assert plan.state is PlanState.DISCARDED


def test_a_plan_that_is_out_of_date_is_refused(client: Client, session: Session) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    client.post(f"/rounds/{room.round.id}/assignment/compute", data=BEST)
    run_promised(session)
    plan = plans.newest_plan(session, room.round.id)
    assert plan is not None
    conflicts.add(
        session, room.judges[0], room.entries[0].id, ConflictKind.OTHER, by=room.chair,
        at=make.NOON,
    )  # fmt: skip
    answer = client.post(f"/plans/{plan.id}/apply")
    assert answer.status_code == 422
    assert "Compute it again" in answer.text


def test_by_hand_a_conflict_is_refused_and_the_rest_is_assigned(
    client: Client, session: Session
) -> None:
    room = Room(session)
    conflicts.add(
        session, room.judges[0], room.entries[0].id, ConflictKind.OTHER, by=room.chair,
        at=make.NOON,
    )  # fmt: skip
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment/add"
    barred = {"judge": str(room.judges[0].id), "entry": str(room.entries[0].id)}
    answer = client.post(place, data=barred)
    assert answer.status_code == 422
    assert "A conflict of interest keeps this judge" in answer.text
    free = {"judge": str(room.judges[1].id), "entry": str(room.entries[0].id)}
    assert client.post(place, data=free).status_code == 303
    session.expire_all()
    assert [a.appointment_id for a in reviews.open_assignments(session, room.round.id)] == [
        room.judges[1].id
    ]


def test_a_reminder_goes_out_once_a_day(client: Client, session: Session) -> None:
    room = Room(session)
    room.give(0, 0)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/progress"
    client.post(f"/rounds/{room.round.id}/nudge", data={"judge": str(room.judges[0].id)})
    assert "1 judge was reminded" in client.page(place).text
    client.post(f"/rounds/{room.round.id}/nudge", data={"all": "1"})
    assert "Nobody was reminded" in client.page(place).text


def test_a_judge_who_was_let_go_is_reminded_of_nothing_and_their_entry_lacks_a_judge(
    client: Client, session: Session
) -> None:
    room = Room(session)
    for judge in (0, 1):
        room.give(judge, judge)
    room.judges[0].ended_at = make.NOON
    session.flush()
    client.sign_in(room.chair)

    text = client.page(f"/rounds/{room.round.id}/progress").text
    assert "Remind 1 judge" in text
    assert "1 judge missing" in text
    assert (
        "1 entry of “Ideas” lacks a judge"
        in client.page(f"/contests/{room.contest.slug}/judging").text
    )
    assert room.round.judging_closes_at is not None
    late = room.round.judging_closes_at - timedelta(hours=12)
    assert closing.remind(session, at=late) == 1
    closing.extend(session, room.round, late + make.DAY, by=room.chair, at=late)
    told = session.scalars(select(Message.recipient_id).where(Message.kind.startswith("judging_")))
    assert set(told) == {room.judges[1].user_id}


def test_a_round_closes_with_every_shortfall_settled_on_one_screen(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=2, entries=3, reviews=1)
    rubric = make.rubric(session, room.round)
    make.scorecard(session, room.give(0, 0), rubric, 5, 5)
    late, waived = room.give(0, 1), room.give(0, 2)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/close"
    text = client.page(place).text
    assert "2 reviews are still open" in text
    assert client.post(place).status_code == 422

    client.post(f"/assignments/{late.id}/reassign",
                data={"judge": str(room.judges[1].id), "next": place})  # fmt: skip
    entry: Entry = room.entries[2]
    field = f"waive-{entry.id}-reason"
    refused = client.post(f"/rounds/{room.round.id}/entries/{entry.id}/waive", data={field: ""})
    assert refused.status_code == 422
    client.post(
        f"/rounds/{room.round.id}/entries/{entry.id}/waive", data={field: "The judge fell ill"}
    )
    session.expire_all()
    assert (late.state, waived.state) == (AssignmentState.REASSIGNED, AssignmentState.WAIVED)
    [taken] = reviews.open_assignments(session, room.round.id)
    scale = panel.rubric(session, room.round.id)
    assert scale is not None
    make.scorecard(session, taken, scale, 0, 0)

    assert "Nothing is short" in client.page(place).text
    awaited = client.post(place).location
    assert awaited.startswith(f"/rounds/{room.round.id}/ranking?asked=")
    session.expire_all()
    assert room.round.phase.value == "deliberation"
    assert "The ranking is being computed." in client.page(awaited).text
    run_promised(session)
    assert "Idea 0" in client.page(f"/rounds/{room.round.id}/ranking").text
    client.page(place)
    client.post(f"/rounds/{room.round.id}/reopen")
    session.expire_all()
    assert room.round.phase.value == "judging"
    assert taken.state is AssignmentState.SCORED


def test_more_time_is_given_in_the_contests_zone(client: Client, session: Session) -> None:
    room = Room(session)
    room.give(0, 0)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}"
    early = client.post(f"{place}/extend", data={"until": "2030-06-02T09:00"})
    assert early.status_code == 422
    assert "Choose a time after the present end" in early.text
    assert client.post(f"{place}/extend", data={"until": "2030-07-01T09:00"}).status_code == 303
    session.expire_all()
    assert room.round.judging_closes_at is not None
    assert room.round.judging_closes_at.isoformat() == "2030-07-01T01:00:00+00:00"


def test_one_judges_scores_are_set_aside_and_restored(client: Client, session: Session) -> None:
    room = Room(session)
    given = room.give(0, 0)
    card = make.scorecard(session, given, make.rubric(session, room.round), 5, 0)
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/entries/{room.entries[0].id}"
    assert "60.0" in client.page(place).text
    client.page(f"/scorecards/{card.id}/set-aside")
    client.post(f"/scorecards/{card.id}/set-aside", data={"reason": "Scored the wrong entry"})
    session.expire_all()
    assert work.marks(session, room.round.id) == []
    assert _reviews(session, room)[0] == (0, room.round.minimum_reviews)
    design = plans.design(session, room.round)
    row, column = (
        design.entry_ids.index(given.entry_id),
        design.judge_ids.index(given.appointment_id),
    )
    assert design.eligible[row][column] is False  # not by this judge once more
    assert matrix.matrix(session, room.round, None).reviews(room.entries[0]) == 0
    assert bridging.groups(session, room.round) == []
    assert "Scored the wrong entry" in client.page(place).text
    client.post(f"/scorecards/{card.id}/restore")
    session.expire_all()
    assert _reviews(session, room)[0] == (1, room.round.minimum_reviews - 1)
    assert len(bridging.groups(session, room.round)) == 1
    assert [m.value for m in work.marks(session, room.round.id)] == [60.0]
    room.round.phase = RoundPhase.CERTIFIED
    session.flush()
    assert client.post(f"/scorecards/{card.id}/set-aside").status_code == 403


def _reviews(session: Session, room: Room) -> list[tuple[int, int]]:
    """Return of each entry how many reviews count, and how many more are needed."""
    known = {p.entry_id: p for p in reviews.progress_by_entry(session, room.round)}
    return [(known[e.id].done, known[e.id].short) for e in room.entries]


def test_a_pitch_round_begins_when_everything_is_there(client: Client, session: Session) -> None:
    room = Room(session, entries=1, phase=RoundPhase.PUBLISHED)
    room.entries[0].state = State.ADVANCED
    pitch = make.round_(
        session, room.contest, number=2, kind=RoundKind.PITCH, phase=RoundPhase.PLANNED,
        minimum_reviews=2,
    )  # fmt: skip
    client.sign_in(room.chair)
    assert "Start judging" in client.page(f"/contests/{room.contest.slug}/judging").text
    text = client.page(f"/rounds/{pitch.id}/begin").text
    assert "has no criteria to score by" in text
    assert "Nothing is assigned" in text
    assert client.post(f"/rounds/{pitch.id}/begin").status_code == 422
    make.rubric(session, pitch)
    client.post(f"/rounds/{pitch.id}/assignment/compute", data=BEST)
    run_promised(session)
    plan = plans.newest_plan(session, pitch.id)
    assert plan is not None
    client.post(f"/plans/{plan.id}/apply")
    assert "Everything is ready" in client.page(f"/rounds/{pitch.id}/begin").text
    client.post(f"/rounds/{pitch.id}/begin")
    session.expire_all()
    assert pitch.phase is RoundPhase.JUDGING


def test_the_chair_is_warned_of_entries_that_no_judge_links(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=2, entries=3, phase=RoundPhase.SCREENING)
    room.give(0, 0), room.give(1, 1), room.give(1, 2)

    def bar(judge: int, entry: int) -> None:
        conflicts.add(session, room.judges[judge], room.entries[entry].id, ConflictKind.OTHER,
                      by=room.chair, at=make.NOON)  # fmt: skip

    client.sign_in(room.chair)
    text = client.page(room.address("/rounds/{round}/begin")).text
    assert "fall into 2 groups" in text
    assert "Groups 1 and 2:" in text
    assert "Judge 1 → Idea 0" in text
    assert re.search(r"Judge 0 → Idea [12]", text)
    bar(1, 0)
    bar(0, 1)
    text = client.page(room.address("/rounds/{round}/begin")).text
    assert "Judge 0 → Idea 2" in text
    assert "→ Idea 0" not in text
    bar(0, 2)
    assert "nobody on the panel may" in client.page(room.address("/rounds/{round}/begin")).text
    make.appointment(session, room.contest, make.user(session, name="Judge X"))
    text = client.page(room.address("/rounds/{round}/begin")).text
    assert re.search(r"Judge X → Idea [12] and Idea 0", text)  # the largest group first
    room.give(0, 1)
    assert "fall into" not in client.page(room.address("/rounds/{round}/begin")).text


def test_a_judge_of_a_track_gets_only_that_track_unless_they_bridge(session: Session) -> None:
    room = Room(session, judges=3, entries=2, phase=RoundPhase.SCREENING)
    payments, transport = (make.track(session, room.contest, title=t) for t in ("Pay", "Move"))
    room.entries[0].team.track_id, room.entries[1].team.track_id = payments.id, transport.id
    room.judges[0].track_id = room.judges[1].track_id = payments.id
    room.judges[1].bridges = True
    session.flush()

    design = plans.design(session, room.round)

    seat = {design.judge_ids[j]: j for j in range(3)}
    row = {design.entry_ids[i]: i for i in range(2)}
    eligible = [[design.eligible[row[e.id]][seat[j.id]] for j in room.judges] for e in room.entries]
    assert eligible == [[True, True, True], [False, True, True]]


def test_nobody_is_given_what_they_cannot_read_and_what_is_scored_stays(session: Session) -> None:
    room = Room(session, judges=3, entries=2)
    rubric = make.rubric(session, room.round)
    room.entries[0].lang, room.entries[1].lang = "de", ""
    room.judges[0].languages, room.judges[1].languages = ["en"], ["en", "de"]
    make.scorecard(session, room.give(0, 0), rubric, 3, 3)
    room.judges[2].languages = ["zh"]
    session.flush()

    design = plans.design(session, room.round)

    row, seats = design.entry_ids.index(room.entries[0].id), design.judge_ids
    found = dict(zip(seats, design.eligible[row], strict=True))
    assert [found[j.id] for j in room.judges] == [True, True, False]
    assert all(design.eligible[1 - row])


def test_the_plan_says_which_track_and_language_lack_a_judge(
    client: Client, session: Session
) -> None:
    room = Room(session, judges=3, entries=2, reviews=2)
    room.contest.languages = ["en", "de"]
    payments, transport = (make.track(session, room.contest, title=t) for t in ("Pay", "Move"))
    room.entries[0].team.track_id, room.entries[1].team.track_id = payments.id, transport.id
    room.entries[0].lang = "de"
    room.judges[0].track_id = transport.id
    room.judges[1].languages = ["en"]
    session.flush()
    client.sign_in(room.chair)
    place = f"/rounds/{room.round.id}/assignment"
    client.post(f"{place}/compute", data=BEST)
    run_promised(session)

    text = client.page(place).text

    assert "Idea 0 lacks 1 judge" in text
    assert "1 judges another track" in text
    assert "1 does not read Deutsch" in text
    assert "Lacking is a judge of the track “Pay” and the language Deutsch." in text
    assert "another track" in text
    refused = client.post(f"{place}/add", data={
        "judge": str(room.judges[1].id), "entry": str(room.entries[0].id),
    })  # fmt: skip
    assert "does not read the language of this entry" in refused.text
    refused = client.post(f"{place}/add", data={
        "judge": str(room.judges[0].id), "entry": str(room.entries[0].id),
    })  # fmt: skip
    assert "judges another track only" in refused.text


def test_the_organiser_says_what_a_judge_reads_and_whether_they_bridge(
    client: Client, session: Session
) -> None:
    room = Room(session)
    room.contest.languages = ["en", "de"]
    track = make.track(session, room.contest)
    organiser = make.user(session)
    make.appointment(session, room.contest, organiser, Role.ORGANISER)
    client.sign_in(organiser)
    page = f"/appointments/{room.judges[0].id}/edit"
    assert "Judges other tracks too" in client.page(page).text
    sent = client.post(page, data={
        "title": "", "track_id": str(track.id), "bridges": "y", "languages": ["de"],
    })  # fmt: skip
    assert sent.status_code == 303
    session.expire_all()
    judge = room.judges[0]
    assert (judge.track_id, judge.bridges, judge.languages) == (track.id, True, ["de"])
    text = client.page(f"/contests/{room.contest.slug}/people").text
    assert "other tracks too" in text
    assert "reads Deutsch" in text
