"""How far judges agree on orders, points and verdicts."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from contest.ranking.concord import concord, votes

Slates = list[dict[int, int]]  # judge -> entry -> value


def table(slates: Slates) -> tuple[list[int], list[int], list[float], int, int]:
    rows = [(e, j, float(v)) for j, slate in enumerate(slates) for e, v in slate.items()]
    entries, judges, values = ([r[k] for r in rows] for k in range(3))
    return entries, judges, values, 6, max(1, len(slates))  # type: ignore[return-value]


def test_two_judges_of_the_same_entries_agree_as_kendall_counts() -> None:
    one, other = [3, 1, 4, 0, 5, 2], [2, 1, 5, 0, 3, 4]
    found = concord(*table([dict(enumerate(one)), dict(enumerate(other))]))
    assert found.same is not None
    assert 2 * found.same - 1 == pytest.approx(kendalltau(one, other).statistic)
    assert found.pairs == 15
    assert [v.same for v in found.voices] == [found.same] * 2


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 5), st.integers(0, 3), max_size=6), max_size=5))
def test_it_is_what_counting_every_pair_gives(slates: Slates) -> None:
    found = concord(*table(slates))
    same, pairs = 0.0, 0
    for one, other in itertools.combinations(slates, 2):
        for a, b in itertools.combinations(sorted(one.keys() & other.keys()), 2):
            product = np.sign(one[a] - one[b]) * np.sign(other[a] - other[b])
            same, pairs = same + (1 + product) / 2, pairs + 1
    assert found.pairs == pairs
    assert found.same == (pytest.approx(same / pairs) if pairs else None)


def test_judges_without_two_common_entries_are_not_compared() -> None:
    found = concord(*table([{0: 1, 1: 2}, {1: 1, 2: 2}]))
    assert (found.same, found.pairs) == (None, 0)
    assert concord([], [], [], 3, 2).voices == ()


def panel(seed: int) -> tuple[list[int], list[int], list[float]]:
    """Eight judges with ten of twelve entries each, who agree to about three quarters."""
    r = np.random.default_rng(seed)
    worth = r.normal(size=12)
    rows = [(int(e), j) for j in range(8) for e in r.choice(12, 10, replace=False)]
    return (
        [e for e, _ in rows],
        [j for _, j in rows],
        [worth[e] + 0.7 * r.normal() for e, _ in rows],
    )


def test_who_turned_the_scale_round_is_flagged_and_hardly_anybody_else() -> None:
    caught, false = 0, 0
    for seed in range(60):
        entry, judge, value = panel(seed)
        turned = [-v if j == 3 else v for j, v in zip(judge, value, strict=True)]
        caught += concord(entry, judge, turned, 12, 8).voices[3].opposite
        false += sum(v.opposite for v in concord(entry, judge, value, 12, 8).voices)
    assert caught >= 15  # with ten entries each, more would be guessing
    assert false == 0


def test_places_dealt_by_lot_are_flagged_as_often_as_was_promised() -> None:
    r, flagged = np.random.default_rng(7), 0
    for seed in range(200):
        entry, judge, _ = panel(seed)
        voices = concord(entry, judge, r.normal(size=len(entry)), 12, 8).voices
        flagged += any(v.opposite for v in voices)
    assert flagged <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_under_five_entries_nobody_is_flagged() -> None:
    slates = [dict(enumerate(range(4)))] * 9 + [dict(enumerate(range(4, 0, -1)))]
    found = concord(*table(slates))
    assert found.voices[-1].same == 0
    assert not any(v.opposite for v in found.voices)


def test_a_judge_who_fails_what_the_others_pass_is_called_strict() -> None:
    entry, judge = np.divmod(np.arange(60), 5)
    passed = np.where(judge == 2, 0, (entry + judge) % 4 > 0)
    found = votes(entry, judge, passed, 12, 5)
    assert (found[2].passes, found[2].shared) == (0.0, 12)
    assert found[2].others == pytest.approx(0.75, abs=0.05)
    assert [v.stricter for v in found] == [False, False, True, False, False]
    assert not any(v.milder for v in found)
    assert [v.milder for v in votes(entry, judge, 1 - passed, 12, 5)] == [v.stricter for v in found]


def test_votes_by_lot_are_flagged_as_often_as_was_promised() -> None:
    r, flagged = np.random.default_rng(3), 0
    entry, judge = np.divmod(np.arange(75), 5)
    for _ in range(200):
        chance = r.random(15)
        found = votes(entry, judge, r.random(75) < chance[entry], 15, 5)
        flagged += any(v.stricter or v.milder for v in found)
    assert flagged <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_an_entry_that_one_judge_saw_compares_nobody() -> None:
    (alone,) = votes([0, 1], [0, 0], [1, 0], 2, 1)
    assert (alone.entries, alone.shared, alone.passes, alone.others) == (2, 0, None, None)


def test_bad_verdicts_and_values_are_refused_by_their_row() -> None:
    with pytest.raises(ValueError, match="entry 1 by judge 0 is not 0 or 1"):
        votes([0, 1], [0, 0], [1, 2], 2, 1)
    with pytest.raises(ValueError, match="review 1 names entry 5"):
        concord([0, 5], [0, 0], [1, 2], 3, 1)
    with pytest.raises(ValueError, match="review 0 is not a finite"):
        concord([0, 1], [0, 0], [float("nan"), 2], 3, 1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.permutations(range(12)), st.permutations(range(8)))
def test_labels_and_scales_of_judges_change_nothing(
    seed: int, entries: list[int], judges: list[int]
) -> None:
    entry, judge, value = panel(seed)
    before = concord(entry, judge, value, 12, 8)
    scaled = [(j + 1) * v + j for j, v in zip(judge, value, strict=True)]
    after = concord([entries[e] for e in entry], [judges[j] for j in judge], scaled, 12, 8)
    assert after.same == pytest.approx(before.same)
    assert [after.voices[judges[j]].same for j in range(8)] == pytest.approx(
        [v.same for v in before.voices]
    )


def test_a_judge_and_their_double_agree_with_the_others_alike() -> None:
    entry, judge, value = panel(5)
    own = [(e, v) for e, j, v in zip(entry, judge, value, strict=True) if j == 2]
    found = concord(
        [*entry, *(e for e, _ in own)],
        [*judge, *[8] * len(own)],
        [*value, *(v for _, v in own)],
        12,
        9,
    )
    assert found.voices[2].same == found.voices[8].same
