"""Step 3 and 4: teams found themselves, write together and hand in; a screener decides on what came."""

import re

from playwright.sync_api import expect

from contest.demo import deck
from tests.journeys.story.names import CONTEST, ENTRIES, TEAMS
from tests.journeys.world import Person, World


def teams_hand_in(world: World) -> dict[str, Person]:
    world.at("2019-02-20 20:00")
    lead = signs_up(world, "Chen Yu 陈宇", "chen.yu@portledger.example")
    founds(lead, "PortLedger")
    mate = a_mate_joins(lead)
    they_write_together(lead, mate)
    hands_in(lead, 1)
    assert "20190228T180000" in lead.ask.get(feed_of(lead)).text()
    world.later(days=1)
    a_second_version_counts(lead)
    leads = {"PortLedger": lead}
    for team in TEAMS[1:]:
        world.later(hours=1)
        one = ENTRIES[team].people[0]
        leads[team] = lead = signs_up(world, one.name, one.email)
        founds(lead, team)
        lead.follows("To the entry")
        lead.writes("Title of your entry", ENTRIES[team].title)
        lead.writes("Your solution", ENTRIES[team].solution)
        lead.attaches("Deck", "deck.pdf", deck.pdf(ENTRIES[team])).sees(ENTRIES[team].title)
        hands_in(lead, 1)
    return leads


def signs_up(world: World, name: str, email: str) -> Person:
    who = world.person(name, email).goes(CONTEST).follows("Found a team").sees("Sign in")
    return makes_an_account(who)


def makes_an_account(who: Person) -> Person:
    """Open an account by mail, and come back to where it was asked for."""
    who.follows("Make an account").sees("Make an account")
    who.fills({"Your name": who.name, "Mail address": who.email})
    who.presses("Mail me the link").sees("Look in your mail")
    who.opens_mail("account").sees("Open your account")
    who.fills({"New password": "correct horse battery"}).presses("Open the account")
    return who


def signs_the_promises(who: Person) -> None:
    for title in ("Contest rules", "IP terms"):
        who.follows("Read and sign").sees(title)
        who.fills({"I have read this text and promise to keep it.": True})
        who.presses("Sign").is_told("Signed. Thank you.")


def founds(lead: Person, team: str) -> None:
    lead.sees("Found a team")
    signs_the_promises(lead)
    lead.fills({"Name of the team": team, "Country": "China"})
    lead.presses("Found the team").sees(team)
    lead.follows("Answer whether you may take part").sees("May you take part?")
    lead.page.get_by_label("Yes").check()
    lead.presses("Save the answers").sees(team)


def a_mate_joins(lead: Person) -> Person:
    mate = lead.world.person("Liu Fang 刘芳", "liu.fang@portledger.example")
    lead.follows("Invite by mail").sees("Invite by mail")
    lead.fills({"Mail address": mate.email}).presses("Send the invitation").sees("PortLedger")
    mate.opens_mail("PortLedger").sees("Join PortLedger")
    mate.fills({"Your name": mate.name}).presses("Go on").sees("Join PortLedger")
    signs_the_promises(mate)
    mate.presses("Join the team").sees("PortLedger")
    return mate


def they_write_together(lead: Person, mate: Person) -> None:
    lead.goes(lead.url).follows("To the entry").sees("Your entry")
    mate.goes(lead.url)
    lead.writes("Title of your entry", ENTRIES["PortLedger"].title)
    mate.writes("Your solution", "Carriers and banks sign one electronic bill.")
    lead.fills({"Your solution": "A lender sees at once who holds it."})
    lead.reads("Liu Fang 刘芳 changed this meanwhile.", "Carriers and banks sign")
    lead.presses("Take theirs")
    lead.attaches("Deck", "deck.pdf", b"only a text")
    lead.reads("This is not a PDF.")
    lead.attaches("Deck", "deck.pdf", deck.pdf(ENTRIES["PortLedger"]))
    lead.sees(ENTRIES["PortLedger"].title).reads("deck.pdf", "6 pages")
    lead.writes("Video", "https://video.example.org/pitch")


def hands_in(lead: Person, version: int) -> None:
    lead.presses("Check and hand in").sees(re.compile("^Hand in “"))
    lead.presses(f"Hand in version {version}").sees("Receipt")
    lead.reads("This receipt is genuine")


def feed_of(who: Person) -> str:
    """Return the address of somebody's calendar."""
    who.goes("/profile").sees("Your account")
    return who.main.get_by_label("Address of the calendar").input_value()


def a_second_version_counts(lead: Person) -> None:
    lead.goes(f"{CONTEST}/team").follows("To the entry").sees(ENTRIES["PortLedger"].title)
    lead.writes("Your solution", "Carriers, forwarders and banks sign one electronic bill.")
    hands_in(lead, 2)


def entries_are_screened(screener: Person, leads: dict[str, Person]) -> None:
    screener.world.at("2019-02-28 18:10:01")
    screener.goes(f"{CONTEST}/screening").sees("Screening")
    students, lead = ENTRIES["Fudan Trust Lab"].title, leads["Fudan Trust Lab"]
    screener.follows(students).sees(f"Screen “{students}”")
    screener.main.get_by_text("Ask for more").click()
    screener.fills(
        {
            "Your solution": True,
            "What is missing?": "Who issues the credential?",
            "Until": "2019-03-03 18:00",
        }
    )
    screener.presses("Ask the team").is_told(f"Decided: “{students}”.")
    for _ in range(2):
        title = screener.sees(re.compile("^Screen “")).main.get_by_role("heading", level=1)
        decided = title.inner_text().removeprefix("Screen ")
        screener.presses("Find it eligible").is_told(f"Decided: {decided}.")

    screener.world.later(days=1)
    lead.opens_mail("A question about").sees(students).reads("Who issues the credential?")
    lead.writes("Your solution", "The civil registry signs it; a phone proves one statement of it.")
    hands_in(lead, 2)
    screener.goes(f"{CONTEST}/screening").follows(students)
    screener.reads("The civil registry signs it").presses("Open the document")
    first = screener.page.get_by_role("img", name="Page 1 of 6")
    expect(first).to_have_js_property("naturalWidth", 1200)
    screener.presses("Find it eligible").is_told(f"Decided: “{students}”.")
    lead.goes(f"{CONTEST}/team").follows("To the entry").follows("What you handed in")
    lead.follows("Who opened it").sees(f"Who opened “{students}”").reads(screener.name)
