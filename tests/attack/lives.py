"""Whatever the order of actions, nothing reaches a state that must not be."""

import os
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import click
from flask import Flask

from contest.app import create_app
from tests import databases
from tests.attack.promise import Promise
from tests.conftest import settings
from tests.lives.game import Game, play
from tests.lives.test_lives import GAMES

POSTGRESQL = os.environ.get("CONTEST_TEST_DATABASE") == "postgresql"
MANY, MOVES = 50 if POSTGRESQL else 100, 15  # games of each, moves in each


@cache
def app() -> Flask:
    folder = Path(tempfile.mkdtemp(prefix="contest-attack-"))
    return create_app(settings(folder, databases.new(folder)))


def broken(game: type[Game]) -> float:
    """Return 1 where a game reached what must not be, and show the shortest way there."""
    try:
        play(app(), game, games=MANY, moves=MOVES, shrink=True)
    except AssertionError as fault:
        click.echo(f"    {fault} {getattr(fault, '__notes__', '')}")
        return 1
    return 0


def promises() -> Iterator[Promise]:
    for game in GAMES:
        yield Promise(
            "C6", f"{MANY} times {MOVES} moves: {game.__name__} broken", partial(broken, game)
        )
