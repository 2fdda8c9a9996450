"""Rounds of ballots, comparisons and verdicts without one of their judges, and where one more helps."""

import uuid
from typing import Any

import numpy as np
import pytest

from contest.contests.models import Aggregation, Mode, Round
from contest.judging.queries.ballots import Cast
from contest.judging.queries.comparing import Vote
from contest.judging.queries.verdicts import Verdict
from contest.judging.queries.work import Mark
from contest.ranking import balloted, compared, verdicts
from contest.ranking.account import EXTRA
from contest.ranking.leaving import Order

E = [uuid.UUID(int=i + 1) for i in range(8)]
J = [uuid.UUID(int=i + 100) for i in range(5)]
ODD = 2  # the judge who has it the other way round


def papers(mode: Mode, *, seed: int = 1) -> list[Cast]:
    r = np.random.default_rng(seed)
    worth = np.linspace(2, -2, len(E))
    found = []
    for j, judge in enumerate(J):
        seen = worth + 0.5 * r.normal(size=len(E))
        order = np.argsort(seen if j == ODD else -seen)
        given = [10, 8, 7, 5, 4, 3, 2, 1] if mode is Mode.POINTS else range(1, len(E) + 1)
        values = ((E[e], value) for e, value in zip(order.tolist(), given, strict=True))
        found.append(Cast(judge, tuple(sorted(values))))
    return found


@pytest.mark.parametrize(
    ("mode", "rule"),
    [
        (Mode.POINTS, None),
        (Mode.RANKING, Aggregation.BORDA),
        (Mode.RANKING, Aggregation.PLACKETT_LUCE),
    ],
)
def test_a_ballot_that_is_left_out_moves_what_ranking_without_it_moves(
    mode: Mode, rule: Aggregation | None
) -> None:
    round_, cast = Round(mode=mode, aggregation=rule), papers(mode)
    ticks: list[tuple[Any, ...]] = []
    whole = balloted.ranking(E, cast, round_, 3, tick=lambda *told: ticks.append(told))
    assert ("judges", 4, 5) in ticks
    before = {s["entry_id"]: s["adjusted"] for s in whole["standings"]}
    for row in whole["components"]["reliability"]:
        rest = balloted.ranking(E, [c for c in cast if str(c.judge) != row["judge"]], round_, 3)
        after = {s["entry_id"]: s["adjusted"] for s in rest["standings"]}
        moved = max(abs(after[e] - before[e]) for e in before)
        assert row["influence"] == pytest.approx(moved, abs=1e-6)
        first = [{s["entry_id"] for s in r["standings"] if s["rank"] <= 3} for r in (whole, rest)]
        assert (row["lost"], row["gained"]) == (
            sorted(first[0] - first[1]),
            sorted(first[1] - first[0]),
        )


@pytest.mark.parametrize("mode", [Mode.POINTS, Mode.RANKING])
def test_who_has_the_order_turned_round_agrees_least(mode: Mode) -> None:
    found = balloted.ranking(E, papers(mode), Round(mode=mode), 3)["components"]
    share = {row["judge"]: row["value"] for row in found["reliability"]}
    assert min(share, key=lambda judge: share[judge]) == str(J[ODD])
    assert share[str(J[ODD])] < 0.3
    assert found["concord"]["pairs"] == 10 * 28


@pytest.mark.parametrize("mode", [Mode.POINTS, Mode.RANKING])
def test_more_reviews_go_to_the_edge_of_the_first_where_judges_are_left(mode: Mode) -> None:
    cast = [Cast(c.judge, c.values[:5]) for c in papers(mode)]
    found = balloted.ranking(E, cast, Round(mode=mode), 2, judges=7)["components"]["wanted"]
    assert 0 < sum(w["reviews"] for w in found) <= EXTRA
    assert all(w["in_all"] <= 7 for w in found)
    assert found == sorted(found, key=lambda w: (-w["gain"], w["entry"]))
    coming = dict.fromkeys(E, 2)
    busy = balloted.ranking(E, cast, Round(mode=mode), 2, judges=7, underway=coming)
    assert busy["components"]["wanted"] == []


def test_no_ballot_and_one_ballot_say_nothing_about_agreement() -> None:
    for cast in ([], papers(Mode.RANKING)[:1]):
        found = balloted.ranking(E, cast, Round(mode=Mode.RANKING), 3, judges=5)["components"]
        assert found["concord"] == {"same": None, "pairs": 0}


def test_without_a_judge_of_comparisons_the_order_is_that_of_the_other_votes() -> None:
    r = np.random.default_rng(4)
    votes = [
        Vote(judge, E[a], E[b], float(a < b))
        for judge in J
        for a, b in (sorted(r.choice(8, 2, replace=False)) for _ in range(9))
    ]
    whole = compared.ranking(E, votes, 3)
    before = {s["entry_id"]: s["adjusted"] for s in whole["standings"]}
    for row in whole["components"]["reliability"]:
        rest = compared.ranking(E, [v for v in votes if str(v.judge) != row["judge"]], 3)
        moved = max(abs(s["adjusted"] - before[s["entry_id"]]) for s in rest["standings"])
        assert row["influence"] == pytest.approx(moved, abs=1e-6)


def test_those_who_share_the_last_of_the_first_places_are_all_among_them() -> None:
    order = Order(dict(zip(E[:4], [3.0, 2.0, 2.001, 1.0], strict=True)), dict.fromkeys(E, 0))
    assert order.first(2) == set(E[:3])
    apart = Order(order.value, dict(zip(E[:4], [0, 0, 1, 1], strict=True)))
    assert apart.first(1) == {E[0], E[2]}
    assert Order({}, {}).first(3) == set()


# --- pass or fail


def jury(rule: Aggregation, *words: str) -> tuple[dict[uuid.UUID, Verdict], list[Mark]]:
    """Return the verdicts on entries of which each has a word: "+-" is a pass, then a fail."""
    marks = [
        Mark(E[i], J[j], 100.0 if said == "+" else 0.0)
        for i, word in enumerate(words)
        for j, said in enumerate(word)
        if said != "."
    ]
    found = {E[i]: Verdict(word.count("+"), word.count("-"), rule) for i, word in enumerate(words)}
    return found, marks


def ranked(rule: Aggregation, *words: str, busy: tuple[uuid.UUID, ...] = ()) -> dict[str, Any]:
    found, marks = jury(rule, *words)
    components: dict[str, Any] = verdicts.ranking(E, found, marks, 2, busy)["components"]
    return components


def test_what_hangs_on_one_judge_is_what_the_others_alone_would_say() -> None:
    found = ranked(Aggregation.UNANIMOUS, "+++", "++-", ".-", "---")["votes"]
    assert [row["hangs"] for row in found] == [
        {},
        {"none": [str(E[2])]},
        {"pass": [str(E[1])]},
    ]
    split = ranked(Aggregation.MAJORITY, "++-", "+-.")["votes"]
    assert [row["hangs"] for row in split] == [
        {"wait": [str(E[0])], "fail": [str(E[1])]},
        {"wait": [str(E[0])], "pass": [str(E[1])]},
        {},
    ]


def test_one_more_verdict_settles_a_majority_in_halves_and_never_a_lack_of_unanimity() -> None:
    words = ("+-", "++-", "-+", "--")
    assert ranked(Aggregation.UNANIMOUS, *words)["wanted"] == []
    found = ranked(Aggregation.MAJORITY, *words, busy=(E[2],))["wanted"]
    assert [(w["entry"], w["reviews"], w["in_all"]) for w in found] == [(str(E[0]), 1, 3)]


def test_agreement_on_verdicts_is_alpha_and_says_where_it_cannot_be_known() -> None:
    assert ranked(Aggregation.MAJORITY, "++", "--", "++")["agreement"]["alpha"]["value"] == 1
    alone = ranked(Aggregation.MAJORITY, "+", "-")["agreement"]["alpha"]
    assert alone == {"value": None, "reason": "nothing_shared"}
    assert ranked(Aggregation.MAJORITY)["agreement"]["alpha"]["reason"] == "nothing_shared"
