"""The ranking's page and its job."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.contests.actor import Actor
from contest.contests.models import Role, Round, RoundPhase
from contest.entries.models import State
from contest.judging.actions import scoring
from contest.ranking import actions, policy, queries
from contest.ranking.models import Ranking
from tests import make
from tests.jobs import run_promised
from tests.pages import Client


class Room:
    """A round in deliberation: six entries, four judges, all of them scored by everybody."""

    def __init__(self, session: Session, *, entries: int = 6, judges: int = 4) -> None:
        self.contest = make.contest(session)
        self.round = make.round_(session, self.contest, phase=RoundPhase.DELIBERATION)
        rubric = make.rubric(session, self.round)
        self.chair = make.user(session)
        make.appointment(session, self.contest, self.chair, Role.CHAIR)
        self.entries = [
            make.entry(session, make.user(session), contest=self.contest, title=f"Idea {i}",
                       state=State.ELIGIBLE)
            for i in range(entries)
        ]  # fmt: skip
        self.cards = []
        for j in range(judges):
            judge = make.appointment(session, self.contest, make.user(session, name=f"Judge {j}"))
            for i, entry in enumerate(self.entries):
                points = min(5, max(0, i - j + 1))
                given = make.assignment(session, self.round, judge, entry)
                self.cards.append(make.scorecard(session, given, rubric, points, (i * j) % 6))

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
    asked = client.post(room.address()).location
    assert "being computed" in client.page(asked).text
    run_promised(session)

    assert 'data-controller="arrive"' in client.get(asked.replace("?", "/state?")).text
    for by in ("", "?by=raw", "?by=adjusted"):
        text = client.page(room.address() + by).text
        assert "Idea 5" in text
        assert "Krippendorff" in text
        assert "Judge 3" in text
    sheet = client.get(room.address(".csv"))
    assert sheet.text.count("\n") == 7
    assert sheet.headers["Content-Disposition"].endswith('ranking.csv"')


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
        for page in ("", "/state", ".csv"):
            assert client.get(room.address(page)).status_code == 403
        assert client.post(room.address()).status_code == 403
