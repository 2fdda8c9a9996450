"""A visitor, whom nobody knows, reads what is public, in their language and by their own clock."""

import re

import pytest
from playwright.sync_api import expect

from contest.demo import cast
from tests.journeys.conftest import OpenAt

pytestmark = [pytest.mark.browser, pytest.mark.database]

CONTEST = "/contests/us-2018"
U_S = "Hitachi Blockchain Challenge U.S."
LANGUAGES = {"中文": ("zh", "奖项"), "日本語": ("ja", "賞"), "Deutsch": ("de", "Preise")}


def test_the_call_is_read_in_four_languages_and_by_two_clocks(at_moment: OpenAt) -> None:
    visitor = at_moment("collecting").person("Somebody").goes("/").sees("Innovation contests")
    visitor.follows(U_S).sees(U_S)
    expect(visitor.page.locator(".hero .ticking")).to_have_text(re.compile(r"^2 d 0[78]:"))
    visitor.reads(re.compile("25 May 2018, 18:00"), "(26 May, 03:00 for you)")
    for language, (tag, prizes) in LANGUAGES.items():
        visitor.follows(language)
        expect(visitor.page.locator("html")).to_have_attribute("lang", tag)
        expect(visitor.page.locator("#prizes")).to_have_text(prizes)


def test_the_call_is_read_without_a_mouse(at_moment: OpenAt) -> None:
    visitor = at_moment("collecting").person("Somebody").goes(CONTEST)
    page, keys = visitor.page, visitor.page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    page.get_by_role("button", name="Light or dark").focus()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_role("button", name="As the system")).to_be_focused()
    keys.press("Escape")
    expect(page.get_by_role("button", name="Light or dark")).to_be_focused()

    question = page.locator("summary").first
    question.focus()
    keys.press("Space")
    expect(page.locator("details").first).to_have_attribute("open", "")


def test_nothing_is_public_before_its_time(at_moment: OpenAt) -> None:
    world = at_moment("pitch-day")
    visitor, hannah = world.person("Somebody"), world.comes(cast.US_TEAMS[0].people[0])
    for somebody in (visitor, hannah):
        for place in ("results/public", "gallery", "results/1/proof.json"):
            answer = somebody.ask.get(f"{CONTEST}/{place}")
            assert answer.status == 404, place
    visitor.goes(f"{CONTEST}/results/log").reads("No result yet")


def test_whoever_doubts_checks_results_certificates_and_receipts(at_moment: OpenAt) -> None:
    world = at_moment("published")
    visitor, hannah = world.person("Somebody"), world.comes(cast.US_TEAMS[0].people[0])
    visitor.goes(CONTEST).follows("See the results").sees(f"Results: {U_S}").reads("TitleBlock")
    visitor.follows("History of these results").sees(f"History of the results: {U_S}")
    visitor.goes(f"{CONTEST}/gallery").sees(f"Gallery: {U_S}")
    visitor.fills(Prize="All winners").presses("Find").misses("Ballots one can follow")
    visitor.follows("Land titles a county can trust").sees("Land titles a county can trust")

    hannah.goes(f"{CONTEST}/team").follows("To the entry").follows("What you handed in").follows(
        "Receipt"
    )
    visitor.goes(hannah.url).sees("Receipt").reads("This receipt is genuine")
    hannah.follows("To the entry").follows("Feedback")
    hannah.sees("Feedback: Land titles a county can trust")
    certificate = hannah.page.get_by_role("link", name="Certificate").get_attribute("href") or ""
    visitor.goes(certificate.removesuffix("/file")).sees(re.compile("^Certificate ")).reads(
        "Genuine"
    )
    visitor.goes(certificate).sees("Sign in")


def test_a_calendar_is_read_by_whoever_has_its_address(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    hannah = world.comes(cast.US_TEAMS[0].people[0]).goes("/profile").sees("Your account")
    feed = hannah.page.get_by_label("Address of the calendar").input_value()
    answer = world.person("Somebody").ask.get(feed)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "Entries close" in answer.text()
