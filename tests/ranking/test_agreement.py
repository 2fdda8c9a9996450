import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contest.ranking.agreement import Figure, Unknown, agreement, alpha, icc, icc_of
from contest.ranking.model import rank

SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]

# Krippendorff's own example of four observers and missing values; interval alpha 0.849.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]

QUICK = settings(max_examples=25, deadline=None)


def value(figure: Figure) -> float:
    assert figure.value is not None
    return figure.value


def long(table: list[list[int]]) -> tuple[list[int], list[int], list[int]]:
    cells = [(i, j, score) for i, row in enumerate(table) for j, score in enumerate(row)]
    return [c[0] for c in cells], [c[1] for c in cells], [c[2] for c in cells]


def test_the_table_of_shrout_and_fleiss_gives_their_six_figures() -> None:
    found = icc(SHROUT_FLEISS)
    figures = (found.one, found.two, found.three, found.one_k, found.two_k, found.three_k)
    assert [round(value(f), 2) for f in figures] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert agreement(*long(SHROUT_FLEISS), 6, 4).icc == found


def test_the_variances_of_the_model_give_the_same_figures() -> None:
    variance = rank(*long(SHROUT_FLEISS), 6, 4).variance
    assert variance is not None
    found = icc_of(variance.entries, variance.judges, variance.noise, 4)
    expected = icc(SHROUT_FLEISS)
    for ours, theirs in ((found.two, expected.two), (found.two_k, expected.two_k),
                         (found.three, expected.three), (found.three_k, expected.three_k)):  # fmt: skip
        assert value(ours) == pytest.approx(value(theirs), abs=1e-3)
    with pytest.raises(ValueError, match="negative"):
        icc_of(-1.0, 1.0, 1.0, 3)


def test_krippendorffs_example_gives_his_alpha() -> None:
    seen = [
        (unit, score) for row in OBSERVERS for unit, score in enumerate(row) if score is not None
    ]
    found = alpha([unit for unit, _ in seen], [score for _, score in seen])
    assert round(value(found), 3) == 0.849


@QUICK
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=2, max_size=30))
def test_alpha_is_one_minus_observed_over_expected_disagreement(
    seen: list[tuple[int, int]],
) -> None:
    units = [[s for u, s in seen if u == unit] for unit in range(5)]
    units = [unit for unit in units if len(unit) > 1]
    scores = [s for unit in units for s in unit]
    found = alpha([u for u, _ in seen], [s for _, s in seen])
    if len(set(scores)) < 2:
        assert found.value is None
        return
    observed = sum(
        sum((a - b) ** 2 for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    ) / len(scores)
    expected = sum((a - b) ** 2 for a, b in itertools.permutations(scores, 2)) / (
        len(scores) * (len(scores) - 1)
    )
    assert value(found) == pytest.approx(1 - observed / expected, abs=1e-9)


@QUICK
@example(463, 0.0, 1.0)
@given(st.integers(0, 10**6), st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_agreement_does_not_depend_on_the_scale(seed: int, shift: float, factor: float) -> None:
    table = np.random.default_rng(seed).integers(1, 11, (6, 4)).astype(float)
    entry, judge = np.divmod(np.arange(24), 4)
    one = agreement(entry, judge, table.ravel(), 6, 4)
    other = agreement(entry, judge, shift + factor * table.ravel(), 6, 4)
    assert value(other.alpha) == pytest.approx(value(one.alpha), abs=1e-6)
    if one.icc.two_k.value is not None:  # now and then, as in 463, what it is divided by is nothing
        assert value(other.icc.two_k) == pytest.approx(one.icc.two_k.value, abs=1e-6)
    for a, b in zip(one.judges, other.judges, strict=True):
        assert value(b.outfit) == pytest.approx(value(a.outfit), abs=1e-6)
        assert value(b.leniency) == pytest.approx(factor * value(a.leniency), rel=1e-6, abs=1e-6)


@QUICK
@given(st.integers(0, 10**6))
def test_neither_the_order_of_reviews_nor_any_label_changes_the_agreement(seed: int) -> None:
    r = np.random.default_rng(seed)
    entry, judge = np.divmod(np.arange(24), 4)
    kept = r.permutation(24)[:20]
    score = r.integers(1, 11, 24).astype(float)
    entries, judges = r.permutation(6), r.permutation(4)
    one = agreement(entry[kept], judge[kept], score[kept], 6, 4)
    rows = r.permutation(kept)
    other = agreement(entries[entry[rows]], judges[judge[rows]], score[rows], 6, 4)
    assert value(other.alpha) == pytest.approx(value(one.alpha), abs=1e-9)
    found = {fit.judge: fit for fit in other.judges}
    for fit in one.judges:
        same = found[int(judges[fit.judge])]
        assert same.leniency.value == pytest.approx(fit.leniency.value, abs=1e-9)
        assert same.outfit.value == pytest.approx(fit.outfit.value, abs=1e-9)
        assert (same.reviews, same.lenient_or_severe) == (fit.reviews, fit.lenient_or_severe)


@QUICK
@given(st.integers(0, 10**6), st.floats(-20, 20))
def test_a_judge_who_gives_more_is_more_lenient_and_orders_as_before(
    seed: int, more: float
) -> None:
    entry, judge = np.divmod(np.arange(24), 4)
    score = np.random.default_rng(seed).integers(1, 11, 24).astype(float)
    one = agreement(entry, judge, score, 6, 4)
    other = agreement(entry, judge, score + more * (judge == 2), 6, 4)
    before, after = one.judges[2], other.judges[2]
    moved = value(after.leniency) - value(before.leniency)
    assert moved == pytest.approx(more * 3 / 4, abs=1e-9)  # the panel contains the judge
    assert value(after.outfit) == pytest.approx(value(before.outfit), abs=1e-6)
    assert value(other.icc.three) == pytest.approx(value(one.icc.three), abs=1e-6)


@QUICK
@given(st.integers(0, 10**6))
def test_a_judge_and_his_double_agree_with_the_panel_alike(seed: int) -> None:
    entry, judge = np.divmod(np.arange(24), 4)
    score = np.random.default_rng(seed).integers(1, 11, 24).astype(float)
    mine = judge == 1
    found = agreement(
        np.append(entry, entry[mine]), np.append(judge, np.full(6, 4)),
        np.append(score, score[mine]), 6, 5,
    )  # fmt: skip
    one, double = found.judges[1], found.judges[4]
    assert value(double.leniency) == pytest.approx(value(one.leniency), abs=1e-9)
    assert value(double.outfit) == pytest.approx(value(one.outfit), abs=1e-9)


def test_in_a_complete_table_leniency_is_the_distance_from_the_panels_mean() -> None:
    found = agreement(*long(SHROUT_FLEISS), 6, 4)
    means = np.mean(SHROUT_FLEISS, axis=0)
    assert [value(j.leniency) for j in found.judges] == pytest.approx(list(means - means.mean()))


def test_leniency_is_found_where_judges_see_different_entries() -> None:
    entry = np.repeat(np.arange(12), 2)
    judge = np.array([(i + d) % 4 for i in range(12) for d in (0, 1)])
    effects = np.array([-1.5, 0.5, 0.0, 1.0])
    r = np.random.default_rng(0)
    noise = 0.01 * r.normal(size=24)
    found = agreement(entry, judge, r.normal(size=12)[entry] + effects[judge] + noise, 12, 4)
    assert [value(j.leniency) for j in found.judges] == pytest.approx(list(effects), abs=0.05)
    assert [j.lenient_or_severe for j in found.judges] == [True, True, False, True]


def test_a_judge_who_rolls_dice_stands_out_and_the_others_do_not() -> None:
    r = np.random.default_rng(5)
    entry, judge = np.divmod(np.arange(180), 6)
    score = r.normal(size=30)[entry] + 0.3 * r.normal(size=180)
    score[judge == 4] = 1.5 * r.normal(size=30)
    found = agreement(entry, judge, score, 30, 6)
    assert [j.unpredictable for j in found.judges] == [False, False, False, False, True, False]
    assert value(found.judges[4].outfit) > 2


def test_honest_judges_are_seldom_flagged() -> None:
    flagged = 0
    entry, judge = np.divmod(np.arange(90), 6)
    for seed in range(100):
        r = np.random.default_rng(seed)
        found = agreement(entry, judge, r.normal(size=15)[entry] + r.normal(size=90), 15, 6)
        flagged += sum(j.unpredictable or j.lenient_or_severe for j in found.judges)
    assert flagged <= 0.05 * 600


def test_four_scores_never_make_a_flag() -> None:
    entry, judge = np.divmod(np.arange(24), 6)
    score = entry + 0.01 * np.sin(np.arange(24)) + 50.0 * (judge == 1)
    found = agreement(entry, judge, score, 4, 6)
    assert abs(value(found.judges[1].leniency_t)) > 100
    assert not any(j.lenient_or_severe or j.unpredictable for j in found.judges)


def test_no_scores_are_no_agreement() -> None:
    found = agreement([], [], [], 3, 2)
    assert found.alpha == Figure(None, Unknown.NOTHING_SHARED)
    assert found.icc.one == Figure(None, Unknown.TOO_SMALL)
    assert found.judges == ()


def test_one_score_for_everything_cannot_show_agreement() -> None:
    found = agreement(*long([[5, 5], [5, 5], [5, 5]]), 3, 2)
    assert found.alpha == Figure(None, Unknown.ALL_EQUAL)
    assert found.icc.two_k == Figure(None, Unknown.ALL_EQUAL)
    assert [value(j.leniency) for j in found.judges] == [0, 0]
    assert found.judges[0].outfit == Figure(None, Unknown.PERFECT)


@pytest.mark.parametrize(
    "table",
    [
        [[1, 3, 2], [3, 1, 2], [1, 2, 2]],  # below the fraction stands exactly nothing
        [[1, 3], [3, 1], [2, 2]],  # and here less, by which the mean were reliable to 300 %
    ],
)
def test_means_that_differ_less_than_by_chance_have_no_reliability(table: list[list[int]]) -> None:
    assert icc(table).two_k == Figure(None, Unknown.TOO_ALIKE)


def test_one_review_each_leaves_judges_without_comparison() -> None:
    found = agreement([0, 1, 2], [0, 0, 1], [1.0, 2.0, 3.0], 3, 2)
    assert found.alpha == Figure(None, Unknown.NOTHING_SHARED)
    assert found.icc.one == Figure(None, Unknown.NOT_COMPLETE)
    assert [j.leniency for j in found.judges] == [Figure(None, Unknown.NOTHING_SHARED)] * 2
    assert [j.outfit for j in found.judges] == [Figure(None, Unknown.NO_SPARE)] * 2


def test_a_missing_cell_leaves_icc_out_but_not_alpha() -> None:
    entry, judge, score = long(SHROUT_FLEISS)
    found = agreement(entry[1:], judge[1:], score[1:], 6, 4)
    assert found.icc.two == Figure(None, Unknown.NOT_COMPLETE)
    assert found.alpha.value is not None


@pytest.mark.parametrize(
    ("entry", "judge", "score", "says"),
    [
        ([0, 0], [0, 1], [1, float("inf")], "score of review 1"),
        ([0, 0], [0, 1], [float("nan"), 1], "score of review 0"),
        ([0, 3], [0, 1], [1, 2], "review 1 names entry 3"),
        ([0, 0], [0, -1], [1, 2], "review 1 names judge -1"),
        ([0, 0], [1, 1], [1, 2], "review 1 repeats"),
        ([0], [0, 1], [1, 2], "entry_index has shape"),
        ([0, 1], [0.0, 1.0], [1, 2], "whole numbers"),
    ],
)
def test_bad_reviews_are_refused_by_their_number(
    entry: list[int], judge: list[int], score: list[float], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        agreement(entry, judge, score, 3, 2)


NAN = float("nan")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((NAN, 1.0, 1.0, 3.0), "the variance of entries is nan"),
        ((1.0, -1.0, 1.0, 3.0), "the variance of judges is -1"),
        ((1.0, 1.0, float("inf"), 3.0), "the variance of noise is inf"),
        ((0.0, 0.0, 0.0, 3.0), "must not all be zero"),
        ((1.0, 1.0, 1.0, 0.0), "reviews must be a number above 0, not 0"),
        ((1.0, 1.0, 1.0, NAN), "reviews must be a number above 0, not nan"),
    ],
)
def test_variances_that_cannot_be_are_refused_by_name(
    given: tuple[float, float, float, float], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        icc_of(*given)


def test_a_bad_table_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1 "):
        icc([[1.0, 2.0], [3.0, float("nan")]])
    with pytest.raises(ValueError, match="a row per entry"):
        icc([1.0, 2.0])
