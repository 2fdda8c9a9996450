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
    play(app, game, games=2, moves=12)


@pytest.mark.parametrize(
    ("game", "path"),
    [
        (ScorecardGame, "give, submit, give, defer"),
        (ScorecardGame, "give, submit, give, waive"),
        (ScorecardGame, "give, submit, abstain, resume, give"),
        (ScorecardGame, "give, submit, set aside, give, waive, restore"),
        (AssignmentGame, "give, submit, give, reassign"),
        (AssignmentGame, "give, submit, recuse, waive, close, lift, restore"),
        (CaseGame, "step"),
        (CaseGame, "own both, step, own nobody"),
        (CaseGame, "figure/close lapsed"),
    ],
)
def test_an_order_that_once_broke_a_promise_breaks_none(
    app: Flask, game: type[Game], path: str
) -> None:
    game.app = app
    played = game()
    try:
        for step in path.split(", "):
            name, _, meanwhile = step.partition("/")
            played.play(name, meanwhile or None)
            played.holds()
    finally:
        played.teardown()
