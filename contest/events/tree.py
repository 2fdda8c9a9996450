"""A hash tree over a chain: its root binds every event, and a few hashes show that one is among them.

As in RFC 6962, but each leaf is blinded: who gets a path learns nothing about the events beside it.
"""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from functools import reduce

Path = list[
    tuple[str, str]
]  # from the leaf to the root: on which side the other half stands, its hash
LEFT, RIGHT = "left", "right"


def blind(salt: bytes, number: int) -> str:
    """Return what hides event `number` in its leaf."""
    return hmac.digest(salt, str(number).encode(), "sha256").hex()


def leaf(blinding: str, event_hash: str) -> bytes:
    return hashlib.sha256(b"\0" + bytes.fromhex(blinding) + bytes.fromhex(event_hash)).digest()


def roots(hashes: Sequence[str], salt: bytes, sizes: Collection[int]) -> dict[int, str]:
    """Return the root over so many events of a chain, for each size, given their hashes from the first.

    Whole subtrees are kept by their height, so that one walk along the chain finds all of them.
    """
    found, wanted = {}, set(sizes)
    whole: list[tuple[int, bytes]] = []
    for number, first in enumerate(_leaves(hashes, salt), 1):
        node, height = first, 0
        while whole and whole[-1][0] == height:
            node, height = _joined(whole.pop()[1], node), height + 1
        whole.append((height, node))
        if number in wanted:
            parts = [each for _, each in reversed(whole)]
            found[number] = reduce(lambda right, left: _joined(left, right), parts).hex()
    return found


def path(hashes: Sequence[str], salt: bytes, number: int) -> Path:
    """Return what leads from event `number` to the root. The first event has the number 1."""
    level, place, found = _leaves(hashes, salt), number - 1, []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            found.append((LEFT if beside < place else RIGHT, level[beside].hex()))
        level, place = _above(level), place // 2
    return found


def climbed(event_hash: str, blinding: str, way: Sequence[Sequence[str]]) -> str:
    """Return the root that a path leads to from an event."""
    node = leaf(blinding, event_hash)
    for side, other in way:
        half = bytes.fromhex(other)
        node = _joined(half, node) if side == LEFT else _joined(node, half)
    return node.hex()


def _leaves(hashes: Sequence[str], salt: bytes) -> list[bytes]:
    return [leaf(blind(salt, number), each) for number, each in enumerate(hashes, 1)]


def _above(level: list[bytes]) -> list[bytes]:
    """Return the next level; a node without a neighbour rises as it is."""
    return [
        _joined(*level[i : i + 2]) if i + 1 < len(level) else level[i]
        for i in range(0, len(level), 2)
    ]


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
