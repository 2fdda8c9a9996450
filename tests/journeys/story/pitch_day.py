"""Step 8: two teams on stage in an order drawn by lot, judged while they speak."""

import re

from tests.journeys.story.names import CONTEST, ENTRIES, FINALISTS, JUDGES
from tests.journeys.world import Person
from tests.looking import look_at

PITCHING = re.compile("|".join(ENTRIES[team].title for team in FINALISTS))


def the_stage_is_set(chair: Person, organiser: Person) -> None:
    world = chair.world
    world.at("2019-03-22 12:00")
    chair.goes(f"{CONTEST}/judging")
    chair.follows("Assignment", within=chair.row("Pitch day")).sees("Assignment: Pitch day")
    chair.presses("Compute a plan").reads(re.compile("Looking for the best assignment"))
    world.work()
    chair.reads("proved optimal").presses("Apply the plan").sees("Assignment: Pitch day")
    chair.goes(f"{CONTEST}/judging").follows("Start judging").sees("Start judging: Pitch day")
    chair.presses("Start judging").sees("Progress: Pitch day")
    organiser.goes(f"{CONTEST}/pitch-day").sees("Pitch day")
    organiser.follows("Draw the order").sees("Draw the running order")
    organiser.fills({"Seed": "17-4-29"}).presses("Draw").sees("Pitch day").reads("17-4-29")


def two_teams_pitch(organiser: Person, people: dict[str, Person]) -> None:
    world = organiser.world
    world.at("2019-03-22 13:00")
    projector = organiser.main.get_by_role("link", name="Projector").get_attribute("href")
    assert projector is not None
    hall = organiser.in_another_tab("Everybody in the hall")
    hall.goes(projector).watches().reads(re.compile("Next on stage"))
    look_at(hall.page, world.app)
    for _ in range(2):
        organiser.presses("Start the pitch").reads(re.compile(r"^[45]:\d\d$"))
        for name in JUDGES:
            scores_the_pitch(people[name])
        world.later(minutes=5)
        organiser.presses("Questions").reads(re.compile("^Questions$"))
        world.later(minutes=5)
        organiser.presses("Finish").reads(re.compile("Start the pitch|Every team has pitched"))
    hall.reads("Thank you!")


def scores_the_pitch(judge: Person) -> None:
    judge.goes(f"{CONTEST}/pitch-day").sees("Pitches")
    if judge.may_follow("Score this pitch"):
        title = judge.follows("Score this pitch").sees(PITCHING).title()
        points = 5 if title == ENTRIES["PortLedger"].title else 3
        judge.picks(re.compile("The pitch"), re.compile(f"^{points},"))
        judge.presses("Submit & next").is_told(f"Your scores for “{title}” are in.")


def the_last_round_is_decided(chair: Person) -> None:
    chair.world.at("2019-03-22 20:00")
    chair.goes(f"{CONTEST}/judging").follows("See progress").sees("Progress: Pitch day")
    chair.follows(re.compile("Close the judging")).sees("Close the judging: Pitch day")
    chair.presses("Close the judging").reads("The ranking is being computed.")
    chair.world.work()
    chair.follows("Decide the awards").sees("Decisions: round 2")
    for field in chair.main.get_by_role("textbox").all():
        field.fill("As the judges saw it.")
    chair.presses("Write the decisions down").presses("Apply all decisions")
    chair.follows("Go on to the results").sees("Results")
