"""A chair keeps the judging going: reminds, gives to others, gives more time."""

import re
from datetime import timedelta

import pytest

from contest.demo import cast
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT

pytestmark = [pytest.mark.browser, pytest.mark.database]

JUDGING, LATE = "/contests/us-2018/judging", "Ballots one can follow"


def test_a_chair_reminds_gives_more_time_and_gives_to_another(at_moment: OpenAt) -> None:
    world = at_moment("judging")
    chair, lin, yamamoto = (
        world.comes(who) for who in (cast.CHAIR, cast.JUDGES[2].person, cast.JUDGES[1].person)
    )
    chair.goes(JUDGING).sees("Judging").reads("9 of 10").follows("See progress")
    chair.sees("Progress: Desk round").presses("Remind 1 judge").is_told("1 judge was reminded.")
    lin.opens_mail("还有 1 件参赛作品等待您评审").sees("My judging")
    chair.presses("Remind 1 judge").is_told("Nobody was reminded: one reminder a day is enough.")

    world.at(SCRIPT.judging_ends + timedelta(hours=2))
    chair.goes(JUDGING).follows("See progress").follows(re.compile("Close the judging"))
    chair.sees("Close the judging: Desk round").reads("1 of 2 reviews")
    chair.fills({"Judging until": "2018-06-10 18:00"}).presses("Extend")
    chair.is_told("Extended. Judges who still owe something have been told.")
    lin.opens_mail("评审时间延长").sees("My judging").reads(LATE)

    chair.fills({"Judge who takes over from Prof. Lin Yue 林越": "山本 大輔"}).presses("Reassign")
    chair.is_told("Reassigned to 山本 大輔.")
    lin.goes("/judging").misses(LATE)
    yamamoto.opens_mail("審査をお待ちしている応募作品があります").follows(LATE).sees(LATE)
