"""What a chair reads when things turn out otherwise: one judge steps back, comes late, or is odd."""

from html import unescape

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import RoundPhase
from contest.entries.models import State
from contest.judging.actions import scoring
from contest.judging.models import Assignment, AssignmentPlan, AssignmentState, ConflictKind
from contest.judging.queries import interests, reviews, work
from contest.ranking.models import Ranking
from tests import make
from tests.jobs import run_promised
from tests.judging.test_chair_pages import BEST, Room
from tests.pages import Client


class Panel(Room):
    """A round of six entries by four judges, three reviews each, all of them scored."""

    def __init__(self, session: Session, *, judges: int = 4, entries: int = 6) -> None:
        super().__init__(session, judges=judges, entries=entries, reviews=3)
        self.rubric = make.rubric(session, self.round)
        self.cards: dict[tuple[int, int], Assignment] = {}

    def score(self, judge: int, entry: int, points: int) -> None:
        given = self.cards[judge, entry] = self.give(judge, entry)
        make.scorecard(self.session, given, self.rubric, points, points)

    def read(self, client: Client, page: str) -> str:
        client.sign_in(self.chair)
        return unescape(client.page(page).text)

    def ranked(self, client: Client) -> str:
        client.sign_in(self.chair)
        client.post(f"/rounds/{self.round.id}/ranking")
        run_promised(self.session)
        text = unescape(client.page(f"/rounds/{self.round.id}/ranking").text)
        for old in self.session.scalars(select(Ranking)):
            old.computed_at -= make.DAY  # the clock stands still; the next one is newer
        self.session.flush()
        return text

    @property
    def plan(self) -> str:
        return f"/rounds/{self.round.id}/assignment"

    def all_scored(self) -> None:
        for entry in range(len(self.entries)):
            for judge in range(3):
                self.score((entry + judge) % len(self.judges), entry, (entry + judge) % 5)


def test_recusal_after_scoring_and_the_chair_who_takes_it_back(
    client: Client, session: Session
) -> None:
    panel = Panel(session)
    panel.all_scored()
    entry = f"/rounds/{panel.round.id}/entries/{panel.entries[0].id}"
    before = panel.ranked(client)
    assert "set aside" not in before
    given = panel.cards[0, 0]
    scoring.recuse(session, given, ConflictKind.FAMILY, "My brother.", by=panel.judges[0].user,
                   at=make.NOON + make.DAY)  # fmt: skip
    session.flush()

    home = panel.read(client, f"/contests/{panel.contest.slug}/judging")
    assert "1 entry of “Ideas” lacks a judge: give it to somebody" in home
    assert "Stepped back" in home
    assert "1 entry lacks a judge" in panel.read(client, panel.plan)
    assert "Scores have changed since" in panel.read(client, f"/rounds/{panel.round.id}/ranking")
    assert "whose judge stepped back, and so do not count: 1." in panel.ranked(client)
    text = panel.read(client, entry)
    assert "a conflict of interest stands" in text
    assert "Let it count again" not in text
    [card] = work.scorecards(session, given.id)
    refused = client.post(f"/scorecards/{card.id}/restore", follow_redirects=True)
    assert "A conflict of interest stands against these scores. Lift it first." in refused.text

    [conflict] = interests.conflicts(session, panel.contest.id).values()
    lifted = client.post(
        f"/conflicts/{conflict.id}/lift", data={"reason": "Another person"}, follow_redirects=True
    )
    assert "Scores that it set aside still do not count." in lifted.text
    assert "Let it count again" in panel.read(client, entry)
    client.post(f"/scorecards/{card.id}/restore")
    session.expire_all()
    assert given.state is AssignmentState.SCORED
    assert "Scores have changed since" in panel.read(client, f"/rounds/{panel.round.id}/ranking")
    assert "set aside" not in panel.ranked(client)
    assert "lacks a judge" not in panel.read(client, panel.plan)


def test_a_late_judge_takes_over_what_nobody_has_opened(client: Client, session: Session) -> None:
    panel = Panel(session)
    for entry in range(6):
        panel.score(entry % 4, entry, entry % 5)
        for judge in (1, 2):
            panel.give((entry + judge) % 4, entry)
    late = make.appointment(session, panel.contest, make.user(session, name="Nora Late"))

    text = panel.read(client, panel.plan)
    assert "1 judge has no entry yet" in text
    assert "Nora Late. Compute a plan: a judge who comes late takes over" in text

    client.post(f"{panel.plan}/compute", data=BEST)
    run_promised(session)
    assert "Nora Late → Idea" in panel.read(client, panel.plan)
    [made] = session.scalars(select(AssignmentPlan))
    scored = [[str(panel.entries[e].id), str(panel.judges[j].id)] for j, e in panel.cards]
    assert not [pair for pair in made.report["removed"] if pair in scored]
    assert {judge for _, judge in made.report["added"]} == {str(late.id)}

    client.post(f"/plans/{made.id}/apply")
    assert "no entry yet" not in panel.read(client, panel.plan)


def test_nobody_is_assigned_once_the_judging_is_closed_and_who_judged_what_still_stands(
    client: Client, session: Session
) -> None:
    panel = Panel(session)
    panel.all_scored()
    panel.round.phase = RoundPhase.DELIBERATION
    for entry in panel.entries:
        entry.state = State.NOT_ADVANCED
    session.flush()
    text = panel.read(client, panel.plan)
    assert panel.entries[0].title in text
    assert "nobody is assigned to it any more" in text
    assert "Compute" not in text
    given = {"judge": str(panel.judges[3].id), "entry": str(panel.entries[0].id)}
    for act, form in (("compute", BEST), ("add", given)):
        assert client.post(f"{panel.plan}/{act}", data=form).status_code == 403
    assert panel.entries[0].title in panel.read(client, f"/rounds/{panel.round.id}/progress")


def test_a_judge_with_few_scores_is_named_and_not_held_to_be_known(
    client: Client, session: Session
) -> None:
    panel = Panel(session, judges=4, entries=8)
    for entry in range(8):
        for judge in range(3):
            panel.score(judge, entry, (entry + judge) % 5)
    panel.judges[3].user.name = "Nora Late"
    panel.score(3, 0, 2)
    panel.score(3, 1, 5)

    assert (
        "Scored far fewer entries than the others, late or for a while only, so their strictness is"
        " known less well: Nora Late."
    ) in panel.ranked(client)


def test_a_judge_who_gave_everyone_the_same_is_named_and_kept(
    client: Client, session: Session
) -> None:
    panel = Panel(session)
    for entry in range(6):
        for judge in range(3):
            panel.score(judge, entry, 3 if judge == 2 else (entry + judge) % 6)

    text = panel.ranked(client)

    assert "Gave all their entries the same: Judge 2." in text
    assert "A judge who stands out is a reason to look, never a reason to remove." in text
    judges = text[text.index("Above the panel") :]
    assert "Judge 2" in judges
    assert text.count("gave everybody the same") == 1


def test_two_tracks_without_a_common_judge_are_ranked_apart_until_somebody_bridges(
    client: Client, session: Session
) -> None:
    panel = Panel(session, judges=6, entries=12)
    one, other = (make.track(session, panel.contest, title=t) for t in ("Payments", "Energy"))
    for number, appointment in enumerate(panel.judges):
        appointment.track_id = (one if number < 3 else other).id
    for number, entry in enumerate(panel.entries):
        entry.team.track_id = (one if number < 6 else other).id
    session.flush()
    client.sign_in(panel.chair)
    client.post(f"{panel.plan}/compute", data=BEST)
    run_promised(session)

    text = panel.read(client, panel.plan)
    assert "Some tracks are hard to compare" in text
    assert "Rank inside the tracks, or invite somebody who may judge in both." in text
    [made] = session.scalars(select(AssignmentPlan))
    assert made.report["components"] == 2
    client.post(f"/plans/{made.id}/apply")

    for number in range(12):
        for judge in range(3):
            given = judge + (0 if number < 6 else 3)
            [work_] = [a for a in reviews.open_assignments(session, panel.round.id)
                       if (a.appointment_id, a.entry_id)
                       == (panel.judges[given].id, panel.entries[number].id)]  # fmt: skip
            make.scorecard(session, work_, panel.rubric, (number + judge) % 5, number % 5)
    text = panel.ranked(client)
    assert (
        "The panel falls into 2 groups without a common judge. Ranks count inside each group; across"
        " groups nothing can be said."
    ) in text
    assert "2 groups share no judge: their levels cannot be compared." in text
    assert "group 2" in text
    assert "Among the first 2 of its group" in text
    decide = panel.read(client, f"/rounds/{panel.round.id}/decisions")
    assert "2 groups of entries share no judge" in decide
    assert "Each rank counts inside its group" in decide

    panel.judges[0].bridges = panel.judges[3].bridges = True
    extra = make.appointment(session, panel.contest, make.user(session, name="Bridge"))
    for number in (0, 1, 6, 7):
        make.scorecard(
            session, make.assignment(session, panel.round, extra, panel.entries[number]),
            panel.rubric, number % 5, 3,
        )  # fmt: skip
    assert "groups without a common judge" not in panel.ranked(client)
