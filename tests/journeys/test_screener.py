"""A screener decides who may take part, by the rules of the call."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contest.demo import cast
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT

pytestmark = [pytest.mark.browser, pytest.mark.database]

QUEUE = "/contests/us-2018/screening"


def test_a_screener_works_through_the_queue(at_moment: OpenAt) -> None:
    world = at_moment("collecting")
    jing = world.comes(cast.SCREENER)
    jing.goes(QUEUE).sees("Confidentiality")
    jing.fills({"I have read this text and promise to keep it.": True}).presses("Sign")
    jing.sees("Screening").reads("The round is still collecting")
    world.at(SCRIPT.closes + timedelta(hours=1))
    jing.goes(QUEUE).misses("The round is still collecting").reads("0 of 5 decided")
    jing.follows("Ballots one can follow").sees("Screen “Ballots one can follow”")
    jing.main.get_by_text("Ineligible", exact=True).click()
    jing.presses("Find it ineligible").is_refused("This was not saved yet.")
    jing.fills({"Which rule?": "Rule 1", "Why?": "The prototype is somebody else's."})
    jing.presses("Find it ineligible").is_told("Decided: “Ballots one can follow”.")

    jing.goes(QUEUE).follows("Proof of delivery for truckers")
    jing.main.get_by_text("Ask for more", exact=True).click()
    jing.fills({"Questions to reopen": "The problem", "What is missing?": "Whose problem is it?",
                "Until": "2018-05-28 18:00"})  # fmt: skip
    jing.presses("Ask the team").is_told("Decided: “Proof of delivery for truckers”.")

    tom = world.comes(cast.US_TEAMS[3].people[0])
    tom.opens_mail("A question about").reads("Whose problem is it?")
    tom.writes("The problem", "The trucker's, who waits sixty days.")
    expect(tom.main.get_by_label("Your solution")).to_have_count(0)

    for _ in range(3):
        jing.goes(QUEUE).follows("Next entry").presses("Find it eligible").is_told("Decided")
    jing.goes(QUEUE).sees("Screening").reads("4 of 5 decided")
    expect(jing.row("Ballots one can follow")).to_contain_text("Ineligible")
    expect(jing.main.locator(".checks")).to_contain_text(re.compile("information|Proof of"))
