"""Two worlds that differ in one secret look the same to whoever may not know it.

The suite asks the three who would gain most, for one secret; `make attack` asks everybody for all.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.web.access import public
from tests.journeys.demonstration import Demonstration
from tests.worlds.addresses import Addresses
from tests.worlds.asking import Pair, Worlds
from tests.worlds.pairs import MAY_KNOW, ROLES, SECRETS

pytestmark = pytest.mark.database
CURIOUS = ("visitor", "team lead", "judge")


@pytest.fixture(scope="module")
def pair(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two worlds in which different teams have won, and nobody outside has been told."""
    worlds = Worlds(demonstration, tmp_path_factory.mktemp("worlds"))
    with worlds.differing_in(SECRETS[0]) as made:
        yield made


def test_who_may_not_know_the_winner_gets_the_same_bytes_from_every_address(pair: Pair) -> None:
    found = list(pair.differences(CURIOUS, few=1, search=False))

    assert not found, "\n".join(map(str, found))
    assert pair.asked > 2 * len(CURIOUS) * 150


def test_the_worlds_do_differ_to_those_who_may_know(pair: Pair) -> None:
    addresses = [a for a in pair.addresses(few=1) if a.endswith(("/ranking", "/results"))]

    for role in ("chair", "sponsor"):
        assert [d for a in addresses for d in pair.compared(role, a)]


def test_an_address_that_nobody_can_fill_in_is_named(session: Session) -> None:
    fresh = Flask("fresh")
    fresh.add_url_rule("/x/<string:riddle>", "x", public("x.show")(lambda riddle: riddle))

    with pytest.raises(LookupError, match=r"riddle.*name its table"):
        Addresses(fresh, session, few=1).of()


def test_it_is_said_of_every_secret_who_may_know_it() -> None:
    assert MAY_KNOW.keys() == {secret.name for secret in SECRETS}
    assert all(known < ROLES.keys() and "visitor" not in known for known in MAY_KNOW.values())
