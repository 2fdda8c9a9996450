"""The whole story, from the call to the service, through pages only."""

import pytest

from tests.journeys.story import call, entries, followup, judging, pitch_day, results, rounds
from tests.journeys.world import World

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.mark.timeout(900)
def test_a_contest_goes_from_the_call_to_the_service(empty_world: World) -> None:
    world = empty_world
    organiser = call.an_organiser_is_appointed(world)
    call.the_call_is_written(organiser)
    rounds.the_rounds_are_planned(organiser)
    call.the_rules_are_published(organiser)
    people = call.everybody_is_invited(organiser)
    screener, chair = people["He Jing 何静"], people["佐藤 美咲"]
    sponsor, owner = people["田中 健一"], people["Wu Lei 吴磊"]
    call.the_contest_is_announced(organiser)
    call.anybody_reads_the_call(world)
    leads = entries.teams_hand_in(world)
    entries.entries_are_screened(screener, leads)
    judging.judges_declare(people)
    judging.the_chair_assigns(chair)
    judging.judges_score(people)
    judging.the_round_is_closed_with_less(chair)
    judging.two_teams_advance(chair)
    judging.the_news_is_read_before_it_goes(organiser, leads)
    pitch_day.the_stage_is_set(chair, organiser)
    pitch_day.two_teams_pitch(organiser, people)
    pitch_day.the_last_round_is_decided(chair)
    results.results_are_certified(chair, sponsor, organiser)
    results.nobody_knows_before(world, leads)
    results.everybody_reads_the_results(world, leads)
    results.a_winner_shows_the_certificate(leads["Kettenwerk"])
    followup.a_winner_is_followed_to_the_pilot(sponsor, owner)
    followup.a_pilot_becomes_a_service(owner)
    followup.everything_is_on_record(organiser)
