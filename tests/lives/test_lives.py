"""No order of actions reaches a state that must not be (C6). `make attack` plays many more games."""

import pytest
from flask import Flask

from tests.lives.cases import CaseGame
from tests.lives.entries import EntryGame
from tests.lives.game import Game, play
from tests.lives.officers import ResultGame
from tests.lives.panel import AssignmentGame, ScorecardGame

GAMES = [EntryGame, AssignmentGame, ScorecardGame, ResultGame, CaseGame]


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.__name__)
def test_no_order_of_actions_breaks_a_promise(app: Flask, game: type[Game]) -> None:
    play(app, game, games=3, moves=12)
