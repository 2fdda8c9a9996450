from collections.abc import Iterator

import pytest

from contest.contests.queries import readiness


@pytest.fixture(autouse=True)
def only_our_checks() -> Iterator[None]:
    """Leave out what features above ask for before an announcement: their own tests cover it."""
    theirs = readiness.registered()
    readiness.register([])
    yield
    readiness.register(theirs)
