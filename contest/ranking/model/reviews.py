"""The input: who scored what. Checked, fingerprinted, and put into an order of its own."""

import hashlib
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contest.ranking.model.result import METHOD, Floats, Ints, Options

Hashes = NDArray[np.uint64]
ROUNDING = 1e-9  # share of the scale by which a weighted total may miss its end


def checked(
    entry_index: ArrayLike,
    judge_index: ArrayLike,
    score: ArrayLike,
    n: int,
    m: int,
    *,
    scale: tuple[float, float] | None = None,
) -> tuple[Ints, Ints, Floats]:
    """Return entry, judge and score (reviews), by entry and then judge.

    Takes    entry_index (reviews) in 0..n-1, judge_index (reviews) in 0..m-1, score (reviews);
             `scale`, if given, are the lowest and the highest score there is.
    Raises   ValueError naming the review, for lengths that differ, an index out of range, a score
             that is not finite or not on the scale, a pair that occurs twice.
    """
    points = finite(score)
    if n < 0 or m < 0:
        raise ValueError("n and m must not be negative")
    if scale is not None:
        slack = ROUNDING * (scale[1] - scale[0])
        _refuse((points < scale[0] - slack) | (points > scale[1] + slack), points, scale)
    entry = _indices("entry", entry_index, n, len(points))
    judge = _indices("judge", judge_index, m, len(points))
    pair = entry * max(m, 1) + judge
    order = np.argsort(pair, kind="stable")
    again = np.flatnonzero(np.diff(pair[order]) == 0)
    if len(again):
        row = int(order[again[0] + 1])
        raise ValueError(
            f"review {row} repeats the pair of entry {entry[row]} and judge {judge[row]}"
        )
    return entry[order], judge[order], points[order] + 0.0


def finite(score: ArrayLike) -> Floats:
    """Return the scores as numbers, or raise ValueError naming the first review without one."""
    points = np.asarray(score, dtype=np.float64)
    if points.ndim != 1:
        raise ValueError("score must have one dimension")
    if not np.isfinite(points).all():
        row = int(np.argmax(~np.isfinite(points)))
        raise ValueError(f"the score of review {row} is not a finite number")
    return points


def _refuse(wrong: NDArray[np.bool_], points: Floats, scale: tuple[float, float]) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"the score of review {row} is {points[row]:g}, on a scale from {scale[0]:g} to {scale[1]:g}"
        )


def _indices(name: str, given: ArrayLike, count: int, length: int) -> Ints:
    index = np.asarray(given)
    if index.shape != (length,):
        raise ValueError(f"{name}_index has shape {index.shape}, there are {length} scores")
    if length and index.dtype.kind not in "iu":
        raise ValueError(f"{name}_index must hold whole numbers")
    index = index.astype(np.int64)
    wrong = (index < 0) | (index >= count)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"review {row} names {name} {index[row]}, there are {count}")
    return index


def input_digest(
    entry_index: ArrayLike,
    judge_index: ArrayLike,
    score: ArrayLike,
    n: int,
    m: int,
    options: Options | None = None,
) -> str:
    """Return the SHA-256 of everything that decides the estimate; the order of reviews does not.

    Takes    what `rank` takes.
    Returns  64 hexadecimal digits.
    Raises   ValueError as `rank` does.
    Source   SHA-256 (FIPS 180-4) over little-endian columns in the order of entries and judges.
    Cost     reviews x log reviews.
    """
    options = options or Options()
    columns = checked(entry_index, judge_index, score, n, m, scale=options.scale)
    return digest(*columns, n, m, options)


def digest(entry: Ints, judge: Ints, score: Floats, n: int, m: int, options: Options) -> str:
    """Return the SHA-256 of reviews that are in order already."""
    found = hashlib.sha256(repr((METHOD, n, m, astuple(options))).encode())
    for column in (entry.astype("<i8"), judge.astype("<i8"), score.astype("<f8")):
        found.update(column.tobytes())
    return found.hexdigest()


@dataclass(frozen=True, eq=False)
class Reviews:
    """Reviews in an order that depends on the scores alone, so that labels decide nothing.

    `entry` and `judge` (reviews) are positions in `entries` and `judges`, which hold the caller's
    indices. `counts` (entries) and `given` (judges) say how many reviews each has. Entries of equal
    `twin` have the same scores from the same kind of judges. `origin` is the mean score.
    """

    entry: Ints
    judge: Ints
    score: Floats
    entries: Ints
    judges: Ints
    twin: Ints
    counts: Ints
    given: Ints
    origin: float


def in_order(entry: Ints, judge: Ints, score: Floats) -> Reviews:
    """Sort entries and judges by what they were given and gave, three links deep."""
    entries, entry = np.unique(entry, return_inverse=True)
    judges, judge = np.unique(judge, return_inverse=True)
    bits = _mix(score.view(np.uint64))
    entry_hash = np.zeros(len(entries), dtype=np.uint64)
    judge_hash = np.zeros(len(judges), dtype=np.uint64)
    for _ in range(3):
        judge_hash = _gather(judge, _mix(bits ^ entry_hash[entry]), len(judges))
        entry_hash = _gather(entry, _mix(bits ^ judge_hash[judge]), len(entries))
    by_entry = np.argsort(entry_hash, kind="stable")
    by_judge = np.argsort(judge_hash, kind="stable")
    entry, judge = np.argsort(by_entry)[entry], np.argsort(by_judge)[judge]
    order = np.lexsort((judge, entry))
    entry, judge, score = entry[order], judge[order], score[order]
    return Reviews(
        entry=entry,
        judge=judge,
        score=score,
        entries=entries[by_entry],
        judges=judges[by_judge],
        twin=np.unique(entry_hash[by_entry], return_inverse=True)[1],
        counts=np.bincount(entry),
        given=np.bincount(judge),
        origin=float(np.mean(score)),
    )


def _gather(index: Ints, values: Hashes, length: int) -> Hashes:
    total = np.zeros(length, dtype=np.uint64)
    np.add.at(total, index, values)
    return _mix(total)


def _mix(x: Hashes) -> Hashes:
    """Scramble 64 bits (the finaliser of SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
