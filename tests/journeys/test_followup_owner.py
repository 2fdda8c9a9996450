"""A follow-up owner carries winners on: what is late, how it goes, and what a gate decides."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from contest.demo import cast
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT
from tests.journeys.world import Person

pytestmark = [pytest.mark.browser, pytest.mark.database]

BOARD = "/contests/us-2018/follow-up"
CASE = "Securities that settle at once"
GATE = "Gate after the proof of concept"


def card(somebody: Person) -> Locator:
    """Return the case as it stands on the board."""
    columns = somebody.page.get_by_role("region", name="Cases by stage")
    return columns.get_by_role("listitem").filter(has_text=CASE)


def test_an_owner_works_on_a_case_and_decides_its_gate(at_moment: OpenAt) -> None:
    world = at_moment("follow-up")
    lei = world.comes(cast.FOLLOW_UP).goes(BOARD).sees("Follow-up")
    expect(card(lei)).to_contain_text("1 overdue")
    lei.follows(CASE).sees(CASE)
    lei.follows(re.compile("^Done"), within=lei.row("Report to the business unit"))
    lei.sees("Done: Report to the business unit").fills(Evidence="Minutes of 5 December")
    lei.presses("It is done").is_told("Noted.").misses("Overdue")

    lei.follows("Milestone").sees("Add a milestone")
    lei.fills({"Milestone": "A second bank joins", "Due on": "2019-01-31"}).presses("Add")
    lei.follows("Figure").sees("Add a figure")
    lei.fills(Figure="Banks", Unit="banks", Baseline="1", Target="3").presses("Add")
    lei.reads("“Banks” is neither measured nor waived.")
    lei.follows(re.compile("^Measure"), within=lei.row("from 1 to 3 banks")).sees(
        "Measured: Banks, in banks"
    )
    lei.fills(Value="2", Source="Signed contracts").presses("Add the value")
    lei.reads("2 of 3 banks", "Everything is there. The gate can be decided.")
    lei.follows("Check in").sees("Check in")
    lei.fills({"How does it go?": "Slow", "In a few words": "One bank hesitates."})
    lei.presses("Check in").reads("One bank hesitates.")

    lei.follows("Decide the gate").sees(GATE)
    lei.fills(Decision="Pivot: change course and repeat this stage").presses("Decide")
    lei.is_refused("Reason")
    lei.fills(Reason="Brokers instead of banks.").presses("Decide")
    lei.sees(CASE).reads("Brokers instead of banks.").presses("Next stage").follows(
        "Decide the gate"
    )
    lei.fills(Decision="Stop: end the case here", Reason="No broker signs.").presses("Decide")
    lei.sees(CASE).reads("Closed: Stopped", "No broker signs.").misses("Decide the gate")
    lei.goes(BOARD).reads("Stopped")


def test_what_is_late_shows_on_the_board_and_comes_by_mail_to_the_case_s_people(
    at_moment: OpenAt,
) -> None:
    world = at_moment("follow-up")
    sofia = world.comes(cast.US_TEAMS[1].people[0]).goes("/").follows(CASE).sees(CASE)
    sofia.follows("Milestone").fills({"Milestone": "Second bank", "Due on": "2018-12-20"})
    sofia.presses("Add").reads("Second bank").misses("Decide the gate")
    case = sofia.url
    world.at(SCRIPT.moment("follow-up") + timedelta(days=20))
    assert any(link.endswith(case) for link in sofia.mail("Second bank"))
    hannah = world.comes(cast.US_TEAMS[0].people[0])
    assert hannah.ask.get(case).status == 404
    lei = world.comes(cast.FOLLOW_UP).goes(BOARD)
    expect(card(lei)).to_contain_text("2 overdue")
    expect(card(lei)).to_contain_text("Silent")
