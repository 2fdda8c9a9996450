"""Brings two people's changes of one text together, or says that it cannot."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

# A word, a run of blanks, a line's end or any other single character: Chinese and Japanese, which
# put no blanks between words, merge by character.
_PIECE = re.compile(r"[A-Za-z0-9À-ɏ]+|[ \t]+|\n|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Change:
    """Pieces [start, end) of the base give way to `new`."""

    start: int
    end: int
    new: tuple[str, ...]


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Apply both changes of `base`.

    Returns  the text with both; None when they change the same or touching places differently.
    Cost     quadratic in the number of pieces between the first and the last change of each text.
    Source   three-way merge, as diff3 does it.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    pieces = _PIECE.findall(base)
    left, right = _changes(pieces, mine), _changes(pieces, theirs)
    both = sorted({*left, *right}, key=lambda change: (change.start, change.end))
    for first, second in pairwise(both):
        if second.start <= first.end:
            return None
    merged, done = [], 0
    for change in both:
        merged += [*pieces[done : change.start], *change.new]
        done = change.end
    return "".join([*merged, *pieces[done:]])


def _changes(base: Sequence[str], text: str) -> list[_Change]:
    other = _PIECE.findall(text)
    start = 0
    while start < min(len(base), len(other)) and base[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(base), len(other)) - start and base[-1 - end] == other[-1 - end]:
        end += 1
    matcher = SequenceMatcher(
        None, base[start : len(base) - end], other[start : len(other) - end], autojunk=False
    )
    return [
        _Change(start + a, start + b, tuple(other[start + c : start + d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]
