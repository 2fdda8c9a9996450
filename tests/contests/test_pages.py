from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests import pages, queries
from contest.contests.models import (
    Answer,
    Contest,
    Phase,
    Prize,
    Role,
    Round,
    RoundPhase,
    Series,
    Track,
)
from contest.core.words import Words
from tests import make
from tests.contests import ready
from tests.pages import Client, check
from tests.statements import counted

SET_UP = (
    "manage", "edit", "settings", "ip-terms", "partners", "challenges", "tracks", "rounds",
    "rounds/new", "prizes", "duties", "timeline", "faqs", "eligibility", "undertakings",
    "undertakings/rules", "people", "announce", "cancel",
)  # fmt: skip
ROUND = {
    "title-en": "Ideas",
    "kind": "desk",
    "way": "rubric",
    "budget": "100",
    "opens_at": "2030-03-01T09:00",
    "closes_at": "2030-03-20T18:00",
    "judging_opens_at": "2030-03-21T09:00",
    "judging_closes_at": "2030-04-01T18:00",
    "grace_minutes": "10",
    "minimum_reviews": "3",
    "load_min": "0",
    "load_max": "12",
    "advance_count": "8",
    "pitch_minutes": "5",
    "questions_minutes": "5",
}


@pytest.fixture
def contest(session: Session, client: Client) -> Contest:
    """A draft whose organiser is signed in."""
    organiser = make.user(session, name="Li Wei")
    client.sign_in(organiser)
    return make.contest(session, phase=Phase.DRAFT, languages=["en", "zh"], organiser=organiser)


@pytest.mark.parametrize("page", SET_UP)
def test_an_organiser_opens_every_set_up_page(client: Client, contest: Contest, page: str) -> None:
    client.page(f"/contests/{contest.slug}/{page}")


@pytest.mark.parametrize("page", SET_UP)
def test_a_draft_is_a_secret_to_strangers(
    client: Client, session: Session, contest: Contest, page: str
) -> None:
    client.sign_in(make.user(session, name="Eve"))

    assert client.get(f"/contests/{contest.slug}/{page}").status_code == 404


@pytest.mark.parametrize("page", SET_UP)
def test_judges_of_a_public_contest_do_not_set_it_up(
    client: Client, session: Session, page: str
) -> None:
    contest, judge = make.contest(session), make.user(session, name="Jürgen")
    make.appointment(session, contest, judge, Role.JUDGE)
    client.sign_in(judge)

    assert client.get(f"/contests/{contest.slug}/{page}").status_code == 403


def test_an_organiser_founds_the_next_edition(
    client: Client, session: Session, contest: Contest
) -> None:
    form = {
        "title": "Rivers again", "edition": "2031", "series": str(contest.series_id),
        "slug": "rivers-2031", "country": "CN", "zone": "Asia/Shanghai",
        "language_1": "zh", "language_2": "en",
    }  # fmt: skip

    response = client.post("/contests/new", data=form)

    assert (response.status_code, response.location) == (303, "/contests/rivers-2031/manage")
    founded = queries.by_slug(session, "rivers-2031")
    assert founded is not None
    assert (founded.series_id, founded.languages, founded.title) == (
        contest.series_id,
        ["zh", "en"],
        Words(zh="Rivers again"),
    )
    client.page("/contests/rivers-2031/manage")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"zone": "CST"}, "Not a valid choice"),
        ({"slug": "new"}, "Use small letters"),
        ({"slug": "x" * 61}, "Field cannot be longer than 60 characters"),
        ({"title": "x" * 121}, "Field cannot be longer than 120 characters"),
        ({"language_2": "en"}, "each only once"),
        ({"series": "", "series_name": ""}, "Choose a series"),
        ({"series": "nonsense"}, "Invalid Choice"),
    ],
)
def test_a_wrong_founding_is_explained_and_kept(
    client: Client, session: Session, contest: Contest, change: dict[str, str], sentence: str
) -> None:
    form = {
        "title": "Rivers again", "edition": "2031", "series": str(contest.series_id),
        "slug": "rivers-2031", "country": "CN", "zone": "Asia/Shanghai", "language_1": "en",
    }  # fmt: skip

    response = client.post("/contests/new", data=form | change)

    assert response.status_code == 422
    assert sentence in response.text
    assert "2031" in response.text
    check(response.text)
    assert len(list(session.scalars(select(Series)))) == 1


def test_strangers_do_not_found_contests(client: Client, session: Session) -> None:
    client.sign_in(make.user(session))

    assert client.get("/contests/new").status_code == 403


def test_a_track_is_added_changed_moved_and_removed(
    client: Client, session: Session, contest: Contest
) -> None:
    page = f"/contests/{contest.slug}/tracks"
    for title in ("Payments", "Identity"):
        assert client.post(page, data={"title-en": title, "summary-en": ""}).status_code == 303
    first, second = queries.tracks(session, contest.id)
    place = f"/contests/{contest.slug}/set-up/tracks/{second.id}"

    client.page(place)
    form = {"title-en": "Digital identity", "title-zh": "数字身份", "version": "1"}
    assert client.post(place, data=form).status_code == 303
    assert client.post(f"{place}/move", data={"to": "up"}).status_code == 303
    session.expire_all()
    assert [t.title["en"] for t in queries.tracks(session, contest.id)] == [
        "Digital identity",
        "Payments",
    ]

    client.page(f"{place}/remove")
    assert client.post(f"{place}/remove").status_code == 303
    assert queries.tracks(session, contest.id) == (first,)


def test_questions_are_asked_back_about_before_they_go(
    client: Client, session: Session, contest: Contest
) -> None:
    place = f"/contests/{contest.slug}/set-up"
    faq = {"question-en": "May students pitch?", "answer-en": "They may."}
    assert client.post(f"/contests/{contest.slug}/faqs", data=faq).status_code == 303
    (asked,) = queries.faqs(session, contest.id)
    must = make.eligibility(session, contest)

    assert "May students pitch?" in client.page(f"{place}/faqs/{asked.id}/remove").text
    assert must.question["en"] in client.page(f"{place}/eligibility/{must.id}/remove").text


def test_a_stale_edit_keeps_what_was_typed(
    client: Client, session: Session, contest: Contest
) -> None:
    track = make.track(session, contest)
    place = f"/contests/{contest.slug}/set-up/tracks/{track.id}"
    client.post(place, data={"title-en": "Theirs", "version": "1"})

    response = client.post(place, data={"title-en": "Mine", "version": "1"})

    assert response.status_code == 422
    assert "Somebody changed this meanwhile" in response.text
    assert 'value="Mine"' in response.text
    assert "Theirs" in response.text
    session.refresh(track)
    assert track.title["en"] == "Theirs"
    assert client.post(place, data={"title-en": "Mine", "version": "2"}).status_code == 303


def test_parts_of_other_contests_are_not_reached(
    client: Client, session: Session, contest: Contest
) -> None:
    track = make.track(session, make.contest(session))

    place = f"/contests/{contest.slug}/set-up/tracks/{track.id}"

    assert client.get(place).status_code == 404
    assert client.post(f"{place}/remove").status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": "-1"}, "An amount is between"),
        ({"amount": "much"}, "Not a valid decimal value"),
        ({"amount": "NaN"}, "An amount is between"),
        ({"currency": ""}, "Choose the currency"),
        ({"currency": "JPY", "amount": "10.5"}, "JPY has no such small coins"),
        ({"places": "0"}, "Number must be between 1 and 1000"),
        ({"title-en": ""}, "Write this in at least one language"),
        ({"title-en": "x" * 121}, "at most 120 characters, these are 121"),
    ],
)
def test_a_prize_is_worth_something(
    client: Client, session: Session, contest: Contest, change: dict[str, str], sentence: str
) -> None:
    form = {"title-en": "Winner", "places": "3", "amount": "2000.50", "currency": "CNY"}

    response = client.post(f"/contests/{contest.slug}/prizes", data=form | change)

    assert response.status_code == 422
    assert sentence in response.text
    assert list(session.scalars(select(Prize))) == []


def test_an_amount_is_kept_in_the_smallest_coins(
    client: Client, session: Session, contest: Contest
) -> None:
    form = {"title-en": "Winner", "places": "3", "amount": "2000.50", "currency": "CNY"}

    assert client.post(f"/contests/{contest.slug}/prizes", data=form).status_code == 303

    (prize,) = session.scalars(select(Prize))
    assert (prize.amount_minor, prize.currency, prize.places) == (200_050, "CNY", 3)
    page = client.page(f"/contests/{contest.slug}/set-up/prizes/{prize.id}")
    assert 'value="2000.5"' in page.text


def test_a_round_is_planned_by_the_clock_of_the_contest(
    client: Client, session: Session, contest: Contest
) -> None:
    response = client.post(f"/contests/{contest.slug}/rounds/new", data=ROUND)

    assert response.status_code == 303
    (round_,) = queries.rounds(session, contest.id)
    assert round_.opens_at == datetime.fromisoformat("2030-03-01T01:00+00:00")
    assert (round_.grace_seconds, round_.load_max, round_.advance_count) == (600, 12, 8)
    page = client.page(f"/rounds/{round_.id}/edit")
    assert 'value="2030-03-20T18:00"' in page.text


def test_the_order_in_which_ties_are_broken_is_chosen_until_the_round_opens(
    client: Client, session: Session, contest: Contest
) -> None:
    ladder = {"tie_1": "submission", "tie_2": "", "tie_3": "lot", "tie_4": "submission"}
    client.post(f"/contests/{contest.slug}/rounds/new", data=ROUND | ladder)
    (round_,) = queries.rounds(session, contest.id)
    assert round_.ladder == ["submission", "lot"]
    assert "the earlier submission → a lot drawn" in pages.how_judged(round_)
    round_.phase = RoundPhase.COLLECTING
    session.flush()
    address = f"/rounds/{round_.id}/edit"
    assert "The earlier submission → A drawn lot" in client.page(address).text
    sent = ROUND | {"tie_1": "lot", "tie_2": "", "version": str(round_.version)}
    late = client.post(address, data=sent)
    assert "The round is open; how ties are broken cannot change." in late.text
    session.expire_all()
    assert round_.ladder == ["submission", "lot"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opens_at": "2030-03-10T02:30"}, "America/New_York skip this time"),
        ({"closes_at": "2030-11-03T01:30"}, "America/New_York has this time twice"),
        ({"closes_at": "2030-02-01T09:00"}, "later than the opening"),
        ({"closes_at": ""}, "Give both dates"),
        ({"closes_at": "2030-03-20T18:00+08:00"}, "Leave out the offset"),
        ({"closes_at": "tomorrow"}, "Write a date and a time"),
        ({"grace_minutes": "-1"}, "Number must be between 0 and 1440"),
        ({"minimum_reviews": "0"}, "Number must be between 1 and 50"),
        ({"load_min": "13"}, "must not be less than the least"),
        ({"kind": "beauty"}, "Invalid Choice"),
    ],
)
def test_a_round_on_wrong_dates_is_explained(
    client: Client, session: Session, change: dict[str, str], sentence: str
) -> None:
    organiser = make.user(session)
    contest = make.contest(session, zone="America/New_York", organiser=organiser)
    client.sign_in(organiser)

    response = client.post(f"/contests/{contest.slug}/rounds/new", data=ROUND | change)

    assert response.status_code == 422
    assert sentence in response.text
    check(response.text)
    assert list(session.scalars(select(Round))) == []


def test_a_light_colour_is_refused_because_white_letters_stand_on_it_and_so_is_what_is_none(
    client: Client, session: Session, contest: Contest
) -> None:
    form = {
        "edition": "2030", "country": "CN", "zone": "Asia/Shanghai", "team_max": "8",
        "language_1": "en", "language_2": "", "version": "1",
    }  # fmt: skip
    page = f"/contests/{contest.slug}/settings"

    light, none, dark = (
        client.post(page, data=form | {"colour": c}) for c in ("#ffee00", "dark red", "#b3001b")
    )

    assert (light.status_code, none.status_code, dark.status_code) == (422, 422, 303)
    assert "hard to read" in light.text
    assert "Write a colour like #0b5fb0." in none.text
    session.refresh(contest)
    assert (contest.colour, contest.languages) == ("#b3001b", ["en"])


def test_announcing_lists_what_is_missing_with_links_to_the_cure(
    client: Client, contest: Contest
) -> None:
    page = client.page(f"/contests/{contest.slug}/announce")

    assert "There is no sponsor yet." in page.text
    assert f'href="/contests/{contest.slug}/undertakings/nda"' in page.text
    assert "Announce now" not in page.text
    assert client.post(f"/contests/{contest.slug}/announce").status_code == 422


def test_a_whole_contest_is_announced_and_seen(client: Client, session: Session) -> None:
    contest = ready.to_announce(session)
    (organiser,) = queries.appointments(session, contest.id, Role.ORGANISER)
    client.sign_in(organiser.user)
    assert "Announce now" in client.page(f"/contests/{contest.slug}/announce").text

    response = client.post(f"/contests/{contest.slug}/announce")

    assert response.status_code == 303
    client.delete_cookie("session")
    client.page(f"/contests/{contest.slug}")


def test_a_suspension_needs_a_reason_that_visitors_read(client: Client, session: Session) -> None:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    client.sign_in(organiser)
    page = f"/contests/{contest.slug}/suspend"
    client.page(page)

    assert client.post(page, data={"reason": " "}).status_code == 422
    assert client.post(page, data={"reason": "The hall burned down."}).status_code == 303

    assert "The hall burned down." in client.page(f"/contests/{contest.slug}").text


def test_a_visitor_reads_the_call_in_a_language_of_their_own(
    client: Client, session: Session
) -> None:
    contest = make.contest(session, languages=["en", "zh"])
    contest.title = Words(en="Clean Rivers", zh="清河")
    make.prize(session, contest, title="Proof of concept")
    make.undertaking(session, contest, body="Be fair.")
    session.flush()

    page = client.page(f"/contests/{contest.slug}?lang=zh")

    assert '<html lang="zh">' in page.text
    assert "清河" in page.text
    assert '<span lang="en">Proof of concept</span>' in page.text
    assert "Be fair." in page.text


def test_visitors_see_public_people_only_while_they_are_appointed(
    client: Client, session: Session
) -> None:
    contest = make.contest(session)
    for name, public in (("Shown", True), ("Hidden", False), ("Declined", True)):
        person = make.user(session, name=name)
        answer = None if name == "Declined" else Answer.ACCEPTED
        make.appointment(session, contest, person, answer=answer).public = public
    session.flush()

    page = client.page(f"/contests/{contest.slug}")

    assert "Shown" in page.text
    assert "Hidden" not in page.text
    assert "Declined" not in page.text


def test_organisers_preview_a_draft_and_visitors_do_not(client: Client, contest: Contest) -> None:
    assert "Only you and the people you appointed" in client.page(f"/contests/{contest.slug}").text

    client.delete_cookie("session")
    assert client.get(f"/contests/{contest.slug}").status_code == 404


def _fill(session: Session, contest: Contest, times: int) -> None:
    for n in range(1, times + 1):
        make.track(session, contest, title=f"Track {n}")
        make.prize(session, contest, title=f"Prize {n}")
        make.round_(session, contest, number=n)
        person = make.user(session, name=f"Judge {n}")
        company = make.organisation(session)
        make.appointment(session, contest, person, organisation=company).public = True
    session.flush()


@pytest.mark.parametrize(("page", "statements"), [("", 15), ("/manage", 10), ("/people", 7)])
def test_a_page_costs_the_same_for_one_and_for_three(
    client: Client, session: Session, page: str, statements: int
) -> None:
    organiser = make.user(session)
    client.sign_in(organiser)
    sent = []
    for times in (1, 3):
        contest = make.contest(session, organiser=organiser)
        _fill(session, contest, times)
        with counted(session) as seen:
            client.page(f"/contests/{contest.slug}{page}")
        sent.append(len([s for s in seen if s.startswith("SELECT")]))

    assert sent == [statements, statements]


@pytest.mark.parametrize("kind", ["tracks", "prizes", "rounds", "undertakings"])
def test_a_list_costs_the_same_for_one_and_for_three(
    client: Client, session: Session, kind: str
) -> None:
    organiser = make.user(session)
    client.sign_in(organiser)
    sent = []
    for times in (1, 3):
        contest = make.contest(session, organiser=organiser)
        _fill(session, contest, times)
        with counted(session) as seen:
            client.page(f"/contests/{contest.slug}/{kind}")
        sent.append(len([s for s in seen if s.startswith("SELECT")]))

    assert sent[0] == sent[1]
    assert list(session.scalars(select(Track)))
