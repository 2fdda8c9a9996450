"""Two people have the same form open: nobody's words are lost, and nobody is asked without need."""

import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Contest
from contest.core.words import Words
from tests import make
from tests.filled import held, opened
from tests.pages import Client


@pytest.fixture
def contest(client: Client, session: Session) -> Contest:
    organiser = make.user(session)
    client.sign_in(organiser)
    contest = make.contest(session, organiser=organiser, languages=["en", "zh"])
    contest.title = Words(en="Rivers", zh="河")
    session.flush()
    return contest


def test_changes_of_different_fields_are_both_kept_without_asking(
    client: Client, session: Session, contest: Contest
) -> None:
    url = f"/contests/{contest.slug}/edit"
    hers, his = opened(client, url), opened(client, url)

    assert client.post(url, data=hers | {"title-en": "Clean rivers"}).status_code == 303
    assert client.post(url, data=his | {"tagline-en": "For all"}).status_code == 303

    session.refresh(contest)
    assert (contest.title["en"], contest.tagline["en"]) == ("Clean rivers", "For all")


def test_languages_of_one_text_are_merged_one_by_one(
    client: Client, session: Session, contest: Contest
) -> None:
    url = f"/contests/{contest.slug}/edit"
    hers, his = opened(client, url), opened(client, url)

    client.post(url, data=hers | {"title-en": "Clean rivers"})
    assert client.post(url, data=his | {"title-zh": "清河"}).status_code == 303

    session.refresh(contest)
    assert contest.title == Words(en="Clean rivers", zh="清河")


def test_what_both_changed_stands_side_by_side_until_it_is_sent_again(
    client: Client, session: Session, contest: Contest
) -> None:
    url = f"/contests/{contest.slug}/edit"
    hers, his = opened(client, url), opened(client, url)
    client.post(url, data=hers | {"title-en": "Hers", "tagline-en": "Her tagline"})

    answer = client.post(url, data=his | {"title-en": "His"})

    assert answer.status_code == 422
    assert "Somebody changed this meanwhile" in answer.text
    assert "<pre>His</pre>" in answer.text
    assert "<pre>Hers</pre>" in answer.text
    again = held(answer.text)
    assert (again["title-en"], again["tagline-en"]) == ("His", "Her tagline")
    session.refresh(contest)
    assert contest.title["en"] == "Hers"

    assert client.post(url, data=again).status_code == 303
    session.refresh(contest)
    assert (contest.title["en"], contest.tagline["en"]) == ("His", "Her tagline")


def test_line_ends_of_browsers_are_no_change(
    client: Client, session: Session, contest: Contest
) -> None:
    contest.brief = Words(en="One\n\nTwo")
    session.flush()
    url = f"/contests/{contest.slug}/edit"
    his = opened(client, url)
    client.post(url, data=opened(client, url) | {"brief-en": "One\r\n\r\nThree"})

    sent = his | {"brief-en": "One\r\n\r\nTwo", "title-en": "Clean rivers"}
    assert client.post(url, data=sent).status_code == 303

    session.refresh(contest)
    assert contest.brief["en"].split() == ["One", "Three"]


def test_settings_merge_the_languages_of_the_contest(
    client: Client, session: Session, contest: Contest
) -> None:
    url = f"/contests/{contest.slug}/settings"
    hers, his = opened(client, url), opened(client, url)

    client.post(url, data=hers | {"language_3": "ja", "colour": "#0b5fb0"})
    assert client.post(url, data=his | {"team_max": "5"}).status_code == 303

    session.refresh(contest)
    assert (contest.languages, contest.team_max) == (["en", "zh", "ja"], 5)


def test_dates_and_numbers_of_a_round_are_shown_as_they_are_read(
    client: Client, session: Session, contest: Contest
) -> None:
    round_ = make.round_(session, contest, grace_seconds=600)
    url = f"/rounds/{round_.id}/edit"
    hers, his = opened(client, url), opened(client, url)
    mine, theirs = "2030-06-03T18:00", "2030-06-04T18:00"
    client.post(url, data=hers | {"closes_at": theirs, "grace_minutes": "5", "load_max": "9"})

    answer = client.post(url, data=his | {"closes_at": mine, "grace_minutes": "20"})

    assert answer.status_code == 422
    for text in ("2030-06-03 18:00", "2030-06-04 18:00", "<pre>20</pre>", "<pre>5</pre>"):
        assert text in answer.text
    again = held(answer.text)
    assert (again["closes_at"], again["grace_minutes"], again["load_max"]) == (mine, "20", "9")


def test_choices_are_shown_by_their_words(
    client: Client, session: Session, contest: Contest
) -> None:
    payments, energy, ports = (
        make.track(session, contest, title=t) for t in ("Payments", "Energy", "Ports")
    )
    prize = make.prize(session, contest)
    prize.track_id = payments.id
    session.flush()
    url = f"/contests/{contest.slug}/set-up/prizes/{prize.id}"
    hers, his = opened(client, url), opened(client, url)
    client.post(url, data=hers | {"track_id": str(energy.id)})

    answer = client.post(url, data=his | {"track_id": str(ports.id)})

    assert "<pre>Ports</pre>" in answer.text
    assert "<pre>Energy</pre>" in answer.text
    assert f'data-clash-text-value="{energy.id}"' in answer.text


def test_what_two_changes_make_together_is_checked_too(
    client: Client, session: Session, contest: Contest
) -> None:
    round_ = make.round_(session, contest)
    url = f"/rounds/{round_.id}/edit"
    hers, his = opened(client, url), opened(client, url)
    client.post(url, data=hers | {"load_max": "4"})

    answer = client.post(url, data=his | {"load_min": "6"})

    assert answer.status_code == 422
    assert "must not be less than the least" in answer.text
    session.refresh(round_)
    assert (round_.load_min, round_.load_max) == (0, 4)


@pytest.mark.parametrize("base", ["", "nonsense", "[]", '{"title-en": 7}'])
def test_without_knowing_what_was_seen_nothing_is_taken_for_unchanged(
    client: Client, contest: Contest, base: str
) -> None:
    url = f"/contests/{contest.slug}/edit"
    his = opened(client, url)
    client.post(url, data=opened(client, url) | {"title-en": "Hers"})

    answer = client.post(url, data=his | {"tagline-en": "His", "base": base})

    assert answer.status_code == 422
    assert "<pre>Hers</pre>" in answer.text


def test_an_organisation_is_merged_as_well(
    client: Client, session: Session, contest: Contest
) -> None:
    assert contest.is_public()
    company = make.organisation(session, domains=["hitachi.example"])
    url = f"/organisations/{company.slug}/edit"
    hers, his = opened(client, url), opened(client, url)
    assert hers["domains"] == "hitachi.example"

    client.post(url, data=hers | {"domains": "hitachi.example, hitachi.test"})
    assert client.post(url, data=his | {"website": "https://hitachi.example"}).status_code == 303

    session.refresh(company)
    assert company.domains == ["hitachi.example", "hitachi.test"]
    assert company.website == "https://hitachi.example"
