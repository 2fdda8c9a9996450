"""A judge on a phone: scores, puts off, has no view, steps back; each can be told from the other."""

import re

import pytest
from playwright.sync_api import expect

from contest.demo import cast
from tests.browser import PHONE
from tests.journeys.conftest import OpenAt

pytestmark = [pytest.mark.browser, pytest.mark.database]

OPEN, SCORED = "Ballots one can follow", "Land titles a county can trust"


def test_a_judge_puts_off_has_no_view_scores_and_steps_back(at_moment: OpenAt) -> None:
    world = at_moment("judging")
    lin = world.comes(cast.JUDGES[2].person, device=PHONE)
    lin.goes("/judging").sees("My judging").reads("3 of 4").follows(f"Next: {OPEN}").sees(OPEN)
    lin.page.get_by_role("button", name="More").click()
    lin.page.get_by_role("button", name="Defer: to the end of my list").click()
    lin.is_told(f"“{OPEN}” waits at the end of your list.")

    lin.goes("/judging?show=deferred").follows(OPEN).sees(OPEN)
    lin.page.get_by_role("button", name="More").click()
    lin.page.get_by_role("link", name=re.compile("Abstain…")).click()
    lin.sees("Abstain").fills({"Reason": "Elections are not my field."}).presses("Abstain")
    lin.is_told("You abstained from this entry.").presses("Undo")
    lin.is_told("Taken back: this entry is open again.").sees(OPEN)

    lin.presses("Open the document").finds(re.compile("Page 1 of"))
    lin.page.keyboard.press("0")  # the lowest points there are, and no abstention
    expect(lin.page.locator("[data-total-target=value]")).to_have_text("0.0")
    lin.presses("Submit & next").is_refused("This was not saved yet.")
    for group in lin.main.locator("form#score fieldset").all()[1:]:
        group.get_by_role("radio").nth(3).check()
    lin.presses("Submit & next").is_told(f"Your scores for “{OPEN}” are in.")

    lin.goes("/judging").sees("My judging").reads("4 of 4").follows(SCORED)
    lin.follows("Step back…").sees("Step back from this entry")
    lin.reads("The scores that you handed in no longer count.")
    lin.fills({"What connects you": "Investment", "In a few words": "My fund talks to them."})
    lin.presses("Step back")
    lin.is_told("You stepped back from this entry. The chair has been told.")
    lin.goes("/judging").misses(SCORED)

    chair = world.comes(cast.CHAIR)
    chair.opens_mail("審査を回避しました").sees("Progress: Desk round")
    chair.follows(SCORED).sees(SCORED).reads("Set aside", "recusal")
