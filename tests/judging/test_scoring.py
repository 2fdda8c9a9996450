"""From points to one number: what it is, what leaves it alone, and what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.judging.scoring import Given, total

CRITERIA = st.lists(
    st.builds(
        lambda weight, low, width, points: Given(
            weight, low, low + width, None if points is None else low + points % (width + 1)
        ),
        st.integers(1, 100), st.integers(-5, 5), st.integers(1, 10),
        st.none() | st.integers(0, 100),
    ),
    max_size=6,
)  # fmt: skip
QUICK = settings(max_examples=50, deadline=None)


def test_the_total_is_the_weighted_share_of_each_scale() -> None:
    assert total([Given(60, 0, 5, 0), Given(40, 1, 5, 5)]) == pytest.approx(40)
    assert total([Given(60, 0, 5, None), Given(40, 0, 4, 1)]) == pytest.approx(25)
    assert total([Given(60, 0, 5, None)]) is None
    assert total([]) is None


@QUICK
@given(CRITERIA, st.integers(2, 9), st.integers(-20, 20))
def test_a_wider_or_shifted_scale_with_the_same_shares_gives_the_same_total(
    card: list[Given], factor: int, shift: int
) -> None:
    scaled = [
        replace(
            g,
            low=factor * g.low + shift,
            high=factor * g.high + shift,
            points=None if g.points is None else factor * g.points + shift,
        )
        for g in card
    ]
    assert total(scaled) == pytest.approx(total(card))


@QUICK
@given(CRITERIA, st.integers(2, 9))
def test_weights_count_by_their_proportions_and_the_order_of_criteria_not_at_all(
    card: list[Given], factor: int
) -> None:
    heavier = [replace(g, weight=factor * g.weight) for g in reversed(card)]
    assert total(heavier) == pytest.approx(total(card))


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (Given(40, 0, 5, 6), "criterion 1 has 6 points on a scale from 0 to 5"),
        (Given(40, 0, 5, -1), "criterion 1 has -1 points"),
        (Given(-40, 0, 5, 3), "the weight of criterion 1 is -40, not positive"),
        (Given(0, 0, 5, 3), "the weight of criterion 1 is 0"),
        (Given(40, 5, 5, 5), "the scale of criterion 1 runs from 5 to 5"),
    ],
)
def test_what_is_no_score_is_refused_by_the_number_of_its_criterion(
    second: Given, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        total([Given(60, 0, 5, 3), second])
