import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.entries.merge import merge

BASE = "Reeds clean rivers.\nWe plant them.\nIt is cheap."
WORDS = st.lists(st.sampled_from(["reed", "river", "clean", "我们", "\n", " "]), max_size=12).map(
    "".join
)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (BASE, BASE.replace("Reeds", "Tall reeds"), BASE.replace("cheap", "cheap and quick"),
         "Tall reeds clean rivers.\nWe plant them.\nIt is cheap and quick."),
        ("我们净化河流。很便宜。", "我们的团队净化河流。很便宜。", "我们净化河流。非常便宜。",
         "我们的团队净化河流。非常便宜。"),
        ("one", "one\ntwo", "one", "one\ntwo"),
        ("one", "two", "two", "two"),
        ("one two three", "two three", "one two", "two"),
    ],
    ids=["two lines", "chinese", "only mine", "same change", "deletions"],
)  # fmt: skip
def test_changes_in_different_places_are_both_kept(
    base: str, mine: str, theirs: str, merged: str
) -> None:
    assert merge(base, mine, theirs) == merged


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("Reeds filter rivers.", "Reeds save rivers."),
        ("Reeds clean big rivers.", "Reeds clean small rivers."),
        ("", "Reeds clean lakes."),
    ],
)
def test_changes_of_the_same_place_are_not_guessed(mine: str, theirs: str) -> None:
    assert merge("Reeds clean rivers.", mine, theirs) is None


@given(WORDS, WORDS, WORDS)
def test_merging_is_symmetric_and_keeps_a_lone_change(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, base) == mine
    assert merge(base, base, theirs) == theirs
    assert merge(base, mine, theirs) == merge(base, theirs, mine)
