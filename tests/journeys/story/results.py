"""Step 9: two officers sign, an instant is set; nobody knows before, everybody after."""

import re
from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from tests.browser import PHONE
from tests.journeys.story.entries import feed_of
from tests.journeys.story.names import CONTEST, ENTRIES, FINALISTS, JUDGES
from tests.journeys.world import Person, World, shanghai

INSTANT = "2019-03-25 10:00"


def results_are_certified(chair: Person, sponsor: Person, organiser: Person) -> None:
    chair.presses("Compute the results").reads("Nobody has signed yet.")
    code = chair.main.get_by_text(re.compile("^[0-9a-f]{64}$")).first.inner_text()[:8]
    for officer in (chair, sponsor):
        officer.goes(f"{CONTEST}/results").sees("Results").follows("Sign").sees("Sign result 1")
        officer.fills({"First eight characters of the hash": code})
        officer.presses("Sign").sees("Results")
    organiser.goes(f"{CONTEST}/results").follows("Set the date").sees("Date of publication")
    organiser.fills({"Public from": INSTANT}).presses("Set the date").sees("Results")


def nobody_knows_before(world: World, leads: dict[str, Person]) -> None:
    """A microsecond before the instant no channel tells anybody who won."""
    world.at(shanghai(INSTANT) - timedelta(microseconds=1))
    lead = leads["Fudan Trust Lab"]
    feed = feed_of(lead)
    for who in (world.person("Visitor"), lead):
        ask = who.ask
        for hidden in ("/results/public", "/results/1/proof.json", "/gallery"):
            assert ask.get(CONTEST + hidden).status == 404
        for address in (CONTEST, f"{CONTEST}/results/log", "/", feed):
            told = ask.get(address).text()
            assert not any(ENTRIES[team].title in told for team in FINALISTS)
    lead.goes(f"{CONTEST}/team")
    assert lead.ask.get(f"{lead.url}/feedback").status == 404


def everybody_reads_the_results(world: World, leads: dict[str, Person]) -> None:
    world.at(INSTANT)
    visitor = world.person("Visitor", device=PHONE)
    visitor.goes(CONTEST).follows("See the results").sees(re.compile("^Results: "))
    visitor.reads(*FINALISTS, "CN¥200,000").misses("Fudan Trust Lab")
    visitor.follows("History of these results").sees(re.compile("^History of the results: "))
    visitor.reads("Signed by two officers", "25 Mar 2019, 10:00 UTC+8")

    lead = leads["Fudan Trust Lab"]
    lead.opens_mail("The results are out", containing="/feedback").sees(re.compile("^Feedback: "))
    lead.reads("Clear about who pays.", "Judge A").misses(*JUDGES)
    lead.follows("May the gallery show your entry?").sees("Show our entry in the gallery")
    lead.presses("Show our entry").reads("The gallery may show your entry.")
    visitor.goes(f"{CONTEST}/gallery").sees(re.compile("^Gallery: ")).reads("Fudan Trust Lab")
    visitor.follows(ENTRIES["Fudan Trust Lab"].title).sees(ENTRIES["Fudan Trust Lab"].title)


def a_winner_shows_the_certificate(winner: Person) -> None:
    visitor = winner.world.person("Visitor")
    winner.opens_mail("Congratulations", containing="/feedback").sees(re.compile("^Feedback: "))
    address = winner.main.get_by_role("link", name="Certificate").get_attribute("href")
    assert address is not None
    paper = winner.ask.get(address)
    assert "Kettenwerk" in PdfReader(BytesIO(paper.body())).pages[0].extract_text()
    assert "/sign-in" in visitor.ask.get(address).url
    visitor.goes(address.removesuffix("/file")).sees(re.compile("^Certificate ")).reads("Genuine")
