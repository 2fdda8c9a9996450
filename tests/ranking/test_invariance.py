"""What must not change an estimate, and what must change it in a known way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.ranking.model import Options, input_digest, rank
from tests.ranking.panels import FEW, QUICK, codes, contest


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


@QUICK
@given(st.integers(0, 5), st.floats(-20, 20))
def test_a_judge_who_becomes_stricter_is_found_to_be_stricter_by_no_more(
    judge: int, shift: float
) -> None:
    (entry, judges, score), _, _ = contest(4)
    mine = judges == judge
    one = rank(entry, judges, score, 15, 6, FEW)
    other = rank(entry, judges, score + shift * mine, 15, 6, FEW)
    before, after = one.judges[judge].effect, other.judges[judge].effect
    assert abs(after - before) <= abs(shift) * 1.2 + 1e-9
    assert (after - before) * shift >= 0


@QUICK
@given(st.integers(0, 49), st.integers(0, 5))
def test_a_judge_and_his_double_are_taken_for_the_same(seed: int, double: int) -> None:
    (entry, judge, score), _, _ = contest(seed)
    mine = judge == double
    twice = rank(
        np.append(entry, entry[mine]),
        np.append(judge, np.full(mine.sum(), 6)),
        np.append(score, score[mine]),
        15,
        7,
        FEW,
    )
    assert twice.judges[6].effect == pytest.approx(twice.judges[double].effect, abs=1e-9)
    assert twice.judges[6].reviews == twice.judges[double].reviews
