"""The ranking's page and its job."""

import re
from collections import Counter

import pytest
import rfc8785
from scipy.stats import kendalltau
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.contests.actor import Actor
from contest.contests.models import Appointment, Role, Round, RoundPhase
from contest.entries.models import State
from contest.judging.actions import scoring
from contest.judging.models import PlanState
from contest.judging.queries import plans
from contest.ranking import actions, computing, policy, queries
from contest.ranking.models import Ranking, RunState, Standing
from contest.web import db as web_db
from contest.web import idempotency
from tests import make
from tests.jobs import run_promised
from tests.pages import Client
from tests.statements import counted


class Room:
    """A round in deliberation: six entries, four judges, all of them scored by everybody."""

    def __init__(self, session: Session, *, entries: int = 6, judges: int = 4) -> None:
        self.contest = make.contest(session)
        self.round = make.round_(session, self.contest, phase=RoundPhase.DELIBERATION)
        self.rubric = rubric = make.rubric(session, self.round)
        self.chair = make.user(session)
        make.appointment(session, self.contest, self.chair, Role.CHAIR)
        self.entries = [
            make.entry(session, make.user(session), contest=self.contest, title=f"Idea {i}",
                       state=State.ELIGIBLE)
            for i in range(entries)
        ]  # fmt: skip
        self.cards = []
        self.apart: list[Appointment] = []
        for j in range(judges):
            judge = make.appointment(session, self.contest, make.user(session, name=f"Judge {j}"))
            for i, entry in enumerate(self.entries):
                points = min(5, max(0, i - j + 1))
                given = make.assignment(session, self.round, judge, entry)
                self.cards.append(make.scorecard(session, given, rubric, points, (i * j) % 6))

    def others(self, session: Session) -> list[Appointment]:
        """Four judges who score nothing of the first six entries."""
        if not self.apart:
            self.apart = [
                make.appointment(session, self.contest, make.user(session, name=f"Apart Judge {n}"))
                for n in range(4)
            ]
        return self.apart

    def computed(self, session: Session) -> Ranking:
        actions.ask(session, self.round, by=self.chair, at=make.NOON)
        run_promised(session)
        found = queries.newest(session, self.round.id)
        assert found is not None
        return found

    def address(self, page: str = "") -> str:
        return f"/rounds/{self.round.id}/ranking{page}"


@pytest.mark.parametrize("phase", list(RoundPhase))
@pytest.mark.parametrize("role", list(Role))
def test_only_chair_and_organisers_ever_see_a_ranking(role: Role, phase: RoundPhase) -> None:
    actor, round_ = Actor(None, None, frozenset({role})), Round(phase=phase)
    chairs = role in {Role.CHAIR, Role.ORGANISER}
    begun = phase not in {RoundPhase.PLANNED, RoundPhase.COLLECTING, RoundPhase.SCREENING}
    fixed = phase in {RoundPhase.CERTIFIED, RoundPhase.PUBLISHED}
    assert bool(policy.may_view(actor, round_)) == (chairs and begun)
    assert bool(policy.may_compute(actor, round_)) == (chairs and begun and not fixed)


def test_the_order_is_shown_raw_and_adjusted_with_how_sure_it_is(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    assert "No ranking yet" in client.page(room.address()).text
    actions.ask(session, room.round, by=room.chair, at=make.NOON)
    assert "being computed" in client.page(room.address()).text
    assert 'data-controller="arrive"' not in client.get(room.address("/state")).text
    run_promised(session)

    assert 'data-controller="arrive"' in client.get(room.address("/state")).text
    for by in ("", "?by=raw", "?by=adjusted"):
        text = client.page(room.address() + by).text
        assert "Idea 5" in text
        assert "Krippendorff" in text
        assert "Judge 3" in text
    sheet = client.get(room.address(".csv"))
    assert sheet.text.count("\n") == 7
    assert "ranking.csv" in sheet.headers["Content-Disposition"]


def numbers(ranking: Ranking) -> dict[object, tuple[float, ...]]:
    return {s.entry_id: (s.rank, s.raw, s.adjusted, s.sd, s.p_top) for s in ranking.standings}


def test_the_same_scores_give_the_same_stored_numbers(session: Session) -> None:
    room = Room(session)
    for _ in range(2):
        actions.ask(session, room.round, by=room.chair, at=make.NOON)
        run_promised(session)
    assert session.scalar(select(func.count()).select_from(Ranking)) == 1
    first = queries.newest(session, room.round.id)
    assert first is not None
    before = numbers(first)

    scoring.set_aside(
        session, room.cards[0], "A test", contest_id=room.contest.id, by=room.chair, at=make.NOON
    )
    actions.ask(session, room.round, by=room.chair, at=make.NOON)
    run_promised(session)
    assert session.scalar(select(func.count()).select_from(Ranking)) == 2
    scoring.restore(session, room.cards[0], contest_id=room.contest.id, by=room.chair, at=make.NOON)
    actions.ask(session, room.round, by=room.chair, at=make.NOON)
    run_promised(session)
    last = queries.newest(session, room.round.id)
    assert last is not None
    assert numbers(last) == before


@pytest.mark.parametrize(("entries", "judges"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_a_thin_panel_is_shown_raw_first_with_the_reason(
    client: Client, session: Session, entries: int, judges: int
) -> None:
    room = Room(session, entries=entries, judges=judges)
    actions.ask(session, room.round, by=None, at=make.NOON)
    run_promised(session)
    client.sign_in(room.chair)
    text = client.page(room.address()).text
    assert "The raw mean leads here" in text


def test_others_are_refused(client: Client, session: Session) -> None:
    room = Room(session)
    for role in (Role.JUDGE, Role.SPONSOR, Role.SCREENER, Role.OBSERVER):
        somebody = make.user(session)
        make.appointment(session, room.contest, somebody, role)
        client.sign_in(somebody)
        for page in ("", "/state", ".csv", f"/{room.entries[0].id}"):
            assert client.get(room.address(page)).status_code == 403
        for act in ("", "/stop", "/reviews"):
            assert client.post(room.address(act)).status_code == 403


# --- the same bytes


def as_bytes(ranking: Ranking) -> bytes:
    """Everything that is stored but the row's own number and the instant."""
    columns = ("method", "parameters", "input_sha256", "code_version", "seed",
               "adjusted_is_official", "notes", "components")  # fmt: skip
    rows = sorted(
        (
            {name: getattr(s, name) for name in Standing.__table__.columns.keys()  # noqa: SIM118
             if name not in {"id", "ranking_id", "entry_id"}} | {"entry": str(s.entry_id)}
            for s in ranking.standings
        ),
        key=lambda row: str(row["entry"]),
    )  # fmt: skip
    whole = {name: getattr(ranking, name) for name in columns} | {"standings": rows}
    return rfc8785.dumps(whole)


def test_the_same_scores_give_the_same_bytes(session: Session) -> None:
    room = Room(session)
    first = room.computed(session)
    before = as_bytes(first)
    session.delete(first)
    for standing in first.standings:
        session.delete(standing)
    session.flush()
    session.expire_all()
    again = room.computed(session)
    assert again.id != first.id
    assert as_bytes(again) == before


def test_what_is_quick_to_rank_has_its_ranking_with_the_answer_and_in_the_same_bytes(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing, "AT_ONCE", 60.0)  # however busy this machine is
    room = Room(session)
    by_job = as_bytes(ranking := room.computed(session))
    for standing in ranking.standings:
        session.delete(standing)
    session.delete(ranking)
    stale = actions.ask(session, room.round, by=room.chair, at=make.NOON)
    client.sign_in(room.chair)
    answer = client.post(room.address())
    assert answer.status_code == 303
    assert (
        run_promised(session) == 1
    )  # the one that was asked for before, and is not wanted any more
    session.expire_all()
    assert stale.state is RunState.STOPPED
    assert session.scalar(select(func.count()).select_from(Ranking)) == 1
    found = queries.newest(session, room.round.id)
    assert found is not None
    assert as_bytes(found) == by_job
    text = client.page(room.address()).text
    assert "Idea 5" in text
    assert "being computed" not in text


def test_while_a_ranking_is_computed_with_the_answer_others_write(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    seen = []
    begin = web_db.begin_writing

    def begun(patience: float = web_db.PATIENCE) -> None:
        seen.append("writes")
        begin(patience)

    compute = computing.at_once

    def computed(session: Session, round_: Round) -> object:
        seen.append("computes")
        return compute(session, round_)

    monkeypatch.setattr(web_db, "begin_writing", begun)
    monkeypatch.setattr(idempotency, "begin_writing", begun)
    monkeypatch.setattr(computing, "at_once", computed)
    client.post(room.address())
    assert seen == ["computes", "writes"]


@pytest.mark.parametrize(("limit", "value"), [("FEW_JUDGES", 3), ("AT_ONCE", 0.0)])
def test_a_large_panel_and_one_that_takes_long_are_computed_by_a_job(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    room = Room(session)
    monkeypatch.setattr(computing, limit, value)
    client.sign_in(room.chair)
    client.post(room.address())
    assert queries.newest(session, room.round.id) is None
    assert "being computed" in client.page(room.address()).text
    run_promised(session)
    assert queries.newest(session, room.round.id) is not None


# --- runs


def test_a_run_can_be_stopped_and_the_next_one_counts(client: Client, session: Session) -> None:
    room = Room(session)
    client.sign_in(room.chair)
    actions.ask(session, room.round, by=room.chair, at=make.NOON)
    assert "Stop" in client.page(room.address()).text
    client.post(room.address("/stop"))
    assert "No ranking yet" in client.page(room.address()).text
    run_promised(session)
    assert queries.newest(session, room.round.id) is None

    client.post(room.address())
    run_promised(session)
    assert queries.newest(session, room.round.id) is not None
    run = queries.newest_run(session, room.round.id)
    assert run is not None
    assert run.state is RunState.DONE


def test_how_far_a_run_is_stands_on_the_page(client: Client, session: Session) -> None:
    room = Room(session)
    run = actions.ask(session, room.round, by=room.chair, at=make.NOON)
    assert actions.advance(session, run.id, "judges", 2, 4)
    client.sign_in(room.chair)
    assert "Leaving out one judge after the other" in client.get(room.address("/state")).text
    actions.give_up(session, str(run.id))
    assert not actions.advance(session, run.id, "judges", 3, 4)
    assert "could not be computed" in client.page(room.address()).text


# --- what it says


def test_an_entry_explains_itself_in_parts_that_sum(client: Client, session: Session) -> None:
    room = Room(session)
    ranking = room.computed(session)
    client.sign_in(room.chair)
    for s in ranking.standings:
        parts = [c["points"] for c in s.details["corrections"]]
        total = s.raw + sum(parts) + s.details["shrinkage"]
        assert total == pytest.approx(s.adjusted, abs=1e-9)
        text = client.page(room.address(f"/{s.entry_id}")).text
        assert f"{s.adjusted:.2f}" in text
        assert "Judge 3" in text
    assert client.get(room.address(f"/{room.round.id}")).status_code == 404


def test_scores_set_aside_and_criteria_left_out_are_told(client: Client, session: Session) -> None:
    room = Room(session)
    scoring.set_aside(
        session, room.cards[0], "A test", contest_id=room.contest.id, by=room.chair, at=make.NOON
    )
    late = make.appointment(session, room.contest, make.user(session, name="Late Judge"))
    rubric = room.cards[0].rubric
    given = make.assignment(session, room.round, late, room.entries[0])
    make.scorecard(session, given, rubric, 4, None)
    room.computed(session)
    client.sign_in(room.chair)
    text = client.page(room.address()).text
    assert "stepped back, and so do not count: 1" in text
    assert "without a view on some criterion: 1" in text
    assert "Gave one score only" in text
    assert "Late Judge" in text


def test_equal_places_are_settled_by_the_weightiest_criterion(session: Session) -> None:
    room = Room(session, entries=0, judges=0)
    rubric = room.rubric
    entries = [
        make.entry(session, make.user(session), contest=room.contest, state=State.ELIGIBLE)
        for _ in range(2)
    ]
    judge = make.appointment(session, room.contest, make.user(session))
    for entry, points in zip(entries, ((2, 5), (4, 2)), strict=True):  # 64 of 100 each
        make.scorecard(session, make.assignment(session, room.round, judge, entry), rubric, *points)
    found = {s.entry_id: s for s in room.computed(session).standings}
    assert [found[e.id].rank for e in entries] == [1, 1]
    assert [found[e.id].details["position"] for e in entries] == [2, 1]
    assert found[entries[0].id].details["rung"] == str(rubric.criteria[0].id)


def test_two_tracks_without_a_common_judge_have_places_of_their_own(
    client: Client, session: Session
) -> None:
    room = Room(session, entries=6, judges=4)
    for n in range(6):
        entry = make.entry(
            session, make.user(session), contest=room.contest, title=f"Apart {n}",
            state=State.ELIGIBLE,
        )  # fmt: skip
        for j in range(4):
            judge = room.others(session)[j]
            given = make.assignment(session, room.round, judge, entry)
            make.scorecard(session, given, room.rubric, (n + j) % 6, n % 6)
    ranking = room.computed(session)
    lines = queries.lines(ranking.standings, "raw")
    assert [line.group for line in lines] == [1] * 6 + [2] * 6
    assert [lines[0].place, lines[6].place] == [1, 1]
    titles = [{s.entry.title[:4] for s in band} for band in queries.bands(ranking.standings)]
    assert all(len(kinds) == 1 for kinds in titles)
    client.sign_in(room.chair)
    text = client.page(room.address()).text
    assert "group 2" in text
    assert "across groups nothing can be said" in text
    others = {j.user.name for j in room.others(session)}
    joins = re.findall(r"(Judge \d|Apart Judge \d) → ((?:Idea|Apart) \d)", text)
    assert {who in others for who, _ in joins} == {True, False}
    assert all((who in others) == what.startswith("Idea") for who, what in joins)
    assert "no review can be added" in text  # the judging is over

    given = make.assignment(session, room.round, room.others(session)[0], room.entries[0])
    text = client.page(room.address()).text
    waits = f"{given.appointment.user.name} → Idea 0 (assigned already, not handed in)"
    assert waits in text
    assert waits in client.page(f"/rounds/{room.round.id}/decisions").text


def test_how_far_raw_and_adjusted_agree_and_whether_pools_differ_stand_by_the_method(
    client: Client, session: Session
) -> None:
    room = Room(session, entries=9, judges=4)
    for k, card in enumerate(room.cards):
        judge, entry = divmod(k, 9)
        if entry in ((1, 7), (), (0, 2, 7), (2, 4, 7, 8))[judge]:
            scoring.set_aside(session, card, "A test", contest_id=room.contest.id, by=room.chair,
                              at=make.NOON)  # fmt: skip
    ranking = room.computed(session)
    told = ranking.components["raw_adjusted"]
    values = [(round(s.raw, 2), round(s.adjusted, 2)) for s in ranking.standings]
    assert told["tau"] == pytest.approx(kendalltau(*zip(*values, strict=True)).statistic)
    assert told["opposite"] > 0
    assert ranking.components["pool"] is not None
    client.sign_in(room.chair)
    text = client.page(room.address()).text
    assert (
        f"other way round: {told['opposite']} of 36 (Kendall&#39;s τ = {told['tau']:.2f})" in text
    )
    assert "judges had stronger entries than others" in text
    assert "t of γ" in text


def test_a_ranking_from_before_the_comparison_of_raw_and_adjusted_is_shown(
    client: Client, session: Session
) -> None:
    room = Room(session)
    ranking = room.computed(session)
    known = {**ranking.components}
    del known["raw_adjusted"], known["pool"]
    ranking.components = known
    session.flush()
    client.sign_in(room.chair)
    text = client.page(room.address()).text
    assert "Version of the arithmetic" in text
    assert "other way round" not in text


# --- more reviews


def test_the_reviews_that_help_most_are_proposed_to_the_assignment(
    client: Client, session: Session
) -> None:
    room = Room(session, entries=8, judges=4)
    for n in range(3):
        make.appointment(session, room.contest, make.user(session, name=f"New {n}"))
    ranking = room.computed(session)
    wanted = {w["entry"]: w["reviews"] for w in ranking.components["wanted"]}
    assert wanted
    client.sign_in(room.chair)
    assert client.post(room.address("/reviews")).status_code == 403  # nobody judges any more

    room.round.phase = RoundPhase.JUDGING
    session.flush()
    assert "Where one more review helps most" in client.page(room.address()).text
    assert client.post(room.address("/reviews")).location.endswith("/assignment")
    run_promised(session)
    plan = plans.newest_plan(session, room.round.id)
    assert plan is not None
    assert plan.state is PlanState.PROPOSED
    assert 0 < plan.report["power"]["recall"] <= 1
    assert "The best found" in client.page(f"/rounds/{room.round.id}/assignment").text
    planned = Counter(entry for entry, _ in plan.report["pairs"])
    for entry, more in wanted.items():
        assert planned[entry] == 4 + min(more, 3)


def test_reviews_that_are_underway_are_not_proposed_again(session: Session) -> None:
    room = Room(session, entries=8, judges=4)
    new = make.appointment(session, room.contest, make.user(session))
    before = room.computed(session).components["wanted"][0]
    assert before["in_all"] == 4 + before["reviews"]
    entry = next(e for e in room.entries if str(e.id) == before["entry"])
    make.assignment(session, room.round, new, entry)
    after = room.computed(session).components["wanted"]
    assert before["entry"] not in {w["entry"] for w in after}  # all five judges have it


def test_where_nothing_helps_nothing_is_proposed(client: Client, session: Session) -> None:
    room = Room(session, entries=1, judges=1)
    room.computed(session)
    room.round.phase = RoundPhase.JUDGING
    session.flush()
    client.sign_in(room.chair)
    assert client.post(room.address("/reviews")).location.endswith("/ranking")
    assert plans.newest_plan(session, room.round.id) is None


# --- a judge's own page


def test_a_judge_sees_their_own_points_beside_the_scale_and_nobody_elses(
    client: Client, session: Session
) -> None:
    room = Room(session)
    judge = room.cards[0].assignment.appointment.user
    client.sign_in(judge)
    text = client.page(f"/rounds/{room.round.id}/my-scores").text
    assert "New" in text
    assert "Judge 1" not in text
    scales = queries.own_scales(session, room.round, judge)
    assert [scale.given for scale in scales] == [6, 6]
    assert scales[0].counts == {5: 2, 4: 1, 3: 1, 2: 1, 1: 1, 0: 0}
    assert "How I score" in client.page("/judging").text

    client.sign_in(room.chair)
    assert client.get(f"/rounds/{room.round.id}/my-scores").status_code == 404


def test_the_pages_take_as_many_statements_for_twelve_entries_as_for_six(
    client: Client, session: Session
) -> None:
    counts = []
    for entries in (6, 12):
        room = Room(session, entries=entries, judges=4)
        room.computed(session)
        client.sign_in(room.chair)
        client.get(room.address())
        with counted(session) as shown:
            client.get(room.address())
        with counted(session) as explained:
            client.get(room.address(f"/{room.entries[0].id}"))
        counts.append((len(shown), len(explained)))
    assert counts[0] == counts[1]
