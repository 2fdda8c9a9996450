"""What a team lead goes through when something is wrong: refused with a reason, and nothing lost."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Route

from contest.demo import call, cast
from tests import make
from tests.browser import PHONE
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT
from tests.journeys.story.entries import makes_an_account, signs_the_promises
from tests.journeys.world import Person

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.timeout(300)]

TEAM = cast.US_TEAMS[0]
NINE_DAYS = "A title search takes nine days."


def at_the_draft(lead: Person) -> Person:
    return lead.follows("To the team").follows("To the entry").sees(TEAM.title)


def versions(lead: Person) -> int:
    lead.follows("To the entry").sees(TEAM.title)
    return lead.main.get_by_role("row").filter(has_text=re.compile(r"^\s*\d")).count()


def asks_for_a_link(who: Person) -> str:
    who.goes("/sign-in/link").sees("Sign in by mail").fills({"Mail address": who.email})
    who.presses("Mail me a link").sees("Look in your mail")
    return next(link for link in who.mail("Your link to sign in") if "/enter/" in link)


def test_a_wrong_file_is_refused_with_the_reason_and_the_draft_stays(at_moment: OpenAt) -> None:
    lead = at_the_draft(at_moment("collecting").comes(TEAM.people[0]))
    lead.writes("The problem", NINE_DAYS)
    for content, reason in (
        (b"only a text", "This is not a PDF."),
        (b"", "The file is empty."),
        (make.pdf(password="secret"), "This PDF is protected by a password."),
        (make.pdf(pages=21), "This PDF has 21 pages; at most 20 are taken."),
    ):
        lead.attaches("Deck", "deck.pdf", content).reads(reason)
    lead.reads("6 pages")
    lead.keeps("The problem", NINE_DAYS)


def test_two_members_write_in_one_field_and_lose_no_word(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    lead, mate = (at_the_draft(world.comes(one)) for one in TEAM.people)
    lead.writes("Your solution", "Counties sign.\nIt is cheap.")
    mate.opens(mate.url)
    lead.writes("Your solution", "Many counties sign.\nIt is cheap.")
    mate.writes("Your solution", "Counties sign.\nIt is cheap and quick.")
    both = "Many counties sign.\nIt is cheap and quick."
    mate.keeps("Your solution", both)
    for shown in (mate, lead):
        shown.opens(shown.url).keeps("Your solution", both)


def test_somebody_joins_by_the_link_that_the_lead_shares(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    lead = world.comes(TEAM.people[0]).follows("To the team").presses("Make a link to share")
    address = lead.page.get_by_label("Whoever has this link can join").input_value()
    friend = world.person("Inês Duarte", "ines@titleblock.example", device=PHONE)
    makes_an_account(friend.goes(address).sees(f"Join {TEAM.name}")).sees(f"Join {TEAM.name}")
    signs_the_promises(friend)
    friend.presses("Join the team").sees(TEAM.name)
    lead.goes(lead.url).reads("3 of at most 8")


def test_an_answer_that_stands_against_the_team_is_told_with_the_reason(at_moment: OpenAt) -> None:
    lead = at_moment("collecting").comes(TEAM.people[0]).follows("To the team")
    lead.follows("Answers on eligibility").sees("May you take part?")
    question, _, reason = call.ELIGIBILITY[1]
    lead.fills({question["en"]: "Yes"}).presses("Save the answers").reads(reason["en"])
    lead.fills({question["en"]: "No"}).presses("Save the answers").sees(TEAM.name)


def test_a_double_click_and_a_lost_reply_count_once(at_moment: OpenAt) -> None:
    lead = at_the_draft(at_moment("collecting").comes(TEAM.people[0]))
    lead.writes("The problem", NINE_DAYS)
    lead.presses("Check and hand in").sees(re.compile("^Hand in “"))
    lead.page.get_by_role("button", name="Hand in version 2").dblclick(no_wait_after=True)
    lead.sees("Receipt")
    assert versions(lead) == 2

    def lose_the_reply(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.continue_()  # as a browser sends again what got no answer

    lead.follows("The draft").writes("The problem", "A title search takes eight days.")
    lead.presses("Check and hand in").sees(re.compile("^Hand in “"))
    lead.page.route("**/submit", lose_the_reply, times=1)
    lead.presses("Hand in version 3").sees("Receipt")
    assert versions(lead) == 3


def test_who_is_signed_out_in_mid_form_loses_nothing(at_moment: OpenAt) -> None:
    lead = at_the_draft(at_moment("collecting").comes(TEAM.people[0]))
    lead.page.wait_for_load_state("networkidle")  # what is on its way brings a cookie
    lead.page.context.clear_cookies()
    lead.fills({"The problem": NINE_DAYS}).presses("Save")
    lead.sees("Sign in to go on").reads("What you typed is kept")

    other_tab = lead.in_another_tab()
    other_tab.goes(asks_for_a_link(other_tab)).presses("Sign in").reads("To the team")
    lead.presses("I am signed in now: send it").sees("Send what you typed?")
    lead.presses("Send it now").sees(TEAM.title)
    lead.keeps("The problem", NINE_DAYS)


def test_a_link_explains_why_it_no_longer_works(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    lead = world.person(TEAM.people[0].name, TEAM.people[0].email)
    used, expired = asks_for_a_link(lead), asks_for_a_link(lead)
    lead.goes(used).presses("Sign in").reads("To the team")
    finder = world.person("Whoever finds the letters")
    finder.goes(used).sees("This link was already used")
    world.later(minutes=16)
    finder.goes(expired).sees("This link has expired")


def test_a_microsecond_after_the_grace_the_draft_stays_until_the_team_gets_more_time(
    at_moment: OpenAt,
) -> None:
    world = at_moment("collecting")
    lead = at_the_draft(world.comes(TEAM.people[0]))
    lead.writes("The problem", NINE_DAYS)
    lead.presses("Check and hand in").sees(re.compile("^Hand in “"))

    world.at(SCRIPT.closes + timedelta(minutes=10, microseconds=1))
    lead.presses("Hand in version 2").reads("This cannot be handed in now")
    lead.follows("Back to the draft").reads(NINE_DAYS)

    organiser = world.comes(cast.ORGANISER)
    organiser.goes(f"/contests/{SCRIPT.slug}/entries").follows("More time: Desk round")
    organiser.sees("More time for one team")
    organiser.fills({"Team": TEAM.name, "Why?": "The line was down in the whole county."})
    for wall, reason in (
        ("2018-11-04 01:30", "America/Los_Angeles has this time twice. Choose another."),
        ("2019-03-10 02:30", "The clocks of America/Los_Angeles skip this time. Choose another."),
    ):
        organiser.fills({"Until": wall}).presses("Give more time").is_refused(reason)
    organiser.fills({"Until": "2018-05-26 18:00"}).presses("Give more time").reads(TEAM.name)

    world.at(SCRIPT.closes + timedelta(hours=23))
    lead.opens_mail("You have until").sees(TEAM.title)
    lead.presses("Check and hand in").presses("Hand in version 2").sees("Receipt")


def test_an_entry_that_was_withdrawn_can_come_back(at_moment: OpenAt) -> None:
    lead = at_moment("collecting").comes(TEAM.people[0])
    lead.follows("To the team").follows("To the entry")
    lead.follows("What you handed in").follows("Withdraw the entry")
    lead.sees(f"Withdraw “{TEAM.title}”").fills({"Why do you withdraw?": "We pitch elsewhere."})
    lead.presses("Withdraw the entry")
    lead.sees(TEAM.title).reads("Withdrawn").follows("The draft")
    lead.presses("Check and hand in").presses("Hand in version 2").sees("Receipt")
