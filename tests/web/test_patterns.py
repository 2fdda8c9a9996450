"""No text makes a parser think for long (W11, flaw-116, flaw-118); patterns are measured by the attacks."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contest.web.text import clean_html
from tests.web import thinking


def steps(act: Callable[[str], object], text: str) -> int:
    """Return how many calls it takes: unlike a time, the same on every machine."""
    count = 0

    def counts(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counts)
    try:
        act(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("piece", thinking.MARKDOWN)
def test_markdown_takes_steps_that_grow_with_the_text_and_not_faster(piece: str) -> None:
    """Addresses once took the square of it: 214 seconds for 100 kB."""
    short, long = (steps(clean_html, thinking.markdown(piece, n)) for n in (2_000, 8_000))
    assert long < 5 * short


def test_the_attack_measures_every_pattern_of_the_program() -> None:
    written = sum(
        len(re.findall(r"\bre\.(?:compile|match|search|fullmatch|sub|split|findall|finditer)\(r?[\"']",
                       path.read_text()))
        for path in Path("contest").rglob("*.py")
    )  # fmt: skip
    assert len(list(thinking.patterns())) >= 0.9 * written > 10
