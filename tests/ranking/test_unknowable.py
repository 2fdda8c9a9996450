"""What the scores cannot tell: every case has an answer without an exception, and a note."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.ranking.model import Code, Component, Options, rank
from tests.ranking.panels import QUICK, Scores, assert_sound, codes, contest


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
    assert estimate.notes[0].code == Code.DISCONNECTED  # what is said of groups comes after it
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
        ([0, 0], [0, 1], [float("-inf"), 1], "score of review 0"),
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


@pytest.mark.parametrize("scale", [(5.0, 5.0), (1.0, 0.0), (0.0, float("inf"))])
def test_a_scale_without_width_is_refused(scale: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Options(scale=scale)


@pytest.mark.parametrize("off", [-0.5, 100.5])
def test_a_score_that_is_not_on_the_scale_is_refused_by_its_number(off: float) -> None:
    with pytest.raises(ValueError, match=r"score of review 1 is .* on a scale from 0 to 100"):
        rank([0, 1], [0, 0], [50.0, off], 2, 1, Options(scale=(0.0, 100.0)))
