"""Step 1, continued: two rounds, what they ask for and how they are judged."""

from contest.demo import call as texts
from tests.journeys.story.names import CONTEST, in_both, in_english
from tests.journeys.world import Person


def the_rounds_are_planned(organiser: Person) -> None:
    organiser.follows("Rounds").sees("Rounds")
    organiser.follows("Plan the first").sees("Plan a round")
    organiser.fills(
        {
            "Name of the round": {"en": "Desk round"},
            "How it is judged": "Desk judging",
            "How judges say what they think": "Rubric",
            "Entries open": "2019-01-21 09:00",
            "Entries close": "2019-02-28 18:00",
            "Minutes of grace": 10,
            "Judging begins": "2019-03-04 09:00",
            "Judging ends": "2019-03-15 18:00",
            "How many advance": 2,
            "Reviews per entry, at least": 2,
        }
    )
    organiser.presses("Save").is_told("The round is planned.")
    organiser.follows("Rounds").sees("Rounds")
    organiser.follows("Plan a round").sees("Plan a round")
    organiser.fills(
        {
            "Name of the round": {"en": "Pitch day"},
            "How it is judged": "Pitch day",
            "How judges say what they think": "Rubric",
            "Judging begins": "2019-03-22 13:00",
            "Judging ends": "2019-03-22 20:00",
            "Reviews per entry, at least": 2,
        }
    )
    organiser.presses("Save").is_told("The round is planned.")

    organiser.follows("Rounds").follows("Form").sees("Form: Desk round")
    for kind, title, limit, more in (
        (
            "One line",
            "Title of your entry",
            120,
            {"Shown in the gallery, if the team agrees": True},
        ),
        ("Text", "Your solution", 2000, {}),
        ("Deck (PDF)", "Deck", 20, {}),
        ("Link", "Video", 300, {"An entry cannot be handed in without it": False}),
    ):
        organiser.follows("Add a question").sees("Add a question")
        organiser.fills({"Question": {"en": title, "zh": title}, "Kind of answer": kind,
                         "Limit": limit, **more})  # fmt: skip
        organiser.presses("Save").is_told("The question is added.")

    organiser.follows("Rounds").sees("Rounds")
    for title, criteria in (
        ("Desk round", texts.RUBRIC[:2]),
        ("Pitch day", texts.PITCH_RUBRIC[:1]),
    ):
        card = organiser.main.locator("section").filter(has_text=title)
        organiser.follows("Rubric", within=card).sees(f"Rubric: {title}")
        for name, _, _, levels in criteria:
            organiser.follows("Add a criterion").sees("Add a criterion")
            organiser.fills(
                {
                    "Criterion": in_both(name),
                    "Weight in percent": 100 // len(criteria),
                    "0 points mean": in_english(levels[0]),
                    "5 points mean": in_english(levels[5]),
                }
            )
            organiser.presses("Save").sees(f"Rubric: {title}")
        organiser.reads("The weights sum to 100 of 100")
        organiser.goes(f"{CONTEST}/rounds")
