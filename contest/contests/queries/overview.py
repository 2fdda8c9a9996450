"""The numbers on the organiser's overview. Features above hand in theirs when the app is made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contest.contests.models import Contest


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: `label` and `detail` are msgids, `facts` fill the detail, `place` is an endpoint."""

    label: str
    value: str | int
    icon: str
    place: str
    detail: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    where: Mapping[str, object] = field(default_factory=dict)


Count = Callable[[Session, Contest], Iterable[Figure]]
_counts: list[Count] = []


def register(counts: Iterable[Count]) -> None:
    """Take over the counts of the features above, in their order. Called once."""
    _counts[:] = counts


def figures(session: Session, contest: Contest) -> list[Figure]:
    """Return the numbers of all features."""
    return [figure for count in _counts for figure in count(session, contest)]
