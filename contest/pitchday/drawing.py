"""The running order, drawn so that anybody can draw it again. Pure."""

import hashlib
from collections.abc import Iterable

METHOD = "sha256(seed ‖ code), ascending"


def order(seed: str, codes: Iterable[str]) -> list[str]:
    """Return the codes in the order of the draw.

    Takes    a seed that was fixed before the draw, and the entries' codes, in any order, each once.
    Returns  the codes by the SHA-256 of seed and code; every order is equally likely to somebody who
             does not know the seed, and the same for everybody who does.
    Raises   ValueError for an empty seed or a code that occurs twice.
    """
    given = list(codes)
    if not seed:
        raise ValueError("an empty seed")
    if len(set(given)) != len(given):
        raise ValueError("a code occurs twice")
    return sorted(given, key=lambda code: hashlib.sha256(f"{seed}{code}".encode()).hexdigest())
