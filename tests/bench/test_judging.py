"""The bars of ranking and agreement, on few seeds: what `bench judging --quick` prints."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from click.testing import CliRunner

from contest.bench import bars, edges, ranking, reviews
from contest.bench.bars import Bar, at_least, at_most, between
from contest.bench.worlds import SCENARIOS
from contest.ranking.model import Code, Note, rank


def missed(measured: Iterable[Bar]) -> list[str]:
    found = list(measured)
    assert found
    return [f"{bar.name}: {bar.figure}, {bar.bar}" for bar in found if not bar.met]


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_the_order_is_near_the_truth_and_honest_about_it(name: str) -> None:
    assert missed(ranking.scenario(name, quick=True)) == []


def test_other_ways_give_the_same() -> None:
    assert missed(ranking.beside_peers()) == []
    assert missed(ranking.invariance()) == []


def test_what_cannot_be_known_has_an_answer_and_honest_judges_have_peace() -> None:
    assert missed(edges.bars(quick=True)) == []


def test_an_interval_without_width_or_a_silent_panel_is_no_sound_answer() -> None:
    case, note = edges.cases()["missing criterion"]
    assert edges.is_sound(case, note)
    assert not edges.is_sound(case, Note(Code.UNREVIEWED, {"entries": (3,)}))
    estimate = rank(*case)
    unsure = next(s for s in estimate.standings if s.rank_high - s.rank_low > 1)
    assert edges.stands(estimate, unsure)
    assert not edges.stands(estimate, replace(unsure, sd=0.0))
    assert not edges.stands(estimate, replace(unsure, rank_high=unsure.rank_low))
    assert not edges.stands(estimate, replace(unsure, p_top=float("nan")))


def test_more_reviews_help_where_they_are_aimed_and_designs_foretell_the_truth() -> None:
    assert missed(reviews.bars(quick=True)) == []


def test_a_bar_is_met_or_missed(capsys: pytest.CaptureFixture[str]) -> None:
    measured = [at_least("a", 0.7, 0.7), at_most("b", 1.2, 1.0, ".1f", "s"), between("c", 2, 1, 3)]
    assert [bar.met for bar in measured] == [True, False, True]
    assert not bars.show(measured)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["MISS", "b", "1.2", "s", "≤", "1.0", "s"]
    assert lines[-1] == "2 of 3 bars met."
    assert bars.show(measured[:1])


def test_the_command_says_what_it_does() -> None:
    from contest.bench.cli import bench

    told = CliRunner().invoke(bench, ["judging", "--help"])
    assert told.exit_code == 0
    assert "--quick" in told.output
