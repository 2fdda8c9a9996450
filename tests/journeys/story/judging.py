"""Step 5 to 7: judges declare, the chair assigns, phones score, the round closes with less than planned."""

import re

from tests.journeys.story.names import CONTEST, ENTRIES, JUDGES, TEAMS
from tests.journeys.world import Person


def judges_declare(people: dict[str, Person]) -> None:
    for name in JUDGES:
        judge = people[name]
        judge.world.at("2019-03-03 10:00")
        judge.goes(f"{CONTEST}/conflicts").sees("Conflicts of interest")
        if name == "Grace Okafor":
            judge.fills({"Kettenwerk: your conflict": "Investment"})
        judge.presses("Declare: these are all my conflicts").sees("My judging")


def the_chair_assigns(chair: Person) -> None:
    chair.goes(f"{CONTEST}/judging").sees("Judging").reads("Investment")
    chair.follows("Assignment").sees("Assignment: Desk round")
    chair.presses("Compute a plan").reads(re.compile("Looking for the best assignment"))
    chair.world.work()
    chair.reads("proved optimal", "every entry with every other")
    chair.presses("Apply the plan").sees("Assignment: Desk round")
    chair.world.at("2019-03-04 09:00")
    chair.goes(f"{CONTEST}/judging").follows("Start judging").sees("Start judging: Desk round")
    chair.presses("Start judging").sees("Progress: Desk round")


def judges_score(people: dict[str, Person]) -> None:
    """Who has a conflict does not see the entry; Jürgen leaves one for the chair to settle."""
    grace, lin, juergen = (people[name] for name in JUDGES)
    grace.opens_mail("Entries wait for you").sees("My judging").misses(ENTRIES["Kettenwerk"].title)
    points = {"PortLedger": (5, 4), "Kettenwerk": (3, 3), "Fudan Trust Lab": (3, 0)}
    for judge in (grace, lin, juergen):
        teams = [t for t in in_the_queue(judge) if (judge, t) != (juergen, "Kettenwerk")]
        for team in teams:
            judge.goes("/judging").follows(ENTRIES[team].title)
            gives(judge, team, *points[team])


def in_the_queue(judge: Person) -> list[str]:
    judge.goes("/judging").sees("My judging")
    return [t for t in TEAMS if judge.main.get_by_text(ENTRIES[t].title, exact=True).count()]


def gives(judge: Person, team: str, need: int, novelty: int) -> None:
    judge.sees(ENTRIES[team].title).presses("Open the document")
    judge.finds(re.compile("Page 1 of 6"))
    judge.picks(re.compile("Need"), re.compile(f"^{need},"))
    judge.picks(re.compile("Novelty"), re.compile(f"^{novelty},"))
    judge.fills({"Comment to the team": "Clear about who pays."})
    judge.presses("Submit & next").is_told(f"Your scores for “{ENTRIES[team].title}” are in.")


def the_round_is_closed_with_less(chair: Person) -> None:
    chair.world.at("2019-03-15 18:00")
    chair.goes(f"{CONTEST}/judging").follows("See progress").sees("Progress: Desk round")
    chair.follows(re.compile("Close the judging")).sees("Close the judging: Desk round")
    entry = ENTRIES["Kettenwerk"].title
    chair.main.get_by_label(f"Why fewer reviews are enough for {entry}").fill("Jürgen is ill.")
    chair.presses("Waive").reads("Nothing is short.")
    chair.presses("Close the judging").reads("The ranking is being computed.")
    chair.world.work()
    chair.reads("Fingerprint of the input").sees("Ranking: Desk round")


def two_teams_advance(chair: Person) -> None:
    chair.follows("Decide who advances").sees("Decisions: round 1")
    for field in chair.main.get_by_role("textbox").all():
        field.fill("As the judges saw it.")
    chair.presses("Write the decisions down").presses("Apply all decisions")
    chair.reads("Take the decisions back")


def the_news_is_read_before_it_goes(organiser: Person, leads: dict[str, Person]) -> None:
    """What was decided reaches nobody until somebody has looked at the letters."""
    organiser.goes(f"{CONTEST}/messages?state=draft").sees("Messages")
    title = ENTRIES["Fudan Trust Lab"].title
    organiser.follows(re.compile(f"“{title}” does not go on")).sees(re.compile("does not go on"))
    organiser.reads("As it will go out", "Thank you for the work you put into it.")
    organiser.goes(f"{CONTEST}/messages?state=draft").presses("Release the ticked ones").is_told(
        "4 messages released."
    )
    leads["Fudan Trust Lab"].opens_mail("does not go on").sees(title)
