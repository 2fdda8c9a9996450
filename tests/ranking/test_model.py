import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtri

from contest.ranking.model import (
    Code,
    Component,
    Estimate,
    Options,
    Variance,
    explain,
    input_digest,
    places,
    published,
    rank,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scores = tuple[Ints, Ints, Floats]

QUICK = settings(max_examples=8, deadline=None)
FEW = Options(draws=100)


def contest(
    seed: int, n: int = 15, m: int = 6, k: int = 3, bias: float = 0.7, noise: float = 0.5
) -> tuple[Scores, Floats, Floats]:
    """Return scores on a scale around 5.5, the entries' true qualities and the judges' biases."""
    r = np.random.default_rng(seed)
    quality, severity = r.normal(size=n), bias * r.normal(size=m)
    first = r.permutation(np.arange(n) % m)
    judge = np.concatenate([(j + 1 + r.choice(m - 1, k - 1, replace=False)) % m for j in first])
    pairs = {(i, int(j)) for i, j in enumerate(first)}
    pairs |= {(i // (k - 1), int(j)) for i, j in enumerate(judge)}
    entry, judge = np.array(sorted(pairs)).T
    score = 5.5 + 1.5 * (quality[entry] + severity[judge] + noise * r.normal(size=len(entry)))
    return (entry, judge, np.round(score, 2)), quality, severity


def codes(estimate: Estimate) -> set[Code]:
    return {note.code for note in estimate.notes}


def assert_sound(estimate: Estimate) -> None:
    """Finite numbers, no interval of width zero, ranks in order, explanations that sum."""
    for s in estimate.standings:
        numbers = (s.raw, s.median, s.adjusted, s.sd, s.p_top, s.target, s.weight)
        assert np.isfinite(numbers).all()
        assert s.sd > 0
        assert 1 <= s.rank_low <= s.rank_high <= len(estimate.standings)
        assert 0 <= s.p_top <= 1
        told = explain(estimate, s.entry)
        total = told.raw + sum(c.points for c in told.corrections) + told.shrinkage
        assert total == pytest.approx(s.adjusted, abs=1e-9)
        assert len(told.corrections) == s.reviews
    for j in estimate.judges:
        assert np.isfinite(j.effect)
        assert j.sd > 0
    assert np.isfinite(estimate.draws).all()


# --- the model


def reml_by_brute_force(entry: Ints, judge: Ints, score: Floats) -> tuple[Variance, Floats]:
    """Maximise the restricted likelihood with the full covariance of all scores."""
    of_entry = (entry[:, None] == entry[None, :]).astype(float)
    of_judge = (judge[:, None] == judge[None, :]).astype(float)
    ones = np.ones((len(score), 1))

    def parts(log: Floats) -> tuple[float, Floats, Any, Any]:
        a, b, c = np.exp(log)
        v = a * of_entry + b * of_judge + c * np.eye(len(score))
        inverse = np.linalg.inv(v)
        gram = ones.T @ inverse @ ones
        mu = np.linalg.solve(gram, ones.T @ inverse @ score)
        left = score - mu
        value = np.linalg.slogdet(v)[1] + np.linalg.slogdet(gram)[1] + left @ inverse @ left
        return float(value), np.asarray(mu, dtype=np.float64), np.asarray(inverse), left

    start = np.full(3, np.log(score.var() / 3))
    found = minimize(
        lambda log: parts(log)[0],
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 4000},
    )
    _, mu, inverse, left = parts(found.x)
    a, b, c = np.exp(found.x)
    entries = np.unique(entry)
    shrunk = a * (entries[:, None] == entry[None, :]) @ inverse @ left
    return Variance(float(a), float(b), float(c)), mu + shrunk


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_independent_reml_finds_the_same_variances_and_values(seed: int) -> None:
    scores, _, _ = contest(seed)
    estimate = rank(*scores, 15, 6)
    variance, adjusted = reml_by_brute_force(*scores)
    assert estimate.pool is not None
    assert not estimate.pool.used
    assert estimate.variance is not None
    assert estimate.variance.entries == pytest.approx(variance.entries, rel=1e-3)
    assert estimate.variance.judges == pytest.approx(variance.judges, rel=1e-3)
    assert estimate.variance.noise == pytest.approx(variance.noise, rel=1e-3)
    assert [s.adjusted for s in estimate.standings] == pytest.approx(list(adjusted), abs=1e-3)


def test_in_a_complete_table_the_variances_are_those_of_the_analysis_of_variance() -> None:
    table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9.0]])
    n, m = table.shape
    rows, columns = table.mean(1, keepdims=True), table.mean(0, keepdims=True)
    noise = ((table - rows - columns + table.mean()) ** 2).sum() / ((n - 1) * (m - 1))
    between = m * rows.var(ddof=1)
    judges = n * columns.var(ddof=1)
    entry, judge = np.divmod(np.arange(n * m), m)
    estimate = rank(entry, judge, table.ravel(), n, m)
    assert estimate.variance is not None
    assert estimate.variance.noise == pytest.approx(noise, rel=1e-4)
    assert estimate.variance.entries == pytest.approx((between - noise) / m, rel=1e-4)
    assert estimate.variance.judges == pytest.approx((judges - noise) / n, rel=1e-4)
    shrink = 1 - noise / between
    expected = table.mean() + shrink * (rows[:, 0] - table.mean())
    assert [s.adjusted for s in estimate.standings] == pytest.approx(list(expected), abs=1e-4)
    # The covariate echoes the entry's own mean here, and the gate must not fall for it.
    assert estimate.pool is not None
    assert estimate.pool.gamma == pytest.approx(-(n - 1))
    assert not estimate.pool.used


def tau(a: Floats, b: Floats) -> float:
    pairs = np.triu_indices(len(a), 1)
    signs = np.sign(a[:, None] - a[None, :]) * np.sign(b[:, None] - b[None, :])
    return float(signs[pairs].mean())


def test_with_biased_judges_the_model_comes_nearer_to_the_truth_than_the_mean() -> None:
    gain = []
    for seed in range(12):
        scores, quality, _ = contest(seed, n=60, m=12, k=3, bias=1.0)
        estimate = rank(*scores, 60, 12, FEW)
        adjusted = np.array([s.adjusted for s in estimate.standings])
        raw = np.array([s.raw for s in estimate.standings])
        gain.append(tau(adjusted, quality) - tau(raw, quality))
    assert np.mean(gain) > 0.08


def test_without_bias_the_model_costs_next_to_nothing() -> None:
    loss = []
    for seed in range(12):
        scores, quality, _ = contest(seed, n=60, m=12, k=3, bias=0.0)
        estimate = rank(*scores, 60, 12, FEW)
        adjusted = np.array([s.adjusted for s in estimate.standings])
        raw = np.array([s.raw for s in estimate.standings])
        loss.append(tau(raw, quality) - tau(adjusted, quality))
    assert np.mean(loss) < 0.005


def test_ninety_percent_rank_intervals_hold_the_true_rank_about_nine_times_in_ten() -> None:
    held = []
    for seed in range(20):
        scores, quality, _ = contest(seed, n=40, m=10, k=3)
        true = 1 + np.argsort(np.argsort(-quality))
        estimate = rank(*scores, 40, 10, Options(draws=400))
        held += [s.rank_low <= true[s.entry] <= s.rank_high for s in estimate.standings]
    assert 0.87 < np.mean(held) < 0.95


def test_the_chance_of_the_top_three_is_calibrated() -> None:
    told, came = [], []
    for seed in range(20):
        scores, quality, _ = contest(seed, n=40, m=10, k=3)
        true = 1 + np.argsort(np.argsort(-quality))
        estimate = rank(*scores, 40, 10, Options(draws=400))
        told += [s.p_top for s in estimate.standings]
        came += [true[s.entry] <= 3 for s in estimate.standings]
    told_array, came_array = np.array(told), np.array(came)
    assert told_array.sum() == pytest.approx(20 * 3, abs=1e-6)
    likely = told_array > 0.5
    assert came_array[likely].mean() == pytest.approx(told_array[likely].mean(), abs=0.1)


def test_judges_severity_is_found_with_its_uncertainty() -> None:
    scores, _, severity = contest(4, n=60, m=12, k=3, bias=1.0)
    judges = rank(*scores, 60, 12).judges
    error = np.array([j.effect - 1.5 * (severity[j.judge] - severity.mean()) for j in judges])
    sd = np.array([j.sd for j in judges])
    assert np.abs(error / sd).max() < -ndtri(0.0005)
    assert sd.max() < 0.8


def test_pools_of_different_strength_are_seen_and_not_read_as_severity() -> None:
    r = np.random.default_rng(0)
    n, m = 80, 16
    pool = np.arange(n) % 4
    strength = np.array([-1.5, -0.5, 0.5, 1.5])
    quality = strength[pool] + 0.8 * r.normal(size=n)
    entry = np.repeat(np.arange(n), 3)
    panel = np.array([r.choice(4, 3, replace=False) for _ in range(n)]).ravel()
    judge = pool[entry] + 4 * panel
    stray = r.random(len(entry)) < 0.05
    judge = np.where(stray, (judge + 1) % 4 + 4 * (judge // 4), judge)
    score = 5 + quality[entry] + 0.1 * r.normal(size=m)[judge] + 0.6 * r.normal(size=len(entry))
    estimate = rank(entry, judge, score, n, m, FEW)
    assert estimate.pool is not None
    assert estimate.pool.used
    assert Code.POOLS_DIFFER in codes(estimate)
    adjusted = np.array([s.adjusted for s in estimate.standings])
    assert tau(adjusted, quality) > 0.8
    assert_sound(estimate)


# --- what does not change anything


@QUICK
@given(st.integers(0, 10**6))
def test_the_order_of_reviews_and_all_labels_change_nothing(seed: int) -> None:
    (entry, judge, score), _, _ = contest(seed % 50)
    r = np.random.default_rng(seed)
    rows, entries, judges = r.permutation(len(score)), r.permutation(15), r.permutation(6)
    one = rank(entry, judge, score, 15, 6, FEW)
    other = rank(entries[entry[rows]], judges[judge[rows]], score[rows], 15, 6, FEW)
    assert codes(one) == codes(other)
    for s in one.standings:
        t = other.standing(int(entries[s.entry]))
        assert t is not None
        assert t.adjusted == pytest.approx(s.adjusted, abs=1e-6)
        assert t.sd == pytest.approx(s.sd, abs=1e-6)
        assert t.p_top == pytest.approx(s.p_top, abs=1e-6)
        assert (t.rank, t.rank_low, t.rank_high) == (s.rank, s.rank_low, s.rank_high)
        assert t.tie_band == s.tie_band
    for j in one.judges:
        effect = next(o.effect for o in other.judges if o.judge == judges[j.judge])
        assert effect == pytest.approx(j.effect, abs=1e-6)


def test_the_same_input_gives_the_same_estimate() -> None:
    scores, _, _ = contest(8)
    one, other = rank(*scores, 15, 6), rank(*scores, 15, 6)
    assert (one.standings, one.judges, one.notes) == (other.standings, other.judges, other.notes)
    assert (one.draws == other.draws).all()


@QUICK
@given(st.floats(-100, 100), st.floats(0.1, 10))
def test_another_scale_gives_the_same_places(shift: float, factor: float) -> None:
    (entry, judge, score), _, _ = contest(2)
    one = rank(entry, judge, score, 15, 6, FEW)
    other = rank(entry, judge, shift + factor * score, 15, 6, FEW)
    for s, t in zip(one.standings, other.standings, strict=True):
        assert t.adjusted == pytest.approx(shift + factor * s.adjusted, abs=1e-3 * factor)
        assert t.sd > 0


def test_the_digest_knows_content_and_not_order() -> None:
    (entry, judge, score), _, _ = contest(1)
    one = input_digest(entry, judge, score, 15, 6)
    assert one == input_digest(entry[::-1], judge[::-1], score[::-1], 15, 6)
    assert one == rank(entry, judge, score, 15, 6).digest
    assert one != input_digest(entry, judge, score + 0.01, 15, 6)
    assert one != input_digest(entry, judge, score, 15, 6, Options(seed=1))
    assert len(one) == 64


# --- the report


def test_places_share_a_rank_where_the_published_values_are_equal() -> None:
    assert places([7.0, 8.004, 7.996, 9.0], 2).tolist() == [4, 2, 2, 1]
    assert places([9.0, 8.004, 7.996, 7.0], 2).tolist() == [1, 2, 2, 4]
    assert places([], 2).tolist() == []


def test_published_values_round_half_up_and_forgive_the_last_bit() -> None:
    assert published([0.125, 0.135, 2.675, -0.005, 1.005 - 1e-13], 2).tolist() == [
        0.13,
        0.14,
        2.68,
        0.0,
        1.01,
    ]


def test_clear_gaps_split_tie_bands_and_close_entries_share_one() -> None:
    entry, judge = np.divmod(np.arange(36), 6)
    value = np.array([9.0, 9.0, 6.0, 6.0, 2.0, 2.0])
    quirks = np.array([0.2, -0.1, 0.1, -0.2, 0.3, -0.3])
    sign = np.where(entry % 2, 1, -1)
    estimate = rank(entry, judge, value[entry] + sign * quirks[judge], 6, 6)
    assert [s.tie_band for s in estimate.standings] == [1, 1, 2, 2, 3, 3]
    assert estimate.beats(0, 2) == 1.0
    chance = estimate.beats(0, 1)
    assert chance is not None
    assert 0.4 < chance < 0.6


def test_explanation_tells_each_judges_part() -> None:
    scores, _, _ = contest(3)
    estimate = rank(*scores, 15, 6)
    assert_sound(estimate)
    told = explain(estimate, 4)
    effects = {j.judge: j.effect for j in estimate.judges}
    assert [c.judge for c in told.corrections] == sorted(scores[1][scores[0] == 4].tolist())
    for c in told.corrections:
        assert c.points == -effects[c.judge] / 3
    assert 0 < told.weight < 1
    with pytest.raises(ValueError, match="entry 99 has no reviews"):
        explain(estimate, 99)


def test_an_entry_with_one_lucky_score_does_not_win() -> None:
    (entry, judge, score), _, _ = contest(6, noise=0.8)
    best = float(score.max()) + 0.1
    estimate = rank(
        np.append(entry, 15), np.append(judge, 0), np.append(score, best), 16, 6, Options()
    )
    lucky = estimate.standing(15)
    assert lucky is not None
    assert lucky.raw_rank == 1
    assert lucky.weight < min(s.weight for s in estimate.standings if s.entry != 15)
    assert lucky.adjusted < best - 0.3
    assert Code.SINGLE_REVIEW in codes(estimate)


def test_a_hundred_entries_and_a_thousand_draws_are_quick() -> None:
    scores, _, _ = contest(0, n=100, m=20, k=4)
    rank(*scores, 100, 20)
    spent = []
    for _ in range(3):
        begin = time.thread_time()
        rank(*scores, 100, 20)
        spent.append(time.thread_time() - begin)
    assert min(spent) < 0.2


# --- what cannot be known


def test_no_scores_are_no_ranking() -> None:
    estimate = rank([], [], [], 3, 2)
    assert estimate.standings == ()
    assert codes(estimate) == {Code.NO_SCORES, Code.UNREVIEWED}
    assert not estimate.adjusted_is_official
    assert estimate.beats(0, 1) is None


def test_a_single_score_says_nothing_about_its_error() -> None:
    estimate = rank([0], [0], [7.0], 1, 1)
    assert_sound(estimate)
    assert estimate.variance is None
    assert estimate.standings[0].sd > 1
    assert not estimate.adjusted_is_official


def test_one_judge_leads_to_the_raw_order() -> None:
    estimate = rank(range(6), [0] * 6, [1, 5, 3, 2, 4, 6], 6, 1)
    assert_sound(estimate)
    assert [s.rank for s in estimate.standings] == [6, 2, 4, 5, 3, 1]
    assert {Code.FEW_JUDGES, Code.THIN_OVERLAP} <= codes(estimate)
    assert not estimate.adjusted_is_official
    assert all(s.rank_high - s.rank_low >= 3 for s in estimate.standings)


def test_one_review_each_compares_nothing_across_judges() -> None:
    estimate = rank(range(6), [0, 0, 1, 1, 2, 2], [1, 2, 3, 4, 5, 6], 6, 3)
    assert_sound(estimate)
    assert {Code.DISCONNECTED, Code.THIN_OVERLAP, Code.SINGLE_REVIEW} <= codes(estimate)
    assert not estimate.adjusted_is_official
    assert estimate.beats(0, 5) is None
    assert estimate.beats(0, 1) is not None


def test_equal_scores_share_the_first_place_and_every_chance() -> None:
    entry, judge = np.divmod(np.arange(60), 6)
    estimate = rank(entry, judge, np.full(60, 5.0), 10, 6)
    assert_sound(estimate)
    assert {s.rank for s in estimate.standings} == {1}
    assert {(s.rank_low, s.rank_high) for s in estimate.standings} == {(1, 10)}
    assert [s.p_top for s in estimate.standings] == pytest.approx([0.3] * 10)
    assert Code.ALL_EQUAL in codes(estimate)


def test_pure_noise_is_not_adjusted() -> None:
    entry, judge = np.divmod(np.arange(60), 6)
    table = np.random.default_rng(0).normal(size=(10, 6))
    table -= 0.9 * table.mean(axis=1, keepdims=True)
    estimate = rank(entry, judge, table.ravel(), 10, 6)
    assert_sound(estimate)
    assert Code.NO_DIFFERENCES in codes(estimate)
    assert not estimate.adjusted_is_official
    assert {s.tie_band for s in estimate.standings} == {1}
    assert min(s.rank_high - s.rank_low for s in estimate.standings) >= 5


def test_a_judge_who_gave_everyone_the_same_is_named_and_harms_nobody() -> None:
    (entry, judge, score), _, _ = contest(7)
    score[judge == 2] = 3.0
    estimate = rank(entry, judge, score, 15, 6)
    assert_sound(estimate)
    assert estimate.adjusted_is_official
    assert [n.facts for n in estimate.notes if n.code == Code.CONSTANT_JUDGE] == [{"judges": (2,)}]
    assert estimate.judges[2].effect < 0


def test_a_late_judge_with_one_score_is_named() -> None:
    (entry, judge, score), _, _ = contest(7)
    estimate = rank(np.append(entry, 3), np.append(judge, 6), np.append(score, 9.0), 15, 7)
    assert_sound(estimate)
    found = [n.facts for n in estimate.notes if n.code == Code.SINGLE_SCORE_JUDGE]
    assert found == [{"judges": (6,)}]
    late = estimate.judges[6]
    assert late.sd > max(j.sd for j in estimate.judges[:6])


def test_a_recusal_after_scoring_leaves_the_entry_with_fewer_reviews() -> None:
    (entry, judge, score), _, _ = contest(9)
    kept = ~((entry == 0) & (judge == judge[entry == 0][0]))
    estimate = rank(entry[kept], judge[kept], score[kept], 15, 6)
    assert_sound(estimate)
    assert [s.reviews for s in estimate.standings][:2] == [2, 3]
    before, after = rank(entry, judge, score, 15, 6).standing(0), estimate.standing(0)
    assert before is not None
    assert after is not None
    assert after.weight < before.weight


def test_entries_without_reviews_are_listed_and_not_ranked() -> None:
    (entry, judge, score), _, _ = contest(1)
    estimate = rank(entry + 2, judge, score, 18, 6)
    assert [n.facts for n in estimate.notes if n.code == Code.UNREVIEWED] == [
        {"entries": (0, 1, 17)}
    ]
    assert len(estimate.standings) == 15
    assert estimate.standing(0) is None


@pytest.mark.parametrize(("n", "m", "code"), [(10, 2, Code.FEW_JUDGES), (4, 5, Code.FEW_ENTRIES)])
def test_too_few_judges_or_entries_show_the_raw_mean_first(n: int, m: int, code: Code) -> None:
    entry, judge = np.divmod(np.arange(n * m), m)
    r = np.random.default_rng(1)
    score = 5 + r.normal(size=n)[entry] + r.normal(size=m)[judge] + 0.5 * r.normal(size=n * m)
    estimate = rank(entry, judge, score, n, m)
    assert_sound(estimate)
    assert code in codes(estimate)
    assert not estimate.adjusted_is_official
    assert [s.rank for s in estimate.standings] == [s.raw_rank for s in estimate.standings]


def two_tracks() -> Scores:
    entry, judge = np.divmod(np.arange(72), 6)
    inside = (entry < 6) == (judge < 3)
    r = np.random.default_rng(3)
    score = 5 + r.normal(size=12)[entry] + 0.5 * r.normal(size=6)[judge] + 0.3 * r.normal(size=72)
    return entry[inside], judge[inside], score[inside]


def test_two_tracks_without_a_common_judge_are_ranked_apart() -> None:
    estimate = rank(*two_tracks(), 12, 6)
    assert_sound(estimate)
    assert estimate.components == (
        Component(tuple(range(6)), (0, 1, 2)),
        Component(tuple(range(6, 12)), (3, 4, 5)),
    )
    assert [n.facts for n in estimate.notes if n.code == Code.DISCONNECTED] == [{"components": 2}]
    for part in (0, 1):
        ranks = sorted(s.rank for s in estimate.standings if s.component == part)
        assert ranks == [1, 2, 3, 4, 5, 6]
        top = sum(s.p_top for s in estimate.standings if s.component == part)
        assert top == pytest.approx(3)
    assert estimate.beats(0, 11) is None


def test_two_tracks_are_compared_only_on_request_and_with_a_note() -> None:
    estimate = rank(*two_tracks(), 12, 6, Options(across=True))
    assert Code.COMPARED_ACROSS in codes(estimate)
    assert sorted(s.adjusted_rank for s in estimate.standings) == list(range(1, 13))
    assert estimate.beats(0, 11) is not None


@QUICK
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 10)),
        max_size=20,
        unique_by=lambda review: review[:2],
    )
)
def test_no_set_of_scores_breaks_it(reviews: list[tuple[int, int, int]]) -> None:
    entry, judge, score = zip(*reviews, strict=True) if reviews else ((), (), ())
    assert_sound(rank(entry, judge, score, 7, 5, Options(draws=50)))


@pytest.mark.parametrize(
    ("entry", "judge", "score", "says"),
    [
        ([0, 0], [0, 1], [1, float("nan")], "score of review 1"),
        ([0, 3], [0, 1], [1, 2], "review 1 names entry 3, there are 3"),
        ([0, 0], [-1, 1], [1, 2], "review 0 names judge -1"),
        ([0, 1, 0], [1, 1, 1], [1, 2, 3], "review 2 repeats the pair of entry 0 and judge 1"),
        ([0], [0, 1], [1, 2], "entry_index has shape"),
        ([0, 1], [0.0, 1.0], [1, 2], "judge_index must hold whole numbers"),
        ([0], [0], [[1]], "one dimension"),
    ],
)
def test_bad_reviews_are_refused_by_their_number(
    entry: list[int], judge: list[int], score: list[float], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        rank(entry, judge, score, 3, 2)


@pytest.mark.parametrize("bad", [{"draws": 0}, {"top_k": 0}, {"decimals": 12}, {"seed": -1}])
def test_options_out_of_range_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least"):
        Options(**bad)


def test_a_span_that_is_no_width_is_refused() -> None:
    with pytest.raises(ValueError, match="span"):
        Options(span=0.0)
