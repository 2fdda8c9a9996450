"""Who is linked with whom through shared reviews, and whether judges saw equal entries."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from contest.ranking.model.result import Component, Floats, Ints
from contest.ranking.model.reviews import Reviews


@dataclass(frozen=True, eq=False)
class Parts:
    """Components, the largest first; `spare` comparisons are left over to learn the noise from."""

    of_entry: Ints
    of_judge: Ints
    spare: Ints

    @property
    def count(self) -> int:
        return len(self.spare)

    @property
    def noise_known(self) -> bool:
        return int(self.spare.sum()) > 0

    def named(self, reviews: Reviews) -> tuple[Component, ...]:
        entries = _grouped(reviews.entries, self.of_entry, self.count)
        judges = _grouped(reviews.judges, self.of_judge, self.count)
        return tuple(Component(*pair) for pair in zip(entries, judges, strict=True))


def parts(reviews: Reviews) -> Parts:
    """Split the design into components. Cost: reviews."""
    n, m = len(reviews.entries), len(reviews.judges)
    links = (np.ones(len(reviews.entry)), (reviews.entry, n + reviews.judge))
    graph = sparse.coo_array(links, shape=(n + m, n + m))
    count, label = connected_components(graph, directed=False)
    size = np.bincount(label[:n], minlength=count)
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, label[:n], reviews.entries)
    number = np.argsort(np.lexsort((first, -size)))
    label = number[label].astype(np.int64)
    links_of = np.bincount(label[reviews.entry], minlength=count)
    return Parts(
        of_entry=label[:n],
        of_judge=label[n:],
        spare=links_of - np.bincount(label, minlength=count) + 1,
    )


def _grouped(names: Ints, group: Ints, count: int) -> list[tuple[int, ...]]:
    order = np.lexsort((names, group))
    cuts = np.cumsum(np.bincount(group, minlength=count))[:-1]
    return [tuple(part.tolist()) for part in np.split(names[order], cuts)]


def pool(reviews: Reviews) -> Floats:
    """Return, per entry, how well its judges' other entries did, centred.

    A judge's mean leaves the entry itself out; judges with one score only say nothing.
    """
    given = reviews.given[reviews.judge]
    total = np.bincount(reviews.judge, reviews.score)
    others = given > 1
    mean = (total[reviews.judge] - reviews.score)[others] / (given[others] - 1)
    length = len(reviews.entries)
    count = np.bincount(reviews.entry[others], minlength=length)
    found = np.bincount(reviews.entry[others], mean, minlength=length) / np.maximum(count, 1)
    found[count == 0] = found[count > 0].mean() if count.any() else 0.0
    return np.asarray(found - found.mean(), dtype=np.float64)
