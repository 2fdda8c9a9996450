"""How far the order by the raw and the order by the adjusted value agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from contest.ranking.turned import Turned, turned

VALUES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_it_is_the_tau_of_the_books(values: list[tuple[int, int]]) -> None:
    x, y = [v[0] for v in values], [v[1] for v in values]
    found = turned(x, y, np.zeros(len(x)))
    assert found.pairs == len(x) * (len(x) - 1) // 2
    assert found.opposite == sum(
        (x[i] - x[j]) * (y[i] - y[j]) < 0 for i in range(len(x)) for j in range(i)
    )
    expected = kendalltau(x, y).statistic if len(x) > 1 else np.nan
    if np.isnan(expected):
        assert found.tau is None
    else:
        assert found.tau == pytest.approx(expected, abs=1e-12)


def test_entries_are_compared_inside_their_group_only() -> None:
    assert turned([1, 2, 9, 8], [5, 6, 2, 1], [0, 0, 1, 1]) == Turned(2, 0, 1.0)
    assert turned([9, 1, 8, 2], [2, 5, 1, 6], [1, 0, 1, 0]) == Turned(2, 0, 1.0)


def test_without_entries_there_is_no_order() -> None:
    assert turned([], [], []) == Turned(0, 0, None)


@pytest.mark.parametrize("bad", [([1.0], [1.0, 2.0], [0]), ([np.nan], [1.0], [0])])
def test_what_cannot_be_compared_is_refused(bad: tuple[list[float], ...]) -> None:
    with pytest.raises(ValueError, match="value"):
        turned(*bad)
