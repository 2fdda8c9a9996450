"""A round of pass or fail: each judge's verdict with its reason, and the panel's where they disagree."""

import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Aggregation, Mode, Role, RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import Entry, State
from contest.judging.actions import closing, consensus, opening, scoring
from contest.judging.models import Assignment, AssignmentState
from contest.judging.queries import overview, panel, verdicts
from contest.judging.verdicts import verdict
from contest.ranking.actions import ask
from contest.ranking.queries import newest
from contest.results.actions import decisions
from contest.results.models import Outcome
from contest.results.queries import decisions as decided
from tests import make
from tests.jobs import run_promised
from tests.pages import Client

U, M = Aggregation.UNANIMOUS, Aggregation.MAJORITY


@pytest.mark.parametrize(
    ("passes", "fails", "rule", "passed"),
    [
        (3, 0, U, True), (0, 2, U, False), (2, 1, U, None), (0, 0, U, None),
        (2, 1, M, True), (1, 2, M, False), (1, 1, M, None), (0, 0, M, None),
    ],
)  # fmt: skip
def test_the_declared_rule_settles_or_leaves_it_to_the_panel(
    passes: int, fails: int, rule: Aggregation, passed: bool | None
) -> None:
    assert verdict(passes, fails, rule) is passed


class Jury:
    """Two judges and two entries before a round of pass or fail; no rubric was written."""

    def __init__(self, session: Session, *, rule: Aggregation = U) -> None:
        self.session = session
        self.chair = make.user(session, name="Chair Charlotte")
        self.contest = make.contest(session, organiser=self.chair)
        self.round = make.round_(session, self.contest, phase=RoundPhase.SCREENING,
                                 advance_count=2)  # fmt: skip
        self.round.mode, self.round.aggregation = Mode.PASS_FAIL, rule
        self.entries = [
            make.entry(session, make.user(session), contest=self.contest, title=f"Idea {i}",
                       state=State.ELIGIBLE)
            for i in range(2)
        ]  # fmt: skip
        self.judges = [
            make.appointment(session, self.contest, make.user(session, name=f"Judge {i}"))
            for i in range(2)
        ]
        self.work = {
            (j, i): make.assignment(session, self.round, judge, entry)
            for j, judge in enumerate(self.judges)
            for i, entry in enumerate(self.entries)
        }
        for judge in self.judges:
            make.declaration(session, judge, *self.entries)
        session.flush()
        opening.begin(session, self.round, by=self.chair, at=make.NOON)

    def say(self, judge: int, entry: int, points: int, why: str = "Because it is so.") -> None:
        user, given = self.judges[judge].user, self.work[judge, entry]
        rubric = panel.rubric(self.session, self.round.id)
        assert rubric is not None
        (question,) = rubric.criteria
        scoring.put_points(self.session, given, question.id, points, by=user, at=make.NOON)
        scoring.put_text(self.session, given, comment=why, by=user, at=make.NOON)
        scoring.submit(self.session, given, material_opened=True, by=user, at=make.NOON)

    def settle(self, entry: int, passed: bool, why: str = "The panel heard both.") -> None:
        consensus.decide(self.session, self.round, self.entries[entry], passed, why,
                         by=self.chair, at=make.NOON)  # fmt: skip

    def waiting(self) -> list[Entry]:
        ids = verdicts.waiting(self.session, self.round)
        return [e for e in self.entries if e.id in ids]


def test_a_round_of_pass_or_fail_is_announced_and_begun_without_a_rubric(session: Session) -> None:
    jury = Jury(session)
    assert list(overview.unready(session, jury.contest)) == []
    assert jury.round.phase is RoundPhase.JUDGING


def test_a_verdict_needs_its_reason(session: Session) -> None:
    jury = Jury(session)
    with pytest.raises(DomainError, match="why"):
        jury.say(0, 0, 1, why=" ")


def test_where_judges_disagree_the_entry_waits_until_the_panel_has_decided(
    session: Session,
) -> None:
    jury = Jury(session)
    jury.say(0, 0, 1)
    with pytest.raises(DomainError, match="still owes"):
        jury.settle(0, passed=True)
    jury.say(1, 0, 0)
    assert jury.waiting() == [jury.entries[0]]
    with pytest.raises(DomainError, match="rests on"):
        jury.settle(0, passed=True, why="")
    jury.settle(0, passed=True)
    assert jury.waiting() == []
    jury.say(1, 0, 1)
    with pytest.raises(DomainError, match="own verdicts settle"):
        jury.settle(0, passed=False)


def test_a_decision_of_the_panel_holds_for_the_votes_it_was_made_on(session: Session) -> None:
    jury = Jury(session)
    jury.say(0, 0, 1)
    jury.say(1, 0, 0)
    jury.settle(0, passed=True)
    late = make.appointment(session, jury.contest, make.user(session, name="Judge 2"))
    jury.judges.append(late)
    jury.work[2, 0] = make.assignment(session, jury.round, late, jury.entries[0])
    jury.say(2, 0, 0)
    assert jury.waiting() == [jury.entries[0]]


def test_who_passes_goes_on_and_who_fails_is_never_proposed(session: Session) -> None:
    jury = Jury(session)
    for judge in (0, 1):
        jury.say(judge, 0, 0)
        jury.say(judge, 1, 1 - judge)
    closing.close(session, jury.round, by=jury.chair, at=make.NOON)
    run_promised(session)
    may = decisions.can_decide(session, jury.round)
    assert not may
    assert "panel" in may.reason
    jury.settle(1, passed=True)
    run_promised(session)
    ranking = newest(session, jury.round.id)
    assert ranking is not None
    assert {s.entry_id: (s.rank, s.details["verdict"]) for s in ranking.standings} == {
        jury.entries[1].id: (1, "pass"), jury.entries[0].id: (2, "fail"),
    }  # fmt: skip
    assert decisions.can_decide(session, jury.round)
    lines = decided.table(session, jury.round).lines
    assert [(line.entry_id, line.proposed) for line in lines] == [
        (jury.entries[1].id, Outcome.ADVANCE), (jury.entries[0].id, Outcome.NOT_ADVANCE),
    ]  # fmt: skip


def test_the_chair_sees_what_hangs_on_each_judge_and_where_one_more_verdict_settles_it(
    client: Client, session: Session
) -> None:
    jury = Jury(session, rule=Aggregation.MAJORITY)
    for judge in (0, 1):
        jury.say(judge, 0, judge)
        jury.say(judge, 1, 1)
    make.appointment(session, jury.contest, make.user(session))
    ask(session, jury.round, by=jury.chair, at=make.NOON)
    run_promised(session)
    client.sign_in(jury.chair)
    page = f"/rounds/{jury.round.id}/ranking"
    text = client.page(page).text
    assert "would fail: Idea 0" in text
    assert "would pass: Idea 0" in text
    assert "Krippendorff" in text
    assert "Propose 1 review" in text
    answer = client.post(f"{page}/reviews")
    assert answer.location == f"/rounds/{jury.round.id}/assignment"


def test_a_judge_says_pass_or_fail_on_a_page_without_points(
    client: Client, session: Session
) -> None:
    jury = Jury(session)
    client.sign_in(jury.judges[0].user)
    given: Assignment = jury.work[0, 0]
    text = client.page(f"/assignments/{given.id}").text
    assert "Does it pass?" in text
    assert "/ 100" not in text
    rubric = panel.rubric(session, jury.round.id)
    assert rubric is not None
    field = f"points_{rubric.criteria[0].id}"
    refused = client.post(f"/assignments/{given.id}/submit", data={field: "0", "comment": ""})
    assert refused.status_code == 422
    answer = client.post(f"/assignments/{given.id}/submit", data={field: "0", "comment": "Late."})
    assert answer.status_code == 303
    session.expire_all()
    assert given.state is AssignmentState.SCORED
    assert "Your verdict" in client.page(f"/assignments/{given.id}").text
    assert "Passes and fails" in client.page(f"/rounds/{jury.round.id}/my-scores").text
    assert client.get(f"/rounds/{jury.round.id}/consensus").status_code == 403


def test_the_chair_reads_both_sides_and_records_the_consensus(
    client: Client, session: Session
) -> None:
    jury = Jury(session)
    jury.say(0, 0, 1, "Sound figures.")
    jury.say(1, 0, 0, "No customers.")
    chair = make.user(session, name="Second Chair")
    make.appointment(session, jury.contest, chair, Role.CHAIR)
    client.sign_in(chair)
    page = f"/rounds/{jury.round.id}/consensus"
    text = client.page(page).text
    assert "Sound figures." in text
    assert "No customers." in text
    entry = jury.entries[0].id
    address, name = f"/rounds/{jury.round.id}/entries/{entry}/consensus", f"of-{entry}"
    refused = client.post(address, data={f"{name}-verdict": "1", f"{name}-reason": ""})
    assert refused.status_code == 422
    data = {f"{name}-verdict": "0", f"{name}-reason": "Figures alone do not carry it."}
    assert client.post(address, data=data).status_code == 303
    text = client.page(page).text
    assert "The panel failed it" in text
    assert "Figures alone do not carry it." in text
    text = client.page(f"/rounds/{jury.round.id}/entries/{entry}").text
    assert "No customers." in text
    client.post(f"/rounds/{jury.round.id}/ranking")
    run_promised(session)
    text = client.page(f"/rounds/{jury.round.id}/ranking").text
    assert "the panel" in text
    assert "Without any review" in text
    assert "This round needs no rubric" in client.page(f"/rounds/{jury.round.id}/rubric").text
