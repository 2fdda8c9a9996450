"""The chair and the organisers decide, sign, wait for the instant, publish, and correct in public."""

import re

import pytest

from contest.demo import cast
from contest.demo.script import local
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT
from tests.journeys.world import Person

pytestmark = [pytest.mark.browser, pytest.mark.database]

CONTEST = "/contests/us-2018"
U_S = "Hitachi Blockchain Challenge U.S."
SALT = re.compile("^Salt$")


def signs(officer: Person, number: int) -> None:
    """Read the beginning of the hash back, after a wrong one was refused."""
    officer.goes(f"{CONTEST}/results").follows("Sign").sees(f"Sign result {number}")
    code = officer.main.locator(".font-mono b").inner_text()
    field = "First eight characters of the hash"
    officer.fills({field: "00000000"}).presses("Sign")
    officer.is_refused("This is not how the code of this result begins.")
    officer.fills({field: code}).presses("Sign").is_told(f"You have signed result {number}.")


def cures(officer: Person) -> Person:
    """Follow the first thing that stands against the results to where it is mended."""
    return officer.follows(re.compile("."), within=officer.main.locator(".checks"))


def test_two_officers_sign_and_the_results_come_at_their_instant(at_moment: OpenAt) -> None:
    world = at_moment("pitch-day")
    misaki, zhou = world.comes(cast.CHAIR), world.comes(cast.ORGANISER)
    visitor = world.person("Somebody")
    misaki.goes(f"{CONTEST}/results").sees("Results")
    cures(misaki).sees(re.compile("^Close the judging")).presses("Close the judging")
    world.work()
    cures(misaki.goes(f"{CONTEST}/results")).sees("Decisions: round 2")
    for reason in misaki.page.locator("[name^=reason_]").all():
        reason.fill("The panel talked it over.")
    misaki.presses("Write the decisions down").presses("Apply all decisions")
    misaki.follows("Go on to the results").presses("Compute the results")
    signs(misaki, 1)
    misaki.reads("You have signed this result. The second name is another person's.")
    signs(zhou, 1)
    zhou.follows("Set the date").sees("Date of publication")
    zhou.fills({"Public from": "2018-06-18 09:00"}).presses("Set the date")
    zhou.is_told("The results come out at that instant.")

    sha256 = zhou.main.locator(".font-mono").first.inner_text()
    visitor.goes(f"{CONTEST}/results/log").reads(sha256).misses(SALT)
    world.at(local(SCRIPT.zone, 2018, 6, 18, 8, 59))
    assert visitor.ask.get(f"{CONTEST}/results/public").status == 404
    world.at(local(SCRIPT.zone, 2018, 6, 18, 9))
    visitor.goes(f"{CONTEST}/results/public").sees(f"Results: {U_S}").reads(sha256)
    visitor.goes(f"{CONTEST}/results/log").reads(SALT)


def test_a_correction_replaces_the_published_result_in_public(at_moment: OpenAt) -> None:
    world = at_moment("published")
    misaki, zhou = world.comes(cast.CHAIR), world.comes(cast.ORGANISER)
    visitor, hannah = world.person("Somebody"), world.comes(cast.US_TEAMS[0].people[0])
    hannah.goes(f"{CONTEST}/team").follows("To the entry").follows("What you handed in")
    hannah.follows("Feedback")
    link = hannah.page.get_by_role("link", name="Certificate")
    first = link.get_attribute("href") or ""
    paper = hannah.ask.get(first)
    assert paper.body().startswith(b"%PDF")

    misaki.goes(f"{CONTEST}/results").follows("Correct the published result")
    misaki.sees("Correct result 1").presses("Compute the correction").is_refused("Reason")
    misaki.fills(Reason="The name of a team was misspelt.").presses("Compute the correction")
    for officer in (misaki, zhou):
        signs(officer, 2)
    zhou.follows("Publish now").sees("Publish result 2 now").presses("Publish")
    zhou.is_told("The results are public.")
    world.work()

    visitor.goes(f"{CONTEST}/results/public").reads("The name of a team was misspelt.")
    visitor.follows("History of these results").reads("Result 2", "Superseded")
    visitor.goes(first.removesuffix("/file")).reads("The results were corrected since")
    hannah.page.reload()
    second = link.last.get_attribute("href") or ""
    assert second != first
    visitor.goes(second.removesuffix("/file")).reads("Genuine")
