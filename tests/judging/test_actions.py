"""What the acts of judging do to a round."""

import uuid

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contest.contests.models import RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import State
from contest.events.models import Event
from contest.judging.actions import closing, conflicts, plan, scoring
from contest.judging.models import AssignmentState, ConflictKind, Score
from contest.judging.queries import interests, reviews, work
from tests import make


class Room:
    """A contest with one eligible entry, one judge, a rubric of 60 and 40 percent."""

    def __init__(self, session: Session) -> None:
        self.contest = make.contest(session)
        self.round = make.round_(session, self.contest, phase=RoundPhase.JUDGING, minimum_reviews=1)
        self.chair = make.user(session, name="Chair")
        self.user = make.user(session, name="Judge", email="judge@firm.example")
        self.judge = make.appointment(session, self.contest, self.user)
        self.lead = make.user(session, email="lead@startup.example")
        self.entry = make.entry(session, self.lead, contest=self.contest, state=State.ELIGIBLE)
        self.rubric = make.rubric(session, self.round)
        self.assignment = make.assignment(session, self.round, self.judge, self.entry)

    def state(self) -> AssignmentState:
        return self.assignment.state

    def score(self, session: Session, *points: int) -> None:
        for criterion, p in zip(self.rubric.criteria, points, strict=True):
            scoring.put_points(
                session, self.assignment, criterion.id, p, by=self.user, at=make.NOON
            )

    def submit(self, session: Session) -> None:
        scoring.submit(session, self.assignment, material_opened=True, by=self.user, at=make.NOON)


def test_zero_is_a_score_and_the_weighted_total_counts_once_submitted(session: Session) -> None:
    room = Room(session)
    room.score(session, 0, 5)
    assert work.marks(session, room.round.id) == []

    room.submit(session)

    assert [m.value for m in work.marks(session, room.round.id)] == [40.0]
    assert room.state() is AssignmentState.SCORED
    assert room.rubric.frozen_at == make.NOON


def test_a_field_that_arrives_after_the_scorecard_was_handed_in_changes_nothing(
    session: Session,
) -> None:
    room = Room(session)
    room.score(session, 4, 5)
    scoring.put_text(session, room.assignment, comment="Clear", by=room.user, at=make.NOON)
    room.submit(session)

    scoring.put_text(session, room.assignment, comment="Clear", by=room.user, at=make.NOON)
    room.score(session, 4, 5)

    assert room.state() is AssignmentState.SCORED
    assert len(work.scorecards(session, room.assignment.id)) == 1


def test_points_that_came_in_between_are_seen_and_not_written_twice(session: Session) -> None:
    room = Room(session)
    draft = scoring.open_(session, room.assignment, by=room.user, at=make.NOON)
    for criterion in room.rubric.criteria:
        session.execute(
            insert(Score).values(
                id=uuid.uuid4(), scorecard_id=draft.id, criterion_id=criterion.id, points=1
            )
        )

    room.score(session, 4, 5)
    room.submit(session)

    given = {score.criterion_id: score.points for score in draft.scores}
    assert [given[criterion.id] for criterion in room.rubric.criteria] == [4, 5]


def test_amending_appends_a_revision_and_the_first_stays_of_record_until_the_second_is_in(
    session: Session,
) -> None:
    room = Room(session)
    room.score(session, 5, 5)
    room.submit(session)

    room.score(session, 0, 0)
    assert [m.value for m in work.marks(session, room.round.id)] == [100.0]
    room.submit(session)

    assert [m.value for m in work.marks(session, room.round.id)] == [0.0]
    cards = work.scorecards(session, room.assignment.id)
    assert [(c.revision, c.superseded_at is None) for c in cards] == [(1, False), (2, True)]


@pytest.mark.parametrize("what", ["points", "comment"])
def test_the_record_says_that_a_judge_began_to_change_what_was_handed_in_once(
    session: Session, what: str
) -> None:
    room = Room(session)
    room.score(session, 5, 5)
    room.submit(session)
    for value in (1, 2):
        if what == "points":
            room.score(session, value, value)
        else:
            scoring.put_text(
                session, room.assignment, comment=str(value), by=room.user, at=make.NOON
            )
    wanted = select(Event).where(Event.verb == "scorecard.reopened")
    [happened] = session.scalars(wanted)
    assert (happened.actor_id, happened.facts["revision"]) == (room.user.id, 2)


@pytest.mark.parametrize("way", ["before it", "while it is written", "taken back", "abstained"])
def test_no_amendment_of_a_judge_undoes_that_the_chair_set_their_scores_aside(
    session: Session, way: str
) -> None:
    room = Room(session)
    room.score(session, 5, 5)
    room.submit(session)
    [first] = work.scorecards(session, room.assignment.id)
    if way == "while it is written":
        room.score(session, 1, 1)
    scoring.set_aside(session, first, "Mixed up.", contest_id=room.contest.id, by=room.chair,
                      at=make.NOON)  # fmt: skip
    if way == "taken back":
        scoring.take_back(session, room.assignment, by=room.user, at=make.NOON)
    elif way == "abstained":
        scoring.abstain(session, room.assignment, "Not mine.", by=room.user, at=make.NOON)
        scoring.resume(session, room.assignment, by=room.user, at=make.NOON)

    room.score(session, 0, 0)
    room.submit(session)

    assert work.marks(session, room.round.id) == []
    last = work.scorecards(session, room.assignment.id)[-1]
    assert (last.set_aside_by, last.set_aside_reason) == (room.chair.id, "Mixed up.")
    scoring.restore(session, last, contest_id=room.contest.id, by=room.chair, at=make.NOON)
    assert [mark.value for mark in work.marks(session, room.round.id)] == [0.0]


def test_a_scorecard_with_a_gap_is_refused_and_names_the_criterion(session: Session) -> None:
    room = Room(session)
    scoring.put_points(
        session, room.assignment, room.rubric.criteria[0].id, 3, by=room.user, at=make.NOON
    )
    with pytest.raises(DomainError, match="Still without points"):
        room.submit(session)
    with pytest.raises(DomainError, match="Give 0 to 5 points"):
        scoring.put_points(
            session, room.assignment, room.rubric.criteria[1].id, 6, by=room.user, at=make.NOON
        )


def test_material_is_read_before_it_is_scored(session: Session) -> None:
    room = Room(session)
    room.score(session, 1, 1)
    with pytest.raises(DomainError, match="Open the deck first"):
        scoring.submit(session, room.assignment, material_opened=False, by=room.user, at=make.NOON)


def test_recusal_after_scoring_takes_the_scores_out_of_the_count_and_keeps_them(
    session: Session,
) -> None:
    room = Room(session)
    room.score(session, 5, 5)
    room.submit(session)

    scoring.recuse(
        session,
        room.assignment,
        ConflictKind.INVESTMENT,
        "I hold shares.",
        by=room.user,
        at=make.NOON,
    )

    assert work.marks(session, room.round.id) == []
    assert room.state() is AssignmentState.RECUSED
    assert interests.has_conflict(session, room.judge.id, room.entry.id)
    assert len(work.scorecards(session, room.assignment.id)) == 1


def test_abstaining_deferring_and_recusing_are_three_things(session: Session) -> None:
    room = Room(session)
    scoring.defer(session, room.assignment, by=room.user, at=make.NOON)
    assert room.state() is AssignmentState.DEFERRED
    assert [p.open for p in reviews.progress_by_entry(session, room.round)] == [1]

    scoring.abstain(session, room.assignment, "Not my field.", by=room.user, at=make.NOON)
    assert room.state() is AssignmentState.ABSTAINED
    assert not interests.has_conflict(session, room.judge.id, room.entry.id)
    assert [(p.done, p.open, p.short) for p in reviews.progress_by_entry(session, room.round)] == [
        (0, 0, 1)
    ]


def test_conflicts_are_found_from_the_organisation_and_from_the_verified_mail_domain(
    session: Session,
) -> None:
    room = Room(session)
    firm = make.organisation(session, name="Firm", domains=["firm.example"])
    colleague = make.user(session, email="colleague@firm.example")
    by_domain = make.entry(session, colleague, contest=room.contest, state=State.ELIGIBLE)
    team = make.team(session, make.user(session), contest=room.contest, organisation=firm)
    by_organisation = make.entry(session, contest=room.contest, team=team, state=State.ELIGIBLE)

    assert conflicts.find(session, room.contest.id, by=None, at=make.NOON) == 2
    assert conflicts.find(session, room.contest.id, by=None, at=make.NOON) == 0

    assert interests.has_conflict(session, room.judge.id, by_domain.id)
    assert interests.has_conflict(session, room.judge.id, by_organisation.id)
    assert not interests.has_conflict(session, room.judge.id, room.entry.id)


def test_no_hand_can_give_a_judge_an_entry_that_a_conflict_bars(session: Session) -> None:
    room = Room(session)
    other = make.entry(session, make.user(session), contest=room.contest, state=State.ELIGIBLE)
    conflicts.add(session, room.judge, other.id, ConflictKind.FAMILY, by=room.chair, at=make.NOON)
    with pytest.raises(DomainError, match="conflict of interest"):
        plan.add(session, room.round, room.judge, other, by=room.chair, at=make.NOON)


def test_a_round_closes_only_when_every_shortfall_is_settled(session: Session) -> None:
    room = Room(session)
    with pytest.raises(DomainError, match="1 review is still open"):
        closing.close(session, room.round, by=room.chair, at=make.NOON)

    closing.waive(
        session, room.round, room.entry, "Known from the first round.", by=room.chair, at=make.NOON
    )
    closing.close(session, room.round, by=room.chair, at=make.NOON)

    assert room.round.phase is RoundPhase.DELIBERATION
    assert room.state() is AssignmentState.WAIVED


def test_closing_locks_scores_and_reopening_unlocks_them(session: Session) -> None:
    room = Room(session)
    room.score(session, 4, 4)
    room.submit(session)

    closing.close(session, room.round, by=room.chair, at=make.NOON)
    assert room.state() is AssignmentState.LOCKED
    with pytest.raises(DomainError):
        room.score(session, 1, 1)

    closing.reopen(session, room.round, by=room.chair, at=make.NOON)
    room.score(session, 1, 1)
    assert room.state() is AssignmentState.IN_PROGRESS
