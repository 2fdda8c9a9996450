"""An administrator begins on an empty instance, keeps the directory, and proves the record."""

import pytest
from playwright.sync_api import expect

from tests.journeys.world import World

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_an_administrator_sets_up_an_empty_instance_and_reads_who_did_what(
    empty_world: World,
) -> None:
    world = empty_world
    world.at("2019-01-07 09:00")
    ada = world.person("Ada Byron", "ada@example.org").goes("/").sees("Set up Contest")
    ada.fills(
        {"Your name": "Ada Byron", "Mail address": "ada@example.org", "New password": "short"}
    )
    ada.presses("Make the account").is_refused("New password")
    ada.fills({"New password": "a long and quiet evening"}).presses("Make the account").sees(
        "Start"
    )
    assert world.person("Mallory").ask.get("/setup").status == 404

    ada.follows("Directory").sees("Organisations").follows("New organisation")
    ada.fills(
        {"Name": {"en": "Hitachi"}, "Kind": "Company", "Country": "Japan",
         "Mail domains": "hitachi.example"}
    ).presses("Save").follows("Hitachi").sees("Hitachi")  # fmt: skip
    ada.follows("Start").follows("New contest").sees("Found a contest")
    ada.fills(
        {"Title": "Tokyo Challenge", "Edition": "Tokyo 2020", "Address": "tokyo-2020",
         "Name of a new series": "Challenge", "Country": "Japan", "Time zone": "Asia/Tokyo",
         "First language": "English"}
    ).presses("Found the contest").sees("Tokyo Challenge")  # fmt: skip
    ada.follows("People").fills(
        {"Mail address": "min@example.org", "Name": "Zhou Min", "Role": "Organiser",
         "Organisation": "Hitachi"}
    ).presses("Send the invitation")  # fmt: skip
    world.later(minutes=1)
    zhou = world.person("Zhou Min", "min@example.org").opens_mail("invites you").presses("Accept")
    zhou.is_told("Thank you. You are in.")

    ada.follows("History").sees("History")
    expect(ada.row("Contest created")).to_contain_text("Ada Byron")
    expect(ada.row("Role accepted")).to_contain_text("Zhou Min")
    verified = world.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert verified.exit_code == 0, verified.output
