"""A game is a thing with a life: its players take actions in any order, and its promises are looked at.

Each move is what a request is: a session of its own, whole or not at all. What it acts on may have been
loaded before somebody else moved, as on a page that stood open meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from contest.core.errors import DomainError
from contest.upkeep.invariants import INVARIANTS
from contest.web.db import db
from tests import make

Move = Callable[[Any, Session], None]


class Game(RuleBasedStateMachine):
    """Subclasses say what stands at the beginning, which moves there are, and what must hold."""

    app: ClassVar[Flask]
    moves: ClassVar[dict[str, Move]]

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = make.NOON
        self.path: list[str] = []  # what was done, for `reached`
        self._context = self.app.app_context()
        self._context.push()
        self._connection = db.engine.connect()
        self._outer = self._connection.begin()
        with self.session() as session:
            self.begin(session)
            session.commit()

    def begin(self, session: Session) -> None:
        """Make what the game begins with, and remember it by its ids."""
        raise NotImplementedError

    def load(self, session: Session) -> Any:
        """Return what a page would have loaded before its button is pressed."""
        raise NotImplementedError

    def stage(self) -> Any:
        """Return where the thing stands, as it was loaded or as it has become."""
        raise NotImplementedError

    def moved(self, name: str, before: Any, after: Any) -> None:
        """Assert that this move may lead from the one stage to the other."""
        raise NotImplementedError

    def look(self, session: Session) -> None:
        """Assert what must hold after every move."""
        raise NotImplementedError

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(
            self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session

    def play(self, name: str, meanwhile: str | None = None) -> bool:
        """Move, perhaps after somebody else did with the page already open; False when it is refused."""
        with self.session() as session:
            self.thing = self.load(session)
            session.commit()
            before = self.stage() if meanwhile is None else self.overtaken(meanwhile)
            try:
                self.moves[name](self, session)
                session.commit()
            except (DomainError, StaleDataError):
                session.rollback()
                return False
        self.path.append(name)
        self.moved(name, before, self.standing())
        return True

    def overtaken(self, by: str) -> Any:
        """Let somebody else move while what was loaded waits; return where the thing stands then."""
        mine = self.thing
        self.play(by)
        stands = self.standing()
        self.thing = mine
        return stands

    def standing(self) -> Any:
        """Return where the thing stands for whoever looks now."""
        with self.session() as session:
            self.thing = self.load(session)
            return self.stage()

    @invariant()
    def holds(self) -> None:
        with self.session() as session:
            self.look(session)

    def teardown(self) -> None:
        """Let fsck look at what came of it."""
        try:
            with self.session() as session:
                for each in INVARIANTS:
                    found = list(each.check(session, self.app.extensions["files"]))
                    assert not found, f"{each.promise} {found} after {self.path}"
        finally:
            self._outer.rollback()
            self._connection.close()
            self._context.pop()


def moving(names: list[str]) -> Any:
    """Return the rule by which a game is played; what stands twice among the names is done more often."""
    chosen = st.sampled_from(names)

    @rule(
        name=chosen,
        meanwhile=st.one_of(st.none(), st.none(), st.none(), chosen),
        minutes=st.sampled_from([0, 0, 0, 1, 30, 12 * 60]),
    )
    def move(self: Game, name: str, meanwhile: str | None, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.play(name, meanwhile)

    return move


def play(app: Flask, game: type[Game], *, games: int, moves: int, shrink: bool = False) -> None:
    """Play many games, each of up to so many moves; raise AssertionError with the shortest that fails."""
    game.app = app
    run_state_machine_as_test(
        game,
        settings=settings(
            max_examples=games, stateful_step_count=moves, deadline=None, database=None,
            derandomize=True, print_blob=False, suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, *([Phase.shrink] if shrink else [])], report_multiple_bugs=False,
        ),
    )  # fmt: skip
