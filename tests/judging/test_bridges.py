"""Which single reviews would join groups that share no judge."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from contest.judging.bridges import GAPS, Bridge, Group, gaps


def ids(*numbers: int) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(int=n) for n in numbers)


def one(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


TWO = [Group(ids(1, 2), ids(11, 12)), Group(ids(3), ids(13))]
PANEL = ids(11, 12, 13, 14)


def test_one_from_each_side_is_named_who_has_least_to_do_first() -> None:
    (gap,) = gaps(TWO, PANEL, lambda _judge, _entry: True, {one(11): 5, one(1): 9})
    assert gap.groups == (1, 2)
    assert gap.bridges == (Bridge(one(12), (one(3),)), Bridge(one(13), (one(2),)))


def test_who_has_left_the_panel_joins_nothing() -> None:
    (gap,) = gaps(TWO, ids(11), lambda _judge, _entry: True, {})
    assert gap.bridges == (Bridge(one(11), (one(3),)),)


def test_where_nobody_of_the_two_may_somebody_else_reads_in_both() -> None:
    (gap,) = gaps(TWO, PANEL, lambda judge, _: judge == one(14), {})
    assert gap.bridges == (Bridge(one(14), (one(1), one(3))),)


def test_where_nobody_may_nobody_is_named() -> None:
    (gap,) = gaps(TWO, PANEL, lambda _judge, entry: entry == one(9), {})
    assert gap.bridges == ()


@given(
    st.integers(2, 9),
    st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))),
)
def test_whoever_is_named_may_and_reads_on_both_sides(
    number: int, barred: set[tuple[int, int]]
) -> None:
    groups = [Group(ids(n + 1), ids(n + 101)) for n in range(number)]
    reads = {one(n + 101): one(n + 1) for n in range(number)}

    def may(judge: uuid.UUID, entry: uuid.UUID) -> bool:
        return reads[judge] != entry and (judge.int - 101, entry.int - 1) not in barred

    found = gaps(groups, set(reads), may, {})
    assert len(found) == min(GAPS, number * (number - 1) // 2)
    assert {1, *(gap.groups[1] for gap in found)} == {*range(1, number + 1)}
    for gap in found:
        sides = {groups[n - 1] for n in gap.groups}
        for bridge in gap.bridges:
            assert all(may(bridge.judge, entry) for entry in bridge.entries)
            seen = {reads[bridge.judge], *bridge.entries}
            assert all(seen & side.entries for side in sides)
        if not gap.bridges:
            a, b = gap.groups
            assert not may(one(a + 100), one(b))
            assert not may(one(b + 100), one(a))
