import pytest

from contest.pitchday import drawing


def test_the_same_seed_draws_the_same_order_whoever_lists_the_codes() -> None:
    codes = ["A1", "B2", "C3", "D4", "E5"]
    drawn = drawing.order("4711", codes)
    assert sorted(drawn) == codes
    assert drawing.order("4711", reversed(codes)) == drawn
    assert any(drawing.order(str(seed), codes) != drawn for seed in range(5))


def test_every_place_is_equally_likely_over_many_seeds() -> None:
    first = [drawing.order(f"seed-{i}", "ABCD")[0] for i in range(2000)]
    assert all(abs(first.count(code) - 500) < 90 for code in "ABCD")


def test_a_draw_without_a_seed_or_with_a_double_code_is_refused() -> None:
    with pytest.raises(ValueError, match="empty seed"):
        drawing.order("", ["A"])
    with pytest.raises(ValueError, match="twice"):
        drawing.order("x", ["A", "A"])
