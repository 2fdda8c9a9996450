"""An organiser keeps a public call true, asks people in, reads letters before they go, and begins anew."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contest.demo import cast
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT

pytestmark = [pytest.mark.browser, pytest.mark.database]

CONTEST = "/contests/us-2018"


def test_a_public_call_is_changed_by_one_organiser_at_a_time_and_by_the_contest_s_clock(
    at_moment: OpenAt,
) -> None:
    world = at_moment("collecting")
    zhou, elena = world.comes(cast.ORGANISER), world.comes(cast.SECOND_ORGANISER)
    for organiser in (zhou, elena):
        organiser.goes(f"{CONTEST}/manage").follows("Set-up").sees("Texts")
    zhou.fills({"Tagline": {"en": "Three teams go on stage."}}).presses("Save").is_told("Saved.")
    elena.fills({"Tagline": {"en": "Come to Santa Clara!"}}).presses("Save")
    elena.is_refused("Somebody changed this meanwhile").reads("Three teams go on stage.")
    elena.keeps("Tagline", "Come to Santa Clara!", lang="en")

    zhou.follows("Rounds").sees("Rounds").follows("Change").sees("Round 1: Desk round")
    for wall, reason in (
        ("2018-11-04 01:30", "America/Los_Angeles has this time twice."),
        ("2019-03-10 02:30", "The clocks of America/Los_Angeles skip this time."),
    ):
        zhou.fills({"Entries close": wall}).presses("Save").is_refused(reason)
    zhou.fills({"Entries close": "2018-05-27 18:00"}).presses("Save")
    zhou.is_told("The round is saved.")

    visitor = world.person("Somebody").goes(CONTEST)
    visitor.reads("Three teams go on stage.", re.compile("27 May 2018, 18:00"))
    zhou.follows("History").sees("History")
    expect(zhou.row("Round edited")).to_contain_text(
        re.compile("26 May 2018.*28 May 2018", re.DOTALL)
    )


def test_an_organiser_asks_a_judge_in(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    zhou = world.comes(cast.ORGANISER).goes(f"{CONTEST}/manage").follows("People").sees("People")
    zhou.fills(
        {"Mail address": "noor@example.com", "Name": "Noor Haddad", "Role": "Judge"}
    ).presses("Send the invitation").is_told("The invitation is on its way.")
    zhou.follows("Messages").sees("Messages").follows(
        "Hitachi Blockchain Challenge U.S. invites you"
    ).sees("Hitachi Blockchain Challenge U.S. invites you").reads("Noor Haddad <noor@example.com>")

    noor = world.person("Noor Haddad", "noor@example.com").opens_mail("invites you")
    noor.sees("Your invitation").presses("Accept").is_told("Thank you. You are in.")
    expect(zhou.follows("People").row("Noor Haddad")).to_contain_text("Accepted")


def test_letters_of_a_decision_wait_until_an_organiser_has_read_them(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    world.at(SCRIPT.closes + timedelta(hours=1))
    zhou = world.comes(cast.ORGANISER).goes(f"{CONTEST}/screening")
    zhou.follows("Diplomas that check themselves").sees(re.compile("^Screen “Diplomas"))
    zhou.main.get_by_text("Ineligible", exact=True).click()
    zhou.fills({"Which rule?": "Rule 1", "Why?": "The idea is somebody else's."})
    zhou.presses("Find it ineligible").is_told("Decided: “Diplomas that check themselves”.")

    zhou.goes(f"{CONTEST}/messages").follows(re.compile("^Draft"))
    letter = re.compile("^“Diplomas that check themselves”")
    zhou.follows(letter, within=zhou.row("Kevin Zhang")).sees(letter).reads("As it will go out")
    zhou.fills({"Personal line": "Come and watch the pitches."}).presses("Save").is_told("Saved.")
    zhou.reads("Come and watch the pitches.").presses("Release")
    zhou.is_told("The message is on its way.")
    world.work()
    kevin = world.person("Kevin Zhang").goes("/-mail").sees("Mailbox").follows(letter).sees(letter)
    kevin.reads("Come and watch the pitches.")

    zhou.goes(f"{CONTEST}/messages").follows(re.compile("^Draft"))
    zhou.follows(letter, within=zhou.row("Emma Johansson")).follows("Do not send")
    zhou.sees("Do not send this message").presses("Do not send").sees(letter)
    expect(zhou.page.get_by_text("Dropped")).to_be_visible()


def test_an_announcement_lists_what_is_missing_each_with_its_cure(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    zhou = world.comes(cast.ORGANISER).goes("/contests/new").sees("Found a contest")
    zhou.fills(
        {"Title": "Tokyo Challenge", "Edition": "Tokyo 2020", "Address": "tokyo-2020",
         "Series": "Hitachi Blockchain Challenge", "Country": "Japan", "Time zone": "Asia/Tokyo",
         "First language": "English"}
    ).presses("Found the contest").sees("Tokyo Challenge")  # fmt: skip
    zhou.follows("Announce").sees("Announce the contest")
    zhou.reads("There is nothing to win yet.")
    cures = zhou.main.locator(".checks a")
    expect(cures).to_have_count(zhou.main.locator(".checks li").count())
    zhou.follows(re.compile("."), within=zhou.row("There is nothing to win yet.")).sees("Prizes")
