"""L4: a path of a few hashes leads from one event to the signed root, and from no other."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from contest.events import tree

SALT = b"s" * 32


def events(count: int) -> list[str]:
    return [hashlib.sha256(str(n).encode()).hexdigest() for n in range(count)]


def plain(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 writes it down."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    both = plain(leaves[:half]) + plain(leaves[half:])
    return hashlib.sha256(b"\1" + both).digest()


@given(st.integers(1, 70))
def test_the_root_is_that_of_the_standard(count: int) -> None:
    hashes = events(count)
    leaves = [tree.leaf(tree.blind(SALT, n), each) for n, each in enumerate(hashes, 1)]

    assert tree.roots(hashes, SALT, {count})[count] == plain(leaves).hex()


@given(st.integers(1, 70), st.data())
def test_every_event_leads_to_the_root_and_no_other_does(count: int, data: st.DataObject) -> None:
    hashes = events(count)
    number = data.draw(st.integers(1, count))
    root = tree.roots(hashes, SALT, {count})[count]
    way, blinding = tree.path(hashes, SALT, number), tree.blind(SALT, number)

    assert tree.climbed(hashes[number - 1], blinding, way) == root
    assert len(way) <= 7
    assert tree.climbed("00" * 32, blinding, way) != root
    assert tree.climbed(hashes[number - 1], tree.blind(b"another", number), way) != root


def test_one_walk_finds_the_root_of_every_size() -> None:
    hashes = events(40)

    found = tree.roots(hashes, SALT, range(1, 50))

    assert found == {n: tree.roots(hashes[:n], SALT, {n})[n] for n in range(1, 41)}
    assert len(set(found.values())) == 40
