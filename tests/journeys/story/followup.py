"""Step 10 to 12: a winner is followed through pilot to service, and everything is on record."""

import re

from playwright.sync_api import expect

from tests.journeys.story.names import CONTEST, ENTRIES
from tests.journeys.world import Person


def a_winner_is_followed_to_the_pilot(sponsor: Person, owner: Person) -> None:
    title = ENTRIES["PortLedger"].title
    sponsor.goes(f"{CONTEST}/follow-up").sees("Follow-up").follows(title).sees(title)
    sponsor.follows("Name owners").sees(f"Owners of “{title}”")
    sponsor.fills({"Owner at the sponsor": "Wu Lei 吴磊", "Owner in the team": "Chen Yu 陈宇"})
    sponsor.presses("Name the owners").sees(title)
    owner.opens_mail("You carry").sees(title)
    goes_on(owner, "Contracting")
    goes_on(owner, "Proof of concept")
    owner.follows("Figure").sees("Add a figure")
    owner.fills({"Figure": "Days until a lender pays", "Unit": "days", "Target": "2"})
    owner.presses("Add").sees(title)

    owner.world.at("2019-07-20 10:00")
    owner.follows(re.compile("^Measure")).sees(re.compile("^Measured"))
    owner.fills({"Value": "2", "Measured on": "2019-07-19", "Source": "Log of the proof"})
    owner.presses("Add the value").sees(title)
    owner.follows("Check in").sees("Check in")
    owner.fills({"How does it go?": "Going well", "In a few words": "A lender pays in two days."})
    owner.presses("Check in").sees(title).reads("A lender pays in two days.")
    goes_on(owner, "Gate after the proof of concept")
    owner.follows("Decide the gate").sees("Gate after the proof of concept")
    owner.fills({"Decision": "Go: on to the next stage", "Reason": "Two days instead of 35."})
    owner.presses("Decide").sees(title)
    expect(owner.main.locator(".pills")).to_contain_text("Pilot")
    step = owner.main.locator("ol.events > li").filter(has_text="Wu Lei 吴磊").first
    change = "Gate decided.*20 Jul, 10:00.*Gate after the proof of concept.*became.*Pilot"
    expect(step).to_contain_text(re.compile(change, re.DOTALL))


def a_pilot_becomes_a_service(owner: Person) -> None:
    title = ENTRIES["PortLedger"].title
    owner.world.at("2020-01-20 10:00")
    goes_on(owner, "Gate after the pilot")
    owner.follows("Decide the gate").sees("Gate after the pilot")
    owner.fills({"Decision": "Go: on to the next stage", "Reason": "Three ports pay for it."})
    owner.presses("Decide").sees(title)
    expect(owner.main.locator(".pills")).to_contain_text("Service")
    owner.follows("Close").sees(f"Close “{title}”")
    owner.fills({"Outcome": "Success", "Note": "In daily use at three ports."})
    owner.presses("Close the case")
    owner.sees(title).reads("In daily use at three ports.").misses("Next stage")


def goes_on(owner: Person, stage: str) -> None:
    owner.presses("Next stage")
    expect(owner.main.locator(".pills")).to_contain_text(stage)


def everything_is_on_record(organiser: Person) -> None:
    organiser.goes(f"{CONTEST}/history").sees("History").reads("Wu Lei 吴磊")
    verified = organiser.world.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert verified.exit_code == 0, verified.output
