"""The page of a series: what was held, and who won."""

import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Contest, Phase
from contest.results.models import ResultState
from tests import make
from tests.pages import Client
from tests.results.story import published, signed, story
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("noon")


def edition(session: Session, of: Contest, title: str, phase: Phase = Phase.RUNNING) -> Contest:
    made = make.contest(session, title=title, phase=phase)
    made.series_id = of.series_id
    session.flush()
    return made


def test_a_series_shows_its_announced_editions_and_their_winners(
    client: Client, session: Session
) -> None:
    told = story(session)
    published(session, told)
    edition(session, told.contest, "Rivers of Japan")
    edition(session, told.contest, "Secret Rivers", Phase.DRAFT)
    edition(session, told.contest, "Rivers of old", Phase.ARCHIVED)

    page = client.page(f"/series/{told.contest.series.slug}").text

    assert "3 editions so far." in page
    for words in ("Rivers of Japan", "Rivers of old", told.entries[0].team.name):
        assert words in page
    assert "Secret Rivers" not in page
    assert f"/series/{told.contest.series.slug}" in client.page(
        f"/contests/{told.contest.slug}"
    ).text  # fmt: skip


def test_winners_are_not_told_before_their_result_is_out(client: Client, session: Session) -> None:
    told = story(session)
    made = signed(session, told)
    assert made.state is ResultState.CERTIFIED

    page = client.page(f"/series/{told.contest.series.slug}").text

    assert told.contest.title["en"] in page
    assert told.entries[0].team.name not in page


def test_a_series_without_an_announced_edition_is_not_there(
    client: Client, session: Session
) -> None:
    draft = make.contest(session, phase=Phase.DRAFT)

    assert client.get(f"/series/{draft.series.slug}").status_code == 404
    assert client.get("/series/nothing").status_code == 404


def test_a_series_costs_the_same_for_one_and_for_three_editions(
    client: Client, session: Session
) -> None:
    first = make.contest(session)
    sent = []
    for times in (0, 2):
        for _ in range(times):
            edition(session, first, "Another")
        with counted(session) as seen:
            client.page(f"/series/{first.series.slug}")
        sent.append(len(seen))

    assert sent[0] == sent[1]


def test_an_archived_contest_leaves_the_start_page_and_stays_in_its_series(
    client: Client, session: Session
) -> None:
    organiser = make.user(session)
    contest = make.contest(session, title="Old Rivers", phase=Phase.CONCLUDED, organiser=organiser)
    family = f"/series/{contest.series.slug}"
    assert "Old Rivers" in client.page("/").text
    client.sign_in(organiser)
    client.page(f"/contests/{contest.slug}/archive")

    answer = client.post(f"/contests/{contest.slug}/archive")

    assert answer.location == f"/contests/{contest.slug}/manage"
    session.refresh(contest)
    assert contest.phase is Phase.ARCHIVED
    client.delete_cookie("session")
    assert "Old Rivers" not in client.page("/").text
    assert "Old Rivers" in client.page(family).text
    assert "Old Rivers" in client.page(f"/contests/{contest.slug}").text


def test_only_a_concluded_contest_is_archived(client: Client, session: Session) -> None:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    client.sign_in(organiser)

    assert client.post(f"/contests/{contest.slug}/archive").status_code == 422
    session.refresh(contest)
    assert contest.phase is Phase.RUNNING
