"""Step 1 and 2: XNode's organiser writes the call and announces it; anybody reads it."""

import re
from collections.abc import Mapping

from contest.demo import call as texts
from tests.browser import PHONE
from tests.journeys.story.names import CONTEST, PEOPLE, PROMISES, in_both, in_english
from tests.journeys.world import Person, World


def an_organiser_is_appointed(world: World) -> Person:
    world.at("2019-01-07 10:00")
    admin = world.person("Ada Admin", "admin@contest.example")
    admin.goes("/").sees("Set up Contest")
    admin.fills(
        {
            "Your name": admin.name,
            "Mail address": admin.email,
            "New password": "correct horse battery",
        }
    )
    admin.presses("Make the account").sees("Start")

    admin.follows("New contest").sees("Found a contest")
    admin.fills(
        {
            "Title": texts.TITLE["en"],
            "Edition": "Shanghai 2019",
            "Name of a new series": "Hitachi Blockchain Challenge",
            "Address": "shanghai-2019",
            "Country": "China",
            "Time zone": "Asia/Shanghai",
            "First language": "English",
            "Second language": "中文",
        }
    )
    admin.presses("Found the contest").sees(texts.TITLE["en"])
    admin.reads("11 things are missing", "There is no sponsor yet.")

    organiser = world.person("Zhou Min 周敏", "zhou.min@xnode.example")
    admin.goes(f"{CONTEST}/people")
    invites(admin, organiser, "Organiser")
    organiser.opens_mail("Hitachi").sees("Your invitation")
    organiser.presses("Accept")
    return organiser


def invites(who: Person, whom: Person, role: str, **more: object) -> None:
    who.sees("People").fills({"Mail address": whom.email, "Name": whom.name, "Role": role, **more})
    who.presses("Send the invitation").is_told("The invitation is on its way.")


def the_call_is_written(organiser: Person) -> None:
    organiser.goes(f"{CONTEST}/edit").sees("Texts")
    organiser.fills(
        {
            "Title": in_both(texts.TITLE),
            "Tagline": in_both(texts.TAGLINE),
            "Brief": in_both(texts.BRIEF),
        }
    )
    organiser.presses("Save").is_told("Saved.")

    organiser.follows("Partners").sees("Partners")
    for name, kind, domain, part in (
        ("Hitachi", "Company", "hitachi.example", "Sponsor"),
        ("XNode", "Incubator", "xnode.example", "Incubator"),
        ("Ledger Weekly", "Media partner", "ledger.example", "Media partner"),
    ):
        organiser.follows("New organisation").sees("New organisation")
        organiser.fills(
            {"Name": {"en": name}, "Kind": kind, "Country": "China", "Mail domains": domain}
        )
        organiser.presses("Save").sees("Partners")
        organiser.fills({"Organisation": name, "Part": part}).presses("Add")
        organiser.is_told("Added to the list.")

    def adds(page: str, title: str, *things: Mapping[str, object]) -> None:
        organiser.follows(page).sees(title)
        for thing in things:
            organiser.fills(dict(thing)).presses("Add").is_told("Added to the list.")

    title, brief = texts.CHALLENGE
    adds(
        "Challenges",
        "Challenges",
        {"Asked by": "Hitachi", "Challenge": in_english(title), "Brief": in_english(brief)},
    )
    adds("Tracks", "Tracks", *({"Track": in_english(t)} for t, _ in texts.TRACKS.values()))
    adds(
        "Prizes",
        "Prizes",
        {
            "Prize": in_english(texts.PRIZES[0][0]),
            "Winners": 2,
            "Amount for each": "200000",
            "Currency": "CNY",
        },
    )
    adds(
        "Promises",
        "Promises to the winners",
        *({"Promised by": "Hitachi", "Promise": in_english(what), "Days after the results": days}
          for what, days in texts.DUTIES[:2]),
    )  # fmt: skip
    adds("Dates", "Dates", {"Day": "2019-02-14", "What happens": in_english(texts.TIMELINE[0][1])})
    adds(
        "Questions",
        "Frequently asked questions",
        *({"Question": in_english(q), "Answer": in_english(a)} for q, a in texts.FAQS[:2]),
    )
    question, _, reason = texts.ELIGIBILITY[0]
    adds(
        "Eligibility",
        "Eligibility questions",
        {
            "Question": in_english(question),
            "A team may take part if it answers": "Yes",
            "What a team reads that answers otherwise": in_english(reason),
        },
    )


def the_rules_are_published(organiser: Person) -> None:
    organiser.goes(f"{CONTEST}/undertakings").sees("Rules and IP")
    organiser.follows("Change").sees("IP terms")
    organiser.page.get_by_role("radio").first.check()
    organiser.presses("Save").is_told("Saved.")
    for title, text in (
        ("Contest rules", texts.RULES),
        ("IP terms", texts.IP),
        ("Confidentiality", texts.NDA),
        ("Conflict declaration", texts.CONFLICT),
    ):
        organiser.follows("Write it").sees(title)
        organiser.fills({"Text": in_both(text)})
        organiser.presses("Publish number 1").is_told("The text is in force.")


def everybody_is_invited(organiser: Person) -> dict[str, Person]:
    world, people = organiser.world, {}
    organiser.goes(f"{CONTEST}/people")
    for name, email, role, device in PEOPLE:
        who = people[name] = world.person(name, email, device=device)
        invites(organiser, who, role)
        who.opens_mail("invites you").sees("Your invitation")
        who.presses("Accept")
        for title in PROMISES.get(role, ()):
            who.sees(title).fills({"I have read this text and promise to keep it.": True})
            who.presses("Sign").is_told("Signed. Thank you.")
    return people


def the_contest_is_announced(organiser: Person) -> None:
    organiser.world.at("2019-01-14 10:00")
    organiser.goes(f"{CONTEST}/announce").sees("Announce the contest")
    organiser.presses("Announce now").is_told("The contest is announced")


def anybody_reads_the_call(world: World) -> None:
    world.at("2019-01-21 09:00")
    visitor = world.person("Visitor", device=PHONE, timezone_id="America/New_York")
    visitor.goes("/").follows(texts.TITLE["en"]).sees(texts.TITLE["en"]).watches()
    visitor.reads(re.compile(r"38 d 0[89]:"), "28 Feb 2019, 18:00 UTC+8", "28 Feb, 05:00 for you")
    visitor.reads("200,000", "Hitachi", "XNode", "Contest rules")
    visitor.follows("中文").sees(texts.TITLE["zh"]).reads(texts.TAGLINE["zh"])
    visitor.follows("Deutsch").sees(texts.TITLE["en"]).reads(re.compile("21. Jan."))
