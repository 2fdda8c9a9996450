"""What a chair reads when things turn out otherwise: one judge steps back, comes late, or is odd."""

from html import unescape

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.judging.actions import scoring
from contest.judging.models import Assignment, AssignmentState, ConflictKind
from contest.judging.queries import interests, work
from contest.ranking.models import Ranking
from tests import make
from tests.jobs import run_promised
from tests.judging.test_chair_pages import Room
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
    assert "Scorecards that were set aside and do not count: 1." in panel.ranked(client)
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
